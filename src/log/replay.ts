import { parseBase64 } from '../core/base64.ts';
import { type BundleSource, openBundle } from '../core/bundle.ts';
import { equalBytes, u64be } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { readRoot } from '../core/prover.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { authenticatedTiles, type TileSource } from '../core/tile-reader.ts';
import { type EventLeaf, type Leaf, parseLeaf } from '../event/leaf.ts';
import { idempotencyKey, SAMENESS_MAC_LENGTH } from '../event/sameness.ts';
import { holdChangesOf } from './custody-rows.ts';
import { integrate, type WriterTree } from './integrate.ts';
import { contentMac } from './leaf-of.ts';
import type { Change, Row, Store } from './ports.ts';
import {
  ANY_NOTE,
  conflictKey,
  formatIdRow,
  HEAD_KEY,
  idKey,
  keptKey,
  RESTORED_KEY,
} from './rows.ts';
import { type Tallies, tallied, tallyChange } from './tally.ts';

/** What a replay needs. */
export interface ReplayOptions {
  readonly store: Store;
  /** The tree that the store has left, as recovery proved it. */
  readonly tree: WriterTree;
  readonly tallies: Tallies;
  /** A mirror, another data folder or a bundle: not believed. */
  readonly source: { readonly tiles: TileSource; readonly bundles: BundleSource };
  /** The head to come back to: signed by our key, the highest that anyone holds. */
  readonly target: { readonly size: number; readonly rootHash: Uint8Array };
  readonly samenessSecret: Uint8Array;
  /** Told after each commit. */
  readonly onProgress?: (size: number) => void;
}

/**
 * Puts back the exact entries that a store lost, from a source that nobody need believe: every bundle is proven under
 * the target before it is written, and what the store still has must be a prefix of it. It may be cut short and run
 * again. (forks.md, REPLAY; spec/6-publication.md §6)
 *
 * @throws {TransparencyError} consistency.mismatch if what the store has is no prefix of the target;
 *   consistency.out-of-range if it has more; bundle.*, tile.* for what the source lacks or alters; faults of the store
 */
export async function replay(options: ReplayOptions): Promise<void> {
  const { store, tree, tallies, source, target, onProgress } = options;
  const { builder } = tree;
  const tiles = authenticatedTiles(source.tiles, target);
  await checkPrefix(tree, tiles, target);
  const rowsOf = idRows(contentMac(options.samenessSecret));
  while (builder.size < target.size) {
    const entries = await nextEntries(builder.size, tiles, options);
    const made = entries.map((entry) => ({ entry, leafHash: leafHash(entry) }));
    const { ids, others } = rowsOf(builder.size, entries);
    const integrated = integrate(tree, made);
    tallies.ids = tallied('I', tallies.ids, { added: ids });
    const restored = { key: RESTORED_KEY, value: u64be(builder.size + entries.length) };
    const tally = tallyChange('I', tallies.ids);
    const changes = [...integrated.changes, ...ids, ...others, tally, restored];
    const condition = { key: HEAD_KEY, value: tree.commitRow };
    await store.write({ changes, condition, flush: true });
    integrated.adopt();
    onProgress?.(builder.size);
  }
}

async function checkPrefix(
  { builder }: WriterTree,
  tiles: TileSource,
  target: ReplayOptions['target'],
): Promise<void> {
  if (builder.size > target.size) {
    throw new TransparencyError(
      'consistency.out-of-range',
      `the store has ${builder.size} entries, the head to come back to ${target.size}`,
    );
  }
  if (builder.size === 0) return;
  if (equalBytes(await readRoot(tiles, builder.size), builder.rootHash)) return;
  throw new TransparencyError(
    'consistency.mismatch',
    `the ${builder.size} entries of the store are no prefix of the head to come back to`,
  );
}

/** The entries from `size` to the end of its bundle, proven under the target. */
async function nextEntries(
  size: number,
  tiles: TileSource,
  { source, target }: ReplayOptions,
): Promise<readonly Uint8Array[]> {
  const index = Math.floor(size / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, target.size - index * TILE_WIDTH);
  const bundle = { index, width };
  const [tile] = await tiles.readTiles([{ level: 0, index, width }]);
  const [bytes] = await source.bundles.readBundles([bundle]);
  if (tile === undefined || bytes === undefined) {
    throw new TransparencyError('bundle.not-found', `the source has no bundle ${index}`);
  }
  return openBundle({ bundle, bytes, tile }).slice(size - index * TILE_WIDTH);
}

/** The rows of ids, conflicts and kept heads that admission wrote with these entries. */
function idRows(
  macOf: (leaf: EventLeaf) => Uint8Array | null,
): (
  firstIndex: number,
  entries: readonly Uint8Array[],
) => { readonly ids: readonly Row[]; readonly others: readonly Change[] } {
  return (firstIndex, entries) => {
    const ids: Row[] = [];
    const others: Change[] = [];
    for (const [i, entry] of entries.entries()) {
      const leaf = leafOf(entry);
      if (leaf?.v === 'nhi.index/1') {
        others.push({ key: keptKey(leaf.size, ANY_NOTE), value: new Uint8Array(0) });
      }
      if (leaf?.v === 'nhi.log/1') others.push(...holdChangesOf(firstIndex + i, leaf));
      if (leaf?.v !== 'nhi.leaf/1') continue;
      const { event, recv } = leaf;
      const id = idempotencyKey(event.src.id, event.id);
      const mac = macOf(leaf);
      // The MAC of raw bytes died with the store: blanked, every later event of the id is a duplicate.
      const sameness = mac ?? new Uint8Array(SAMENESS_MAC_LENGTH);
      const value = formatIdRow({ leafIndex: firstIndex + i, sameness });
      if (recv.conflict === null) ids.push({ key: idKey(id), value });
      else if (mac !== null) others.push({ key: conflictKey(id, mac), value });
      const seen = event.ctx?.seen;
      if (seen?.note !== undefined) {
        const key = keptKey(seen.size, parseBase64(seen.note));
        others.push({ key, value: new Uint8Array(0) });
      }
    }
    return { ids, others };
  };
}

/** Null for opaque entries. */
function leafOf(entry: Uint8Array): Leaf | null {
  try {
    return parseLeaf(entry);
  } catch (error) {
    if (error instanceof TransparencyError) return null;
    throw error;
  }
}
