import { equalBytes } from '../core/bytes.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { foldBundle } from './entries.ts';
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
/**
 * Segments of a bundle that stay as they are. Under load a commit brings dozens of entries: when each bundle was folded,
 * memory grew to twice as much, and a write in a hundred took three times as long.
 */
export const SEGMENTS_KEPT = 16;
/** Rows of ids read in one go, 2 ms of this thread. With 4,096 it cost no less in all, and everybody waited 30 ms in its 99th percentile. */
const IDS_AT_ONCE = 512;
const PRUNE_INTERVAL_MS = 60_000;

/**
 * Work off the hot path, done when the writer is idle: folding segments into bundles, dropping old heads; and once
 * after a start, filling the filter of ids. All of it may be cut short at any point and is taken up again.
 */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  /** Segments of the bundle that is being filled; those of a life before are taken for many. */
  #segments: number;
  /** Full bundles of many segments. One that a stop leaves here stays as it is. */
  readonly #toFold: number[] = [];
  #pruneFrom: Uint8Array = keysOf('S').from;
  #prunedAtMs: number;
  /** Resolves when the filter is filled, or will not be. */
  filled: Promise<void> = Promise.resolve();
  #working: Promise<void> | null = null;
  #ended = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#prunedAtMs = options.clock();
    this.#segments = options.size() % TILE_WIDTH === 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  /** A commit brought the entries [from, to). */
  committed(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const bundle = Math.floor(at / TILE_WIDTH);
      const end = Math.min(to, (bundle + 1) * TILE_WIDTH);
      if (end - at < TILE_WIDTH) this.#segments += 1;
      if (end % TILE_WIDTH === 0) {
        if (this.#segments > SEGMENTS_KEPT) this.#toFold.push(bundle);
        this.#segments = 0;
      }
      at = end;
    }
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
    const { store, keys, clock, limits, tallies } = this.#options;
    for (const bundle of this.#toFold.splice(0, BUNDLES_AT_ONCE)) {
      if (this.#ended) return;
      await foldBundle(store, bundle);
    }
    const now = clock();
    if (this.#ended || now - this.#prunedAtMs < PRUNE_INTERVAL_MS) return;
    this.#prunedAtMs = now;
    const before = now - limits.headKeptMs;
    this.#pruneFrom = await pruneHeads(store, keys, { from: this.#pruneFrom, before, tallies });
  }
}
