import { type ChainedBatch, ClassicLevel } from 'classic-level';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { IndexBatch, IndexReads, IndexStore } from '../lookup/ports.ts';
import { makeFolder } from './folder.ts';
import { levelError } from './level-error.ts';

const MiB = 1024 * 1024;

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** Where an index lies, and what may be tuned. */
export interface LevelIndexStoreOptions {
  /** Its folder, with nothing else in it. Made if it is missing. */
  readonly dir: string;
  /** Bytes of the write buffer; up to two of them are held. Default 16 MiB. */
  readonly writeBufferSize?: number;
}

/**
 * Opens the LevelDB store of an index. Everything in it can be made again: what is damaged is removed by its owner.
 *
 * @throws {TransparencyError} store.locked; store.failed
 */
export async function openLevelIndexStore(options: LevelIndexStoreOptions): Promise<IndexStore> {
  const { dir } = options;
  await makeFolder(dir);
  const db: Level = new ClassicLevel(dir, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // Rows are hashes and small numbers: what Snappy tried on them was a sixth of the time that an index takes to build.
    compression: false,
    cacheSize: 16 * MiB,
    writeBufferSize: options.writeBufferSize ?? 16 * MiB,
    maxFileSize: 8 * MiB,
    blockSize: 4096,
  });
  try {
    await db.open();
  } catch (error) {
    const failure = levelError(error, `open ${dir}`);
    if (!isTransparencyError(failure, 'store.corrupt')) throw failure;
    // The log has all that was in it.
    await ClassicLevel.destroy(dir);
    await db.open();
  }
  return new LevelIndexStore(dir, db);
}

/** Up to this many values are read on the calling thread: 4 µs each, where a trip to another thread costs 50. */
const SYNC_READS_MAX = 4;

class LevelIndexStore implements IndexStore {
  readonly #dir: string;
  readonly #db: Level;

  constructor(dir: string, db: Level) {
    this.#dir = dir;
    this.#db = db;
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#failing('read', async () => {
      const values =
        keys.length <= SYNC_READS_MAX
          ? keys.map((key) => this.#db.getSync(key))
          : await this.#db.getMany([...keys]);
      return values.map((value) => (value === undefined ? undefined : plain(value)));
    });
  }

  scan({ from, to, limit }: Parameters<IndexReads['scan']>[0]): ReturnType<IndexReads['scan']> {
    return this.#failing('scan', async () => {
      const iterator = this.#db.iterator({ gte: from, lt: to, limit, fillCache: false });
      const rows = await iterator.all();
      return rows.map(([key, value]) => ({ key: plain(key), value: plain(value) }));
    });
  }

  batch(): IndexBatch {
    return new LevelIndexBatch(this.#dir, this.#db.batch());
  }

  async clear(): Promise<void> {
    await this.#failing('clear', () => this.#db.clear());
  }

  async close(): Promise<void> {
    await this.#failing('close', () => this.#db.close());
  }

  async #failing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw indexError(error, `${what} ${this.#dir}`);
    }
  }
}

/** Changes are copied into the store's own memory one by one: they are many, and the thread serves readers too. */
class LevelIndexBatch implements IndexBatch {
  readonly #dir: string;
  readonly #batch: ChainedBatch<Level, Uint8Array, Uint8Array>;
  #isEnded = false;

  constructor(dir: string, batch: ChainedBatch<Level, Uint8Array, Uint8Array>) {
    this.#dir = dir;
    this.#batch = batch;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(key, value);
  }

  delete(key: Uint8Array): void {
    this.#batch.del(key);
  }

  async write({ flush = false }: { readonly flush?: boolean } = {}): Promise<void> {
    this.#isEnded = true;
    try {
      await this.#batch.write({ sync: flush });
    } catch (error) {
      throw indexError(error, `write to ${this.#dir}`);
    }
  }

  async drop(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#batch.close();
  }
}

/** Damage of an index is not that of a log: it is made anew. */
function indexError(error: unknown, what: string): TransparencyError {
  const failure = levelError(error, what);
  if (!isTransparencyError(failure, 'store.corrupt')) return failure;
  return new TransparencyError('index.corrupt', failure.message, { cause: failure });
}

/** LevelDB hands out Buffers; their `slice` shares where an array's copies. */
function plain(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}
