import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Receipt } from '../event/receipt.ts';
import type { SubmitOutcome } from '../log/log.ts';
import { type Answer, answerHeaders } from './answers.ts';
import { holdsCloudEvents, postCloudEvents } from './cloudevents.ts';
import type { LogExchange } from './exchange.ts';
import { formOfContentType, type ItemsForm, splitItems } from './items.ts';
import { type Problem, problemOf, retryAfterSeconds } from './problems.ts';
import { receiptText } from './receipt-text.ts';
import { queryParameter } from './request.ts';

const JSON_HEADERS = answerHeaders('application/json', 'posted');
const LINES_HEADERS = answerHeaders('application/x-ndjson', 'posted');
const PROBLEM_HEADERS = answerHeaders('application/problem+json', 'posted');

/** What an item is answered with: its receipt, or the problem of its refusal, which holds the receipt of a conflict. */
type ItemProblem = Problem & { readonly receipt?: Receipt };

/**
 * `POST /{log}/events`: one item, an array, or lines; a receipt for each, in their order. (spec/8-http.md §2)
 *
 * One item: 201 appended, 200 duplicate, 409 conflict (appended, with the first index), or its problem's status.
 * Several: 201 something was appended, 200 all were there already, 207 some answers are problems.
 * `?wait=published`: 202 instead of 200 and 201 when no published head covers the items in time.
 */
export async function postEvents(exchange: LogExchange): Promise<Answer> {
  const { request, log, services, principal } = exchange;
  if (holdsCloudEvents(request)) return postCloudEvents(exchange);
  const form = formOfContentType(request.header('content-type'));
  const wait = waitOf(queryParameter(request, 'wait'));
  const body = await services.bodies.read(request, {
    bytesMax: services.limits.jsonBodyBytesMax,
    budget: principal.budget,
  });
  try {
    const items = splitItems(body.bytes, form, services.limits.itemsPerRequestMax);
    principal.countItems(items.items.length);
    const outcomes = await log.submit(items.items, principal.submitter);
    const published = !wait || (await waitUntilPublished(exchange, outcomes));
    return answerOutcomes(outcomes, { form: items.form, published, exchange });
  } finally {
    body.release();
  }
}

function waitOf(parameter: string | undefined): boolean {
  if (parameter === undefined) return false;
  if (parameter === 'published') return true;
  throw new TransparencyError('request.bad-parameter', 'wait: only "published" is known');
}

/** False when the head did not come: whatever the reason, the receipts stand, and the answer is theirs. */
async function waitUntilPublished(
  { log, services }: LogExchange,
  outcomes: readonly SubmitOutcome[],
): Promise<boolean> {
  let size = 0;
  for (const outcome of outcomes) {
    if (outcome.kind !== 'refused') size = Math.max(size, outcome.receipt.index + 1);
  }
  if (size <= log.publishedSize) return true;
  // Not AbortSignal.timeout, whose timer would outlive the wait: ten seconds of answers would lie in memory.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), services.limits.publishedWaitMsMax);
  try {
    await log.waitPublished(size, late.signal);
    return true;
  } catch (error) {
    if (isTransparencyError(error)) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function answerOutcomes(
  outcomes: readonly SubmitOutcome[],
  how: {
    readonly form: ItemsForm;
    readonly published: boolean;
    readonly exchange: LogExchange;
  },
): Answer {
  const { metrics } = how.exchange.services;
  for (const { kind } of outcomes) metrics.submitted(how.exchange.log.name, kind);
  const [first] = outcomes;
  if (how.form === 'one' && first !== undefined) return answerOne(first, how);
  let appended = false;
  let refused = false;
  let text = '';
  const separator = how.form === 'lines' ? '\n' : ',';
  for (const outcome of outcomes) {
    if (text.length > 0) text += separator;
    if (outcome.kind === 'appended' || outcome.kind === 'duplicate') {
      text += receiptText(outcome.receipt);
      appended ||= outcome.kind === 'appended';
    } else {
      text += JSON.stringify(problemOfOutcome(outcome, how.exchange));
      refused = true;
    }
  }
  // 207 before all others: a sender that reads nothing but 200 and 201 must not drop what was refused.
  const status = refused ? 207 : !how.published ? 202 : appended ? 201 : 200;
  return how.form === 'lines'
    ? { status, headers: LINES_HEADERS, body: `${text}\n` }
    : { status, headers: JSON_HEADERS, body: `[${text}]` };
}

function answerOne(
  outcome: SubmitOutcome,
  how: { readonly published: boolean; readonly exchange: LogExchange },
): Answer {
  if (outcome.kind === 'appended' || outcome.kind === 'duplicate') {
    const status = !how.published ? 202 : outcome.kind === 'appended' ? 201 : 200;
    return { status, headers: JSON_HEADERS, body: receiptText(outcome.receipt) };
  }
  const problem = problemOfOutcome(outcome, how.exchange);
  const retryAfter = retryAfterSeconds(problem);
  const headers =
    retryAfter === undefined ? PROBLEM_HEADERS : { ...PROBLEM_HEADERS, 'Retry-After': retryAfter };
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}

function problemOfOutcome(
  outcome: Extract<SubmitOutcome, { kind: 'conflict' | 'refused' }>,
  { services }: LogExchange,
): ItemProblem {
  const { metrics, random } = services;
  if (outcome.kind === 'refused') {
    const problem = problemOf(outcome.error, random);
    metrics.refused(problem.code);
    return problem;
  }
  metrics.refused('entry.conflict');
  const conflict = new TransparencyError(
    'entry.conflict',
    `entry ${outcome.firstIndex} has the same source and id with other content; this one is entry ${outcome.receipt.index}`,
    { details: { firstIndex: outcome.firstIndex, index: outcome.receipt.index } },
  );
  return { ...problemOf(conflict, random), receipt: outcome.receipt };
}
