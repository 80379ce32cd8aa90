/**
 * The verifiable index alone: `npx tsx --conditions=varve-source bench/index-alone.ts [--events 100000] [--keys 5000]
 * [--lookups 2000]`.
 *
 * Entries come from another thread, as they come from a log; map, mini-logs, trie, LevelDB with a flush at each head,
 * and answers run in this one. What a log costs is no part of it.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { sha256 } from '#sha256';
import { u64be } from '../src/core/bytes.ts';
import { formatIndexAnswer } from '../src/event/index-answer.ts';
import { labelOf, mapLeaf } from '../src/event/map.ts';
import { type IndexedLog, type LogCursor, openIndex } from '../src/lookup/lookup.ts';
import { openLevelIndexStore } from '../src/storage/storage.ts';
import { indexBenchLeaf, POSTINGS_PER_EVENT, populationOf } from './index-events.ts';
import { machineText } from './machine.ts';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    keys: { type: 'string', default: '5000' },
    lookups: { type: 'string', default: '2000' },
  },
});
const EVENTS = Number(flags.events);
const KEYS = Number(flags.keys);
const LOOKUPS = Number(flags.lookups);
const BUNDLE = 256;

const folder = mkdtempSync(join(tmpdir(), 'varve-bench-index-'));
// A thread loads no TypeScript of its own accord.
const feed = new Worker(
  `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ register }) => {
    register();
    return import(${JSON.stringify(new URL('./index-feed.ts', import.meta.url).href)});
  })`,
  { eval: true },
);
const heads: { at: number; leaf: Uint8Array }[] = [];
let published = EVENTS;

const cursorOf = (size: number): LogCursor => ({ size, rootHash: sha256(u64be(size)) });

/** A log whose entries are made up, and behind them the heads. */
const log: IndexedLog = {
  origin: 'bench.test/index',
  async *follow(cursor, signal) {
    let next = cursor?.size ?? 0;
    let asked = next;
    const waiting: ((entries: Uint8Array[]) => void)[] = [];
    feed.on('message', (entries: Uint8Array[]) => waiting.shift()?.(entries));
    const ask = (): Promise<Uint8Array[]> => {
      const to = Math.min(EVENTS, asked + BUNDLE);
      feed.postMessage({ from: asked, to, keys: KEYS });
      asked = to;
      return new Promise((resolve) => waiting.push(resolve));
    };
    let coming = [ask(), ask(), ask()];
    while (next < EVENTS) {
      const entries = await (coming[0] as Promise<Uint8Array[]>);
      coming = [...coming.slice(1), ...(asked < EVENTS ? [ask()] : [])];
      yield { firstIndex: next, entries, cursor: cursorOf(next + entries.length) };
      next += entries.length;
      // Heads that were appended meanwhile stand behind all events: they are shown at once.
      if (next < EVENTS) continue;
    }
    while (!signal.aborted) {
      const head = heads.find(({ at }) => at === next);
      if (head === undefined) {
        await sleepFor(1);
        continue;
      }
      yield { firstIndex: next, entries: [head.leaf], cursor: cursorOf(next + 1) };
      next += 1;
    }
  },
  published: async () => cursorOf(published),
  integratedSize: async () => 0,
  rootAt: async (size) => cursorOf(size).rootHash,
  async appendIndexHead(leaf) {
    heads.push({ at: published, leaf });
    published += 1;
    return published - 1;
  },
};

const memory = { max: 0 };
const watch = setInterval(() => {
  memory.max = Math.max(memory.max, process.memoryUsage().rss);
}, 100);
try {
  await bench();
} finally {
  clearInterval(watch);
  await feed.terminate();
  rmSync(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  console.log(machineText());
  console.log(`${EVENTS} events, about ${KEYS} keys, ${POSTINGS_PER_EVENT} postings an event`);
  timeMap();
  const store = await openLevelIndexStore({ dir: folder });
  const started = performance.now();
  const index = openIndex({
    log,
    store,
    clock: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    sleep: (ms, signal) =>
      sleepFor(ms, undefined, { signal }).then(
        () => undefined,
        () => undefined,
      ),
    onTrouble: (state, error) => console.error(state, error),
  });
  for (;;) {
    await sleepFor(20);
    const { headSize } = await index.figures();
    if (headSize >= EVENTS) break;
  }
  const seconds = (performance.now() - started) / 1000;
  const { keys, postings } = await index.figures();
  console.log(
    `build: ${postings} postings of ${keys} keys in ${seconds.toFixed(1)} s: ${rate(postings / seconds)} postings/s, ${rate(EVENTS / seconds)} events/s`,
  );
  console.log(`resident: at most ${mebibytes(memory.max)} MiB, with the thread that makes entries`);
  console.log(`disk: ${(sizeOf(folder) / EVENTS).toFixed(1)} bytes an event`);
  await timeLookups(index);
  await index.close();
}

/** What the map alone costs, of what the build rate holds. */
function timeMap(): void {
  const population = populationOf(KEYS);
  const leaves = Array.from({ length: 5_000 }, (_, n) => indexBenchLeaf(n, population));
  for (const leaf of leaves) mapLeaf(leaf);
  const started = performance.now();
  for (const leaf of leaves) mapLeaf(leaf);
  const micros = ((performance.now() - started) / leaves.length) * 1000;
  console.log(`map: ${micros.toFixed(1)} µs a leaf of ${leaves[0]?.length} bytes`);
}

/** Lookups of credentials, one after another, each to the bytes of the answer's own part. */
async function timeLookups(index: ReturnType<typeof openIndex>): Promise<void> {
  const { credentials } = populationOf(KEYS);
  const millis: number[] = [];
  const bytes: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < LOOKUPS + 200; i++) {
    const label = labelOf({ selector: 'cred', value: `tok-${(i * 7919) % credentials}` });
    const started = performance.now();
    const reply = await index.answer({ label });
    const { leafIndex, leaf } = reply.head;
    const answer = formatIndexAnswer({
      checkpoint: new Uint8Array(0),
      head: { leafIndex, leaf, inclusion: [], consistency: [] },
      label,
      present: reply.present,
      trie: reply.trie,
      count: reply.count,
      page: reply.page,
    });
    if (i < 200) continue;
    millis.push(performance.now() - started);
    bytes.push(answer.length);
    counts.push(reply.count);
  }
  const at = (values: number[], share: number): number =>
    values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;
  console.log(
    `lookup: p50 ${at(millis, 0.5).toFixed(2)} ms, p99 ${at(millis, 0.99).toFixed(2)} ms; ` +
      `${at(counts, 0.5)} postings, ${at(bytes, 0.5)} bytes (medians)`,
  );
}

function rate(n: number): string {
  return Math.round(n).toLocaleString('en');
}

function mebibytes(n: number): number {
  return Math.round(n / 1024 / 1024);
}

function sizeOf(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}
