import { sha256Of } from '#sha256';
import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { canonicalJson } from './canonical.ts';
import { checkEvent } from './check-event.ts';
import { fastEvent } from './fast-event.ts';
import { EVENT_LIMITS } from './limits.ts';
import type { NhiEvent, SeenHead } from './nhi-event.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';

/** An event that holds to `nhi.event/1`, and what the log asks of it. */
export interface ParsedEvent {
  readonly event: NhiEvent;
  /** The event in canonical form: what is hashed, compared and stored. */
  readonly canonical: Uint8Array;
  readonly id: string;
  readonly sourceId: string;
  readonly tenant: string;
  readonly kind: string;
  /** The checkpoint that the source had seen, or null. */
  readonly seen: SeenHead | null;
}

/**
 * The event of UTF-8 JSON bytes, or of a value. (spec/5-submission.md §2)
 *
 * Checked in this order: strict JSON, schema, times, identifiers, length of the canonical form. Whether it holds a
 * secret, and whether its tenant and source are the submitter's, admission asks.
 *
 * @throws {TransparencyError} bytes.not-utf8, json.*, event.schema, event.unknown-member, event.sequence, event.body,
 *   event.time, event.identifier, event.too-large
 */
export function parseEvent(input: Uint8Array | JsonValue): ParsedEvent {
  const bytes = input instanceof Uint8Array ? input : canonicalJson(input);
  const fast = fastEvent(bytes, 0);
  if (fast?.end === bytes.length) return fast.event;
  return eventOf(parseStrictJson(bytes, { depthMax: EVENT_LIMITS.eventDepthMax }));
}

/** The event of a value that strict JSON gave. Refuses as `parseEvent` does. */
export function eventOf(value: JsonValue): ParsedEvent {
  const event = checkEvent(value);
  const canonical = canonicalJson(value, { depthMax: EVENT_LIMITS.eventDepthMax });
  if (canonical.length > EVENT_LIMITS.eventBytesMax) {
    throw new TransparencyError(
      'event.too-large',
      `${canonical.length} bytes, at most ${EVENT_LIMITS.eventBytesMax}`,
      { details: { bytes: canonical.length, source: event.src.id, id: event.id } },
    );
  }
  return {
    event,
    canonical,
    id: event.id,
    sourceId: event.src.id,
    tenant: event.tenant,
    kind: event.kind,
    seen: event.ctx?.seen ?? null,
  };
}

const DIGEST_PREFIX = utf8('nhi.event/1\n');

/** Digest of an event: hex SHA-256("nhi.event/1\n" ‖ canonical form). It is signed, and `src.prev` names it. */
export function eventDigest(canonical: Uint8Array): string {
  return hex(sha256Of([DIGEST_PREFIX, canonical]));
}
