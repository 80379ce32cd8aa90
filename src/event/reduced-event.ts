import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { canonicalJson } from './canonical.ts';
import { disclosureDigest, formatDisclosure } from './disclosure.ts';
import { eventOf, type ParsedEvent } from './event.ts';
import { EVENT_LIMITS } from './limits.ts';
import type { NhiEvent } from './nhi-event.ts';
import { samenessMac } from './sameness.ts';
import { findSecretInEvent, secretInText } from './secret.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

/** What is sent in the place of an event that may not be sent whole. */
export interface ReducedEvent {
  readonly why: ReducedWhy;
  readonly event: ParsedEvent;
  /** Text of the opening of what was left out. It is not sent: whoever keeps it can prove what was there. */
  readonly disclosure: string;
}

export type ReducedWhy = 'secret' | 'too-large';

/**
 * Why an event may not be sent whole; null if it may.
 *
 * @param event  one that holds to the schema, of any length
 */
export function whyReduce(event: NhiEvent): ReducedWhy | null {
  const canonical = canonicalOf(event);
  if (findSecretInEvent(canonical) !== null) return 'secret';
  return canonical.length > EVENT_LIMITS.eventBytesMax ? 'too-large' : null;
}

/**
 * Reduces an event to the members that every event has, `cred.id`, and a salted commitment to all the rest, under
 * `sd["/rest"]`; `ext["nhi.reduced"]` says why. (design §4, spec/5-submission.md §7)
 *
 * The salt follows from the key and the event, so that whoever sends it again sends the same. It comes before numbers,
 * links and signatures, which are of the event as it is sent.
 *
 * @param event  one that holds to the schema, of any length
 * @param how.key  32 secret bytes of the source: without them nobody can try what was left out
 * @throws {TransparencyError} event.secret where the secret stands in what cannot be left out: id, source, format;
 *   event.body for kinds of sources, which carry no `ext`; event.sequence for an event that has a number
 */
export function reduceEvent(
  event: NhiEvent,
  how: { readonly why: ReducedWhy; readonly key: Uint8Array },
): ReducedEvent {
  const { why, key } = how;
  checkReducible(event);
  const slim = skeletonOf(event, why);
  const salt = samenessMac(key)(canonicalOf(event));
  const rest = restOf(event as unknown as JsonObject, slim);
  const disclosure = disclosureOf(salt, rest);
  const reduced = eventOf({ ...slim, sd: { [REST]: disclosureDigest(disclosure) } });
  if (findSecretInEvent(reduced.canonical) !== null) {
    throw new TransparencyError('event.secret', 'it stands in what every event has');
  }
  return { why, event: reduced, disclosure };
}

const REST = '/rest';

function checkReducible({ id, src, kind }: NhiEvent): void {
  if (kind.startsWith('source.')) {
    throw new TransparencyError('event.body', 'what a source says of itself is not reduced');
  }
  if (src.seq !== undefined) {
    throw new TransparencyError('event.sequence', 'an event is reduced before it gets its number');
  }
  for (const text of [id, src.id, src.format]) {
    if (secretInText(text) === null) continue;
    throw new TransparencyError('event.secret', 'it stands in what tells the event from others');
  }
}

/** What the schema asks for, and the credential; a text that holds a secret is left out or struck out. */
function skeletonOf(event: NhiEvent, why: ReducedWhy): JsonObject {
  const { v, id, kind, phase, tenant, time, src, actor, action, outcome, cred } = event;
  const clean = (text: string, otherwise: string): string => {
    return secretInText(text) === null ? text : otherwise;
  };
  const named = cred?.id !== undefined && secretInText(cred.id) === null;
  return {
    v,
    id,
    kind,
    phase,
    tenant,
    time: { occurred: time.occurred },
    src: { id: src.id, format: src.format },
    actor: { type: actor.type, id: clean(actor.id, 'scrubbed') },
    action: { name: clean(action.name, kind), class: action.class },
    outcome: { result: outcome.result },
    ...(named ? { cred: { type: cred.type, id: cred.id } } : {}),
    ext: { 'nhi.reduced': why },
  };
}

/** The members that a skeleton does not say alike. */
function restOf(whole: JsonObject, slim: JsonObject): JsonObject {
  const rest: Record<string, JsonValue> = Object.create(null);
  for (const [name, value] of Object.entries(whole)) {
    const kept = Object.hasOwn(slim, name) ? slim[name] : undefined;
    if (isJsonObject(value) && isJsonObject(kept)) {
      const below = restOf(value, kept);
      if (Object.keys(below).length > 0) rest[name] = below;
    } else if (value !== kept) {
      rest[name] = value;
    }
  }
  return rest;
}

/** What nests deeper than a disclosure may is told as its JSON text. */
function disclosureOf(salt: Uint8Array, rest: JsonObject): string {
  try {
    return formatDisclosure({ salt, pointer: REST, value: rest });
  } catch (error) {
    if (!isTransparencyError(error, 'json.too-deep')) throw error;
    const value = utf8Text(canonicalJson(rest, { depthMax: EVENT_LIMITS.holderDepthMax }));
    return formatDisclosure({ salt, pointer: REST, value });
  }
}

function canonicalOf(event: NhiEvent): Uint8Array {
  // An event is JSON, as its type says of each member.
  const value = event as unknown as JsonValue;
  return canonicalJson(value, { depthMax: EVENT_LIMITS.eventDepthMax });
}
