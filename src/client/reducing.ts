import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { checkEvent } from '../event/check-event.ts';
import { parseDisclosure } from '../event/disclosure.ts';
import { EVENT_LIMITS } from '../event/limits.ts';
import type { NhiEvent } from '../event/nhi-event.ts';
import { type ReducedEvent, reduceEvent, whyReduce } from '../event/reduced-event.ts';
import { secretInValue } from '../event/secret-in-value.ts';
import { type JsonValue, parseStrictJson } from '../event/strict-json.ts';
import { parseSubmission, type Submission } from '../event/submission.ts';

/** What is done with items that may not be sent whole: too large, or holding a usable secret. */
export interface Reducing {
  /** 32 secret bytes of the source, the same ones in all its lives: a retry is then the same item. */
  readonly key: Uint8Array;
  /** Told of each item that is sent in part: keep the original, and what `disclosure` opens, on this side. */
  readonly onReduced?: (at: number, reduced: ReducedEvent) => void;
}

/** An item as it is sent. */
export interface SentItem {
  readonly bytes: Uint8Array;
  readonly submission: Submission;
}

/**
 * The item to send: as it is, or reduced where it may not be sent whole. (design §4, "No vanishing")
 *
 * @param at  place of the item, for `onReduced`
 * @throws {TransparencyError} what `parseSubmission` and `reduceEvent` throw; event.secret for a signed event that holds
 *   a secret: it is reduced before it is signed
 */
export function sentItem(bytes: Uint8Array, at: number, reducing: Reducing | undefined): SentItem {
  if (reducing === undefined) return { bytes, submission: parseSubmission(bytes) };
  const submission = parseUnlessTooLarge(bytes);
  const event = submission?.event.event ?? largeEventOf(bytes);
  const opensSecret = submission?.disclosures.some(holdsSecret) === true;
  const why = opensSecret ? 'secret' : whyReduce(event);
  if (why === null && submission !== null) return { bytes, submission };
  if (submission !== null && submission.sig !== null) {
    throw new TransparencyError('event.secret', 'an event is reduced before it is signed');
  }
  const reduced = reduceEvent(event, { why: why ?? 'too-large', key: reducing.key });
  reducing.onReduced?.(at, reduced);
  const { canonical } = reduced.event;
  return { bytes: canonical, submission: parseSubmission(canonical) };
}

function parseUnlessTooLarge(bytes: Uint8Array): Submission | null {
  try {
    return parseSubmission(bytes);
  } catch (error) {
    if (isTransparencyError(error, 'event.too-large')) return null;
    throw error;
  }
}

/** The event of an item whatever its length, bare or with what goes with it. */
function largeEventOf(bytes: Uint8Array): NhiEvent {
  const value = parseStrictJson(bytes, { depthMax: EVENT_LIMITS.holderDepthMax });
  const isHeld = typeof value === 'object' && value !== null && !Object.hasOwn(value, 'v');
  const held = isHeld ? (value as { readonly event?: JsonValue }).event : value;
  return checkEvent(held ?? null);
}

function holdsSecret(disclosure: string): boolean {
  return secretInValue(parseDisclosure(disclosure), EVENT_LIMITS.eventDepthMax) !== null;
}
