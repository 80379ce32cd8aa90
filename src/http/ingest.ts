import { TransparencyError } from '../core/error.ts';
import { ADAPTERS, type Adapter, type IngestContext, ingest } from '../ingest/ingest.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { type Admitted, admitAll, checkRoom } from './ingest-slices.ts';
import { problemOf } from './problems.ts';
import { pathSegment, queryParameter } from './request.ts';

const JSON_HEADERS = answerHeaders('application/json', 'posted');

/**
 * `POST /{log}/ingest/{format}`: what an emitter sends in its own format. 200 says that all of it is in the tree;
 * anything else that some or all may not be, and that the same body may be sent again: nothing is added twice.
 * (spec/12-ingest.md §6)
 */
export async function postIngest(exchange: LogExchange): Promise<Answer> {
  const adapter = ADAPTERS.get(pathSegment(exchange.request, 2));
  if (adapter === undefined) {
    throw new TransparencyError(
      'ingest.unknown-format',
      `one of: ${[...ADAPTERS.keys()].join(' ')}`,
    );
  }
  checkSender(adapter, exchange);
  const bytesMax = exchange.services.limits.ingestBodyBytesMax;
  if (adapter.setErrors === true) return answerToken(exchange, adapter, bytesMax);
  const counts = await ingestBody(exchange, adapter, { bytesMax });
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(counts) };
}

/** 202 and nothing, or 400 and a code of RFC 8935 §2.4; what may be sent again is a problem as everywhere. */
async function answerToken(
  exchange: LogExchange,
  adapter: Adapter,
  bytesMax: number,
): Promise<Answer> {
  const { metrics, random } = exchange.services;
  try {
    await ingestBody(exchange, adapter, { bytesMax });
    return { status: 202, headers: JSON_HEADERS, body: '' };
  } catch (error) {
    const { status, code, detail } = problemOf(error, random);
    if (![400, 413, 422].includes(status)) throw error;
    metrics.refused(code);
    const err = code === 'ingest.bad-signature' ? 'invalid_key' : 'invalid_request';
    const body = JSON.stringify({ err, description: `${code}: ${detail}` });
    return { status: 400, headers: JSON_HEADERS, body };
  }
}

/** What became of the items of a body; none of them was refused. */
export interface IngestCounts {
  readonly appended: number;
  readonly duplicates: number;
  readonly conflicts: number;
}

/**
 * Reads a body, makes events of it and admits them all.
 *
 * @param how.see  told what became of each item, in their order
 * @throws {TransparencyError} where not all of them are in the tree
 */
export async function ingestBody(
  exchange: LogExchange,
  adapter: Adapter,
  how: { readonly bytesMax: number; readonly see?: (outcome: Admitted) => void },
): Promise<IngestCounts> {
  const { request, log, services, principal } = exchange;
  const context = contextOf(exchange, adapter);
  // Before the body is read: what will be refused need not be held.
  checkRoom(exchange);
  const body = await services.bodies.read(request, {
    bytesMax: how.bytesMax,
    budget: principal.budget,
    gzip: true,
  });
  try {
    const headers = {
      get: (name: string) => request.header(name),
      names: () => request.headerNames(),
    };
    const sent = { body: body.bytes, headers };
    const counts = { appended: 0, duplicates: 0, conflicts: 0 };
    await admitAll(ingest(adapter, sent, context), exchange, (outcome) => {
      services.metrics.submitted(log.name, outcome.kind);
      if (outcome.kind === 'appended') counts.appended++;
      else if (outcome.kind === 'duplicate') counts.duplicates++;
      else counts.conflicts++;
      how.see?.(outcome);
    });
    return counts;
  } finally {
    body.release();
  }
}

function contextOf(
  { request, log, services, principal }: LogExchange,
  adapter: Adapter,
): IngestContext {
  const { sources } = principal.submitter;
  const asked = queryParameter(request, 'source');
  if (asked !== undefined && !SOURCE_ID.test(asked)) {
    throw new TransparencyError('request.bad-parameter', 'source: not an id of a source');
  }
  if (asked !== undefined && sources !== null && !sources.includes(asked)) {
    throw new TransparencyError('event.wrong-source', 'the token may not speak for this source');
  }
  return {
    tenant: log.tenant,
    source: asked ?? sources?.[0] ?? adapter.name,
    sources,
    now: services.now,
    random: services.salts,
    trust: services.ingestTrust,
    pseudonym: log.pseudonym,
    itemsMax: services.limits.ingestItemsMax,
  };
}

const SOURCE_ID = /^[A-Za-z0-9._:/-]{1,128}$/;

/** A page could send what needs no content type; so does one emitter, which therefore needs a token. */
function checkSender(adapter: Adapter, { request, principal }: LogExchange): void {
  if (adapter.contentTypes.length === 0) {
    if (principal.name !== null) return;
    throw new TransparencyError('request.unauthenticated', `${adapter.name} needs a token`);
  }
  const type = (request.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (adapter.contentTypes.includes(type) || type === 'application/octet-stream') return;
  throw new TransparencyError(
    'request.bad-content-type',
    `Content-Type must be one of: ${adapter.contentTypes.join(', ')}`,
  );
}
