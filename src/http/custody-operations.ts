import {
  BYTES,
  type Description,
  DIGEST,
  INTEGER,
  inPath,
  json,
  LOG,
  type Operations,
  objectOf,
} from './operation.ts';

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

/** Routes of openings, erasures and legal holds. */
export const CUSTODY_OPERATIONS: Operations = {
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
};

/** A request of one of some shapes, or the approval of one. */
function custodyBody(...requests: readonly Readonly<Record<string, Description>>[]): Description {
  const asked = requests.map((request) => objectOf({ request: objectOf(request) }));
  const schema = { anyOf: [...asked, objectOf({ approve: DIGEST })] };
  return { required: true, content: { 'application/json': { schema } } };
}
