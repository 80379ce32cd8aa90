import { concat } from '../core/bytes.ts';
import { type EventLeaf, parseLeaf } from '../event/leaf.ts';
import { withheldBy } from '../event/opening.ts';
import { idempotencyKey } from '../event/sameness.ts';
import type { EraseReport } from './custody-rows.ts';
import { formatSealedRow, openingContext, parseOpeningRow, pointerOfRow } from './opening-row.ts';
import type { Change, KeyRange, OpeningKeys, Row, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import {
  conflictKeys,
  corrupt,
  idKey,
  keysOf,
  numberOfKey,
  openingKey,
  openingKeys,
  parseIdRow,
} from './rows.ts';

/** What the rest of an erasure works on. */
export interface EraseRestOptions {
  readonly store: Store;
  readonly keys: OpeningKeys;
  readonly origin: string;
  /** Bytes of an entry that the store names, proven. */
  readonly readEntry: (index: number) => Promise<Uint8Array>;
  /** Throws where the work is to be left for the next start. */
  readonly checkGoesOn: () => void;
}

/** Rows that are sealed anew in one write; each has at most 64 KiB. */
const ROWS_AT_ONCE = 64;
/** Ranges that are purged at once: meanwhile nothing is written. */
const RANGES_AT_ONCE = 8;
const CONFLICTS_PER_READ = 256;

/**
 * Does what is left of an erasure once its leaf is written: seals what stays under new keys, destroys the old ones, and
 * purges the rows that are gone. Each step may be done again. (spec/14-privacy.md §5)
 *
 * @returns how many openings were sealed anew, in this run
 */
export async function finishErasure(
  report: EraseReport,
  options: EraseRestOptions,
): Promise<number> {
  const { keys, store, checkGoesOn } = options;
  let resealed = 0;
  for (const { old, next } of report.keys) {
    const from = keys.firstIndexOf(old);
    // Destroyed before a crash.
    if (from === undefined) continue;
    resealed += await resealAll({ old, next, from }, options);
  }
  checkGoesOn();
  // Behind the last row that is sealed anew, and before the files are rewritten: from here on the old rows are noise.
  await keys.destroy(report.keys.map(({ old }) => old));
  const ranges = await rangesOf(report, options);
  await deleteConflicts(report, options);
  for (let at = 0; at < ranges.length; at += RANGES_AT_ONCE) {
    checkGoesOn();
    await store.purge(ranges.slice(at, at + RANGES_AT_ONCE));
  }
  return resealed;
}

async function resealAll(
  { old, next, from }: { readonly old: string; readonly next: string; readonly from: number },
  options: EraseRestOptions,
): Promise<number> {
  const { store, checkGoesOn } = options;
  const reseal = createReseal(old, next, options);
  const range = { from: openingKey(from, 0), to: keysOf('O').to };
  let count = 0;
  for await (const rows of new RowCursor(store, range, ROWS_AT_ONCE).pages()) {
    checkGoesOn();
    const changes: Change[] = [];
    for (const row of rows) {
      const value = await reseal(row);
      if (value !== null) changes.push({ key: row.key, value });
    }
    // Flushed each: what is not on disk under the new key when the old one is destroyed is lost.
    if (changes.length > 0) await store.write({ changes, flush: true });
    count += changes.length;
  }
  return count;
}

/** A row under the new key; null for one that does not lie under the old. */
function createReseal(
  old: string,
  next: string,
  { keys, origin, readEntry }: EraseRestOptions,
): (row: Row) => Promise<Uint8Array | null> {
  let entry: { readonly index: number; readonly withheld: ReadonlyMap<number, string> } | null =
    null;
  return async ({ key, value }) => {
    const row = parseOpeningRow(value);
    if (row.kind === 'erased' || row.keyId !== old) return null;
    const index = numberOfKey(key);
    if (entry?.index !== index) entry = { index, withheld: await withheldAt(index, readEntry) };
    const pointer =
      pointerOfRow(key, entry.withheld) ?? corrupt(`an opening of nothing at ${index}`);
    const context = openingContext({ origin, leafIndex: index, pointer });
    const bytes = keys.open(old, context, row.sealed) ?? corrupt('a key of openings is gone');
    return formatSealedRow(next, keys.seal(next, context, bytes));
  };
}

async function withheldAt(
  index: number,
  readEntry: EraseRestOptions['readEntry'],
): Promise<ReadonlyMap<number, string>> {
  const leaf = parseLeaf(await readEntry(index));
  return leaf.v === 'nhi.leaf/1' ? withheldBy(leaf) : new Map();
}

/** Conflict rows that the erasure deleted, and a loss of power may have brought back: its own flush had failed. */
async function deleteConflicts({ blanked }: EraseReport, options: EraseRestOptions): Promise<void> {
  const { store } = options;
  const changes: Change[] = [];
  for (const index of blanked) {
    const { recv, id } = await blankedEvent(index, options);
    if (recv.conflict === null) continue;
    for await (const rows of new RowCursor(store, conflictKeys(id), CONFLICTS_PER_READ).pages()) {
      const found = rows.find(({ value }) => parseIdRow(value).leafIndex === index);
      if (found !== undefined) changes.push({ key: found.key, value: null });
    }
  }
  if (changes.length > 0) await store.write({ changes, flush: true });
}

/** An event whose MAC an erasure took, and the key of its id. */
async function blankedEvent(
  index: number,
  { readEntry }: EraseRestOptions,
): Promise<{ readonly recv: EventLeaf['recv']; readonly id: Uint8Array }> {
  const leaf = parseLeaf(await readEntry(index));
  if (leaf.v !== 'nhi.leaf/1') corrupt(`entry ${index} is no event`);
  return { recv: leaf.recv, id: idempotencyKey(leaf.event.src.id, leaf.event.id) };
}

/** Where rows of the erased lay: its openings, and what its events were recognised by. */
async function rangesOf(
  { targets, blanked }: EraseReport,
  options: EraseRestOptions,
): Promise<readonly KeyRange[]> {
  const ranges = [...new Set(targets.map(([index]) => index))].map((index) => {
    return openingKeys(index, index + 1);
  });
  for (const index of blanked) {
    const { id } = await blankedEvent(index, options);
    // The ends are keys of no row: shorter, or longer.
    ranges.push({ from: idKey(id.subarray(0, -1)), to: concat(idKey(id), Uint8Array.of(0)) });
    ranges.push(conflictKeys(id));
  }
  return ranges;
}
