import { parseBase64 } from '../core/base64.ts';
import { concat, utf8 } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import { checkReceipt, type Receipt } from '../event/receipt.ts';
import type { Submission } from '../event/submission.ts';
import { type Answer, parseAnswer, parseAnswers } from './answers.ts';
import type { Fetch } from './http-fetch.ts';
import type { LogClient, VerifiedProofFile } from './log-client.ts';
import { type Reducing, sentItem } from './reducing.ts';
import { fetchPatiently, type RetryPolicy, sleepFor } from './retry.ts';
import { varveSeen } from './varve-seen.ts';

/** Where items go, and in which portions. */
export interface SubmitterOptions {
  /** Prefix of the log's paths: `http://127.0.0.1:6962/main`. */
  readonly url: string;
  /** Default: the global one. */
  readonly fetch?: Fetch;
  /** Items of one request. Default 1,000. */
  readonly batchItemsMax?: number;
  /** Bytes of one request; an item larger than that goes alone. Default 4 MiB. */
  readonly batchBytesMax?: number;
  /** Time for one request, ms. Default 60,000. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  /** A reader of the same log: the highest head that it has verified goes along with each request. Default: none. */
  readonly reader?: Pick<LogClient, 'highest' | 'logKey'>;
  /**
   * Send of an item that is too large, or that holds a usable secret, what every event has and a commitment to the
   * rest. Default: it is refused, here or by the log.
   */
  readonly reduce?: Reducing;
}

/** What became of one item. Everything but `refused` is in the tree, and its receipt fits what was sent. */
export type SubmitResult = Answer;

/** Sends items to a log until each one is in the tree or is refused. */
export interface Submitter {
  /**
   * Submits items (a bare event, or `{event, sig?, disclosures?}`, UTF-8 JSON each) and answers in their order.
   *
   * What fails in a way that may pass is sent again with the same bytes: the log makes one entry of it. An item that
   * this side cannot read is refused here and is not sent.
   *
   * @throws {TransparencyError} reply.unreachable, reply.timeout, reply.status (a batch refused as a whole),
   *   reply.malformed: some of the items may be in the tree, so keep them all and submit them again; receipt.mismatch:
   *   the log answered for another event
   */
  submit(items: readonly Uint8Array[], options?: SubmitCallOptions): Promise<SubmitResult[]>;
}

/** How one call of `submit` is made. */
export interface SubmitCallOptions {
  /** Ask for the answer after a published head covers the items; the log may answer without one after 10 s. */
  readonly waitPublished?: boolean;
  /** Called with the results so far, after each request. */
  readonly onProgress?: (done: { readonly items: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
}

/** Opens a submitter; nothing is sent yet. */
export function openSubmitter(options: SubmitterOptions): Submitter {
  return { submit: (items, call = {}) => submitAll(options, items, call) };
}

/**
 * Upgrades a receipt to a proof: waits until a published head covers it, and verifies the log's proof file for the leaf
 * that the receipt spells.
 *
 * @param wait.attemptsMax  how often the log is asked, each time after a longer wait. Default 12, about a minute
 * @throws {TransparencyError} entry.not-found when no head covered it in time; as `LogClient.proofFile`
 */
export async function proveReceipt(
  client: LogClient,
  receipt: Pick<Receipt, 'index' | 'leafHash'>,
  wait: Pick<RetryPolicy, 'attemptsMax' | 'sleep'> & { readonly signal?: AbortSignal } = {},
): Promise<VerifiedProofFile> {
  const { attemptsMax = 12, sleep = sleepFor, signal } = wait;
  const entry = { leafIndex: receipt.index, leafHash: parseBase64(receipt.leafHash) };
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.proofFile(entry, signal);
    } catch (error) {
      if (!isTransparencyError(error, 'entry.not-found') || attempt >= attemptsMax) throw error;
    }
    await sleep(Math.min(10_000, 50 * 2 ** attempt), signal);
  }
}

/** An item that can be read here, and where its result goes. */
interface Sendable {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly submission: Submission;
}

async function submitAll(
  options: SubmitterOptions,
  items: readonly Uint8Array[],
  call: SubmitCallOptions,
): Promise<SubmitResult[]> {
  const results = new Map<number, SubmitResult>();
  const { attemptsMax = 8, waitMsMax = 10_000, sleep = sleepFor } = options.retry ?? {};
  let pending = readItems(items, results, options.reduce);
  for (let attempt = 1; pending.length > 0; attempt++) {
    const later: Sendable[] = [];
    let waitMs = 250 * 2 ** attempt;
    for (const batch of batchesOf(pending, options)) {
      const answers = await sendBatch(options, batch, call);
      for (const [i, item] of batch.entries()) {
        const answer = answers[i] as Answer;
        if (answer.kind !== 'refused') checkReceipt(answer.receipt, item.submission);
        // Alone, an item was sent again by `fetchPatiently`; in a batch, its neighbours were not to wait for it.
        if (batch.length > 1 && attempt < attemptsMax && mayPass(answer)) {
          later.push(item);
          if (answer.kind === 'refused')
            waitMs = Math.max(waitMs, answer.refusal.retryAfterMs ?? 0);
        } else {
          results.set(item.at, answer);
        }
      }
      call.onProgress?.({ items: results.size, of: items.length });
    }
    pending = later;
    if (later.length > 0) await sleep(Math.min(waitMsMax, waitMs), call.signal);
  }
  return items.map((_, at) => results.get(at) as SubmitResult);
}

/** The items that can be read; the others have their result at once. */
function readItems(
  items: readonly Uint8Array[],
  results: Map<number, SubmitResult>,
  reduce: Reducing | undefined,
): readonly Sendable[] {
  const sendable: Sendable[] = [];
  for (const [at, bytes] of items.entries()) {
    try {
      sendable.push({ at, ...sentItem(bytes, at, reduce) });
    } catch (error) {
      if (!isTransparencyError(error)) throw error;
      const { code, message } = error;
      const detail = message.slice(code.length + 2);
      results.set(at, {
        kind: 'refused',
        refusal: { code, detail, status: null, retryAfterMs: null },
      });
    }
  }
  return sendable;
}

function mayPass(answer: Answer): boolean {
  if (answer.kind !== 'refused') return false;
  return answer.refusal.status === 429 || answer.refusal.status === 503;
}

/** Portions within the limits, in order. */
function* batchesOf(items: readonly Sendable[], options: SubmitterOptions): Generator<Sendable[]> {
  const { batchItemsMax = 1_000, batchBytesMax = 4 * 1024 * 1024 } = options;
  let batch: Sendable[] = [];
  let bytes = 0;
  for (const item of items) {
    const isFull = batch.length >= batchItemsMax || bytes + item.bytes.length > batchBytesMax;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.bytes.length + 1;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(
  options: SubmitterOptions,
  batch: readonly Sendable[],
  call: SubmitCallOptions,
): Promise<readonly Answer[]> {
  const [first] = batch;
  const alone = batch.length === 1 ? first : undefined;
  const query = call.waitPublished === true ? '?wait=published' : '';
  const reply = await fetchPatiently(
    {
      fetch: options.fetch ?? globalThis.fetch,
      url: `${options.url.replace(/\/+$/, '')}/events${query}`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...seenBy(options.reader) },
      body: alone?.bytes ?? arrayOf(batch),
      replyBytesMax: 64 * 1024 + batch.length * ANSWER_BYTES_MAX,
      timeoutMs: options.timeoutMs ?? 60_000,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    },
    options.retry,
  );
  return alone === undefined ? parseAnswers(reply, batch.length) : [parseAnswer(reply)];
}

function seenBy(reader: SubmitterOptions['reader']): Readonly<Record<string, string>> {
  return reader === undefined ? {} : varveSeen(reader.highest?.note ?? null, reader.logKey);
}

/** A JSON array of the items, each with the bytes that it came with. */
function arrayOf(batch: readonly Sendable[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const item of batch) parts.push(parts.length === 0 ? OPEN : COMMA, item.bytes);
  parts.push(CLOSE);
  return concat(...parts);
}

const OPEN = utf8('[');
const COMMA = utf8(',');
const CLOSE = utf8(']');
/** A receipt has about 300 bytes, a conflict's problem with its receipt about 1,000. */
const ANSWER_BYTES_MAX = 8 * 1024;
