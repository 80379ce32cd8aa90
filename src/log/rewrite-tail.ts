import { isTransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { type EventLeaf, parseLeaf } from '../event/leaf.ts';
import { idempotencyKey } from '../event/sameness.ts';
import { countEntries, splitEntries } from './entries.ts';
import type { Row, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import {
  conflictKeys,
  HEAD_KEY,
  idKey,
  keysOf,
  numberOfKey,
  openingKey,
  parseIdRow,
  tileKey,
} from './rows.ts';

/** Rows of a kind that are written again: more than a memtable of LevelDB holds commits of one entry. */
const ROWS_REWRITTEN = 1_024;
/** Bundle rows that are written again; they are large. */
const BUNDLES_REWRITTEN = 64;
/** Rows of openings that are written at once; each has at most 64 KiB. */
const OPENINGS_AT_ONCE = 256;
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
  const entries = [...(await last('E', ROWS_REWRITTEN)), ...(await last('B', BUNDLES_REWRITTEN))];
  await rewriteOpenings(store, firstIndexOf(entries));
  const rows: Row[] = [
    { key: HEAD_KEY, value: head },
    ...entries,
    ...(await idsOf(store, entries)),
  ];
  for (const tag of ['C', 'S', 'K', 'N', 'P', 'F', 'M', 'L', 'X'])
    rows.push(...(await last(tag, ROWS_REWRITTEN)));
  for (let level = 0; level < TILE_LEVELS; level++) {
    const tiles = { from: tileKey(level, 0), to: tileKey(level + 1, 0) };
    rows.push(...(await store.scan({ ...tiles, limit: BUNDLES_REWRITTEN, reverse: true })));
  }
  await store.write({ changes: rows, flush: true });
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

/** The idempotency rows of the events in some entry rows, and the conflict rows of those that conflict. */
async function idsOf(store: Store, entryRows: readonly Row[]): Promise<readonly Row[]> {
  const keys: Uint8Array[] = [];
  const conflicts = new Map<string, Uint8Array>();
  for (const { value } of entryRows) {
    for (const entry of splitEntries(value, countEntries(value) ?? 0) ?? []) {
      const leaf = eventLeafOf(entry);
      if (leaf === null) continue;
      const id = idempotencyKey(leaf.event.src.id, leaf.event.id);
      keys.push(idKey(id));
      if (leaf.recv.conflict !== null) conflicts.set(hex(id), id);
    }
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

function eventLeafOf(entry: Uint8Array): EventLeaf | null {
  try {
    const leaf = parseLeaf(entry);
    return leaf.v === 'nhi.leaf/1' ? leaf : null;
  } catch (error) {
    if (isTransparencyError(error)) return null; // an opaque entry
    throw error;
  }
}
