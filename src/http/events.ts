import { utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Receipt } from '../event/receipt.ts';
import type { SubmitOutcome } from '../log/log.ts';
import { type Answer, answerHeaders } from './answers.ts';
import { holdsCloudEvents, postCloudEvents } from './cloudevents.ts';
import type { LogExchange } from './exchange.ts';
import { publishedHead } from './heads.ts';
import { formOfContentType, type ItemsForm, splitItems } from './items.ts';
import { type Problem, problemOf, retryAfterSeconds } from './problems.ts';
import { proofUnder } from './proofs.ts';
import { receiptText } from './receipt-text.ts';
import { queryParameter } from './request.ts';
import { submitSlices } from './submit-slices.ts';

const JSON_HEADERS = answerHeaders('application/json', 'posted');
const LINES_HEADERS = answerHeaders('application/x-ndjson', 'posted');
const PROBLEM_HEADERS = answerHeaders('application/problem+json', 'posted');
const PROOF_HEADERS = answerHeaders('text/plain; charset=utf-8', 'posted');

/** What an item is answered with: its receipt, or the problem of its refusal, which holds the receipt of a conflict. */
type ItemProblem = Problem & { readonly receipt?: Receipt };

/**
 * `POST /{log}/events`: one item, an array, or lines; a receipt for each, in their order. (spec/8-http.md §2)
 *
 * One item: 201 appended, 200 duplicate, 409 conflict (appended, with the first index), or its problem's status.
 * Several: 201 something was appended, 200 all were there already, 207 some answers are problems.
 * `?wait=published`: 202 instead of 200 and 201 when no published head covers the items in time.
 * `?wait=proof`, for one item: the same, and 200 and 201 answer with its proof file, whose extra line is the receipt.
 */
export async function postEvents(exchange: LogExchange): Promise<Answer> {
  const { request, services, principal } = exchange;
  if (holdsCloudEvents(request)) return postCloudEvents(exchange);
  const form = formOfContentType(request.header('content-type'));
  const wait = waitOf(queryParameter(request, 'wait'));
  const body = await services.bodies.read(request, {
    bytesMax: services.limits.jsonBodyBytesMax,
    budget: principal.budget,
  });
  try {
    const items = splitItems(body.bytes, form, services.limits.itemsPerRequestMax);
    if (wait === 'proof' && items.form !== 'one') {
      throw new TransparencyError('request.bad-parameter', 'wait=proof: for one item alone');
    }
    principal.countItems(items.items.length);
    const answers = new ItemAnswers(exchange, items.form);
    await submitSlices(items.items, exchange, (outcomes) => answers.add(outcomes));
    const published = wait === undefined || (await waitUntilPublished(exchange, answers.treeSize));
    const answer = answers.whole(published);
    return wait === 'proof' && published
      ? await withProof(answer, answers.treeSize - 1, exchange)
      : answer;
  } finally {
    body.release();
  }
}

function waitOf(parameter: string | undefined): 'published' | 'proof' | undefined {
  if (parameter === undefined || parameter === 'published' || parameter === 'proof') {
    return parameter;
  }
  throw new TransparencyError('request.bad-parameter', 'wait: "published" and "proof" are known');
}

/** The proof in the place of a receipt, which goes along with it; an answer that is a problem stays. */
async function withProof(answer: Answer, leafIndex: number, { log }: LogExchange): Promise<Answer> {
  if (answer.status !== 200 && answer.status !== 201) return answer;
  const extra = utf8(answer.body as string); // A receipt is text.
  const body = await proofUnder(publishedHead(log), { log, leafIndex, extra });
  return { status: answer.status, headers: PROOF_HEADERS, body };
}

/** False when the head did not come: whatever the reason, the receipts stand, and the answer is theirs. */
async function waitUntilPublished({ log, services }: LogExchange, size: number): Promise<boolean> {
  if (size <= log.publishedSize) return true;
  try {
    await log.waitPublished(size, services.limits.publishedWaitMsMax);
    return true;
  } catch (error) {
    if (isTransparencyError(error)) return false;
    throw error;
  }
}

/** The answers to the items of one body, in their order, and what they come to. */
class ItemAnswers {
  /** Size of the least tree that holds every item that has a receipt. */
  treeSize = 0;
  readonly #exchange: LogExchange;
  readonly #form: ItemsForm;
  #one: SubmitOutcome | undefined;
  #text = '';
  #appended = false;
  #refused = false;

  constructor(exchange: LogExchange, form: ItemsForm) {
    this.#exchange = exchange;
    this.#form = form;
  }

  add(outcomes: readonly SubmitOutcome[]): void {
    const { services, log } = this.#exchange;
    for (const outcome of outcomes) {
      services.metrics.submitted(log.name, outcome.kind);
      if (outcome.kind !== 'refused') {
        this.treeSize = Math.max(this.treeSize, outcome.receipt.index + 1);
      }
      if (this.#form === 'one') this.#one = outcome;
      else this.#addText(outcome);
    }
  }

  whole(published: boolean): Answer {
    if (this.#one !== undefined) {
      return answerOne(this.#one, { published, exchange: this.#exchange });
    }
    // 207 before all others: a sender that reads nothing but 200 and 201 must not drop what was refused.
    const status = this.#refused ? 207 : !published ? 202 : this.#appended ? 201 : 200;
    return this.#form === 'lines'
      ? { status, headers: LINES_HEADERS, body: `${this.#text}\n` }
      : { status, headers: JSON_HEADERS, body: `[${this.#text}]` };
  }

  #addText(outcome: SubmitOutcome): void {
    if (this.#text.length > 0) this.#text += this.#form === 'lines' ? '\n' : ',';
    if (outcome.kind === 'appended' || outcome.kind === 'duplicate') {
      this.#text += receiptText(outcome.receipt);
      this.#appended ||= outcome.kind === 'appended';
    } else {
      this.#text += JSON.stringify(problemOfOutcome(outcome, this.#exchange));
      this.#refused = true;
    }
  }
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
