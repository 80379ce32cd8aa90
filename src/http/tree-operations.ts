import {
  bytes,
  INTEGER,
  inPath,
  json,
  LOG,
  type Operations,
  objectOf,
  query,
  text,
} from './operation.ts';

/** Routes of the tree, and of heads that it is held against. */
export const TREE_OPERATIONS: Operations = {
  'GET /:log/checkpoint': {
    path: '/{log}/checkpoint',
    parameters: [LOG],
    responses: { 200: text('a signed note') },
  },
  'GET /:log/checkpoints/:size': {
    path: '/{log}/checkpoints/{size}',
    parameters: [
      LOG,
      inPath('size', INTEGER),
      query('note', { type: 'string', pattern: '^[0-9a-f]{64}$' }, false),
    ],
    responses: { 200: text('a signed note') },
  },
  'GET /:log/tile/entries/*': {
    path: '/{log}/tile/entries/{bundle}',
    parameters: [
      LOG,
      inPath('bundle', { type: 'string' }, 'slashes stand as they are: `x001/234`'),
    ],
    responses: { 200: bytes('u16be length and entry, again and again') },
  },
  'GET /:log/tile/:level{[0-9]+}/*': {
    path: '/{log}/tile/{level}/{tile}',
    parameters: [
      LOG,
      inPath('level', { type: 'integer', minimum: 0, maximum: 63 }),
      inPath('tile', { type: 'string' }, 'slashes stand as they are: `x001/234.p/5`'),
    ],
    responses: { 200: bytes('32 bytes for each hash') },
  },
  'GET /:log/entries/:index': {
    path: '/{log}/entries/{index}',
    parameters: [LOG, inPath('index', INTEGER)],
    responses: {
      200: {
        description: 'the exact bytes of the entry',
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/nhi.leaf.1' } },
          'application/octet-stream': { schema: {} },
        },
      },
    },
  },
  'GET /:log/entries/:index/proof': {
    path: '/{log}/entries/{index}/proof',
    parameters: [LOG, inPath('index', INTEGER), query('size', INTEGER, false)],
    responses: { 200: text('a proof file (C2SP tlog-proof)') },
  },
  'POST /:log/evidence': {
    path: '/{log}/evidence',
    parameters: [LOG],
    requestBody: {
      required: true,
      content: {
        'text/plain': { schema: { type: 'string' } },
        'application/json': { schema: { type: 'object' } },
      },
    },
    responses: {
      200: json(
        'whether the tree contains the head; `evidence`: it does not, and the log has halted',
        objectOf({ verdict: { type: 'string', enum: ['contained', 'evidence'] } }),
      ),
    },
  },
};
