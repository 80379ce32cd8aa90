import { isTransparencyError } from '../core/error.ts';
import type { EventLeaf } from '../event/leaf.ts';
import { checkOpening, type Opening, withheldBy } from '../event/opening.ts';
import { OPENINGS_MAX, openingContext, parseOpeningRow, pointerOfRow } from './opening-row.ts';
import type { OpeningKeys, Store } from './ports.ts';
import { corrupt, openingKeys } from './rows.ts';

/** What is kept of what an entry withholds. */
export interface EntryOpenings {
  readonly openings: readonly Opening[];
  /** What was kept once and is erased, with the index of the entry that says so. */
  readonly erased: readonly { readonly pointer: string; readonly by: number }[];
  /** What is kept under a key that is gone. */
  readonly unreadable: readonly string[];
}

/**
 * The openings of an entry, each held against its leaf. (spec/14-privacy.md §4)
 *
 * @param entry.leaf  proven to be in the tree at `leafIndex`
 * @throws {TransparencyError} store.corrupt for a row that is not what was written
 */
export async function readOpenings(
  {
    store,
    keys,
    origin,
  }: {
    readonly store: Store;
    readonly keys: OpeningKeys;
    readonly origin: string;
  },
  { leafIndex, leaf }: { readonly leafIndex: number; readonly leaf: EventLeaf },
): Promise<EntryOpenings> {
  const found = { openings: [] as Opening[], erased: [] as EntryOpenings['erased'][number][] };
  const unreadable: string[] = [];
  const withheld = withheldBy(leaf);
  const range = openingKeys(leafIndex, leafIndex + 1);
  for (const { key, value } of await store.scan({ ...range, limit: OPENINGS_MAX + 1 })) {
    const pointer = pointerOfRow(key, withheld) ?? corrupt(`an opening of nothing at ${leafIndex}`);
    const row = parseOpeningRow(value);
    if (row.kind === 'erased') {
      found.erased.push({ pointer, by: row.by });
      continue;
    }
    const bytes = keys.open(row.keyId, openingContext({ origin, leafIndex, pointer }), row.sealed);
    if (bytes === undefined) unreadable.push(pointer);
    else found.openings.push(held(leaf, { ordinal: key[9] ?? 0, pointer, bytes }));
  }
  return { ...found, unreadable };
}

function held(leaf: EventLeaf, opening: Opening): Opening {
  try {
    checkOpening(leaf, opening);
    return opening;
  } catch (error) {
    if (!isTransparencyError(error, 'opening.mismatch')) throw error;
    return corrupt(error.message, error);
  }
}
