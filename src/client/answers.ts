import { TransparencyError } from '../core/error.ts';
import { parseReceipt, type Receipt } from '../event/receipt.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
} from '../event/strict-json.ts';
import type { Reply } from './http-fetch.ts';

/** Why an item was refused, in the words of whoever refused it: the log, or this side before it was sent. */
export interface Refusal {
  /** Stable code, `what.why`; of the log's own list where the log refused. (spec/9-errors.md) */
  readonly code: string;
  readonly detail: string;
  /** HTTP status; null where this side refused. */
  readonly status: number | null;
  /** How long the log asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;
}

/** What a log answered for one item, receipts not yet checked against what was sent. */
export type Answer =
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'conflict'; readonly receipt: Receipt; readonly refusal: Refusal }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Reads the answer for one item: a receipt, or a problem. (spec/8-http.md §2)
 *
 * @throws {TransparencyError} reply.malformed
 */
export function parseAnswer(reply: Reply): Answer {
  const isReceipt = reply.status >= 200 && reply.status < 300;
  if (isReceipt) return answerOf(parseBody(reply));
  const problem = problemOf(reply);
  return answerOf(
    problem ?? { status: reply.status, code: 'reply.status', detail: 'no problem told' },
  );
}

/**
 * Reads the answers for a batch of `count` items, in their order.
 *
 * @throws {TransparencyError} reply.malformed, also for another number of answers; reply.status if the batch was
 *   refused as a whole
 */
export function parseAnswers(reply: Reply, count: number): readonly Answer[] {
  if (reply.status < 200 || reply.status >= 300) {
    const { code, detail } = refusalOf(problemOf(reply) ?? { status: reply.status });
    throw new TransparencyError('reply.status', `${reply.status} ${code}: ${detail}`, {
      details: { status: reply.status, code },
    });
  }
  const body = parseBody(reply);
  if (Array.isArray(body) && body.length === count) return body.map(answerOf);
  throw new TransparencyError('reply.malformed', `not an array of ${count} answers`);
}

/** A refused item, or one in conflict, is its problem in the same place; every problem has a `code`. */
function answerOf(value: JsonValue): Answer {
  if (!isJsonObject(value))
    throw new TransparencyError('reply.malformed', 'an answer is no object');
  if (!Object.hasOwn(value, 'code')) return { kind: 'receipt', receipt: receiptOf(value) };
  const refusal = refusalOf(value);
  const receipt = value['receipt'];
  if (receipt === undefined) return { kind: 'refused', refusal };
  return { kind: 'conflict', receipt: receiptOf(receipt), refusal };
}

function receiptOf(value: JsonValue): Receipt {
  try {
    return parseReceipt(value);
  } catch (cause) {
    throw new TransparencyError('reply.malformed', 'an answer is no receipt', { cause });
  }
}

/** The refusal of a reply that is no success. */
export function refusalOfReply(reply: Reply): Refusal {
  return refusalOf(problemOf(reply) ?? { status: reply.status });
}

function refusalOf(problem: JsonObject): Refusal {
  const { code, detail, status, retryAfterMs } = problem;
  return {
    code: textOf(code, 64) ?? 'reply.status',
    detail: textOf(detail, 500) ?? 'no detail told',
    status: typeof status === 'number' ? status : null,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
  };
}

/** Printable text of bounded length: it may be shown on a terminal. */
function textOf(value: JsonValue | undefined, lengthMax: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.slice(0, lengthMax).replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}

function problemOf(reply: Reply): JsonObject | undefined {
  try {
    const body = parseBody(reply);
    return isJsonObject(body) ? { ...body, status: reply.status } : undefined;
  } catch {
    // A proxy's page of HTML: its status says all that can be used.
    return undefined;
  }
}

function parseBody(reply: Reply): JsonValue {
  try {
    return parseStrictJson(reply.bytes, { depthMax: 16 });
  } catch (cause) {
    throw new TransparencyError('reply.malformed', 'not JSON', { cause });
  }
}
