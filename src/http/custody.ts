import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Decided } from '../event/custody-leaf.ts';
import { type Custody, type EraseReport, NOT_REACHED } from '../log/log.ts';
import { type Answer, answerHeaders } from './answers.ts';
import {
  CUSTODY_BODY_BYTES_MAX,
  type CustodyBody,
  parseEraseBody,
  parseHoldBody,
} from './custody-body.ts';
import type { LogExchange } from './exchange.ts';
import { formOfContentType } from './items.ts';
import type { PendingRequest, PendingRequests } from './pending-requests.ts';

/**
 * `POST /{log}/erase`: one token asks, another approves; then what was asked for is erased. (spec/14-privacy.md §5, §7)
 *
 * 202 with the request that waits; after its approval 200 with the report, or 202 with the report of an erasure that
 * is still at work: nobody is told the openings any more.
 */
export async function postErase(exchange: LogExchange): Promise<Answer> {
  const body = await readBody(exchange, parseEraseBody);
  if (body.kind === 'ask') return ask(exchange, body);
  return approved(exchange, body.request, async ({ custody, pending, decided }) => {
    if (pending.asked.kind !== 'erase') throw unknownRequest();
    const { services } = exchange;
    const alsoHeld = pendingOf(exchange)
      .list(services.now())
      .flatMap(({ asked }) => (asked.kind === 'place' ? [asked.scope] : []));
    const wanted = pending.asked.targets;
    const { report, finished } = await custody.erase({ wanted, decided, alsoHeld });
    const done = await within(finished, services.limits.publishedWaitMsMax);
    return json(done === null ? 202 : 200, reportJson(done ?? report));
  });
}

/** `POST /{log}/hold`: one token asks for a hold or its lift, another approves. (spec/14-privacy.md §6, §7) */
export async function postHold(exchange: LogExchange): Promise<Answer> {
  const body = await readBody(exchange, parseHoldBody);
  if (body.kind === 'ask') return ask(exchange, body);
  return approved(exchange, body.request, async ({ custody, pending: { asked }, decided }) => {
    if (asked.kind === 'erase') throw unknownRequest();
    const hold =
      asked.kind === 'place'
        ? await custody.place(asked.scope, decided)
        : await custody.lift(asked.hold, decided);
    return json(200, { ...hold, stands: asked.kind === 'place' });
  });
}

/** `GET /{log}/erase`: the requests that wait, and the report of every erasure. */
export async function getErasures(exchange: LogExchange): Promise<Answer> {
  const reports = await custodyOf(exchange).reports();
  const requests = waiting(exchange, ({ asked }) => asked.kind === 'erase');
  return json(200, { requests, reports: reports.map(reportJson) }, 'private-never');
}

/** `GET /{log}/hold`: the requests that wait, and the holds that stand. */
export function getHolds(exchange: LogExchange): Answer {
  const { holds } = custodyOf(exchange);
  const requests = waiting(exchange, ({ asked }) => asked.kind !== 'erase');
  return json(200, { requests, holds }, 'private-never');
}

/** What an approval works with. */
interface Approval {
  readonly custody: Custody;
  readonly pending: PendingRequest;
  readonly decided: Decided;
}

function ask(exchange: LogExchange, { asked }: CustodyBody & { readonly kind: 'ask' }): Answer {
  const { log, services } = exchange;
  custodyOf(exchange);
  const requester = tokenOf(exchange);
  const by = { requester, origin: log.origin, nowMs: services.now() };
  return json(202, pendingOf(exchange).ask(asked, by));
}

/** Runs what was approved; where it is refused, the request goes on waiting. */
async function approved(
  exchange: LogExchange,
  request: string,
  run: (approval: Approval) => Promise<Answer>,
): Promise<Answer> {
  const custody = custodyOf(exchange);
  const approver = tokenOf(exchange);
  const requests = pendingOf(exchange);
  const pending = requests.take(request, { approver, nowMs: exchange.services.now() });
  const { requester, asked } = pending;
  const decided = { legalBasis: asked.legalBasis, requester, approvers: [approver], request };
  try {
    return await run({ custody, pending, decided });
  } catch (error) {
    if (isTransparencyError(error)) requests.putBack(pending);
    throw error;
  }
}

/** The name of the token: without tokens nobody can be told from anybody. */
function tokenOf({ principal }: LogExchange): string {
  if (principal.name !== null) return principal.name;
  throw new TransparencyError(
    'custody.needs-tokens',
    'two tokens of the operate role decide this, and this server asks for none: start it with --auth',
  );
}

function custodyOf({ log }: LogExchange): Custody {
  if (log.custody !== null) return log.custody;
  if (log.state.kind === 'halted') {
    throw new TransparencyError('log.halted', 'nothing is written any more');
  }
  throw new TransparencyError('log.wrong-type', 'this log keeps no openings');
}

function pendingOf({ log, services }: LogExchange): PendingRequests {
  const pending = services.pending.get(log.name);
  if (pending === undefined) throw new Error('bug: a log that is served has its requests');
  return pending;
}

function waiting(
  exchange: LogExchange,
  isWanted: (request: PendingRequest) => boolean,
): readonly PendingRequest[] {
  return pendingOf(exchange).list(exchange.services.now()).filter(isWanted);
}

async function readBody(
  { request, services, principal }: LogExchange,
  parse: (bytes: Uint8Array) => CustodyBody,
): Promise<CustodyBody> {
  formOfContentType(request.header('content-type'));
  const body = await services.bodies.read(request, {
    bytesMax: CUSTODY_BODY_BYTES_MAX,
    budget: principal.budget,
  });
  try {
    return parse(body.bytes);
  } finally {
    body.release();
  }
}

/** What a promise resolves to within a time, else null. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reportJson(report: EraseReport): object {
  const state = report.finishedAtMs === null ? 'at work' : 'finished';
  return { ...report, state, count: report.targets.length, notReached: NOT_REACHED };
}

function json(
  status: number,
  value: object,
  caching: 'posted' | 'private-never' = 'posted',
): Answer {
  return {
    status,
    headers: answerHeaders('application/json', caching),
    body: JSON.stringify(value),
  };
}

function unknownRequest(): TransparencyError {
  return new TransparencyError('custody.unknown-request', 'that request asks for something else');
}
