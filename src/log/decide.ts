import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { type Room, slabRoom } from '../core/slab.ts';
import { leafWithRecv, type Recv } from '../event/leaf.ts';
import type { Opening } from '../event/opening.ts';
import type { LogLimits } from './limits.ts';
import type { EventIdentity, PooledEntry, Settlement } from './pool.ts';
import type { Change, Clock, Row, Store } from './ports.ts';
import {
  ANY_NOTE,
  conflictKey,
  formatIdRow,
  type IdRow,
  idKey,
  keptKey,
  parseIdRow,
} from './rows.ts';
import type { SeenFilter } from './seen-filter.ts';

/** An entry that will be in the tree: its bytes and leaf hash. */
export interface NewEntry {
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
}

/** Openings of a new entry. */
export interface NewOpenings {
  readonly leafIndex: number;
  readonly sourceId: string;
  /** Clock of admission, ms. */
  readonly atMs: number;
  readonly openings: readonly Opening[];
}

/** What a duplicate's receipt repeats. */
export interface FirstLeaf {
  readonly leafHash: Uint8Array;
  readonly recv: Recv;
}

/** What the writer makes of a batch. */
export interface Decision {
  /** New entries, in the order of the tree. */
  readonly entries: readonly NewEntry[];
  /** Conflict and kept-head rows. */
  readonly changes: readonly Change[];
  /** New idempotency rows. */
  readonly newIds: readonly Row[];
  /** Idempotency rows that are replaced, as they are and as they will be. */
  readonly blanked: readonly { readonly before: Row; readonly after: Row }[];
  /** What is kept sealed beside new entries, in their order. */
  readonly openings: readonly NewOpenings[];
  /** Answers every entry of the batch. Called once it is written. */
  answer(): void;
}

/** What the decision depends on. */
export interface DecideOptions {
  readonly store: Store;
  readonly tree: { readonly builder: { readonly size: number } };
  readonly seen: SeenFilter;
  readonly limits: LogLimits;
  readonly clock: Clock;
  readonly conflicts: ConflictQuota;
  readonly leafOf: LeafOf;
}

/**
 * The leaf that an idempotency or conflict row points to, verified: it has the id of the key, the content of the row,
 * and is the first of its id (`conflict` null) or a conflict with the first.
 *
 * @throws {TransparencyError} store.corrupt
 */
export type LeafOf = (
  row: IdRow,
  expected: { readonly key: Uint8Array; readonly conflict: number | null },
) => Promise<FirstLeaf>;

/** An entry of this batch, or one that the store holds. */
interface Known extends IdRow {
  /** Set if it is of this batch. */
  readonly leaf: FirstLeaf | null;
}

/**
 * Decides, in order, what of a batch is new, what was there before, and what conflicts: against the store and the
 * batch itself. The commit in flight cannot be missed: there is none while this runs. (design §4, "Sameness")
 *
 * @throws {TransparencyError} store.corrupt
 */
export async function decideBatch(
  batch: readonly PooledEntry[],
  options: DecideOptions,
): Promise<Decision> {
  const run = new Run(options, await knownIds(batch, options));
  const oldest = options.clock() - options.limits.admissionAgeMaxMs;
  for (const pooled of batch) {
    const { identity } = pooled;
    if (pooled.atMs < oldest) run.refuse(pooled, 'pool.stale', 'it waited too long for the writer');
    else if (identity === null) run.append(pooled, pooled, null, 'appended');
    else {
      // Awaited only where there is something to wait for: most events are new.
      const decided = run.decide(pooled, identity);
      if (decided !== undefined) await decided;
    }
  }
  return run;
}

/** Rows of the ids that the filter may have seen, by key text. */
async function knownIds(
  batch: readonly PooledEntry[],
  { store, seen }: DecideOptions,
): Promise<Map<string, Known>> {
  const asked = new Map<string, Uint8Array>();
  for (const { identity } of batch) {
    if (identity !== null && seen.mayContain(identity.key)) {
      asked.set(textOf(identity.key), identity.key);
    }
  }
  const known = new Map<string, Known>();
  if (asked.size === 0) return known;
  const rows = await store.getMany([...asked.values()].map((id) => idKey(id)));
  let i = 0;
  for (const text of asked.keys()) {
    const row = rows[i++];
    if (row !== undefined) known.set(text, { ...parseIdRow(row), leaf: null });
  }
  return known;
}

/** Some 380 rows of ids. */
const ID_SLAB_BYTES = 16 * 1024;

class Run implements Decision {
  readonly entries: NewEntry[] = [];
  readonly changes: Change[] = [];
  readonly newIds: Row[] = [];
  readonly blanked: { readonly before: Row; readonly after: Row }[] = [];
  readonly openings: NewOpenings[] = [];
  readonly #answered: PooledEntry[] = [];
  readonly #settlements: Settlement[] = [];
  /** The rows of ids go to the store together. */
  readonly #room: Room = slabRoom(ID_SLAB_BYTES);
  readonly #options: DecideOptions;
  readonly #known: Map<string, Known>;
  readonly #conflicts: Map<string, Known> = new Map();

  constructor(options: DecideOptions, known: Map<string, Known>) {
    this.#options = options;
    this.#known = known;
  }

  refuse(pooled: PooledEntry, code: TransparencyError['code'], message: string): void {
    this.#settle(pooled, { kind: 'refused', error: new TransparencyError(code, message) });
  }

  answer(): void {
    for (const [i, pooled] of this.#answered.entries()) {
      pooled.settle(this.#settlements[i] as Settlement); // pushed as a pair
    }
  }

  /** Gives the entry the next index and says what its index will be. */
  append(
    pooled: PooledEntry,
    made: NewEntry,
    recv: Recv | null,
    kind: 'appended' | 'conflict',
  ): number {
    const leafIndex = this.#options.tree.builder.size + this.entries.length;
    this.entries.push(made);
    this.#settle(pooled, { kind, leafIndex, leafHash: made.leafHash, recv, repeated: false });
    const { atMs, effect, identity, names, openings } = pooled;
    if (effect !== null) {
      const { changes, blanked } = effect(leafIndex);
      this.changes.push(...changes);
      this.blanked.push(...blanked);
    }
    if (openings !== null && identity !== null) {
      this.openings.push({ leafIndex, sourceId: identity.sourceId, atMs, openings });
    }
    if (names !== null) {
      const key = keptKey(names.size, names.noteHash ?? ANY_NOTE);
      this.changes.push({ key, value: new Uint8Array(0) });
    }
    return leafIndex;
  }

  decide(pooled: PooledEntry, identity: EventIdentity): Promise<void> | undefined {
    const text = textOf(identity.key);
    const first = this.#known.get(text);
    if (first === undefined) {
      const leafIndex = this.append(pooled, pooled, identity.recv, 'appended');
      const { sameness, recv } = identity;
      const known = { leafIndex, sameness, leaf: { leafHash: pooled.leafHash, recv } };
      this.#known.set(text, known);
      const key = idKey(identity.key, this.#room);
      this.newIds.push({ key, value: formatIdRow(known, this.#room) });
      return undefined;
    }
    return isErased(first.sameness) || equalBytes(first.sameness, identity.sameness)
      ? this.#repeat(pooled, first, { key: identity.key, conflict: null })
      : this.#conflict(pooled, identity, first);
  }

  /** Same id, other content: its own leaf, once. An honest retry of it finds that leaf. */
  async #conflict(pooled: PooledEntry, identity: EventIdentity, first: Known): Promise<void> {
    const { store, conflicts, clock, leafOf } = this.#options;
    const key = conflictKey(identity.key, identity.sameness);
    const text = textOf(key);
    const stored = this.#conflicts.get(text) ?? (await store.get(key));
    if (stored !== undefined) {
      const known = stored instanceof Uint8Array ? { ...parseIdRow(stored), leaf: null } : stored;
      await this.#repeat(pooled, known, { key: identity.key, conflict: first.leafIndex });
      return;
    }
    // A row that the disk altered would make every honest retry a conflict.
    if (first.leaf === null) await leafOf(first, { key: identity.key, conflict: null });
    if (!conflicts.take(identity.sourceId, clock())) {
      this.refuse(pooled, 'conflict.too-many', 'too many conflicting events of this source');
      return;
    }
    const recv = { ...identity.recv, conflict: first.leafIndex };
    const entry = leafWithRecv(pooled.entry, recv);
    const leaf = { entry, leafHash: leafHash(entry), recv };
    const leafIndex = this.append(pooled, leaf, recv, 'conflict');
    const row = { leafIndex, sameness: identity.sameness };
    this.#conflicts.set(text, { ...row, leaf });
    this.changes.push({ key, value: formatIdRow(row) });
  }

  async #repeat(pooled: PooledEntry, known: Known, expected: Parameters<LeafOf>[1]): Promise<void> {
    const { leafIndex } = known;
    const { leafHash, recv } = known.leaf ?? (await this.#options.leafOf(known, expected));
    const kind = expected.conflict === null ? 'duplicate' : 'conflict';
    this.#settle(pooled, { kind, leafIndex, leafHash, recv, repeated: true });
  }

  #settle(pooled: PooledEntry, settlement: Settlement): void {
    this.#answered.push(pooled);
    this.#settlements.push(settlement);
  }
}

/** How many conflicting events a source may add in a minute. */
export class ConflictQuota {
  readonly #perMinuteMax: number;
  #minute = 0;
  #used: Map<string, number> = new Map();

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  /** True, and counted, if the source has one left in this minute. */
  take(sourceId: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used = new Map();
    }
    const used = this.#used.get(sourceId) ?? 0;
    if (used >= this.#perMinuteMax) return false;
    this.#used.set(sourceId, used + 1);
    return true;
  }
}

/** A blanked MAC: every later event of that id is answered with the first receipt. (design §8) */
export function isErased(sameness: Uint8Array): boolean {
  return sameness.every((byte) => byte === 0);
}

/** A key as text, one character a byte, for a Map. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  let i = 0;
  // Four at a time: a third of the strings that each would leave behind.
  for (; i + 4 <= bytes.length; i += 4) {
    text += String.fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
    );
  }
  for (; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
