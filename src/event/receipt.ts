import { base64 } from '../core/base64.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import {
  type CanonicalForm,
  checkSchema,
  formatCanonicalValue,
  parseCanonicalValue,
} from './canonical-value.ts';
import { formatLeaf, type Recv } from './leaf.ts';
import { EVENT_LIMITS } from './limits.ts';
import { schemas } from './schema.generated.ts';
import type { JsonValue } from './strict-json.ts';
import type { Submission } from './submission.ts';

/** What the log answers for one item that is in the tree. A claim until it is upgraded to a proof. */
export interface Receipt {
  readonly index: number;
  /** Base64 of the leaf hash. */
  readonly leafHash: string;
  readonly recv: Recv;
  /** True if this content was there before, under this index. */
  readonly duplicate: boolean;
}

/**
 * Bytes of a receipt, canonical.
 *
 * @throws {TransparencyError} receipt.malformed
 */
export function formatReceipt(receipt: Receipt): Uint8Array {
  return formatCanonicalValue(receipt as unknown as JsonValue, FORM);
}

/**
 * The receipt of canonical bytes, or of a value that strict JSON gave.
 *
 * @throws {TransparencyError} receipt.malformed
 */
export function parseReceipt(input: Uint8Array | JsonValue): Receipt {
  if (!(input instanceof Uint8Array)) checkSchema(input, FORM);
  // The schema holds, so the value has the shape of its type.
  const value = input instanceof Uint8Array ? parseCanonicalValue(input, FORM) : input;
  return value as unknown as Receipt;
}

const FORM: CanonicalForm = {
  schema: schemas.receipt,
  depthMax: EVENT_LIMITS.eventDepthMax,
  code: 'receipt.malformed',
};

/**
 * Checks that a receipt speaks of what was submitted: rebuilds the leaf and compares its hash. (spec/5-submission.md §8)
 *
 * A retry must carry the signature of the first try, else the leaf is another.
 *
 * @throws {TransparencyError} receipt.mismatch
 */
export function checkReceipt(
  receipt: Receipt,
  submission: Pick<Submission, 'event' | 'sig'>,
): void {
  const leaf = formatLeaf({
    eventCanonical: submission.event.canonical,
    recv: receipt.recv,
    sig: submission.sig,
  });
  if (base64(leafHash(leaf)) !== receipt.leafHash) {
    throw new TransparencyError('receipt.mismatch', `index ${receipt.index}: another leaf hash`);
  }
}
