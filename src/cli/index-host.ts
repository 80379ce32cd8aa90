import { setTimeout as sleepFor } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { TransparencyError } from '../core/error.ts';
import type { Logger } from '../http/http.ts';
import type { Log } from '../log/log.ts';
import type { IndexLimits, LookupFigures, LookupIndex } from '../lookup/lookup.ts';
import { openIndexHere } from './index-here.ts';
import type { AskedTiles, IndexWorkerData } from './index-worker.ts';
import { indexedLog } from './indexed-log.ts';
import { runbookOf } from './runbook.ts';
import { type Caller, callsOver, type Handlers } from './worker-calls.ts';

/** What the index of a log needs of its process. */
export interface IndexHostOptions {
  readonly log: Log;
  /** Its folder. All of it can be made again from the log. */
  readonly dir: string;
  readonly limits?: Partial<IndexLimits>;
  readonly logger: Logger;
  /** Told of the lag, in published entries that are under no head, each second. */
  readonly onLag?: (lagEntries: number) => void;
  /** Told of keys that the index did not have, and of the token whose event brought them; null: none was shown. */
  readonly onNewKeys?: (token: string | null, count: number) => void;
}

/** The verifiable index of a log, in a thread of its own. It is there at once, and answers when it has a head. */
export function openIndexHost(options: IndexHostOptions): LookupIndex {
  return IS_SOURCE ? openIndexHere(options) : new IndexHost(options);
}

/** Sources run as they are, under a loader that a new thread would not have. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

/** Entries that come together are read together. */
const GATHER_MS = 100;
const LAG_INTERVAL_MS = 1_000;
/** A thread that ended is started again after this. */
const RESTART_MS = 5_000;
/** While so many entries wait for the writer, the index waits too. */
const BUSY_ENTRIES = 256;
const YIELD_MS = 20;
const YIELDS_MAX = 25;

class IndexHost implements LookupIndex {
  readonly #options: IndexHostOptions;
  readonly #end = new AbortController();
  readonly #lagTimer: ReturnType<typeof setInterval>;
  #worker: Worker | null = null;
  #caller: Caller | null = null;
  /** The last index head on its way into the log. */
  #appending: Promise<unknown> = Promise.resolve();
  #lastFigures: LookupFigures | null = null;
  #isAsked = false;
  #ended: Promise<void>;

  constructor(options: IndexHostOptions) {
    this.#options = options;
    this.#ended = this.#run();
    this.#lagTimer = setInterval(() => this.#tellLag(), LAG_INTERVAL_MS);
    this.#lagTimer.unref();
  }

  async figures(): Promise<LookupFigures> {
    return (await this.#call('figures', null)) as LookupFigures;
  }

  async answer(question: Parameters<LookupIndex['answer']>[0]): ReturnType<LookupIndex['answer']> {
    // The answer of the same method of the index in the worker.
    return (await this.#call('answer', question)) as Awaited<ReturnType<LookupIndex['answer']>>;
  }

  async audits(): Promise<readonly Uint8Array[]> {
    return (await this.#call('audits', null)) as readonly Uint8Array[];
  }

  async keepAudit(note: Uint8Array, by: string | null): Promise<void> {
    await this.#call('keepAudit', { note, by });
  }

  async close(): Promise<void> {
    clearInterval(this.#lagTimer);
    this.#end.abort();
    await this.#caller?.call('close', null).catch(() => undefined);
    await this.#worker?.terminate();
    await this.#ended;
  }

  async #call(name: string, argument: unknown): Promise<unknown> {
    if (this.#caller === null) {
      throw new TransparencyError('index.not-ready', 'the index is starting');
    }
    return await this.#caller.call(name, argument);
  }

  async #run(): Promise<void> {
    const { log, logger } = this.#options;
    const { signal } = this.#end;
    while (!signal.aborted) {
      const error = await this.#runOnce();
      if (signal.aborted) return;
      logger.error({ log: log.name, err: error }, 'the index ended; it is started again');
      // A head that came after the next thread has begun would be none of its own, and one too many.
      await this.#appending.catch(() => undefined);
      await sleepFor(RESTART_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until the thread ends. */
  async #runOnce(): Promise<unknown> {
    const { log, dir, limits = {} } = this.#options;
    const workerData: IndexWorkerData = { dir, origin: log.origin, limits, gatherMs: GATHER_MS };
    const worker = new Worker(new URL('./index-worker.js', import.meta.url), { workerData });
    this.#worker = worker;
    const ended = new Promise<unknown>((resolve) => {
      worker.once('error', resolve);
      worker.once('exit', (code) => resolve(new Error(`the thread ended with ${code}`)));
    });
    const caller = callsOver(
      worker,
      this.#handlers(() => {
        this.#caller = caller;
      }),
    );
    const error = await ended;
    this.#caller = null;
    caller.end(new TransparencyError('index.not-ready', 'the index ended'));
    await worker.terminate();
    return error;
  }

  #handlers(onReady: () => void): Handlers {
    const { log, logger, onNewKeys } = this.#options;
    const { signal } = this.#end;
    const indexed = indexedLog(log);
    const yieldToWriter = (): Promise<void> => this.#yield();
    return {
      async ready() {
        onReady();
        return { value: null };
      },
      async trouble({ state, why }: { state: string; why: string }) {
        const values = { log: log.name, state, why };
        if (state === 'stopped') {
          const what = 'the index stopped: an index head in the log is not what its entries make';
          logger.error({ ...values, runbook: runbookOf('index-stopped') }, what);
        } else logger.warn(values, 'the index begins again');
        return { value: null };
      },
      async newKeys(counts: readonly (readonly [string | null, number])[]) {
        for (const [token, count] of counts) onNewKeys?.(token, count);
        return { value: null };
      },
      async waitPublished(size: number) {
        const { rootHash, size: published } = await log.waitPublished(size, signal, {
          passive: true,
        });
        return { value: { size: published, rootHash } };
      },
      async readBundle({ bundle, width }: { bundle: number; width: number }) {
        await yieldToWriter();
        // A copy: the log may hand out a part of a larger buffer that it keeps.
        const bytes = new Uint8Array(await log.readBundle(bundle, width));
        const { publishedSize } = log;
        return { value: { bytes, publishedSize }, move: [bytes.buffer] };
      },
      async readTiles(tiles: AskedTiles) {
        const read = await log.tiles.readTiles(tiles);
        return { value: read.map((bytes) => new Uint8Array(bytes)) };
      },
      published: async () => ({ value: await indexed.published() }),
      integratedSize: async () => ({ value: await indexed.integratedSize() }),
      appendIndexHead: async (leaf: Uint8Array) => {
        const appending = indexed.appendIndexHead(leaf);
        this.#appending = appending;
        return { value: await appending };
      },
    };
  }

  /** While the writer has more than it can take, the index falls behind, and its lag says so. */
  async #yield(): Promise<void> {
    const { log } = this.#options;
    for (let i = 0; i < YIELDS_MAX && log.figures.pooledEntries > BUSY_ENTRIES; i++) {
      await sleepFor(YIELD_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
    }
  }

  #tellLag(): void {
    if (this.#options.onLag === undefined || this.#caller === null) return;
    if (this.#isAsked) {
      // A thread that does not come to answer falls behind too: by what it last said of itself.
      this.#setLag();
      return;
    }
    this.#isAsked = true;
    this.figures()
      .then((figures) => {
        this.#lastFigures = figures;
        this.#setLag();
      })
      // The thread ended; the next one has figures of its own.
      .catch(() => undefined)
      .finally(() => {
        this.#isAsked = false;
      });
  }

  #setLag(): void {
    if (this.#lastFigures === null) return;
    // Entries without keys need no head.
    const { bufferedPostings, headSize, readSize } = this.#lastFigures;
    const { log, onLag } = this.#options;
    onLag?.(Math.max(0, log.publishedSize - (bufferedPostings > 0 ? headSize : readSize)));
  }
}
