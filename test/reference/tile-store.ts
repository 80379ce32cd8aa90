import type { Bundle, BundleSource } from '../../src/core/bundle.ts';
import { TransparencyError } from '../../src/core/error.ts';
import type { Tile } from '../../src/core/tile.ts';
import type { TileSource } from '../../src/core/tile-reader.ts';
import { mth, referenceLeafHash } from './tree.ts';

/** Tiles and bundles of a tree, made by the recursion alone, in memory; a test may write into them to lie. */
export interface TileStore extends TileSource, BundleSource {
  readonly entries: readonly Uint8Array[];
  readonly leafHashes: readonly Uint8Array[];
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** Bytes of the widest tile at `level/index`; of the bundle at `entries/index`. */
  readonly rows: Map<string, Uint8Array>;
  /** Tiles of each call of `readTiles`. */
  readonly calls: (readonly Tile[])[];
}

/** The entry at an index of the trees of tests, as in `go-reference-vectors.json`. */
export function testEntry(index: number): Uint8Array {
  return new TextEncoder().encode(`leaf-${index}`);
}

/** The tree over `size` entries. */
export function tileStore(size: number, entryAt: (i: number) => Uint8Array = testEntry): TileStore {
  const entries = Array.from({ length: size }, (_, i) => entryAt(i));
  const leafHashes = entries.map(referenceLeafHash);
  const rows = new Map<string, Uint8Array>();
  for (let level = 0, span = 1; span <= size; level++, span *= 256) {
    for (let index = 0; index * 256 * span + span <= size; index++) {
      const first = index * 256 * span;
      const width = Math.min(256, Math.floor((size - first) / span));
      const bytes = new Uint8Array(32 * width);
      for (let i = 0; i < width; i++) {
        bytes.set(mth(leafHashes, first + i * span, first + (i + 1) * span), 32 * i);
      }
      rows.set(`${level}/${index}`, bytes);
    }
  }
  for (let index = 0; index * 256 < size; index++) {
    const part = entries.slice(index * 256, index * 256 + 256);
    const bytes = part.flatMap((e) => [Math.floor(e.length / 256), e.length % 256, ...e]);
    rows.set(`entries/${index}`, Uint8Array.from(bytes));
  }
  const calls: (readonly Tile[])[] = [];

  async function readTiles(tiles: readonly Tile[]): Promise<Uint8Array[]> {
    calls.push(tiles);
    return tiles.map((tile) => {
      const bytes = rows.get(`${tile.level}/${tile.index}`);
      if (bytes !== undefined && bytes.length >= 32 * tile.width) {
        return bytes.slice(0, 32 * tile.width);
      }
      throw new TransparencyError('tile.not-found', `${tile.level}/${tile.index} ${tile.width}`);
    });
  }
  async function readBundles(bundles: readonly Bundle[]): Promise<Uint8Array[]> {
    return bundles.map((bundle) => {
      const bytes = rows.get(`entries/${bundle.index}`);
      if (bytes === undefined) throw new TransparencyError('bundle.not-found', `${bundle.index}`);
      let end = 0;
      for (let i = 0; i < bundle.width; i++) {
        end += 2 + (bytes[end] ?? 0) * 256 + (bytes[end + 1] ?? 0);
      }
      return bytes.slice(0, end);
    });
  }
  const rootHash = mth(leafHashes);
  return { entries, leafHashes, size, rootHash, rows, calls, readTiles, readBundles };
}
