import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Adapter } from '../ingest/ingest.ts';
import { formatRpcStatus, OTLP_LOGS, OTLP_TRACES, PROTOBUF_TYPE } from '../ingest/ingest.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { ingestBody } from './ingest.ts';
import { problemOf, retryAfterSeconds } from './problems.ts';

const HEADERS = {
  protobuf: answerHeaders('application/x-protobuf', 'posted'),
  json: answerHeaders('application/json', 'posted'),
} as const;

/**
 * `POST /{log}/v1/logs`: log records, protobuf or JSON. Success is always the whole of the request, since a client
 * throws away what partial success rejects; an overload is 503 for all of it. (OTLP/HTTP; spec/12-ingest.md §6)
 */
export function postLogs(exchange: LogExchange): Promise<Answer> {
  return postOtlp(exchange, OTLP_LOGS);
}

/** `POST /{log}/v1/traces`: spans, as `postLogs`. */
export function postTraces(exchange: LogExchange): Promise<Answer> {
  return postOtlp(exchange, OTLP_TRACES);
}

async function postOtlp(exchange: LogExchange, adapter: Adapter): Promise<Answer> {
  const { request, services } = exchange;
  const form = formOf(request.header('content-type'));
  try {
    await ingestBody(exchange, adapter, { bytesMax: services.limits.otlpBodyBytesMax });
    // An export response that rejects nothing has no field.
    return {
      status: 200,
      headers: HEADERS[form],
      body: form === 'json' ? '{}' : new Uint8Array(0),
    };
  } catch (error) {
    const problem = problemOf(error, services.random);
    if (!isTransparencyError(error) || problem.status === 500) throw error;
    services.metrics.refused(problem.code);
    const { status } = problem;
    const body = formatRpcStatus({ status, message: `${problem.code}: ${problem.detail}` }, form);
    const retryAfter = retryAfterSeconds(problem);
    const wait = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
    return { status, headers: { ...HEADERS[form], ...wait }, body };
  }
}

function formOf(contentType: string | undefined): 'protobuf' | 'json' {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === PROTOBUF_TYPE) return 'protobuf';
  if (type === 'application/json') return 'json';
  throw new TransparencyError(
    'request.bad-content-type',
    `Content-Type must be ${PROTOBUF_TYPE} or application/json`,
  );
}
