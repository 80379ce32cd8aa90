import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { canonicalJson } from './canonical.ts';
import { type CanonicalForm, checkSchema } from './canonical-value.ts';
import { checkDisclosures } from './disclosure.ts';
import { eventOf, type ParsedEvent } from './event.ts';
import type { EventSignature } from './event-signature.ts';
import { fastEvent } from './fast-event.ts';
import { isIdentifier } from './identifier.ts';
import { EVENT_LIMITS } from './limits.ts';
import type { NhiEvent } from './nhi-event.ts';
import { schemas } from './schema.generated.ts';
import { isJsonObject, type JsonValue, parseStrictJson } from './strict-json.ts';

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
 * What has a member `v` is a bare event. A signature is not verified: the log keeps it and does not vouch for it.
 *
 * @throws {TransparencyError} submission.malformed, submission.bad-disclosure, and what `parseEvent` throws
 */
export function parseSubmission(bytes: Uint8Array): Submission {
  if (bytes.length > EVENT_LIMITS.itemBytesMax) {
    throw new TransparencyError('event.too-large', `an item of ${bytes.length} bytes`);
  }
  return fastSubmission(bytes) ?? slowSubmission(bytes);
}

/** The item as the one-pass check finds it, or null: then the slow path judges. */
function fastSubmission(bytes: Uint8Array): Submission | null {
  const bare = fastEvent(bytes, 0);
  if (bare !== null && bare.end === bytes.length) {
    return { event: bare.event, sig: null, disclosures: [] };
  }
  for (let i = 0; i < WRAPPER.length; i++) if (bytes[i] !== WRAPPER[i]) return null;
  const held = fastEvent(bytes, WRAPPER.length);
  if (held === null || bytes[held.end] !== COMMA) return null;
  // What follows the event is short. With a brace for its comma it is an object of its own.
  // A copy, also of a Buffer, whose `slice` is a view.
  const rest = new Uint8Array(bytes.subarray(held.end));
  rest[0] = OPEN_BRACE;
  const value = parseStrictJson(rest, { depthMax: EVENT_LIMITS.holderDepthMax });
  if (!isJsonObject(value) || Object.keys(value).join() !== 'sig') return null;
  return { event: held.event, sig: signatureOf(value['sig'] ?? null), disclosures: [] };
}

const WRAPPER = utf8('{"event":');
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;

function slowSubmission(bytes: Uint8Array): Submission {
  const value = parseStrictJson(bytes, { depthMax: EVENT_LIMITS.holderDepthMax });
  if (!isJsonObject(value)) throw malformed('not an object');
  if (Object.hasOwn(value, 'v')) return { event: eventOf(value), sig: null, disclosures: [] };
  for (const name of Object.keys(value)) {
    if (!MEMBERS.has(name)) throw malformed('neither an event nor {event, sig, disclosures}');
  }
  const event = eventOf(value['event'] ?? null);
  const sig = signatureOf(value['sig'] ?? null);
  const disclosures = textsOf(value['disclosures'] ?? []);
  checkDisclosures(disclosures, event.event.sd);
  return { event, sig, disclosures };
}

const MEMBERS: ReadonlySet<string> = new Set(['event', 'sig', 'disclosures']);

/**
 * Bytes of an item, canonical: the bare event where nothing goes with it. The event is not checked.
 *
 * @throws {TransparencyError} json.*
 */
export function formatSubmission(item: {
  readonly event: NhiEvent;
  readonly sig?: EventSignature | null;
  readonly disclosures?: readonly string[];
}): Uint8Array {
  // Events and signatures are made of what JSON can say; canonicalJson refuses what is not.
  const event = item.event as unknown as JsonValue;
  const parts: Record<string, JsonValue> = { event };
  if (item.sig) parts['sig'] = item.sig as unknown as JsonValue;
  if (item.disclosures && item.disclosures.length > 0) parts['disclosures'] = item.disclosures;
  return canonicalJson(Object.keys(parts).length === 1 ? event : parts);
}

function signatureOf(value: JsonValue): EventSignature | null {
  if (value === null) return null;
  checkSchema(value, SIGNATURE);
  // The schema holds, so the value has the shape of its type.
  const sig = value as unknown as EventSignature;
  if (!isIdentifier(sig.kid)) throw malformed('sig.kid is no identifier');
  return sig;
}

const SIGNATURE: CanonicalForm = {
  schema: schemas.sig,
  depthMax: EVENT_LIMITS.holderDepthMax,
  code: 'submission.malformed',
};

function textsOf(value: JsonValue): readonly string[] {
  if (!Array.isArray(value) || value.length > EVENT_LIMITS.disclosuresMax) {
    throw malformed(`disclosures: not an array of at most ${EVENT_LIMITS.disclosuresMax}`);
  }
  const texts: string[] = [];
  for (const item of value) {
    if (typeof item !== 'string') throw malformed('disclosures: not an array of strings');
    texts.push(item);
  }
  return texts;
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('submission.malformed', why);
}
