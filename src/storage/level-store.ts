import { readdir } from 'node:fs/promises';
import { type ChainedBatch, ClassicLevel } from 'classic-level';
import { compareBytes } from '../core/bytes.ts';
import { invariant, isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Change, Condition, KeyRange, Range, Row, Store } from '../log/ports.ts';
import { checkCondition, copyOfCondition } from './condition.ts';
import { codeOf, flushFolder, makeFolder } from './folder.ts';
import { levelError } from './level-error.ts';
import { purgeRanges } from './level-purge.ts';
import { Snapshots } from './snapshots.ts';

const MiB = 1024 * 1024;

/** Where the store lies, and what may be tuned. */
export interface LevelStoreOptions {
  /** Its folder, with nothing else in it. Made if it is missing. */
  readonly dir: string;
  /** Bytes of the write buffer; up to two of them are held. Default 32 MiB. */
  readonly writeBufferSize?: number;
}

/**
 * Opens the LevelDB store of a folder, or makes an empty one. One opener at a time, in all processes.
 *
 * Bytes given to `write` are copied before it returns its promise: the caller may use its slab again at once. After a
 * write that failed by anything but `store.moved` every later write is refused: what is on disk is not known. Damage
 * is reported where LevelDB notices it, which is not everywhere, and never repaired: its callers check what they read.
 *
 * @throws {TransparencyError} store.locked, store.corrupt; store.failed with its cause if the disk or the system failed
 */
export async function openLevelStore(options: LevelStoreOptions): Promise<Store> {
  try {
    await makeFolder(options.dir);
    const exists = await levelStoreExists(options.dir);
    const db = new ClassicLevel<Uint8Array, Uint8Array>(options.dir, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      createIfMissing: !exists,
      errorIfExists: !exists,
      compression: true,
      cacheSize: 16 * MiB,
      writeBufferSize: options.writeBufferSize ?? 32 * MiB,
      maxFileSize: 8 * MiB,
      blockSize: 4096,
    });
    await db.open();
    // LevelDB flushes its files and, with each manifest, the folder; the name of the log file made last is left to us.
    await flushFolder(options.dir);
    return new LevelStore(options.dir, db);
  } catch (error) {
    throw levelError(error, `open ${options.dir}`);
  }
}

/**
 * Does the folder hold a LevelDB store?
 *
 * @throws {TransparencyError} store.corrupt if it holds files of one, and not the file that names its state: LevelDB
 *   would begin anew over them
 */
export async function levelStoreExists(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch((error: unknown): string[] => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  if (names.includes('CURRENT')) return true;
  // A first start that was cut short leaves a first manifest and nothing written.
  const remains = names.find((name) => /^(?:[0-9]+\.(?:ldb|sst|log)|MANIFEST-.*)$/.test(name));
  if (remains === undefined || remains === 'MANIFEST-000001') return false;
  throw new TransparencyError('store.corrupt', `${dir} holds ${remains}, and no CURRENT`);
}

/** Up to this many values are read on the calling thread: 4 µs each, where a trip to another thread costs 50. */
const SYNC_READS_MAX = 8;

/** Bytes that one step of a scan may hold. */
const SCAN_STEP_BYTES = 1 * MiB;

class LevelStore implements Store {
  readonly #dir: string;
  readonly #db: ClassicLevel<Uint8Array, Uint8Array>;
  /** Settles when every write that was called has been answered; never rejects. */
  #lastTurn: Promise<void> = Promise.resolve();
  readonly #snapshots: Snapshots = new Snapshots();
  #failure: TransparencyError | undefined;
  #closing: Promise<void> | undefined;

  constructor(dir: string, db: ClassicLevel<Uint8Array, Uint8Array>) {
    this.#dir = dir;
    this.#db = db;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    return this.#getSync(key);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#checkOpen();
    if (keys.length <= SYNC_READS_MAX) return keys.map((key) => this.#getSync(key));
    const release = await this.#snapshots.take();
    try {
      const values = await this.#db.getMany([...keys]);
      return values.map((value) => (value === undefined ? undefined : plain(value)));
    } catch (error) {
      throw levelError(error, `read ${this.#dir}`);
    } finally {
      release();
    }
  }

  async scan(range: Range): Promise<readonly Row[]> {
    invariant(
      Number.isSafeInteger(range.limit) && range.limit >= 1,
      'a scan has a limit of 1 or more',
    );
    this.#checkOpen();
    if (compareBytes(range.from, range.to) >= 0) return [];
    const rows: Row[] = [];
    const release = await this.#snapshots.take();
    try {
      const iterator = this.#db.iterator({
        gte: range.from,
        lt: range.to,
        limit: range.limit,
        reverse: range.reverse ?? false,
        fillCache: false,
        highWaterMarkBytes: SCAN_STEP_BYTES,
      });
      try {
        while (rows.length < range.limit) {
          // A step ends at its bytes too, so only an empty one is the end.
          const step = await iterator.nextv(range.limit - rows.length);
          if (step.length === 0) break;
          for (const [key, value] of step) rows.push({ key: plain(key), value: plain(value) });
        }
      } finally {
        await iterator.close();
      }
    } catch (error) {
      throw levelError(error, `scan ${this.#dir}`);
    } finally {
      release();
    }
    return rows;
  }

  async write(batch: {
    readonly changes: readonly Change[];
    readonly condition?: Condition;
    readonly flush: boolean;
  }): Promise<void> {
    this.#checkOpen();
    const native = this.#db.batch();
    for (const { key, value } of batch.changes) {
      if (value === null) native.del(key);
      else native.put(key, value);
    }
    const condition = batch.condition === undefined ? undefined : copyOfCondition(batch.condition);
    // Never two writes in flight: each is a task of its own for the thread pool, which may run them in any order.
    const turn = this.#lastTurn.then(() => this.#writeInTurn(native, condition, batch.flush));
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #writeInTurn(
    native: ChainedBatch<ClassicLevel<Uint8Array, Uint8Array>, Uint8Array, Uint8Array>,
    condition: Condition | undefined,
    flush: boolean,
  ): Promise<void> {
    try {
      if (this.#failure !== undefined) {
        throw new TransparencyError('store.failed', 'a write before this one failed', {
          cause: this.#failure,
        });
      }
      if (condition !== undefined) checkCondition(condition, this.#getSync(condition.key));
      await native.write({ sync: flush });
    } catch (error) {
      await native.close().catch(() => undefined);
      if (isTransparencyError(error, 'store.moved')) throw error;
      const failure = levelError(error, `write to ${this.#dir}`);
      this.#failure ??= failure;
      throw failure;
    }
  }

  async purge(ranges: readonly KeyRange[]): Promise<void> {
    this.#checkOpen();
    const turn = this.#lastTurn.then(() => {
      // An iterator would keep what it could still read.
      return this.#snapshots.without(() => purgeRanges(this.#db, ranges));
    });
    this.#lastTurn = turn.catch(() => undefined);
    try {
      await turn;
    } catch (error) {
      throw levelError(error, `compact ${this.#dir}`);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#lastTurn
      .then(() => this.#db.close())
      .catch((error: unknown) => {
        throw levelError(error, `close ${this.#dir}`);
      });
    return this.#closing;
  }

  #getSync(key: Uint8Array): Uint8Array | undefined {
    try {
      const value = this.#db.getSync(key);
      return value === undefined ? undefined : plain(value);
    } catch (error) {
      throw levelError(error, `read ${this.#dir}`);
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) {
      throw new TransparencyError('store.closed', `${this.#dir} is closed`);
    }
  }
}

/** LevelDB hands out Buffers; their `slice` shares where an array's copies. */
function plain(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}
