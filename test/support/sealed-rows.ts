import { join } from 'node:path';
import { parseLeaf } from '../../src/event/leaf.ts';
import { withheldBy } from '../../src/event/opening.ts';
import { readStoredBundle, splitEntries } from '../../src/log/entries.ts';
import { openingContext, parseOpeningRow } from '../../src/log/opening-row.ts';
import type { OpeningKeys, Store } from '../../src/log/ports.ts';
import { RowCursor } from '../../src/log/row-cursor.ts';
import { keysOf, META_KEY, numberOfKey } from '../../src/log/rows.ts';
import { keyFile, openLevelStore, openOpeningKeys } from '../../src/storage/storage.ts';

/** One row of an opening, opened. */
export interface OpenedRow {
  readonly leafIndex: number;
  readonly pointer: string;
  /** The text of a disclosure, or the salt and the raw bytes; null: erased, or its key is not there. */
  readonly bytes: Uint8Array | null;
}

/** Opens every row of openings of a store with every key that there is. */
export async function openRows(store: Store, keys: OpeningKeys): Promise<readonly OpenedRow[]> {
  const meta = new TextDecoder().decode(await store.get(META_KEY));
  const origin = meta.split('\n')[1] ?? '';
  const cursor = new RowCursor(store, keysOf('O'), 1_000);
  const rows: OpenedRow[] = [];
  for (let row = await cursor.next(); row !== undefined; row = await cursor.next()) {
    const leafIndex = numberOfKey(row.key);
    const pointer = await pointerOf(store, leafIndex, row.key.at(-1) ?? 0);
    const parsed = parseOpeningRow(row.value);
    const bytes =
      parsed.kind === 'erased'
        ? null
        : keys.open(parsed.keyId, openingContext({ origin, leafIndex, pointer }), parsed.sealed);
    rows.push({ leafIndex, pointer, bytes: bytes ?? null });
  }
  return rows;
}

/** The same for the data folder of a server that was stopped. */
export async function openRowsOfFolder(data: string, log: string): Promise<readonly OpenedRow[]> {
  const keys = await openOpeningKeys(keyFile(join(data, 'openings', `${log}.keys`)));
  const store = await openLevelStore({ dir: join(data, 'store', log) });
  try {
    return await openRows(store, keys);
  } finally {
    await store.close();
  }
}

async function pointerOf(store: Store, leafIndex: number, ordinal: number): Promise<string> {
  const at = leafIndex % 256;
  const bundle = await readStoredBundle(store, Math.floor(leafIndex / 256), at + 1);
  const leaf = parseLeaf(splitEntries(bundle, at + 1)?.[at] ?? new Uint8Array(0));
  const pointer = leaf.v === 'nhi.leaf/1' ? withheldBy(leaf).get(ordinal) : undefined;
  if (pointer === undefined) throw new Error(`an opening of nothing: ${leafIndex}/${ordinal}`);
  return pointer;
}
