import {
  BYTES,
  type Description,
  HASH,
  INTEGER,
  json,
  LOG,
  type Operations,
  objectOf,
  query,
} from './operation.ts';

const HASHES: Description = { type: 'array', items: HASH };
const ENTRY: Description = objectOf({ leaf_input: BYTES, extra_data: BYTES });

/** The face of RFC 6962. */
export const CT_OPERATIONS: Operations = {
  'GET /:log/ct/v1/get-sth': {
    path: '/{log}/ct/v1/get-sth',
    parameters: [LOG],
    responses: {
      200: json(
        'the published head',
        objectOf({
          tree_size: INTEGER,
          timestamp: INTEGER,
          sha256_root_hash: HASH,
          tree_head_signature: BYTES,
        }),
      ),
    },
  },
  'GET /:log/ct/v1/get-sth-consistency': {
    path: '/{log}/ct/v1/get-sth-consistency',
    parameters: [LOG, query('first', INTEGER), query('second', INTEGER)],
    responses: { 200: json('a consistency path', objectOf({ consistency: HASHES })) },
  },
  'GET /:log/ct/v1/get-proof-by-hash': {
    path: '/{log}/ct/v1/get-proof-by-hash',
    parameters: [LOG, query('hash', HASH), query('tree_size', INTEGER)],
    responses: {
      200: json('an inclusion path', objectOf({ leaf_index: INTEGER, audit_path: HASHES })),
    },
  },
  'GET /:log/ct/v1/get-entries': {
    path: '/{log}/ct/v1/get-entries',
    parameters: [LOG, query('start', INTEGER), query('end', INTEGER)],
    responses: {
      200: json('entries', objectOf({ entries: { type: 'array', minItems: 1, items: ENTRY } })),
    },
  },
  'GET /:log/ct/v1/get-entry-and-proof': {
    path: '/{log}/ct/v1/get-entry-and-proof',
    parameters: [LOG, query('leaf_index', INTEGER), query('tree_size', INTEGER)],
    responses: {
      200: json(
        'an entry and its path',
        objectOf({ leaf_input: BYTES, extra_data: BYTES, audit_path: HASHES }),
      ),
    },
  },
};
