import { isTransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { canonicalJson } from '../event/canonical.ts';
import { rawCommitment } from '../event/disclosure.ts';
import { eventOf, type ParsedEvent } from '../event/event.ts';
import { EVENT_LIMITS } from '../event/limits.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import { findSecret, findSecretInEvent, secretInText } from '../event/secret.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { type Commitments, commitTo, holdsSecret, type RandomBytes } from './commitment.ts';
import { Draft, type Part, type PartValue } from './draft.ts';
import { fitText, type TextShape } from './fit.ts';
import { classOfKind } from './kind-class.ts';
import type { Mapping } from './mapping.ts';
import { withholdPeople } from './people.ts';
import { SHAPES } from './shapes.generated.ts';
import type { IngestTrust } from './trust.ts';
import { wireTime } from './wire-time.ts';

/** What adapters need to know of the log and of the moment. */
export interface IngestContext {
  /** The one tenant of the log. */
  readonly tenant: string;
  /** Source of what does not name one. */
  readonly source: string;
  /** Sources that the sender may speak for; null: all. */
  readonly sources: readonly string[] | null;
  /** Now, ms since 1970. */
  readonly now: () => number;
  readonly random: RandomBytes;
  /** Keys of those who sign what they send. */
  readonly trust: IngestTrust;
  /** 16 bytes that stand for a content, under a secret of the log. */
  readonly pseudonym: (label: string, content: Uint8Array) => Uint8Array;
  /** Items of one body, at most. */
  readonly itemsMax: number;
}

/** One thing that an emitter sent. */
export interface WireItem {
  /** Its bytes: what is committed to, and what sameness is decided over. */
  readonly raw: Uint8Array;
  /** What the rules read; undefined where the bytes are not what the format says. */
  readonly input: JsonValue | undefined;
  /** Id of the event of what it came in, if that has one: it stands in `ctx.parent_id`, whatever the item says. */
  readonly parent?: string;
}

/**
 * Makes the event of one thing that an emitter sent. It never refuses: what fits no place is withheld, what no rule
 * covers is `unmapped`, what holds a usable secret is scrubbed. (spec/12-ingest.md §1)
 */
export function mappedEvent(item: WireItem, mapping: Mapping, context: IngestContext): MappedItem {
  const suspicious = rawHoldsSecret(item);
  const draft =
    item.input === undefined
      ? new Draft(false, suspicious)
      : mapping.draft(item.input, { suspicious });
  complete(draft, item, mapping, context);
  withholdPeople(draft, context.pseudonym, mapping.file.people);
  const made = madeOf(draft, context) ?? reduced(draft, item, context);
  const rawSalt = context.random(16);
  const unmapped = made.event.kind === 'unmapped';
  const keepRaw = unmapped && item.raw.length <= RAW_BYTES_MAX && !suspicious;
  return {
    event: made.event,
    adapter: mapping.file.adapter,
    map: mapping.map,
    raw: item.raw,
    rawCommitment: rawCommitment({ salt: rawSalt, raw: item.raw }),
    rawSalt: keepRaw ? rawSalt : null,
    disclosures: made.commitments.disclosures,
  };
}

/** Raw bytes that are kept as an opening, at most. */
const RAW_BYTES_MAX = EVENT_LIMITS.disclosureBytesMax;
/** Faults of a draft that are taken out before it is given up. */
const REPAIRS_MAX = 64;

interface Made {
  readonly event: ParsedEvent;
  readonly commitments: Commitments;
}

/** What was read is judged, not its bytes: escapes and encodings would hide what it says. */
function rawHoldsSecret({ raw, input }: WireItem): boolean {
  return input === undefined ? findSecret(raw) !== null : holdsSecret(input);
}

/** Fills in what every event has. */
function complete(draft: Draft, item: WireItem, mapping: Mapping, context: IngestContext): void {
  const fill = (pointer: string, value: PartValue): void => {
    if (!draft.has(pointer)) draft.set(pointer, value, []);
  };
  fill('/v', 'nhi.event/1');
  fill('/tenant', context.tenant);
  fill('/kind', 'unmapped');
  fill('/phase', 'point');
  // No plain digest: what is withheld could be found by trying.
  fill('/id', `raw:${hex(context.pseudonym('id', item.raw))}`);
  if (!draft.has('/time/occurred')) {
    fill(
      '/time/occurred',
      wireTime(String(context.now()), 'milliseconds') ?? '1970-01-01T00:00:00Z',
    );
    fill('/time/clock/sync', 'unknown');
    fill('/time/clock/ref', 'nhi.received');
  }
  fill('/src/format', mapping.file.format);
  bindSource(draft, context);
  fill('/actor/type', 'unknown');
  fill('/actor/id', 'unknown');
  fill('/action/name', String(draft.get('/kind')));
  fill('/action/class', classOfKind(String(draft.get('/kind'))));
  fill('/outcome/result', 'unknown');
  if (item.parent !== undefined) draft.set('/ctx/parent_id', item.parent, []);
}

/** Nobody speaks for a source that is not his: what he says of it is kept beside. */
function bindSource(draft: Draft, { source, sources }: IngestContext): void {
  const named = draft.get('/src/id') ?? source;
  const fitted = fitText(String(named), SHAPES['/src/id'] as TextShape)?.text ?? 'unknown';
  const [own] = sources ?? [];
  if (own === undefined || sources?.includes(fitted)) {
    draft.set('/src/id', fitted, draft.origins?.get('/src/id') ?? []);
  } else {
    draft.set('/src/id', own, []);
    if (!isSourceKind(draft)) draft.set('/ext/nhi.claimed_source', fitted, []);
  }
}

function isSourceKind(draft: Draft): boolean {
  return String(draft.get('/kind')).startsWith('source.');
}

/** The event of a draft, repaired and scrubbed; undefined if that is not enough. */
function madeOf(draft: Draft, context: IngestContext): Made | undefined {
  for (let repairs = 0; repairs < REPAIRS_MAX; repairs++) {
    const commitments = seal(draft, context);
    try {
      const event = eventOf(draft.event as JsonValue);
      if (findSecretInEvent(event.canonical) === null) return { event, commitments };
      if (!scrub(draft)) return undefined;
    } catch (error) {
      if (!isTransparencyError(error)) throw error;
      if (error.code === 'event.too-large' || !repair(draft, error.details['pointer'])) {
        return undefined;
      }
    }
  }
  return undefined;
}

/** Writes `sd`, and what the protocol itself says of the event. */
function seal(draft: Draft, context: IngestContext): Commitments {
  const commitments = commitTo(
    draft.withheld,
    context.random,
    draft.suspicious || draft.scrubbed.length > 0,
  );
  if (draft.withheld.length > 0) draft.event['sd'] = { ...commitments.sd };
  if (isSourceKind(draft)) return commitments;
  const scrubbed = [...new Set([...commitments.scrubbed, ...draft.scrubbed])];
  if (scrubbed.length > 0) draft.set('/ext/nhi.scrubbed', scrubbed, []);
  if (draft.altered.length > 0) draft.set('/ext/nhi.altered', [...new Set(draft.altered)], []);
  return commitments;
}

/** Takes usable secrets out of the draft, one place after the other; false if none was found in a place. */
function scrub(draft: Draft): boolean {
  let found = false;
  visit(draft.event, '', (pointer, text) => {
    if (pointer.startsWith('/sd/') || secretInText(`${pointer}: ${text}`) === null) return;
    found = true;
    withhold(draft, pointer, true);
    draft.scrubbed.push(pointer);
    // What every event must have says at least that it was there.
    if (REQUIRED.has(pointer)) draft.set(pointer, 'scrubbed', []);
  });
  return found;
}

/** Takes out the member at fault, or what lacks one; false if the event cannot be without. */
function repair(draft: Draft, pointer: unknown): boolean {
  if (typeof pointer !== 'string' || pointer === '') return false;
  let at = pointer;
  while (at !== '' && !draft.has(at)) at = at.slice(0, at.lastIndexOf('/'));
  if (at === '' || REQUIRED.has(at) || at === '/sd' || at.startsWith('/ext/nhi.')) return false;
  if (/^\/(?:id|kind|phase|v|tenant|time|src|actor|action|outcome)$/.test(at)) return false;
  withhold(draft, at, false);
  return true;
}

function withhold(draft: Draft, pointer: string, sealed: boolean): void {
  const value = draft.get(pointer);
  draft.delete(pointer);
  if (value === undefined || draft.withheld.some((other) => other.pointer === pointer)) return;
  draft.withheld.push({ pointer, value: value as JsonValue, sealed });
}

const REQUIRED: ReadonlySet<string> = new Set([
  ...['/v', '/id', '/kind', '/phase', '/tenant', '/time/occurred', '/src/id', '/src/format'],
  ...['/actor/type', '/actor/id', '/action/name', '/action/class', '/outcome/result'],
]);

function visit(
  part: Part | PartValue[],
  base: string,
  see: (pointer: string, text: string) => void,
): void {
  // Entries are copied: what is seen may be deleted.
  for (const [name, value] of Object.entries(part)) {
    const pointer = `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (typeof value === 'string') see(pointer, value);
    else if (typeof value === 'object' && value !== null) visit(value, pointer, see);
  }
}

/** What every event must have, `cred.id`, and one commitment to all the rest. (design, "No vanishing") */
function reduced(draft: Draft, item: WireItem, context: IngestContext): Made {
  const holds = draft.suspicious;
  const slim = new Draft(false, holds);
  const clean = (pointer: string, fallback: string): string => {
    const value = draft.get(pointer);
    return typeof value === 'string' && secretInText(value) === null ? value : fallback;
  };
  const id = `raw:${hex(context.pseudonym('id', item.raw))}`;
  const kind = isSourceKind(draft) ? 'unmapped' : clean('/kind', 'unmapped');
  slim.set('/v', 'nhi.event/1', []);
  slim.set('/tenant', context.tenant, []);
  slim.set('/id', clean('/id', id), []);
  slim.set('/kind', kind, []);
  slim.set('/phase', clean('/phase', 'point'), []);
  slim.set('/time/occurred', clean('/time/occurred', '1970-01-01T00:00:00Z'), []);
  slim.set('/src/id', clean('/src/id', 'unknown'), []);
  slim.set('/src/format', clean('/src/format', 'unknown'), []);
  slim.set('/actor/type', clean('/actor/type', 'unknown'), []);
  slim.set('/actor/id', clean('/actor/id', 'scrubbed'), []);
  slim.set('/action/name', clean('/action/name', kind), []);
  slim.set('/action/class', clean('/action/class', 'exec'), []);
  slim.set('/outcome/result', clean('/outcome/result', 'unknown'), []);
  const credential = clean('/cred/id', '');
  if (credential !== '') {
    slim.set('/cred/type', clean('/cred/type', 'other'), []);
    slim.set('/cred/id', credential, []);
  }
  if (item.parent !== undefined) slim.set('/ctx/parent_id', item.parent, []);
  slim.withheld.push({ pointer: '/rest', value: item.input ?? null, sealed: holds });
  slim.set('/ext/nhi.reduced', holds ? 'secret' : 'too-large', []);
  const commitments = commitTo(slim.withheld, context.random, true);
  slim.event['sd'] = { ...commitments.sd };
  const value = slim.event as JsonValue;
  if (findSecretInEvent(canonicalJson(value)) === null)
    return { event: eventOf(value), commitments };
  // Only beside another is it a secret: nothing that was sent stays.
  slim.set('/id', id, []);
  slim.set('/actor/id', 'scrubbed', []);
  slim.set('/action/name', kind, []);
  slim.set(
    '/src/id',
    fitText(context.source, SHAPES['/src/id'] as TextShape)?.text ?? 'unknown',
    [],
  );
  delete slim.event['cred'];
  return { event: eventOf(slim.event as JsonValue), commitments };
}
