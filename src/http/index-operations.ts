import { INTEGER, json, LOG, type Operations, query, text } from './operation.ts';

/** Routes of the index and of its audits. */
export const INDEX_OPERATIONS: Operations = {
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
};
