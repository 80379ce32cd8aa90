import { compareBytes, concat, equalBytes } from '../core/bytes.ts';
import { HASH_LENGTH, leafHash } from '../core/hash.ts';
import { TILE_WIDTH, type TileBytes, tileRoot } from '../core/tile.ts';
import { TreeBuilder } from '../core/tree-builder.ts';
import { lie } from './check-lie.ts';
import { countEntries, splitEntries } from './entries.ts';
import type { Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import { bundleKey, keysOf, segmentKey, tileKey } from './rows.ts';

/** An entry that was read and hashed. */
export interface ReadEntry {
  readonly leafIndex: number;
  readonly entry: Uint8Array;
}

/** Rows that are read at once: bundles are large, segments mostly small. */
const BUNDLES_PER_READ = 8;
const SEGMENTS_PER_READ = 64;
const TILES_PER_READ = 16;
/** Levels of tiles of the largest tree. */
const TILE_LEVELS = 7;

/** Grows the tree of a store from its entry rows alone, and holds every tile row to it. */
export class EntryCheck {
  readonly #store: Store;
  /** Entries that there must be, by the last commit. */
  readonly #size: number;
  readonly #builder: TreeBuilder = new TreeBuilder();
  readonly #bundleRows: RowCursor;
  readonly #segmentRows: RowCursor;
  readonly #tileRows: readonly RowCursor[];
  #bundle: { index: number; entries: readonly Uint8Array[] } = { index: -1, entries: [] };
  #pending: ReadEntry[] = [];
  entryBytes = 0;
  bundles = 0;
  tiles = 0;

  constructor(store: Store, size: number) {
    this.#store = store;
    this.#size = size;
    this.#bundleRows = new RowCursor(store, keysOf('B'), BUNDLES_PER_READ);
    this.#segmentRows = new RowCursor(store, keysOf('E'), SEGMENTS_PER_READ);
    this.#tileRows = Array.from({ length: TILE_LEVELS }, (_, level) => {
      return new RowCursor(
        store,
        { from: tileKey(level, 0), to: tileKey(level + 1, 0) },
        TILES_PER_READ,
      );
    });
  }

  get size(): number {
    return this.#builder.size;
  }

  get rootHash(): Uint8Array {
    return this.#builder.rootHash;
  }

  /** Grows the tree to a size that is not larger than the whole. @throws {TransparencyError} audit.mismatch */
  async growTo(size: number): Promise<void> {
    while (this.#builder.size < size) {
      const from = this.#builder.size;
      const index = Math.floor(from / TILE_WIDTH);
      const start = index * TILE_WIDTH;
      if (this.#bundle.index !== index) {
        this.#bundle = { index, entries: await this.#readBundle(index) };
      }
      const entries = this.#bundle.entries.slice(from - start, size - start);
      const hashes = new Uint8Array(entries.length * HASH_LENGTH);
      for (const [i, entry] of entries.entries()) {
        hashes.set(leafHash(entry), i * HASH_LENGTH);
        this.entryBytes += entry.length;
        this.#pending.push({ leafIndex: from + i, entry });
      }
      const appended = this.#builder.append(hashes);
      for (const tile of appended.fullTiles) await this.#checkTile(tile);
      appended.adopt();
    }
  }

  /** The entries since the last call: all that the tree grew by. */
  takeEntries(): readonly ReadEntry[] {
    const entries = this.#pending;
    this.#pending = [];
    return entries;
  }

  /**
   * The first entry since the last `takeEntries` that has not the leaf hash of the stored tile, where that tile is proven
   * by the one above it; null if none can be told.
   */
  async findLie(): Promise<number | null> {
    for (const { leafIndex, entry } of this.#pending) {
      const index = Math.floor(leafIndex / TILE_WIDTH);
      const tile = await this.#store.get(tileKey(0, index));
      if (tile === undefined) return null;
      if (!(await this.#isUnderParent({ level: 0, index, width: TILE_WIDTH }, tile))) return null;
      const offset = (leafIndex % TILE_WIDTH) * HASH_LENGTH;
      if (!equalBytes(leafHash(entry), tile.subarray(offset, offset + HASH_LENGTH)))
        return leafIndex;
    }
    return null;
  }

  /** After the last entry: the unfinished tiles, and that no row is left over. @throws {TransparencyError} audit.mismatch */
  async finish(): Promise<void> {
    for (let level = 0; level < TILE_LEVELS; level++) {
      const growing = this.#builder.growingTile(level);
      // At level 0 the entries themselves are what is stored of it.
      if (growing !== undefined && level > 0) {
        await this.#checkTile({ tile: growing, bytes: growing.bytes });
      }
      const surplus = await this.#tileRows[level]?.peek();
      if (surplus !== undefined) lie(`a tile of level ${level} lies beyond the tree`, { level });
    }
    const above = { from: tileKey(TILE_LEVELS, 0), to: keysOf('T').to, limit: 1 };
    if ((await this.#store.scan(above)).length > 0) lie('a tile lies above the tree');
    if ((await this.#bundleRows.peek()) !== undefined) lie('a bundle lies beyond the tree');
    if ((await this.#segmentRows.peek()) !== undefined) lie('a segment lies beyond the tree');
  }

  async #readBundle(index: number): Promise<readonly Uint8Array[]> {
    this.bundles++;
    const start = index * TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, this.#size - start);
    const bundle = await this.#bundleRows.peek();
    const isFolded = bundle !== undefined && equalBytes(bundle.key, bundleKey(index));
    if (isFolded) await this.#bundleRows.next();
    const segments = await this.#readSegments(index);
    if (isFolded && segments.count > 0) lie(`bundle ${index} is there twice`, { bundle: index });
    const bytes = isFolded ? bundle.value : segments.bytes;
    if (countEntries(bytes) !== width) {
      const found = isFolded ? countEntries(bytes) : segments.count;
      lie(`bundle ${index} has ${found ?? 'not even whole'} entries of ${width}`, {
        bundle: index,
      });
    }
    return splitEntries(bytes, width) ?? lie(`bundle ${index} ends inside an entry`);
  }

  /** The segments of a bundle. @throws {TransparencyError} audit.mismatch if one is missing between two */
  async #readSegments(
    index: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly count: number }> {
    const end = segmentKey((index + 1) * TILE_WIDTH);
    const parts: Uint8Array[] = [];
    let next = index * TILE_WIDTH;
    for (;;) {
      const row = await this.#segmentRows.peek();
      if (row === undefined || compareBytes(row.key, end) >= 0) break;
      if (!equalBytes(row.key, segmentKey(next))) {
        lie(`entry ${next} is missing, or a segment is not in its place`, { entryIndex: next });
      }
      await this.#segmentRows.next();
      const count = countEntries(row.value);
      if (count === undefined) lie(`the segment of entry ${next} ends inside an entry`);
      parts.push(row.value);
      next += count;
    }
    return { bytes: concat(...parts), count: next - index * TILE_WIDTH };
  }

  async #checkTile({ tile, bytes }: TileBytes): Promise<void> {
    const { level, index } = tile;
    const name = `tile ${level}/${index}`;
    const row = await this.#tileRows[level]?.peek();
    if (row === undefined || !equalBytes(row.key, tileKey(level, index))) {
      lie(`${name} is missing, or one is there that is not in its place`, { level, index });
    }
    await this.#tileRows[level]?.next();
    this.tiles++;
    if (equalBytes(row.value, bytes)) return;
    const at = bytes.findIndex((byte, i) => byte !== row.value[i]);
    const place = index * TILE_WIDTH + Math.floor(Math.max(0, at) / HASH_LENGTH);
    if (!(await this.#isUnderParent(tile, row.value))) {
      lie(`${name} is not that of the entries`, { level, index });
    }
    if (level > 0) lie(`tile ${level - 1}/${place} is not under the tile above it`);
    lie(`entry ${place} has not the leaf hash that the tree has`, { entryIndex: place });
  }

  /** Does the stored tile have the hash that the stored tile above it says? Then what lies below it is the lie. */
  async #isUnderParent(tile: TileBytes['tile'], stored: Uint8Array): Promise<boolean> {
    if (stored.length !== TILE_WIDTH * HASH_LENGTH) return false;
    const parent = await this.#store.get(
      tileKey(tile.level + 1, Math.floor(tile.index / TILE_WIDTH)),
    );
    const offset = (tile.index % TILE_WIDTH) * HASH_LENGTH;
    return (
      parent !== undefined &&
      equalBytes(tileRoot(stored), parent.subarray(offset, offset + HASH_LENGTH))
    );
  }
}
