import {
  type Description,
  INTEGER,
  inPath,
  json,
  LOG,
  type Operation,
  type Operations,
  objectOf,
  query,
  text,
} from './operation.ts';

const RECEIPT: Description = { $ref: '#/components/schemas/nhi.receipt.1' };
const SUBMISSION: Description = { $ref: '#/components/schemas/nhi.submission.1' };
const ANSWER_OF_ITEM: Description = {
  anyOf: [RECEIPT, { $ref: '#/components/schemas/problem' }],
};

const RECEIPTS: Description = {
  'application/json': {
    schema: { anyOf: [RECEIPT, { type: 'array', items: ANSWER_OF_ITEM }] },
  },
  'application/x-ndjson': { schema: { type: 'string' } },
};

/** Routes that take events, in their own form and in those of emitters. */
export const SUBMIT_OPERATIONS: Operations = {
  'POST /:log/events': {
    path: '/{log}/events',
    parameters: [
      LOG,
      query('wait', { type: 'string', enum: ['published', 'proof'] }, false),
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
      200: receiptOrProof('a duplicate, or several items that were all in the tree before'),
      201: receiptOrProof('appended; of several, one at least, and none refused'),
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
};

function otlp(path: string): Operation {
  const empty = { 'application/x-protobuf': { schema: {} }, 'application/json': { schema: {} } };
  return {
    path,
    parameters: [LOG],
    requestBody: { required: true, content: empty },
    responses: { 200: { description: 'all of it is in the tree', content: empty } },
  };
}

function receipts(description: string): Description {
  return { description, content: RECEIPTS };
}

/** With `?wait=proof` the proof file. */
function receiptOrProof(description: string): Description {
  return { description, content: { ...RECEIPTS, 'text/plain': { schema: { type: 'string' } } } };
}
