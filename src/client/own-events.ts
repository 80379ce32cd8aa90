import { canonicalJson } from '../event/canonical.ts';
import { eventDigest } from '../event/event.ts';
import { parseLeaf } from '../event/leaf.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { parseSubmission } from '../event/submission.ts';
import { type LookupOptions, type LookupResult, lookup } from './lookup-client.ts';
import type { LookupEntry } from './lookup-entries.ts';
import type { KnownPostings } from './lookup-pages.ts';

/** What a source sent, and what it knows from the last time it looked. */
export interface OwnEvents {
  readonly sourceId: string;
  /** Digests by event id, as `sentEvent` makes them: all; or those since the last look and its `next.sent`. */
  readonly sent: ReadonlyMap<string, string>;
  /** `next.known` of the last look. Default: from the first event on. */
  readonly known?: KnownPostings;
}

/** An event in the log in the name of a source. */
export interface NamedEvent {
  readonly index: number;
  readonly id: string;
}

/** What a source finds of itself in a log. */
export interface OwnEventsReport {
  /** Sent, and not in the log: receipts for them were lies, or they are on their way. */
  readonly missing: readonly string[];
  /** In the log under an id that was sent, with another content. */
  readonly changed: readonly NamedEvent[];
  /** In the log in the source's name, and never sent by it: somebody else speaks for it. */
  readonly foreign: readonly NamedEvent[];
  readonly result: LookupResult;
  /**
   * What the next look begins with: the postings that are known now, and the sent events that are not among them, for
   * they are missing or in no index yet. Those that were sent in between come on top.
   */
  readonly next: { readonly known?: KnownPostings; readonly sent: ReadonlyMap<string, string> };
}

/** Id and digest of an event that is sent: one entry of `OwnEvents.sent`. @throws {TransparencyError} event.*, json.* */
export function sentEvent(item: Uint8Array): readonly [id: string, digest: string] {
  const { event } = parseSubmission(item);
  return [event.id, eventDigest(event.canonical)];
}

/**
 * Looks up what a log holds in the name of a source, and compares it with what the source sent. Run once a day, with
 * the policy's grade, it finds what was dropped after a receipt, and who else speaks in the source's name.
 *
 * @throws {TransparencyError} as `lookup`
 */
export async function checkOwnEvents(
  options: LookupOptions,
  own: OwnEvents,
): Promise<OwnEventsReport> {
  const key = { selector: 'source', value: own.sourceId } as const;
  const known = own.known === undefined ? {} : { known: own.known };
  const { onEvent: _, ...held } = options;
  const result = await lookup(held, { key, ...known });
  const changed: NamedEvent[] = [];
  const foreign: NamedEvent[] = [];
  const found = new Set<string>();
  const indexed = new Set<string>();
  for (const one of [...result.events, ...(result.tail ?? [])]) {
    const { id, digest } = eventOf(one);
    if (one.index < result.head.tree.size) indexed.add(id);
    const sent = own.sent.get(id);
    if (sent === undefined) foreign.push({ index: one.index, id });
    else if (sent !== digest) changed.push({ index: one.index, id });
    else found.add(id);
  }
  const missing = [...own.sent.keys()].filter((id) => !found.has(id));
  const later = new Map([...own.sent].filter(([id]) => !indexed.has(id)));
  const next = { sent: later, ...(result.known === null ? {} : { known: result.known }) };
  return { missing, changed, foreign, result, next };
}

/** The lookup has verified that the entry carries a `source` key: it is the leaf of an event. */
function eventOf({ entry, index }: LookupEntry): { id: string; digest: string } {
  const leaf = parseLeaf(entry);
  if (leaf.v !== 'nhi.leaf/1') throw new Error(`bug: entry ${index} has a source and no event`);
  // An event is JSON, as its type says of each member.
  const canonical = canonicalJson(leaf.event as unknown as JsonValue);
  return { id: leaf.event.id, digest: eventDigest(canonical) };
}
