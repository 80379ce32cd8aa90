import { json, type Operations, text } from './operation.ts';

/** Routes of the server itself. */
export const SERVER_OPERATIONS: Operations = {
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
};
