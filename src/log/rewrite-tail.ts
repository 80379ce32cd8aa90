import { isTransparencyError } from '../core/error.ts';
import { parseLeaf } from '../event/leaf.ts';
import { idempotencyKey } from '../event/sameness.ts';
import { countEntries, splitEntries } from './entries.ts';
import type { Row, Store } from './ports.ts';
import { HEAD_KEY, idKey, keysOf, tileKey } from './rows.ts';

/** Rows of a kind that are written again: more than a memtable of LevelDB holds commits of one entry. */
const ROWS_REWRITTEN = 1_024;
/** Bundle rows that are written again; they are large. */
const BUNDLES_REWRITTEN = 64;
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
  const rows: Row[] = [
    { key: HEAD_KEY, value: head },
    ...entries,
    ...(await idsOf(store, entries)),
  ];
  for (const tag of ['C', 'S', 'K', 'N', 'P', 'F', 'M'])
    rows.push(...(await last(tag, ROWS_REWRITTEN)));
  for (let level = 0; level < TILE_LEVELS; level++) {
    const tiles = { from: tileKey(level, 0), to: tileKey(level + 1, 0) };
    rows.push(...(await store.scan({ ...tiles, limit: BUNDLES_REWRITTEN, reverse: true })));
  }
  await store.write({ changes: rows, flush: true });
}

/** The idempotency rows of the events in some entry rows. */
async function idsOf(store: Store, entryRows: readonly Row[]): Promise<readonly Row[]> {
  const keys: Uint8Array[] = [];
  for (const { value } of entryRows) {
    for (const entry of splitEntries(value, countEntries(value) ?? 0) ?? []) {
      const id = idOf(entry);
      if (id !== null) keys.push(idKey(id));
    }
  }
  const values = await store.getMany(keys);
  return keys.flatMap((key, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ key, value }];
  });
}

function idOf(entry: Uint8Array): Uint8Array | null {
  try {
    const leaf = parseLeaf(entry);
    return leaf.v === 'nhi.leaf/1' ? idempotencyKey(leaf.event.src.id, leaf.event.id) : null;
  } catch (error) {
    if (isTransparencyError(error)) return null; // an opaque entry
    throw error;
  }
}
