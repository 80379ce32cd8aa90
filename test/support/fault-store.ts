import { compareBytes } from '../../src/core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../../src/core/error.ts';
import { hex } from '../../src/core/hex.ts';
import type { Change, KeyRange, Store } from '../../src/log/ports.ts';
import { type Life, PlannedFault } from './life.ts';
import type { SeededRandom } from './random.ts';

/** A batch that was written and that a power cut could still undo, or one written upon such a batch. */
interface Written {
  /** Changes, without those that a later flushed batch made again. */
  readonly changes: Map<string, Change>;
  /** What its keys held before it. */
  before: readonly Change[];
  state: 'unflushed' | 'flush-failed' | 'flushed';
}

/**
 * What lies under a store: a page cache over a disk. It outlives the lives of the processes that use it.
 *
 * A flushed write makes all writes before it durable, but not one whose own flush failed: the kernel takes such pages
 * for clean, and they stay at risk until their rows are written again and flushed, or purged: the files that come of that are
 * new, and flushed.
 */
export class FaultDisk {
  readonly #base: Store;
  readonly #holes: boolean;
  /** In the order of writing; the first one is not durable. */
  #written: Written[] = [];

  /**
   * @param base   holds what a process would read now
   * @param holes  true: a write that was not flushed may be lost though a later one was. LevelDB does so where it
   *   changed its log file between them: it closes the old one without a flush. Default false.
   */
  constructor(base: Store, { holes = false }: { readonly holes?: boolean } = {}) {
    this.#base = base;
    this.#holes = holes;
  }

  /** The store as a process of that life sees it. Points `store.get`, `.getMany`, `.scan`, `.write`, `.purge`. */
  open(life: Life): Store {
    let lastTurn: Promise<unknown> = Promise.resolve();
    let failed = false;
    let closed = false;
    const checkOpen = (): void => {
      if (closed) throw new TransparencyError('store.closed', 'the store is closed');
    };
    const read = async <T>(point: string, effect: () => Promise<T>): Promise<T> => {
      checkOpen();
      try {
        return await life.run(point, effect);
      } catch (error) {
        throw adapterError(error);
      }
    };
    const writeInTurn: Store['write'] = async (batch) => {
      try {
        await life.run('store.write', (fault) => {
          if (failed) throw new TransparencyError('store.failed', 'a write before this one failed');
          return this.#write(batch, fault === 'fails-unflushed', life);
        });
      } catch (error) {
        const thrown = adapterError(error);
        failed ||= !isTransparencyError(thrown, 'store.moved');
        throw thrown;
      }
    };
    return {
      get: (key) => read('store.get', () => this.#base.get(key)),
      getMany: (keys) => read('store.getMany', () => this.#base.getMany(keys)),
      scan: (range) => read('store.scan', () => this.#base.scan(range)),
      async write(batch) {
        checkOpen();
        const own = copyOf(batch);
        const turn = lastTurn.then(() => writeInTurn(own));
        lastTurn = turn.catch(() => undefined);
        return turn;
      },
      purge: (ranges) => read('store.purge', () => this.#purge(ranges)),
      async close() {
        closed = true;
        await lastTurn;
      },
    };
  }

  /**
   * The machine loses its power: of the batches never flushed the first so many stay, of those whose flush failed any.
   * After the mere death of a process, do not call it: the page cache stays.
   */
  async losePower(random: SeededRandom): Promise<void> {
    const firstUnflushed = this.#written.filter(({ state }) => state === 'unflushed').length;
    let stay = random.below(firstUnflushed + 1);
    const changes: Change[] = this.#written.toReversed().flatMap(({ before }) => before);
    for (const written of this.#written) {
      if (written.state === 'unflushed' && stay-- <= 0) continue;
      if (written.state === 'flush-failed' && random.chance(0.5)) continue;
      changes.push(...written.changes.values());
    }
    this.#written = [];
    await this.#base.write({ changes, flush: true });
  }

  /** Closes what is beneath. */
  close(): Promise<void> {
    return this.#base.close();
  }

  async #purge(ranges: readonly KeyRange[]): Promise<void> {
    await this.#base.purge(ranges);
    const isPurged = (key: Uint8Array): boolean =>
      ranges.some(({ from, to }) => compareBytes(from, key) <= 0 && compareBytes(key, to) < 0);
    for (const written of this.#written) {
      written.before = written.before.filter(({ key }) => !isPurged(key));
      for (const [name, { key }] of written.changes) {
        if (isPurged(key)) written.changes.delete(name);
      }
    }
  }

  async #write(
    batch: Parameters<Store['write']>[0],
    flushFails: boolean,
    life: Life,
  ): Promise<void> {
    const keys = batch.changes.map(({ key }) => key);
    const values = await this.#base.getMany(keys);
    const before = keys.map((key, i) => ({ key, value: values[i] ?? null }));
    // A process that died meanwhile writes nothing into the life after it.
    if (life.dead) return;
    await this.#base.write(batch);
    const changes = new Map(batch.changes.map((change) => [hex(change.key), change]));
    const flushed = batch.flush && !flushFails;
    if (flushed) {
      for (const written of this.#written) {
        if (written.state === 'unflushed') written.state = this.#holes ? 'flush-failed' : 'flushed';
        for (const key of changes.keys()) written.changes.delete(key);
        if (written.changes.size === 0) written.state = 'flushed';
      }
    }
    const state = flushed ? 'flushed' : batch.flush ? 'flush-failed' : 'unflushed';
    this.#written.push({ changes, before, state });
    while (this.#written[0]?.state === 'flushed') this.#written.shift();
  }
}

function copyOf(batch: Parameters<Store['write']>[0]): Parameters<Store['write']>[0] {
  return {
    ...batch,
    changes: batch.changes.map(({ key, value }) => ({
      key: key.slice(),
      value: value?.slice() ?? null,
    })),
  };
}

/** What the adapter of a real store throws for a planned fault. */
function adapterError(error: unknown): unknown {
  if (!(error instanceof PlannedFault)) return error;
  return new TransparencyError('store.failed', error.message, { cause: error });
}
