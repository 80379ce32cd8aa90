import { isTransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { type Leaf, parseLeaf } from '../event/leaf.ts';
import { idempotencyKey } from '../event/sameness.ts';
import { holdChangesOf, parseErasureRow } from './custody-rows.ts';
import { countEntries, readStoredBundle, splitEntries } from './entries.ts';
import { OPENINGS_MAX, parseOpeningRow } from './opening-row.ts';
import type { Change, Row, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import {
  conflictKeys,
  HEAD_KEY,
  idKey,
  keysOf,
  numberOfKey,
  openingKey,
  openingKeys,
  parseIdRow,
  tileKey,
} from './rows.ts';

/** Rows of a kind that are written again: more than a memtable of LevelDB holds commits of one entry. */
const ROWS_REWRITTEN = 1_024;
/** Bytes of segments that are written again, about: more than the largest commit and than a write buffer of LevelDB. */
const SEGMENT_BYTES_REWRITTEN = 64 * 1024 * 1024;
/** Bundle rows that are written again; they are large. */
const BUNDLES_REWRITTEN = 64;
/** Rows of openings that are written at once; each has at most 64 KiB. */
const OPENINGS_AT_ONCE = 256;
/** Segments that are read at once. */
const SEGMENTS_AT_ONCE = 64;
/** Levels of tiles of the largest tree. */
const TILE_LEVELS = 7;

/**
 * Writes the last rows again and flushes them. After a failed flush the page cache may show what never reached the
 * disk: a start that trusted it would sign what a power cut can still take. (forks.md, FLUSH)
 */
export async function rewriteTail(store: Store): Promise<void> {
  const head = await store.get(HEAD_KEY);
  if (head === undefined) return;
  const last = (tag: string, limit: number): Promise<readonly Row[]> =>
    store.scan({ ...keysOf(tag), limit, reverse: true });
  const entries = [...(await lastSegments(store)), ...(await last('B', BUNDLES_REWRITTEN))];
  await rewriteOpenings(store, firstIndexOf(entries));
  const rows: Change[] = [
    { key: HEAD_KEY, value: head },
    ...entries,
    ...(await idsOf(store, entries)),
    ...(await blankedRows(store, await last('X', ROWS_REWRITTEN))),
  ];
  for (const tag of ['C', 'S', 'K', 'N', 'P', 'F', 'M', 'L', 'X'])
    rows.push(...(await last(tag, ROWS_REWRITTEN)));
  for (let level = 0; level < TILE_LEVELS; level++) {
    const tiles = { from: tileKey(level, 0), to: tileKey(level + 1, 0) };
    rows.push(...(await store.scan({ ...tiles, limit: BUNDLES_REWRITTEN, reverse: true })));
  }
  // Behind the holds: one that was lifted may be seen, and lie on the disk.
  rows.push(...liftedHolds(entries));
  await store.write({ changes: rows, flush: true });
}

/** The last segments, up to so many rows or bytes: one of a large commit has 180 KB. */
async function lastSegments(store: Store): Promise<readonly Row[]> {
  const { from } = keysOf('E');
  let { to } = keysOf('E');
  const segments: Row[] = [];
  for (let bytes = 0; bytes < SEGMENT_BYTES_REWRITTEN && segments.length < ROWS_REWRITTEN; ) {
    const rows = await store.scan({ from, to, limit: SEGMENTS_AT_ONCE, reverse: true });
    segments.push(...rows);
    bytes += rows.reduce((sum, { value }) => sum + value.length, 0);
    const first = rows.at(-1);
    if (first === undefined) break;
    to = first.key;
  }
  return segments;
}

/** The openings of an entry and all behind it. A key that was lost with them leaves them unreadable, and is told so. */
async function rewriteOpenings(store: Store, firstIndex: number): Promise<void> {
  const range = { from: openingKey(firstIndex, 0), to: keysOf('O').to };
  for await (const rows of new RowCursor(store, range, OPENINGS_AT_ONCE).pages()) {
    await store.write({ changes: rows, flush: true });
  }
}

/** The first entry of some rows of entries. */
function firstIndexOf(entryRows: readonly Row[]): number {
  const indices = entryRows.map(
    ({ key }) => numberOfKey(key) * (key[0] === BUNDLE_TAG ? TILE_WIDTH : 1),
  );
  return Math.min(...indices);
}

const BUNDLE_TAG = 'B'.charCodeAt(0);

/**
 * What erasures that are not finished have blanked, however old: the marks of openings, and idempotency rows. Were they
 * lost while the reports are not, the rest of an erasure would seal anew what it is to erase. Conflict rows that it
 * deleted cannot be told here: the rest of it deletes them again.
 */
async function blankedRows(store: Store, reportRows: readonly Row[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { value } of reportRows) {
    const { finishedAtMs, targets, blanked } = parseErasureRow(value);
    if (finishedAtMs !== null) continue;
    for (const index of new Set(targets.map(([at]) => at))) {
      const range = { ...openingKeys(index, index + 1), limit: OPENINGS_MAX };
      const stored = await store.scan(range);
      rows.push(...stored.filter((row) => parseOpeningRow(row.value).kind === 'erased'));
    }
    for (const index of blanked) {
      const leaf = await leafAt(store, index);
      if (leaf?.v !== 'nhi.leaf/1') continue;
      const key = idKey(idempotencyKey(leaf.event.src.id, leaf.event.id));
      const row = await store.get(key);
      if (row !== undefined) rows.push({ key, value: row });
    }
  }
  return rows;
}

/** The holds that the statements in some entry rows lift. */
function liftedHolds(entryRows: readonly Row[]): readonly Change[] {
  const changes: Change[] = [];
  for (const { index, leaf } of leavesOf(entryRows)) {
    if (leaf.v === 'nhi.log/1') changes.push(...holdChangesOf(index, leaf));
  }
  return changes.filter(({ value }) => value === null);
}

/** The idempotency rows of the events in some entry rows, and the conflict rows of those that conflict. */
async function idsOf(store: Store, entryRows: readonly Row[]): Promise<readonly Row[]> {
  const keys: Uint8Array[] = [];
  const conflicts = new Map<string, Uint8Array>();
  for (const { leaf } of leavesOf(entryRows)) {
    if (leaf.v !== 'nhi.leaf/1') continue;
    const id = idempotencyKey(leaf.event.src.id, leaf.event.id);
    keys.push(idKey(id));
    if (leaf.recv.conflict !== null) conflicts.set(hex(id), id);
  }
  const values = await store.getMany(keys);
  const rows = keys.flatMap((key, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ key, value }];
  });
  const first = firstIndexOf(entryRows);
  for (const id of conflicts.values()) rows.push(...(await conflictsOf(store, id, first)));
  return rows;
}

/** The conflict rows of an id that point to entries from `first` on. */
async function conflictsOf(store: Store, id: Uint8Array, first: number): Promise<readonly Row[]> {
  const cursor = new RowCursor(store, conflictKeys(id), ROWS_REWRITTEN);
  const rows: Row[] = [];
  for (let row = await cursor.next(); row !== undefined; row = await cursor.next()) {
    if (parseIdRow(row.value).leafIndex >= first) rows.push(row);
  }
  return rows;
}

/** The leaves in some entry rows. */
function* leavesOf(
  entryRows: readonly Row[],
): Generator<{ readonly index: number; readonly leaf: Leaf }, void, undefined> {
  for (const row of entryRows) {
    const first = firstIndexOf([row]);
    const entries = splitEntries(row.value, countEntries(row.value) ?? 0) ?? [];
    for (const [i, entry] of entries.entries()) {
      const leaf = leafOf(entry);
      if (leaf !== null) yield { index: first + i, leaf };
    }
  }
}

async function leafAt(store: Store, index: number): Promise<Leaf | null> {
  const at = index % TILE_WIDTH;
  const bundle = await readStoredBundle(store, Math.floor(index / TILE_WIDTH), at + 1);
  const entry = splitEntries(bundle, at + 1)?.[at];
  return entry === undefined ? null : leafOf(entry);
}

function leafOf(entry: Uint8Array): Leaf | null {
  try {
    return parseLeaf(entry);
  } catch (error) {
    if (isTransparencyError(error)) return null; // an opaque entry
    throw error;
  }
}
