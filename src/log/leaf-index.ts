import { concat, equalBytes, readU64be, u64be, writeU64be } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import { HASH_LENGTH } from '../core/hash.ts';
import { readRoot } from '../core/prover.ts';
import { ownRoom, slabRoom } from '../core/slab.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import type { Log } from './contract.ts';
import type { LogObserver } from './observer.ts';
import type { Change, Row, Store } from './ports.ts';
import { numberOfKey } from './rows.ts';

/** What the index reads of its log. */
type IndexedLog = Pick<Log, 'publishedSize' | 'waitPublished' | 'readTile' | 'tiles'>;

/** Where the index ends, and the root hash there: u64 size ‖ root hash. */
const CURSOR_KEY = Uint8Array.of(0);
/** First byte of the keys of leaf hashes: tag ‖ first 8 bytes of the hash ‖ u64 index. */
const HASH_TAG = 1;
const HASH_PREFIX = 8;
const KEY_LENGTH = 1 + HASH_PREFIX + 8;
const ROWS_AT_ONCE = 4_096;
const TILES_AT_ONCE = 16;

/**
 * Where the leaf hashes are: a follower that reads hash tiles, for `get-proof-by-hash`. (RFC 6962 §4.5)
 *
 * It keeps eight bytes of each hash and looks into the tile for the rest, so a wrong row answers nothing wrong. What it
 * has not reached yet is searched in the tiles. Its rows are not flushed: a crash loses some, and they are made again.
 */
export class LeafIndex {
  readonly #log: IndexedLog;
  readonly #store: Store | null;
  readonly #observer: LogObserver | null;
  readonly #ended: AbortController = new AbortController();
  #size = 0;
  #working: Promise<void> | null = null;

  /** @param store  null: everything is searched in the tiles */
  constructor(log: IndexedLog, store: Store | null, observer: LogObserver | null = null) {
    this.#log = log;
    this.#observer = observer;
    this.#store = store;
  }

  /** Starts to follow the log. */
  start(): void {
    const store = this.#store;
    if (store === null) return;
    this.#working = this.#follow(store).catch(() => {
      // The log or the store ended under it. What is not indexed is searched in the tiles.
    });
  }

  /** The lowest index of a leaf hash in the published tree. */
  async find(hash: Uint8Array): Promise<number | undefined> {
    const published = this.#log.publishedSize;
    const indexed = Math.min(this.#size, published);
    for (const leafIndex of await this.#candidates(hash)) {
      if (leafIndex >= indexed) continue;
      const tile = await this.#hashes(Math.floor(leafIndex / TILE_WIDTH), published);
      if (isAt(tile, leafIndex % TILE_WIDTH, hash)) return leafIndex;
    }
    for (let index = Math.floor(indexed / TILE_WIDTH); index * TILE_WIDTH < published; index++) {
      const tile = await this.#hashes(index, published);
      for (let at = 0; at * HASH_LENGTH < tile.length; at++) {
        if (isAt(tile, at, hash)) return index * TILE_WIDTH + at;
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#working;
    await this.#store?.close();
  }

  async #candidates(hash: Uint8Array): Promise<readonly number[]> {
    if (this.#store === null || this.#size === 0) return [];
    const rows = await this.#store.scan({
      from: keyOf(hash, 0),
      to: keyOf(hash, Number.MAX_SAFE_INTEGER),
      limit: ROWS_AT_ONCE,
    });
    return rows.map(({ key }) => numberOfKey(key, HASH_PREFIX));
  }

  #hashes(index: number, published: number): Promise<Uint8Array> {
    const width = Math.min(TILE_WIDTH, published - index * TILE_WIDTH);
    return this.#log.readTile({ level: 0, index, width });
  }

  async #follow(store: Store): Promise<void> {
    this.#size = await this.#resume(store);
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#log.waitPublished(this.#size + 1, signal, { passive: true });
      await this.#index(store);
      this.#observer?.followed('leaf-index', this.#log.publishedSize - this.#size);
      // One write for many heads: until then the tiles answer.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** The size of the cursor, if the log has its tree; else the index is emptied. */
  async #resume(store: Store): Promise<number> {
    const cursor = await store.get(CURSOR_KEY);
    if (cursor === undefined) return 0;
    const size = readU64be(cursor) ?? 0;
    if (size > 0 && size <= this.#log.publishedSize) {
      try {
        if (equalBytes(await readRoot(this.#log.tiles, size), cursor.subarray(8))) return size;
      } catch (error) {
        if (!isTransparencyError(error)) throw error;
      }
    }
    const everything = { from: Uint8Array.of(0), to: Uint8Array.of(2), limit: ROWS_AT_ONCE };
    let rows: readonly Row[];
    do {
      rows = await store.scan(everything);
      const changes = rows.map(({ key }) => ({ key, value: null }));
      if (rows.length > 0) await store.write({ changes, flush: false });
    } while (rows.length > 0);
    return 0;
  }

  async #index(store: Store): Promise<void> {
    const published = this.#log.publishedSize;
    while (this.#size < published && !this.#ended.signal.aborted) {
      const changes: Change[] = [];
      const room = slabRoom(TILE_WIDTH * KEY_LENGTH);
      let size = this.#size;
      for (let i = 0; i < TILES_AT_ONCE && size < published; i++) {
        const index = Math.floor(size / TILE_WIDTH);
        const tile = await this.#hashes(index, published);
        for (let at = size % TILE_WIDTH; at * HASH_LENGTH < tile.length; at++) {
          changes.push({ key: keyOf(tile, size++, at * HASH_LENGTH, room), value: NOTHING });
        }
      }
      const root = await readRoot(this.#log.tiles, size);
      changes.push({ key: CURSOR_KEY, value: concat(u64be(size), root) });
      await store.write({ changes, flush: false });
      this.#size = size;
    }
  }
}

const NOTHING = new Uint8Array(0);

/** The key of the hash that stands at an offset. */
function keyOf(hashes: Uint8Array, leafIndex: number, offset = 0, room = ownRoom): Uint8Array {
  const key = room(KEY_LENGTH);
  key[0] = HASH_TAG;
  for (let i = 0; i < HASH_PREFIX; i++) key[1 + i] = hashes[offset + i] as number;
  writeU64be(key, 1 + HASH_PREFIX, leafIndex);
  return key;
}

function isAt(tile: Uint8Array, at: number, hash: Uint8Array): boolean {
  return equalBytes(tile.subarray(at * HASH_LENGTH, (at + 1) * HASH_LENGTH), hash);
}
