import { isTransparencyError } from '../core/error.ts';
import { EMPTY_TREE, type GrowingTree, openGrowingTree } from '../core/growing-tree.ts';
import { HASH_LENGTH, leafHash } from '../core/hash.ts';
import { partialTiles } from '../core/tile.ts';
import { TreeBuilder } from '../core/tree-builder.ts';
import { readStoredBundle, splitEntries } from './entries.ts';
import type { WriterTree } from './integrate.ts';
import type { Store } from './ports.ts';
import { corrupt, PUBLISHED_KEY, tileKey } from './rows.ts';
import { type HeadKeys, type HeadRow, openHeadRow } from './signed-head.ts';

/** A size, and the root that the stored tree must have there. */
interface TreeClaim {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/**
 * The growing tree of some size, from the partial tiles and the unfinished bundle that are stored of it, proven by its
 * root.
 *
 * @throws {TransparencyError} store.corrupt
 */
export async function openStoredTree(store: Store, claim: TreeClaim): Promise<GrowingTree> {
  if (claim.size === 0) return EMPTY_TREE;
  const bytes: Uint8Array[] = [];
  for (const { level, index, width } of partialTiles(claim.size)) {
    const hashes =
      level === 0
        ? await hashStoredBundle(store, index, width)
        : await store.get(tileKey(level, index));
    bytes.push((hashes ?? new Uint8Array(0)).slice(0, width * HASH_LENGTH));
  }
  try {
    return openGrowingTree(claim, bytes);
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return corrupt(`what is stored of size ${claim.size} does not give its root`, error);
  }
}

/** Leaf hashes of the first `width` entries of a stored bundle. @throws {TransparencyError} store.corrupt */
export async function hashStoredBundle(
  store: Store,
  index: number,
  width: number,
): Promise<Uint8Array> {
  const entries = splitEntries(await readStoredBundle(store, index, width), width);
  if (entries === undefined) corrupt(`bundle ${index} ends inside an entry`);
  const hashes = new Uint8Array(width * HASH_LENGTH);
  for (const [i, entry] of entries.entries()) hashes.set(leafHash(entry), i * HASH_LENGTH);
  return hashes;
}

/** What of a damaged store others may still be shown. */
export interface ReadablePrefix {
  /** The head that was published last, if its row verifies. */
  readonly published: HeadRow | null;
  /** The tree under that head, for reads alone; null where its edge does not give its root. */
  readonly tree: WriterTree | null;
}

/**
 * The published part of a store of which something else does not verify. A signature, and not the chain of commits,
 * says what it holds; every read is hashed up to it. (forks.md, HALTED)
 */
export async function readablePrefix(store: Store, keys: HeadKeys): Promise<ReadablePrefix> {
  const published = await unlessCorrupt(() => readPublished(store, keys));
  if (published === null) return { published: null, tree: null };
  const grown = await unlessCorrupt(() => openStoredTree(store, published));
  if (grown === null) return { published, tree: null };
  const tree = { builder: new TreeBuilder(grown), sequence: 0, commitRow: undefined };
  return { published, tree };
}

async function readPublished(store: Store, keys: HeadKeys): Promise<HeadRow | null> {
  const key = await store.get(PUBLISHED_KEY);
  const value = key === undefined ? undefined : await store.get(key);
  return key === undefined || value === undefined ? null : openHeadRow({ key, value }, keys);
}

async function unlessCorrupt<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isTransparencyError(error, 'store.corrupt')) return null;
    throw error;
  }
}
