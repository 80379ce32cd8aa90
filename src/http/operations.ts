/** JSON of the API's description, or a part of it. */
export type Description = Readonly<Record<string, unknown>>;

/** What the description of the API says of a route beyond what the table of routes knows. */
export interface Operation {
  /** Path as OpenAPI writes it. */
  readonly path: string;
  readonly parameters?: readonly Description[];
  readonly requestBody?: Description;
  readonly responses: Readonly<Record<string, Description>>;
}

const LOG: Description = {
  name: 'log',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[a-z0-9-]{1,63}$' },
};
const INTEGER: Description = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const HASH: Description = { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' };
const HASHES: Description = { type: 'array', items: HASH };
const BYTES: Description = { type: 'string', contentEncoding: 'base64' };
const ENTRY: Description = objectOf({ leaf_input: BYTES, extra_data: BYTES });
const RECEIPT: Description = { $ref: '#/components/schemas/nhi.receipt.1' };
const SUBMISSION: Description = { $ref: '#/components/schemas/nhi.submission.1' };
const ANSWER_OF_ITEM: Description = {
  anyOf: [RECEIPT, { $ref: '#/components/schemas/problem' }],
};

const DIGEST: Description = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const BASIS: Description = { type: 'string', minLength: 1, maxLength: 256 };
const SCOPE: Description = {
  anyOf: [objectOf({ source: { type: 'string' } }), objectOf({ from: INTEGER, to: INTEGER })],
};
const PENDING: Description = objectOf({
  request: DIGEST,
  asked: { type: 'object' },
  requester: { type: 'string' },
  expiresAtMs: INTEGER,
});
const DECIDED: Readonly<Record<string, Description>> = {
  index: INTEGER,
  legalBasis: BASIS,
  requester: { type: 'string' },
  approvers: { type: 'array', items: { type: 'string' } },
  request: DIGEST,
};
const HOLD: Description = objectOf({ ...DECIDED, scope: SCOPE, atMs: INTEGER });
const ERASURE: Description = objectOf({
  ...DECIDED,
  state: { type: 'string', enum: ['at work', 'finished'] },
  targets: { type: 'array', items: { type: 'array' } },
  count: INTEGER,
  blanked: { type: 'array', items: INTEGER },
  beganAtMs: INTEGER,
  finishedAtMs: { type: ['integer', 'null'] },
  resealed: INTEGER,
  notReached: { type: 'array', items: { type: 'string' } },
});

/** Operations by method and pattern of the table of routes; a test holds one to the other. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /healthz': {
    path: '/healthz',
    responses: { 200: text('`ok`') },
  },
  'GET /readyz': {
    path: '/readyz',
    responses: {
      200: json('every log is ready', { $ref: '#/components/schemas/readiness' }),
      503: json('a log is not', { $ref: '#/components/schemas/readiness' }),
    },
  },
  'GET /metrics': {
    path: '/metrics',
    responses: { 200: text('the text format of Prometheus') },
  },
  'GET /openapi.json': {
    path: '/openapi.json',
    responses: { 200: json('this document', { type: 'object' }) },
  },
  'POST /:log/events': {
    path: '/{log}/events',
    parameters: [
      LOG,
      query('wait', { type: 'string', enum: ['published'] }, false),
      { name: 'Varve-Seen', in: 'header', schema: { type: 'string', maxLength: 2_048 } },
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { anyOf: [SUBMISSION, { type: 'array', minItems: 1, items: SUBMISSION }] },
        },
        'application/x-ndjson': { schema: { type: 'string' } },
        'application/cloudevents+json': { schema: { type: 'object' } },
        'application/cloudevents-batch+json': {
          schema: { type: 'array', items: { type: 'object' } },
        },
      },
    },
    responses: {
      200: receipts('a duplicate, or several items that were all in the tree before'),
      201: receipts('appended; of several, one at least, and none refused'),
      202: receipts('in the tree, and not published in time'),
      207: receipts('several items, with a problem in the place of each that was refused'),
    },
  },
  'POST /:log/add': {
    path: '/{log}/add',
    parameters: [LOG],
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: {} } },
    },
    responses: { 200: text('decimal index of the entry') },
  },
  'POST /:log/ingest/:format': {
    path: '/{log}/ingest/{format}',
    parameters: [
      LOG,
      inPath('format', { type: 'string' }, 'name of an adapter: part 12'),
      query('source', { type: 'string', pattern: '^[A-Za-z0-9._:/-]{1,128}$' }, false),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: {} },
        'application/x-ndjson': { schema: { type: 'string' } },
        'application/octet-stream': { schema: {} },
      },
    },
    responses: {
      200: json(
        'all of it is in the tree',
        objectOf({ appended: INTEGER, duplicates: INTEGER, conflicts: INTEGER }),
      ),
      202: { description: 'all of it is in the tree; for formats that ask for 202' },
    },
  },
  'POST /:log/v1/logs': otlp('/{log}/v1/logs'),
  'POST /:log/v1/traces': otlp('/{log}/v1/traces'),
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
  'GET /:log/entries/:index/openings': {
    path: '/{log}/entries/{index}/openings',
    parameters: [LOG, inPath('index', INTEGER)],
    responses: {
      200: json(
        'what is kept, what is erased, what cannot be read',
        objectOf({
          index: INTEGER,
          disclosures: { type: 'array', items: { type: 'string' } },
          raw: {
            anyOf: [{ type: 'null' }, objectOf({ salt: { type: 'string' }, bytes: BYTES })],
          },
          erased: {
            type: 'array',
            items: objectOf({ pointer: { type: 'string' }, by: INTEGER }),
          },
          unreadable: { type: 'array', items: { type: 'string' } },
        }),
      ),
    },
  },
  'POST /:log/erase': {
    path: '/{log}/erase',
    parameters: [LOG],
    requestBody: custodyBody({
      legalBasis: BASIS,
      targets: {
        type: 'array',
        minItems: 1,
        maxItems: 1_000,
        items: {
          type: 'array',
          minItems: 2,
          maxItems: 2,
          prefixItems: [INTEGER, { type: ['string', 'null'] }],
        },
      },
    }),
    responses: {
      200: json('erased: the report', ERASURE),
      202: json('the request that waits; or the report of an erasure at work', {
        anyOf: [PENDING, ERASURE],
      }),
    },
  },
  'GET /:log/erase': {
    path: '/{log}/erase',
    parameters: [LOG],
    responses: {
      200: json(
        'what waits, and what was erased',
        objectOf({
          requests: { type: 'array', items: PENDING },
          reports: { type: 'array', items: ERASURE },
        }),
      ),
    },
  },
  'POST /:log/hold': {
    path: '/{log}/hold',
    parameters: [LOG],
    requestBody: custodyBody(
      { legalBasis: BASIS, place: SCOPE },
      { legalBasis: BASIS, lift: INTEGER },
    ),
    responses: {
      200: json('the hold; `stands` tells whether it was placed or lifted', HOLD),
      202: json('the request that waits', PENDING),
    },
  },
  'GET /:log/hold': {
    path: '/{log}/hold',
    parameters: [LOG],
    responses: {
      200: json(
        'what waits, and what stands',
        objectOf({
          requests: { type: 'array', items: PENDING },
          holds: { type: 'array', items: HOLD },
        }),
      ),
    },
  },
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
  'GET /:log/lookup': {
    path: '/{log}/lookup',
    parameters: [
      LOG,
      query('label', { type: 'string', pattern: '^[0-9a-f]{64}$' }, false),
      query('key', { type: 'string' }, false),
      query('from', INTEGER, false),
      query('limit', { type: 'integer', minimum: 1, maximum: 10_000 }, false),
      query('range', { type: 'string', pattern: '^[0-9]+:[0-9]+$' }, false),
      query('head', INTEGER, false),
    ],
    responses: {
      200: json('an answer of the index (spec/11-index.md §5)', { type: 'object' }),
      410: text('the head that was asked for is not served any more'),
    },
  },
  'GET /:log/audits': {
    path: '/{log}/audits',
    parameters: [LOG],
    responses: {
      200: json('signed notes, those of the latest heads first', {
        type: 'array',
        maxItems: 100,
        items: { type: 'string' },
      }),
    },
  },
  'POST /:log/audits': {
    path: '/{log}/audits',
    parameters: [LOG],
    requestBody: {
      required: true,
      content: { 'text/plain': { schema: { type: 'string', maxLength: 8_192 } } },
    },
    responses: { 200: text('`kept`') },
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

/** A request of one of some shapes, or the approval of one. */
function custodyBody(...requests: readonly Readonly<Record<string, Description>>[]): Description {
  const asked = requests.map((request) => objectOf({ request: objectOf(request) }));
  const schema = { anyOf: [...asked, objectOf({ approve: DIGEST })] };
  return { required: true, content: { 'application/json': { schema } } };
}

function otlp(path: string): Operation {
  const empty = { 'application/x-protobuf': { schema: {} }, 'application/json': { schema: {} } };
  return {
    path,
    parameters: [LOG],
    requestBody: { required: true, content: empty },
    responses: { 200: { description: 'all of it is in the tree', content: empty } },
  };
}

function inPath(name: string, schema: Description, description?: string): Description {
  const told = description === undefined ? {} : { description };
  return { name, in: 'path', required: true, schema, ...told };
}

function query(name: string, schema: Description, required = true): Description {
  return { name, in: 'query', required, schema };
}

function objectOf(properties: Readonly<Record<string, Description>>): Description {
  return { type: 'object', required: Object.keys(properties), properties };
}

function json(description: string, schema: Description): Description {
  return { description, content: { 'application/json': { schema } } };
}

function text(description: string): Description {
  return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
}

function bytes(description: string): Description {
  return { description, content: { 'application/octet-stream': { schema: {} } } };
}

function receipts(description: string): Description {
  return {
    description,
    content: {
      'application/json': {
        schema: { anyOf: [RECEIPT, { type: 'array', items: ANSWER_OF_ITEM }] },
      },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  };
}
