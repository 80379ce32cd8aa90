import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { TransparencyError } from '../core/error.ts';
import { readRoot } from '../core/prover.ts';
import type { Tile } from '../core/tile.ts';
import { followEntries } from '../log/feed.ts';
import type { Log } from '../log/log.ts';
import {
  type IndexedLog,
  type IndexLimits,
  type LogCursor,
  type LookupQuestion,
  openIndex,
} from '../lookup/lookup.ts';
import { openLevelIndexStore } from '../storage/storage.ts';
import { type Caller, callsOver } from './worker-calls.ts';

/** What the thread of an index is told when it starts. */
export interface IndexWorkerData {
  readonly dir: string;
  readonly origin: string;
  readonly limits: Partial<IndexLimits>;
  /** Entries that come together are read together: it waits so long for more. */
  readonly gatherMs: number;
}

if (parentPort === null) throw new Error('bug: this is the file of a worker');
// What the other side hands over is what it says: both are of one program.
const data = workerData as IndexWorkerData;
yieldToOthers();

const store = await openLevelIndexStore({ dir: data.dir });
const caller: Caller = callsOver(parentPort, {
  figures: async () => ({ value: await index.figures() }),
  answer: async (question: LookupQuestion) => ({ value: await index.answer(question) }),
  audits: async () => ({ value: await index.audits() }),
  keepAudit: async ({ note, by }: { note: Uint8Array; by: string | null }) => ({
    value: await index.keepAudit(note, by),
  }),
  close: async () => ({ value: await index.close() }),
});
const index = openIndex({
  log: remoteLog(caller, data),
  store,
  limits: data.limits,
  clock: () => performance.now(),
  pause: () => new Promise((resolve) => setImmediate(resolve)),
  async sleep(ms, signal) {
    await sleepFor(ms, undefined, { signal }).catch(() => undefined);
  },
  onNewKeys: (counts) => void caller.call('newKeys', [...counts]),
  onTrouble(state, error) {
    const why = error instanceof Error ? error.message : String(error);
    void caller.call('trouble', { state, why });
  },
});
await caller.call('ready', null);

/** The writer of the log has the first right to the processor; a system without such a right has no such file. */
function yieldToOthers(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (Number.isSafeInteger(thread)) setPriority(thread, 10);
  } catch {
    // It runs at the priority of all.
  }
}

/** The log behind the calls to the thread that has it. */
function remoteLog(calls: Caller, { origin, gatherMs }: IndexWorkerData): IndexedLog {
  let publishedSize = 0;
  const feed: Parameters<typeof followEntries>[0] = {
    get publishedSize() {
      return publishedSize;
    },
    async waitPublished(size, signal) {
      const head = (await untilAborted(calls.call('waitPublished', size), signal)) as LogCursor;
      await sleepFor(gatherMs, undefined, { signal });
      publishedSize = head.size;
      return head as Awaited<ReturnType<Log['waitPublished']>>;
    },
    async readBundle(bundle, width) {
      const read = (await calls.call('readBundle', { bundle, width })) as ReadBundle;
      publishedSize = read.publishedSize;
      return read.bytes;
    },
    tiles: {
      readTiles: async (tiles) => (await calls.call('readTiles', tiles)) as readonly Uint8Array[],
    },
  };
  return {
    origin,
    follow: (cursor, signal) => follow(calls, feed, cursor, signal),
    published: async () => (await calls.call('published', null)) as LogCursor | null,
    integratedSize: async () => (await calls.call('integratedSize', null)) as number,
    rootAt: (size) => readRoot(feed.tiles, size),
    appendIndexHead: async (leaf) => (await calls.call('appendIndexHead', leaf)) as number,
  };

  async function* follow(
    of: Caller,
    from: typeof feed,
    cursor: LogCursor | null,
    signal: AbortSignal,
  ): ReturnType<typeof followEntries> {
    const head = (await of.call('published', null)) as LogCursor | null;
    publishedSize = Math.max(publishedSize, head?.size ?? 0);
    yield* followEntries(from, cursor, signal);
  }
}

/** What the other thread answers to `readBundle`. */
export interface ReadBundle {
  readonly bytes: Uint8Array;
  readonly publishedSize: number;
}

/** Tiles that are asked for. */
export type AskedTiles = readonly Tile[];

function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new TransparencyError('log.closing', 'the index is closing'));
    signal.addEventListener('abort', stop, { once: true });
    const done = (): void => signal.removeEventListener('abort', stop);
    answer.then(resolve, reject).finally(done);
    if (signal.aborted) stop();
  });
}
