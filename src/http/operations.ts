import { CT_OPERATIONS } from './ct-operations.ts';
import { CUSTODY_OPERATIONS } from './custody-operations.ts';
import { INDEX_OPERATIONS } from './index-operations.ts';
import type { Operations } from './operation.ts';
import { SERVER_OPERATIONS } from './server-operations.ts';
import { SUBMIT_OPERATIONS } from './submit-operations.ts';
import { TREE_OPERATIONS } from './tree-operations.ts';

/** What the API's description says of every route; a test holds this to the table of routes. */
export const OPERATIONS: Operations = {
  ...SERVER_OPERATIONS,
  ...SUBMIT_OPERATIONS,
  ...TREE_OPERATIONS,
  ...CUSTODY_OPERATIONS,
  ...CT_OPERATIONS,
  ...INDEX_OPERATIONS,
};
