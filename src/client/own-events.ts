import { canonicalJson } from '../event/canonical.ts';
import { eventDigest } from '../event/event.ts';
import { parseLeaf } from '../event/leaf.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { type LookupOptions, type LookupResult, lookup } from './lookup-client.ts';
import type { LookupEntry } from './lookup-entries.ts';
import type { KnownPostings } from './lookup-pages.ts';

/** What a source sent, and what it knows from the last time it looked. */
export interface OwnEvents {
  readonly sourceId: string;
  /** Event digests by event id: those since the last look, or all. */
  readonly sent: ReadonlyMap<string, string>;
  /** `result.known` of the last look. Default: from the first event on. */
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
  const result = await lookup(options, { key, ...known });
  const changed: NamedEvent[] = [];
  const foreign: NamedEvent[] = [];
  const found = new Set<string>();
  for (const one of [...result.events, ...(result.tail ?? [])]) {
    const { id, digest } = eventOf(one);
    const sent = own.sent.get(id);
    if (sent === undefined) foreign.push({ index: one.index, id });
    else if (sent !== digest) changed.push({ index: one.index, id });
    else found.add(id);
  }
  const missing = [...own.sent.keys()].filter((id) => !found.has(id));
  return { missing, changed, foreign, result };
}

/** The lookup has verified that the entry carries a `source` key: it is the leaf of an event. */
function eventOf({ entry, index }: LookupEntry): { id: string; digest: string } {
  const leaf = parseLeaf(entry);
  if (leaf.v !== 'nhi.leaf/1') throw new Error(`bug: entry ${index} has a source and no event`);
  // An event is JSON, as its type says of each member.
  const canonical = canonicalJson(leaf.event as unknown as JsonValue);
  return { id: leaf.event.id, digest: eventDigest(canonical) };
}
