import { isTransparencyError } from '../core/error.ts';
import { auditRows, keepAudit, readAudits } from './audit-notes.ts';
import { type FollowerFigures, FollowerRun } from './follower.ts';
import { INDEX_LIMITS, type IndexLimits } from './limits.ts';
import type { IndexedLog, IndexStore } from './ports.ts';
import type { LookupQuestion, LookupReply } from './served-head.ts';
import { indexNotReady, ServedHeads } from './served-heads.ts';

/** What an index is made of. */
export interface OpenIndexOptions {
  readonly log: IndexedLog;
  /** Its own, closed with it. */
  readonly store: IndexStore;
  /** Now, in ms. */
  readonly clock: () => number;
  readonly limits?: Partial<IndexLimits>;
  /** Lets others run; a turn of the event loop. */
  readonly pause: () => Promise<void>;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of keys that it did not have before a new event brought them, by the token that submitted that; null: none. */
  readonly onNewKeys?: (counts: ReadonlyMap<string | null, number>) => void;
  /** Told of what went wrong: it is made anew, tried again, or has stopped. */
  readonly onTrouble: (state: IndexStateName, error: unknown) => void;
}

/**
 * following: all is well · rebuilding: the store was not what it should be, and is made anew from the log · waiting: a
 * run failed and the next one comes · stopped: the log holds a false head; what was served before still is · closed
 */
export type IndexStateName = 'following' | 'rebuilding' | 'waiting' | 'stopped' | 'closed';

/** Figures for metrics. The lag is what the log has published less `headSize`. */
export interface LookupFigures extends FollowerFigures {
  readonly state: IndexStateName;
}

/** The verifiable index of one log. */
export interface LookupIndex {
  figures(): Promise<LookupFigures>;
  /**
   * What a head says of a label.
   *
   * @throws {TransparencyError} index.not-ready, index.head-gone, request.bad-parameter, index.corrupt
   */
  answer(question: LookupQuestion): Promise<LookupReply>;
  /** Audit notes that are kept beside the heads, those of the latest first. Not verified. */
  audits(): Promise<readonly Uint8Array[]>;
  /**
   * Keeps an audit note. The caller has seen that it speaks of a head of the log.
   *
   * @param by  name of the token that posts it; null: none was shown
   * @throws {TransparencyError} index-audit.malformed, note.*
   */
  keepAudit(note: Uint8Array, by: string | null): Promise<void>;
  close(): Promise<void>;
}

/** Opens an index over its store, and follows the log from where the store is. */
export function openIndex(options: OpenIndexOptions): LookupIndex {
  return new RunningIndex(options);
}

class RunningIndex implements LookupIndex {
  readonly #options: OpenIndexOptions;
  readonly #limits: IndexLimits;
  readonly #end = new AbortController();
  readonly #ended: Promise<void>;
  #served: ServedHeads;
  #run: FollowerRun;
  #stopRun = new AbortController();
  #state: IndexStateName = 'following';

  constructor(options: OpenIndexOptions) {
    this.#options = options;
    this.#limits = { ...INDEX_LIMITS, ...options.limits };
    this.#served = new ServedHeads(this.#limits, options.clock);
    this.#run = this.#newRun();
    this.#ended = this.#follow();
  }

  async figures(): Promise<LookupFigures> {
    return { ...this.#run.figures, state: this.#state };
  }

  async answer(question: LookupQuestion): Promise<LookupReply> {
    const served = this.#served;
    try {
      return await served.answer(question);
    } catch (error) {
      if (!isTransparencyError(error, 'index.corrupt')) throw error;
      // Its rows went while it was asked.
      if (served !== this.#served) throw indexNotReady();
      // It is made anew; nothing of it is answered until then.
      this.#stopRun.abort(error);
      throw error;
    }
  }

  audits(): Promise<readonly Uint8Array[]> {
    return readAudits(this.#options.store);
  }

  keepAudit(note: Uint8Array, by: string | null): Promise<void> {
    return keepAudit(this.#options.store, note, by);
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#ended;
    this.#state = 'closed';
    this.#served.end();
    await this.#options.store.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#run.follow(AbortSignal.any([signal, this.#stopRun.signal]));
        this.#stopRun.signal.throwIfAborted();
      } catch (error) {
        if (signal.aborted) return;
        this.#state = stateAfter(error);
        this.#options.onTrouble(this.#state, error);
        if (this.#state === 'stopped') return;
        if (this.#state === 'rebuilding') await this.#clear();
        await this.#options.sleep(this.#limits.retryMs, signal);
        this.#stopRun = new AbortController();
        this.#run = this.#newRun();
      }
    }
  }

  #newRun(): FollowerRun {
    const { log, store, clock, pause, sleep, onNewKeys = () => {} } = this.#options;
    const onHead = (): void => {
      this.#state = 'following';
    };
    const served = this.#served;
    return new FollowerRun({
      log,
      store,
      served,
      limits: this.#limits,
      clock,
      pause,
      sleep,
      onHead,
      onNewKeys,
    });
  }

  /** What was served lies on rows that are not what they should be. */
  async #clear(): Promise<void> {
    const served = this.#served;
    this.#served = new ServedHeads(this.#limits, this.#options.clock);
    served.end();
    const { store } = this.#options;
    // The one thing in it that the log has not.
    const audits = await auditRows(store).catch(() => []);
    await store.clear();
    const batch = store.batch();
    for (const { key, value } of audits) batch.put(key, value);
    await batch.write({ flush: true });
  }
}

function stateAfter(error: unknown): IndexStateName {
  if (isTransparencyError(error, 'index.head-mismatch')) return 'stopped';
  const isRowsFault =
    isTransparencyError(error, 'index.corrupt') ||
    isTransparencyError(error, 'consistency.mismatch');
  return isRowsFault ? 'rebuilding' : 'waiting';
}
