import { readU64be, u64be } from '../core/bytes.ts';
import { TILE_WIDTH, tilesOfSize } from '../core/tile.ts';
import type { Sleep } from './latch.ts';
import type { LogLimits } from './limits.ts';
import type { Clock } from './ports.ts';
import { Reader, type ReaderOptions } from './reader.ts';
import { SCRUBBED_KEY } from './rows.ts';

/** What the scrub works on. */
export interface ScrubOptions extends Omit<ReaderOptions, 'cacheBytesMax'> {
  readonly limits: LogLimits;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Entries that are committed. */
  readonly size: () => number;
}

/**
 * Reads the whole tree from the store again, once a week, and hashes it against what the writer holds: entries nobody
 * asks for rot unseen. It takes one bundle or tile at a time and rests in between. (design §2.7)
 */
export class Scrub {
  readonly #options: ScrubOptions;
  readonly #ended: AbortController = new AbortController();
  #finishedAtMs: number | null = null;

  constructor(options: ScrubOptions) {
    this.#options = options;
  }

  /** When the last whole scrub ended; null before the first. */
  get finishedAtMs(): number | null {
    return this.#finishedAtMs;
  }

  end(): void {
    this.#ended.abort();
  }

  /** Scrubs for ever. @throws {TransparencyError} store.corrupt, with what does not fit; faults of the store */
  async run(): Promise<void> {
    const { store, clock, sleep, limits } = this.#options;
    const { signal } = this.#ended;
    const stored = await store.get(SCRUBBED_KEY);
    this.#finishedAtMs = stored === undefined ? null : (readU64be(stored) ?? null);
    while (!signal.aborted) {
      const age = clock() - (this.#finishedAtMs ?? 0);
      if (age >= 0 && age < limits.scrubIntervalMs) {
        await sleep(Math.min(limits.scrubIntervalMs - age, 3_600_000), signal);
        continue;
      }
      await this.#scrubOnce();
      if (signal.aborted) return;
      this.#finishedAtMs = clock();
      const change = { key: SCRUBBED_KEY, value: u64be(this.#finishedAtMs) };
      await store.write({ changes: [change], flush: false });
    }
  }

  async #scrubOnce(): Promise<void> {
    const { store, builder, size: sizeNow, limits } = this.#options;
    const size = sizeNow();
    // Without a cache: what is in memory is not what is on disk.
    const reader = new Reader({ store, builder, cacheBytesMax: 0 });
    for (let index = 0; index * TILE_WIDTH < size; index++) {
      if (!(await this.#rest(limits.scrubPauseMs))) return;
      await reader.bundle(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH), size);
    }
    for (const tile of tilesOfSize(size)) {
      if (tile.level === 0) continue; // each was read with its bundle
      if (!(await this.#rest(limits.scrubPauseMs))) return;
      await reader.tile(tile, size);
    }
  }

  /** False when the scrub is to end. */
  async #rest(ms: number): Promise<boolean> {
    const { signal } = this.#ended;
    if (!signal.aborted) await this.#options.sleep(ms, signal);
    return !signal.aborted;
  }
}
