import { utf8 } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import {
  type IndexLimits,
  type IndexStateName,
  type LookupIndex,
  openIndex,
} from '../../src/lookup/lookup.ts';
import type { IndexStore } from '../../src/lookup/ports.ts';
import { memoryIndexStore } from '../../src/storage/memory-index-store.ts';
import { type IndexLog, indexLog } from './index-log.ts';

/** An index over a log in memory, and a clock that the test moves. */
export interface IndexLife {
  readonly log: IndexLog;
  readonly store: IndexStore;
  index: LookupIndex;
  readonly troubles: { readonly state: IndexStateName; readonly error: unknown }[];
  /** Moves the clock on, and wakes those whose time came. */
  advance(ms: number): void;
  /** Writes of the store after which the process ends; `crash` starts it again, without this. */
  writesLeft: number;
  /** Ends the process: nothing is closed; what the store holds stays. */
  crash(): void;
  /** Publishes all, and waits until the index serves a head over every entry before it. */
  settle(): Promise<void>;
  /** Waits until the condition holds, for a bounded number of turns. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
}

/** Tags of the rows that are replaced: what the rows are of, how far a flush has come, audit notes. */
const CHANGING: ReadonlySet<number> = new Set(utf8('MFA'));

/** Starts an index. */
export function indexLife(
  limits: Partial<IndexLimits> = {},
  more: Pick<Parameters<typeof openIndex>[0], 'onNewKeys'> = {},
): IndexLife {
  const log = indexLog();
  const store = memoryIndexStore();
  let now = 1_000_000;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const written = new Map<string, string>();
  const troubles: { state: IndexStateName; error: unknown }[] = [];
  const start = (): LookupIndex => {
    let isDead = false;
    // A process that crashed writes nothing more.
    const alive = <T>(value: T): T => {
      if (isDead) throw new Error('crashed');
      return value;
    };
    const own: IndexStore = {
      getMany: (keys) => alive(store.getMany(keys)),
      scan: (range) => alive(store.scan(range)),
      batch() {
        const batch = alive(store.batch());
        // A row is read under the heads of its time while newer ones are made: it must not change.
        const put = (key: Uint8Array, value: Uint8Array): void => {
          const before = written.get(hex(key));
          if (!CHANGING.has(key[0] as number) && before !== undefined && before !== hex(value)) {
            throw new Error(`the row ${hex(key)} was written twice`);
          }
          written.set(hex(key), hex(value));
          batch.put(key, value);
        };
        const write = async (): Promise<void> => {
          hasDied ||= life.writesLeft === 0;
          if (hasDied) kill();
          await alive(batch).write();
          life.writesLeft -= 1;
        };
        return { ...batch, put, write };
      },
      clear() {
        written.clear();
        return alive(store.clear());
      },
      async close() {},
    };
    kill = () => {
      isDead = true;
    };
    return openIndex({
      log,
      store: own,
      clock: () => now,
      limits: { retryMs: 10, ...limits },
      ...more,
      pause: () => Promise.resolve(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const wake = (): void => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          sleepers.push({ at: now + ms, wake });
          signal.addEventListener('abort', wake);
        }),
      onTrouble: (state, error) => {
        if (!isDead) troubles.push({ state, error });
      },
    });
  };
  let kill = (): void => {};
  let hasDied = false;
  const life: IndexLife = {
    log,
    store,
    index: start(),
    troubles,
    writesLeft: Number.POSITIVE_INFINITY,
    advance(ms) {
      now += ms;
      const woken = sleepers.filter(({ at }) => at <= now);
      sleepers = sleepers.filter(({ at }) => at > now);
      for (const { wake } of woken) wake();
    },
    crash() {
      kill();
      hasDied = false;
      life.writesLeft = Number.POSITIVE_INFINITY;
      void life.index.close();
      life.index = start();
    },
    async settle() {
      await life.until(async () => {
        log.publish();
        life.advance(10_000);
        await turns(3);
        const { headSize, bufferedPostings } = await life.index.figures();
        return bufferedPostings === 0 && headSize > 0 && log.publishedSize === log.entries.length;
      });
    },
    async until(condition) {
      for (let turn = 0; turn < 2_000; turn++) {
        if (await condition()) return;
        if (hasDied) throw new Error('it died');
        await turns(1);
      }
      throw new Error(`it never came: ${JSON.stringify(await life.index.figures())}`);
    },
  };
  return life;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
