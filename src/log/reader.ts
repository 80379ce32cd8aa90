import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { HASH_LENGTH, leafHash } from '../core/hash.ts';
import { isTile, TILE_WIDTH, type Tile, tileNumber, tileRoot, tileWidth } from '../core/tile.ts';
import type { TreeBuilder } from '../core/tree-builder.ts';
import { ByteCache } from './byte-cache.ts';
import { cutBundle, readStoredBundle, splitEntries } from './entries.ts';
import type { Store } from './ports.ts';
import { corrupt, tileKey } from './rows.ts';

/** What the reader works on. */
export interface ReaderOptions {
  readonly store: Store;
  readonly builder: TreeBuilder;
  readonly cacheBytesMax: number;
}

/**
 * Reads tiles and entries of the integrated tree. The store is not trusted: what comes from it is hashed against its
 * parent, up to the tiles that the writer holds in memory, before it is returned. (design §2.7)
 *
 * It knows nothing of what is published: its callers bound what they ask for.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #tiles: ByteCache;
  readonly #bundles: ByteCache;
  /** Tiles that are being read: hundreds of proofs under one head ask for the same ones in the same turn. */
  readonly #reading: Map<number, Promise<Uint8Array>> = new Map();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#tiles = new ByteCache(options.cacheBytesMax / 2);
    this.#bundles = new ByteCache(options.cacheBytesMax / 2);
  }

  /**
   * Bytes of a tile that lies within a tree of `bound` leaves; `bound` is at most the integrated size.
   *
   * @throws {TransparencyError} tile.not-found; store.corrupt
   */
  async tile(tile: Tile, bound: number): Promise<Uint8Array> {
    if (!isWithin(tile, bound)) {
      throw new TransparencyError(
        'tile.not-found',
        `tile ${tile.level}/${tile.index} of width ${tile.width} is not in a tree of ${bound}`,
      );
    }
    return cutTile(await this.#tile(tile.level, tile.index), tile.width);
  }

  /** The same of a tile that is in memory. Undefined: it has to be read, or there is none. */
  tileInMemory(tile: Tile, bound: number): Uint8Array | undefined {
    if (!isWithin(tile, bound)) return undefined;
    const bytes = this.#inMemory(tile.level, tile.index);
    return bytes === undefined ? undefined : cutTile(bytes, tile.width);
  }

  /**
   * Bytes of the first `width` entries of a bundle that lies within a tree of `bound` leaves.
   *
   * @throws {TransparencyError} bundle.not-found; store.corrupt
   */
  async bundle(index: number, width: number, bound: number): Promise<Uint8Array> {
    if (!isWithin({ level: 0, index, width }, bound)) {
      throw new TransparencyError(
        'bundle.not-found',
        `bundle ${index} of width ${width} is not in a tree of ${bound}`,
      );
    }
    const cached = this.#bundles.get(index);
    if (cached !== undefined) return width === TILE_WIDTH ? cached : cutBundle(cached, width);
    const stored = await readStoredBundle(this.#options.store, index, width);
    const entries = splitEntries(stored, width);
    if (entries === undefined) corrupt(`bundle ${index} ends inside an entry`);
    const hashes = await this.#tile(0, index);
    for (const [i, entry] of entries.entries()) checkEntry(entry, hashes, index * TILE_WIDTH + i);
    const bytes = cutBundle(stored, width);
    if (width === TILE_WIDTH) {
      if (bytes.length !== stored.length) corrupt(`bundle ${index} has bytes behind its entries`);
      this.#bundles.set(index, bytes);
    }
    return bytes;
  }

  /** The same of a full bundle that is in memory. Undefined: it has to be read, or there is none. */
  bundleInMemory(index: number, bound: number): Uint8Array | undefined {
    const isFull = isWithin({ level: 0, index, width: TILE_WIDTH }, bound);
    return isFull ? this.#bundles.get(index) : undefined;
  }

  /**
   * Bytes of an entry within a tree of `bound` leaves. Only this entry is hashed.
   *
   * @throws {TransparencyError} entry.not-found; store.corrupt
   */
  async entry(leafIndex: number, bound: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(leafIndex) || leafIndex < 0 || leafIndex >= bound) {
      throw new TransparencyError('entry.not-found', `entry ${leafIndex} of ${bound}`);
    }
    const index = Math.floor(leafIndex / TILE_WIDTH);
    const at = leafIndex % TILE_WIDTH;
    const bytes =
      this.#bundles.get(index) ?? (await readStoredBundle(this.#options.store, index, at + 1));
    const entry = splitEntries(bytes, at + 1)?.[at];
    if (entry === undefined) corrupt(`bundle ${index} has no entry ${at}`);
    checkEntry(entry, await this.#tile(0, index), leafIndex);
    return entry;
  }

  /** Bytes of a tile as wide as it is: from memory if the writer still grows it, else proven against the tile above. */
  async #tile(level: number, index: number): Promise<Uint8Array> {
    const known = this.#inMemory(level, index);
    if (known !== undefined) return known;
    const key = tileNumber(level, index);
    let reading = this.#reading.get(key);
    if (reading === undefined) {
      reading = this.#readTile(level, index).finally(() => this.#reading.delete(key));
      this.#reading.set(key, reading);
    }
    return reading;
  }

  /** A full tile that was proven before, or the one that the writer still grows. */
  #inMemory(level: number, index: number): Uint8Array | undefined {
    const cached = this.#tiles.get(tileNumber(level, index));
    if (cached !== undefined) return cached;
    const growing = this.#options.builder.growingTile(level);
    return growing?.index === index ? growing.bytes : undefined;
  }

  async #readTile(level: number, index: number): Promise<Uint8Array> {
    const bytes = await this.#options.store.get(tileKey(level, index));
    if (bytes?.length !== TILE_WIDTH * HASH_LENGTH) {
      return corrupt(`tile ${level}/${index} has ${bytes?.length ?? 'no'} bytes`);
    }
    const parent = await this.#tile(level + 1, Math.floor(index / TILE_WIDTH));
    const offset = (index % TILE_WIDTH) * HASH_LENGTH;
    if (!equalBytes(tileRoot(bytes), parent.subarray(offset, offset + HASH_LENGTH))) {
      return corrupt(`tile ${level}/${index} is not under the tile above it`);
    }
    this.#tiles.set(tileNumber(level, index), bytes);
    return bytes;
  }
}

/** Is it a tile of a tree of `bound` leaves? */
function isWithin(tile: Tile, bound: number): boolean {
  return isTile(tile) && tile.width <= tileWidth(tile.level, tile.index, bound);
}

function cutTile(bytes: Uint8Array, width: number): Uint8Array {
  return width === TILE_WIDTH ? bytes : bytes.subarray(0, width * HASH_LENGTH);
}

/** Is the entry the one that the level 0 tile commits to? */
function checkEntry(entry: Uint8Array, hashes: Uint8Array, leafIndex: number): void {
  const offset = (leafIndex % TILE_WIDTH) * HASH_LENGTH;
  if (!equalBytes(leafHash(entry), hashes.subarray(offset, offset + HASH_LENGTH))) {
    corrupt(`entry ${leafIndex} is not the one in the tree`);
  }
}
