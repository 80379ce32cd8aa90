import { isTransparencyError, TransparencyError } from '../core/error.ts';
import {
  type Decided,
  eraseBodyJson,
  type HoldScope,
  holdBodyJson,
} from '../event/custody-leaf.ts';
import {
  type EraseReport,
  formatCustodyRow,
  type Hold,
  parseErasureRow,
  parseHoldRow,
} from './custody-rows.ts';
import { type ErasePlan, planErasure, type WantedTarget } from './erase-plan.ts';
import { finishErasure } from './erase-rest.ts';
import { type FailureSinks, reportFailure } from './halting.ts';
import { formatErasedRow } from './opening-row.ts';
import type { Effect } from './pool.ts';
import type { Clock, OpeningKeys, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import { erasureKey, holdKey, keysOf } from './rows.ts';
import type { Submissions } from './submissions.ts';

/** What custody works on. */
export interface CustodyOptions {
  readonly store: Store;
  readonly keys: OpeningKeys;
  readonly origin: string;
  readonly submissions: Submissions;
  /** Bytes of a published entry, proven. */
  readonly readPublished: (index: number) => Promise<Uint8Array>;
  /** Bytes of an entry that the store names, proven. */
  readonly readEntry: (index: number) => Promise<Uint8Array>;
  /** Resolves when nobody counts idempotency rows any more. */
  readonly idsCounted: () => Promise<void>;
  readonly clock: Clock;
  readonly sinks: FailureSinks;
}

const ROWS_PER_READ = 256;

/**
 * Who may destroy what a log keeps beside its tree, and what it must not let go of: erasures and legal holds, one after
 * the other. That two persons decided is for its callers to see to. (spec/14-privacy.md §5, §6)
 */
export class Custody {
  readonly #options: CustodyOptions;
  readonly #holds: Map<number, Hold> = new Map();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #rests: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(options: CustodyOptions) {
    this.#options = options;
  }

  /** Reads the holds that stand, and goes on with erasures that were cut short. */
  async start(): Promise<void> {
    for (const value of await this.#valuesOf('L')) {
      const hold = parseHoldRow(value);
      this.#holds.set(hold.index, hold);
    }
    for (const report of await this.reports()) {
      if (report.finishedAtMs === null) this.#finishLater(await this.#withSuccessors(report));
    }
  }

  /** Leaves what is not done for the next start. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#rests;
  }

  /** The holds that stand, oldest first. */
  get holds(): readonly Hold[] {
    return [...this.#holds.values()].sort((a, b) => a.index - b.index);
  }

  /** Every erasure, oldest first. */
  async reports(): Promise<readonly EraseReport[]> {
    return (await this.#valuesOf('X')).map(parseErasureRow);
  }

  /**
   * Erases openings: from its answer on nobody is told them, and a leaf says so. `finished` resolves when no file of the
   * store holds them; where the process ends before, the next start goes on.
   *
   * @param order.alsoHeld  scopes of holds that are asked for and not placed yet
   * @throws {TransparencyError} entry.not-found, opening.not-found, erase.held, erase.too-large; pool.full
   */
  erase(order: {
    readonly wanted: readonly WantedTarget[];
    readonly decided: Decided;
    readonly alsoHeld: readonly HoldScope[];
  }): Promise<{ readonly report: EraseReport; readonly finished: Promise<EraseReport> }> {
    return this.#inTurn(async () => {
      const { store, readPublished, idsCounted } = this.#options;
      await idsCounted();
      // One that still seals anew would write over the marks of this one what it has read before.
      await this.#rests;
      if (this.#ended) throw new TransparencyError('log.closing', 'the log is closing');
      const holds = [...this.holds.map(({ scope }) => scope), ...order.alsoHeld];
      const plan = await planErasure(order.wanted, { store, readEntry: readPublished, holds });
      const renewed = await this.#renew(plan.keyIds);
      const report = await this.#state(plan, order.decided, renewed);
      return { report, finished: this.#finishLater(report) };
    });
  }

  /** Places a hold, and says so in a leaf. @throws {TransparencyError} pool.full */
  place(scope: HoldScope, decided: Decided): Promise<Hold> {
    return this.#inTurn(async () => {
      const atMs = this.#options.clock();
      const body = holdBodyJson({ ...decided, action: 'place', hold: null, scope });
      const holdAt = (index: number): Hold => ({ ...decided, index, scope, atMs });
      const index = await this.#options.submissions.state('hold', body, (at) => {
        return {
          changes: [{ key: holdKey(at), value: formatCustodyRow(holdAt(at)) }],
          blanked: [],
        };
      });
      const hold = holdAt(index);
      this.#holds.set(index, hold);
      return hold;
    });
  }

  /** Lifts the hold that the leaf of an index placed, and says so in a leaf. @throws {TransparencyError} hold.not-found */
  lift(index: number, decided: Decided): Promise<Hold> {
    return this.#inTurn(async () => {
      const hold = this.#holds.get(index);
      if (hold === undefined) {
        throw new TransparencyError('hold.not-found', `no hold of entry ${index} stands`);
      }
      const { scope } = hold;
      const body = holdBodyJson({ ...decided, action: 'lift', hold: index, scope });
      await this.#options.submissions.state('hold', body, () => {
        return { changes: [{ key: holdKey(index), value: null }], blanked: [] };
      });
      this.#holds.delete(index);
      return hold;
    });
  }

  /** A file of keys whose state is not known stops the log, as a store does. */
  async #renew(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    try {
      return await this.#options.keys.renew(ids);
    } catch (error) {
      reportFailure(error, this.#options.sinks);
      throw error;
    }
  }

  /** The leaf, the rows that go and the report of what is left to do: one atomic write, which begins the erasure. */
  async #state(
    plan: ErasePlan,
    decided: Decided,
    renewed: ReadonlyMap<string, string>,
  ): Promise<EraseReport> {
    const { targets, blanked } = plan;
    const beganAtMs = this.#options.clock();
    const reportAt = (index: number): EraseReport => ({
      ...{ v: 'varve.erasure/1', index, targets, blanked, ...decided, beganAtMs },
      ...{ finishedAtMs: null, resealed: 0 },
      keys: [...renewed].map(([old, next]) => ({ old, next })),
    });
    const effect: Effect = (index) => ({
      changes: [
        ...plan.openingKeys.map((key) => ({ key, value: formatErasedRow(index) })),
        ...plan.conflictKeys.map((key) => ({ key, value: null })),
        { key: erasureKey(index), value: formatCustodyRow(reportAt(index)) },
      ],
      blanked: plan.blankedIds,
    });
    const body = eraseBodyJson({ ...decided, targets, count: targets.length, blanked });
    try {
      return reportAt(await this.#options.submissions.state('erase', body, effect));
    } catch (error) {
      if (!isTransparencyError(error, 'leaf.too-large')) throw error;
      throw new TransparencyError('erase.too-large', 'its leaf would be too long: ask for several');
    }
  }

  /** Before anything is sealed: an older file of keys, put back, has the old key and not the new one. */
  async #withSuccessors(report: EraseReport): Promise<EraseReport> {
    const { keys } = this.#options;
    const orphans = report.keys.filter(({ old, next }) => {
      return keys.firstIndexOf(old) !== undefined && keys.firstIndexOf(next) === undefined;
    });
    if (orphans.length === 0) return report;
    const renewed = await keys.renew(orphans.map(({ old }) => old));
    const pairs = report.keys.map(({ old, next }) => ({ old, next: renewed.get(old) ?? next }));
    return { ...report, keys: pairs };
  }

  /** One rest after the other, and no erasure begins while one is at work. */
  #finishLater(report: EraseReport): Promise<EraseReport> {
    const rest = this.#rests.then(() => this.#finish(report));
    this.#rests = rest.catch((error: unknown) => {
      if (!this.#ended) reportFailure(error, this.#options.sinks);
    });
    // Whoever does not wait for it must not be told of a failure that the sinks are told of.
    rest.catch(() => undefined);
    return rest;
  }

  async #finish(report: EraseReport): Promise<EraseReport> {
    const { store, keys, origin, readEntry, clock, idsCounted } = this.#options;
    const checkGoesOn = (): void => {
      if (this.#ended) throw new TransparencyError('log.closing', 'the next start goes on');
    };
    checkGoesOn();
    await idsCounted();
    const rest = { store, keys, origin, readEntry, checkGoesOn };
    const resealed = await finishErasure(report, rest);
    const done = { ...report, resealed: report.resealed + resealed, finishedAtMs: clock() };
    const row = { key: erasureKey(report.index), value: formatCustodyRow(done) };
    await store.write({ changes: [row], flush: true });
    return done;
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(run);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #valuesOf(tag: 'L' | 'X'): Promise<readonly Uint8Array[]> {
    const cursor = new RowCursor(this.#options.store, keysOf(tag), ROWS_PER_READ);
    const values: Uint8Array[] = [];
    for (let row = await cursor.next(); row !== undefined; row = await cursor.next()) {
      values.push(row.value);
    }
    return values;
  }
}
