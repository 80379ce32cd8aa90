import { TransparencyError } from '../core/error.ts';
import { eventOf, type ParsedEvent } from './event.ts';
import type { EventSignature } from './event-signature.ts';
import { EVENT_LIMITS } from './limits.ts';
import { type JsonObject, type JsonValue, parseStrictJson } from './strict-json.ts';

/** One item that a source submits. */
export interface Submission {
  readonly event: ParsedEvent;
  readonly sig: EventSignature | null;
  /** Texts of openings; each fits a digest of `event.sd`. */
  readonly disclosures: readonly string[];
}

/**
 * The item of UTF-8 JSON bytes: a bare event, or `{event, sig?, disclosures?}` and no other member.
 * (spec/5-submission.md §3)
 *
 * @throws {TransparencyError} submission.malformed, submission.bad-disclosure, and what `parseEvent` throws
 */
export function parseSubmission(bytes: Uint8Array): Submission {
  const value = parseStrictJson(bytes, { depthMax: EVENT_LIMITS.holderDepthMax });
  if (!isObject(value)) throw new TransparencyError('submission.malformed', 'not an object');
  if (Object.hasOwn(value, 'v') || !Object.hasOwn(value, 'event')) {
    return { event: eventOf(value), sig: null, disclosures: [] };
  }
  return {
    event: eventOf(value['event'] ?? null),
    sig: (value['sig'] ?? null) as unknown as EventSignature | null,
    disclosures: (value['disclosures'] ?? []) as readonly string[],
  };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
