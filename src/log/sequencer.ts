import { TransparencyError } from '../core/error.ts';
import { type ConflictQuota, type Decision, decideBatch, type LeafOf } from './decide.ts';
import { type FailureSinks, reportFailure } from './halting.ts';
import { integrate, type WriterTree } from './integrate.ts';
import type { LogLimits } from './limits.ts';
import type { Timing } from './observer.ts';
import type { Pool, PooledEntry } from './pool.ts';
import type { Clock, Store } from './ports.ts';
import { HEAD_KEY } from './rows.ts';
import type { SealOpenings } from './seal.ts';
import type { SeenFilter } from './seen-filter.ts';
import { type Tallies, tallied, tallyChange } from './tally.ts';

/** What the writer works on and whom it tells. */
export interface SequencerOptions extends FailureSinks {
  readonly store: Store;
  readonly pool: Pool;
  readonly tree: WriterTree;
  readonly tallies: Tallies;
  readonly seen: SeenFilter;
  readonly limits: LogLimits;
  readonly clock: Clock;
  readonly conflicts: ConflictQuota;
  readonly timing: Timing;
  readonly leafOf: LeafOf;
  /** Null: no openings come. */
  readonly seal: SealOpenings | null;
  /** Lets arrivals of the same moment join the batch. */
  readonly gather: () => Promise<void>;
  /** After each commit, which brought the entries [from, to). */
  readonly onCommit: (from: number, to: number) => void;
  /** When nothing waits: time for work off the hot path. */
  readonly onIdle: () => void;
}

/**
 * The writer: takes whatever arrived while the last batch was written, decides what is new, integrates it, and writes
 * everything in one flushed batch. Then, and only then, it answers. There is no timer. (design §2)
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  #working: Promise<void> | null = null;
  #stopped = false;

  constructor(options: SequencerOptions) {
    this.#options = options;
    options.pool.onArrival = () => this.#wake();
  }

  /** Resolves when the pool is empty and its last commit answered. Nothing may be put meanwhile. */
  async drain(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  /** Refuses what is pooled, and all that comes: the log halted or faulted. */
  stop(error: TransparencyError): void {
    this.#stopped = true;
    const { pool } = this.#options;
    while (pool.size > 0) {
      for (const entry of pool.take(pool.size, Number.MAX_SAFE_INTEGER)) refuse(entry, error);
    }
  }

  #wake(): void {
    if (this.#working !== null || this.#stopped) return;
    this.#working = this.#work().finally(() => {
      this.#working = null;
      // What arrived after the last look at the pool found the writer at work and did not wake it.
      if (this.#options.pool.size > 0) this.#wake();
    });
  }

  async #work(): Promise<void> {
    const { pool, limits, gather, onIdle } = this.#options;
    await gather();
    while (pool.size > 0 && !this.#stopped) {
      await this.#commit(pool.take(limits.commitEntriesMax, limits.commitBytesMax));
    }
    if (!this.#stopped) onIdle();
  }

  /** One batch, from the pool to its answers. */
  async #commit(batch: readonly PooledEntry[]): Promise<void> {
    let decision: Decision;
    try {
      decision = await decideBatch(batch, this.#options);
      if (decision.entries.length > 0) await this.#write(decision);
    } catch (error) {
      this.#fail(batch, error);
      return;
    }
    decision.answer();
  }

  async #write(decision: Decision): Promise<void> {
    const { store, tree, tallies, seen, seal, timing, onCommit } = this.#options;
    const began = timing.stopwatch();
    const { openings } = decision;
    // Before the batch: no row is ever on disk whose key is not.
    const sealed = openings.length === 0 ? [] : ((await seal?.(openings)) ?? []);
    const { size } = tree.builder;
    const integrated = integrate(tree, decision.entries);
    const changes = [...integrated.changes, ...decision.changes, ...sealed];
    const { newIds, blanked } = decision;
    if (newIds.length > 0 || blanked.length > 0) {
      const added = [...newIds, ...blanked.map(({ after }) => after)];
      const dropped = blanked.map(({ before }) => before);
      tallies.ids = tallied('I', tallies.ids, { added, dropped });
      changes.push(...added, tallyChange('I', tallies.ids));
    }
    await store.write({
      changes,
      condition: { key: HEAD_KEY, value: tree.commitRow },
      flush: true,
    });
    // Only now is it so: a failed write leaves the tree in memory as it was.
    integrated.adopt();
    for (const { key } of decision.newIds) seen.add(key, 1);
    const durationMs = timing.stopwatch() - began;
    timing.observer?.committed({ entries: decision.entries.length, durationMs });
    onCommit(size, size + decision.entries.length);
  }

  /** No entry of the batch is answered as kept; what the store holds is for recovery to read. */
  #fail(batch: readonly PooledEntry[], error: unknown): void {
    const answer = new TransparencyError(
      'server.fault',
      'it is not known whether this was written: send it again',
      { cause: error },
    );
    this.stop(answer);
    for (const entry of batch) refuse(entry, answer);
    reportFailure(error, this.#options);
  }
}

function refuse(entry: PooledEntry, error: TransparencyError): void {
  entry.settle({ kind: 'refused', error });
}
