import { equalBytes } from '../core/bytes.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { firstUnfolded, foldBundle } from './entries.ts';
import { type FailureSinks, reportFailure } from './halting.ts';
import { pruneHeads } from './kept-heads.ts';
import type { LogLimits } from './limits.ts';
import type { Clock, Store } from './ports.ts';
import { corrupt, keysOf, parseIdRow } from './rows.ts';
import type { SeenFilter } from './seen-filter.ts';
import type { HeadKeys } from './signed-head.ts';
import { emptyTally, type Tallies, tallied } from './tally.ts';

/** What the housekeeping works on. */
export interface HousekeepingOptions extends FailureSinks {
  readonly store: Store;
  readonly keys: HeadKeys;
  readonly seen: SeenFilter;
  readonly tallies: Tallies;
  readonly limits: LogLimits;
  readonly clock: Clock;
  /** Entries that are committed. */
  readonly size: () => number;
}

/** Bundles folded in one go: between two, the writer gets its turn. */
const BUNDLES_AT_ONCE = 16;
/** Rows of ids read in one go, 2 ms of this thread. With 4,096 it cost no less in all, and everybody waited 30 ms in its 99th percentile. */
const IDS_AT_ONCE = 512;
const PRUNE_INTERVAL_MS = 60_000;

/**
 * Work off the hot path, done when the writer is idle: folding segments into bundles, dropping old heads; and once
 * after a start, filling the filter of ids. All of it may be cut short at any point and is taken up again.
 */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #nextBundle: number | null = null;
  #pruneFrom: Uint8Array = keysOf('S').from;
  #prunedAtMs: number;
  /** Resolves when the filter is filled, or will not be. */
  filled: Promise<void> = Promise.resolve();
  #working: Promise<void> | null = null;
  #ended = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#prunedAtMs = options.clock();
  }

  /**
   * Begins to fill the filter of ids from the store; until then every id is looked up. As it comes by every row, it holds them
   * against their tally: an id that the disk lost would get a second entry when it is sent again.
   */
  fill(): void {
    this.filled = this.#fillFilter();
  }

  async #fillFilter(): Promise<void> {
    const { store, seen, tallies, size } = this.#options;
    const { to } = keysOf('I');
    let { from } = keysOf('I');
    const wanted = tallies.ids;
    const startSize = size();
    let found = emptyTally('I');
    try {
      for (;;) {
        const rows = await store.scan({ from, to, limit: IDS_AT_ONCE });
        for (const { key } of rows) seen.add(key, 1);
        // Those of entries that came since the start may have been passed by.
        const added = rows.filter(({ value }) => parseIdRow(value).leafIndex < startSize);
        found = tallied('I', found, { added });
        const last = rows.at(-1);
        if (this.#ended) return;
        if (rows.length < IDS_AT_ONCE || last === undefined) break;
        from = new Uint8Array(last.key.length + 1);
        from.set(last.key);
      }
      if (found.count !== wanted.count || !equalBytes(found.sum, wanted.sum)) {
        corrupt(
          `the ${found.count} stored rows of ids are not the ${wanted.count} that were written`,
        );
      }
      seen.complete = true;
    } catch (error) {
      if (!this.#ended) reportFailure(error, this.#options);
    }
  }

  /** The writer has nothing to do: does a little, unless it is at it already. */
  run(): void {
    if (this.#working !== null || this.#ended) return;
    this.#working = this.#work()
      .catch((error) => reportFailure(error, this.#options))
      .finally(() => {
        this.#working = null;
      });
  }

  /** Ends after what is being done. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    const { store, size, keys, clock, limits, tallies } = this.#options;
    let next = this.#nextBundle ?? (await firstUnfolded(store, size()));
    for (let i = 0; i < BUNDLES_AT_ONCE && !this.#ended; i++) {
      if ((next + 1) * TILE_WIDTH > size()) break;
      // Large commits write whole bundles: what they leave to fold is found at once, not bundle by bundle.
      const folded = await foldBundle(store, next);
      next = folded ? next + 1 : await firstUnfolded(store, size(), next + 1);
    }
    this.#nextBundle = next;
    const now = clock();
    if (this.#ended || now - this.#prunedAtMs < PRUNE_INTERVAL_MS) return;
    this.#prunedAtMs = now;
    const before = now - limits.headKeptMs;
    this.#pruneFrom = await pruneHeads(store, keys, { from: this.#pruneFrom, before, tallies });
  }
}
