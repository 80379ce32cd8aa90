import { sha256Of } from '#sha256';
import { concat, readU64be, u64be } from '../core/bytes.ts';
import type { Change, Row, Store } from './ports.ts';
import { corrupt, tallyKey } from './rows.ts';

/*
 * Entries, tiles and commits are found missing by their hashes. Two kinds of rows are not: a lost idempotency row looks
 * like an event that never came, a lost signed head like one that was dropped. A tally row, written in the batch of each
 * change, says how many there are and what they come to, so that their loss is seen too. It finds what a disk does, not
 * what somebody does who can write the store.
 */

/** What the rows of a kind come to: their number, and the exclusive or of what stands for each. */
export interface Tally {
  readonly count: number;
  readonly sum: Uint8Array;
}

/** Kinds of rows that are tallied, by their tag: ids, signed heads. */
export type TallyKind = 'I' | 'S';

/** The tallies of a log as they will be once every write that was called is on disk. */
export interface Tallies {
  ids: Tally;
  heads: Tally;
}

/** Bytes of a sum: of an id row itself (its key is a hash, so no hash is needed), of the hash of a head row. */
const SUM_LENGTH: Readonly<Record<TallyKind, number>> = { I: 42, S: 32 };
const HEAD_DOMAIN = new TextEncoder().encode('varve.head/1\n');

/** The tally of no rows. */
export function emptyTally(kind: TallyKind): Tally {
  return { count: 0, sum: new Uint8Array(SUM_LENGTH[kind]) };
}

/** The tally with some rows more, and some less. */
export function tallied(
  kind: TallyKind,
  before: Tally,
  {
    added = [],
    dropped = [],
  }: { readonly added?: readonly Row[]; readonly dropped?: readonly Row[] },
): Tally {
  const sum = before.sum.slice();
  for (const row of added) xorRow(kind, sum, row);
  for (const row of dropped) xorRow(kind, sum, row);
  return { count: before.count + added.length - dropped.length, sum };
}

/** The row that keeps a tally: u64 count ‖ sum. */
export function tallyChange(kind: TallyKind, { count, sum }: Tally): Change {
  return { key: tallyKey(kind), value: concat(u64be(count), sum) };
}

/** The stored tally; that of no rows where there is none. @throws {TransparencyError} store.corrupt */
export async function readTally(store: Store, kind: TallyKind): Promise<Tally> {
  const value = await store.get(tallyKey(kind));
  if (value === undefined) return emptyTally(kind);
  if (value.length !== 8 + SUM_LENGTH[kind]) corrupt(`a tally has ${value.length} bytes`);
  return { count: readU64be(value) ?? corrupt('a tally is too large'), sum: value.slice(8) };
}

function xorRow(kind: TallyKind, sum: Uint8Array, { key, value }: Row): void {
  if (kind === 'S') xor(sum, 0, sha256Of([HEAD_DOMAIN, key, value]), 0);
  else {
    xor(sum, 0, key, 1);
    xor(sum, key.length - 1, value, 0);
  }
}

/** As far as both reach. */
function xor(sum: Uint8Array, offset: number, bytes: Uint8Array, from: number): void {
  const length = Math.min(sum.length - offset, bytes.length - from);
  for (let i = 0; i < length; i++) {
    sum[offset + i] = (sum[offset + i] as number) ^ (bytes[from + i] as number);
  }
}
