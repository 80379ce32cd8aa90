/**
 * The verifiable index in a real server: `npm run bench:index -- [--events 5000000] [--keys 200000] [--rounds 5]
 * [--seconds 10] [--filled FOLDER] [--smoke]`. Fills a log, or takes a copy of a data folder that was filled so before;
 * lets the index catch up, asks it, offers events with and without it in turns, and then more than the machine can take.
 * A server with the index and one without it run on a copy each, so that the turns follow one another at once.
 * Writes its section of RESULTS.md and samples/index.json; --smoke is small and writes below .cache/bench alone.
 */
import { equal, ok } from 'node:assert/strict';
import { fork } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Report } from '../test/e2e/report.ts';
import { runWell } from '../test/e2e/run.ts';
import { type ServerProcess, startServer } from '../test/e2e/server.ts';
import { buildVarve } from './build.ts';
import { POSTINGS_PER_EVENT } from './index-events.ts';
import { caughtUp, lagOf, watchLag } from './index-lag.ts';
import { measureLookups, servedHead } from './index-lookups.ts';
import { type IndexRecord, indexSection, type Lookups, type Pair } from './index-results.ts';
import type { KeyedOrder, KeyedReport } from './load/keyed.ts';
import {
  CpuWatch,
  diskBytesOf,
  type MemoryPeak,
  MemoryWatch,
  machineText,
  untilIdle,
} from './machine.ts';
import { commitText } from './run.ts';
import { writeSection } from './section.ts';
import { CACHE } from './stores.ts';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string' },
    keys: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    filled: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});
const { smoke } = flags;
const EVENTS = Number(flags.events ?? (smoke ? 100_000 : 5_000_000));
const KEYS = Number(flags.keys ?? (smoke ? 5_000 : 200_000));
const ROUNDS = Number(flags.rounds ?? (smoke ? 1 : 5));
const SECONDS = Number(flags.seconds ?? (smoke ? 2 : 10));
const LOOKUPS = smoke ? 300 : 2_000;
const OFFERED = 5_000;
const STEADY = { perSecond: OFFERED, connections: 64, lines: 1 };
const FULL = { perSecond: null, connections: 8, lines: 500 };
const SETTLE_MS_MAX = 120_000;

const folder = join(CACHE, `index-${process.pid}`);
const dataFolder = join(folder, 'data');
const plainFolder = join(folder, 'plain');
const began = performance.now();
let nextEvent = EVENTS;
const report = new Report();
try {
  if (smoke) await report.check('the index is built, asked and measured', smokeTest);
  else await bench();
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (smoke) report.finish();

/** That it runs, and that nothing is lost: no goal. */
async function smokeTest(): Promise<string> {
  const { build, lookups, underLoad, pairs, saturation } = await bench();
  equal(build.postings, EVENTS * POSTINGS_PER_EVENT);
  ok(lookups.count > 0 && underLoad.count >= lookups.count, 'lookups find postings');
  equal(saturation.errors + pairs.reduce((sum, pair) => sum + pair.withIndex.errors, 0), 0);
  return `${build.postings} postings`;
}

async function bench(): Promise<IndexRecord> {
  const program = await buildVarve();
  const start = (index: boolean): Promise<ServerProcess> =>
    startServer({
      program: [program],
      dataFolder: index ? dataFolder : plainFolder,
      logs: ['main'],
      index,
      readyMs: 120_000,
    });
  await fill();
  await cp(dataFolder, plainFolder, { recursive: true });
  // What was copied is written now, and not beside the first flushes of a server.
  await runWell('sync', [], { limitMs: 300_000 });
  say(`filled: ${EVENTS} events over about ${KEYS} keys`);
  const indexed = await start(true);
  const build = await measureBuild(indexed);
  say(`build: ${JSON.stringify(build)}`);
  await untilIdle(indexed.pid, SETTLE_MS_MAX);
  const disk = {
    indexBytes: await diskBytesOf(join(dataFolder, 'index')),
    logBytes: await diskBytesOf(join(dataFolder, 'store')),
  };
  const lookups = await measureLookups(indexed, { keys: KEYS, count: LOOKUPS });
  say(`lookups: ${JSON.stringify(lookups)}`);
  const plain = await start(false);
  const pairs = await measurePairs(plain, indexed);
  const underLoad = await measureLookupsUnderLoad(indexed);
  say(`lookups beside ${OFFERED} events a second: ${JSON.stringify(underLoad)}`);
  const saturation = await measureSaturation(plain, indexed);
  say(`saturation: ${JSON.stringify(saturation)}`);
  await plain.stop();
  await indexed.stop();
  const record: IndexRecord = {
    command: `npm run bench:index${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    commit: commitText(),
    machine: machineText(),
    node: process.version,
    startedAt: new Date().toISOString(),
    events: EVENTS,
    offered: OFFERED,
    ...{ build, disk, lookups, underLoad, pairs, saturation },
  };
  const out = smoke ? CACHE : import.meta.dirname;
  await mkdir(join(out, 'samples'), { recursive: true });
  await writeFile(join(out, 'samples', 'index.json'), `${JSON.stringify(record, null, 1)}\n`);
  await writeSection(join(out, 'RESULTS.md'), 'index', indexSection(record));
  console.log(indexSection(record));
  return record;
}

async function fill(): Promise<void> {
  if (flags.filled !== undefined) return await cp(flags.filled, dataFolder, { recursive: true });
  await mkdir(dataFolder, { recursive: true });
  const args = [dataFolder, String(EVENTS), String(KEYS)];
  const child = fork(join(import.meta.dirname, 'index-fill.ts'), args);
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`fill: ${code}`))));
  });
}

/** From the start of a server whose index is empty until all that was there is under a served head. */
async function measureBuild(server: ServerProcess): Promise<IndexRecord['build']> {
  const cpu = new CpuWatch(server.pid);
  const memory = new MemoryWatch(server.pid);
  const start = performance.now();
  await caughtUp(server, say);
  const seconds = (performance.now() - start) / 1000;
  const { cpuSeconds } = cpu.end();
  const memoryMiB = memory.end();
  const { postings, keys } = await servedHead(server);
  return { seconds, cpuSeconds, memoryMiB, postings, keys };
}

/** The same load with and without the index, in turns. */
async function measurePairs(plain: ServerProcess, indexed: ServerProcess): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ofPlain = (): Promise<Watched> => loadWatched(plain, STEADY);
    const ofIndexed = (): Promise<Watched> => loadWatched(indexed, STEADY);
    const first = await (round % 2 === 0 ? ofPlain() : ofIndexed());
    const second = await (round % 2 === 0 ? ofIndexed() : ofPlain());
    const [without, withIndex] = round % 2 === 0 ? [first, second] : [second, first];
    const lagEntriesMax = Math.max(0, ...withIndex.lagEntries);
    pairs.push({
      without: without.report,
      withIndex: withIndex.report,
      lagEntriesMax,
      memoryMiB: { without: without.memoryMiB, withIndex: withIndex.memoryMiB },
    });
    say(
      `pair: p50 ${without.report.latencyMs.p50} ms without, ${withIndex.report.latencyMs.p50} with; lag at most ${lagEntriesMax}`,
    );
  }
  return pairs;
}

/** What a load found, and what its server did meanwhile. */
interface Watched {
  readonly report: KeyedReport;
  readonly memoryMiB: MemoryPeak;
  /** The lag metric, twice a second; empty without an index. */
  readonly lagEntries: readonly number[];
}

/** Offers a load to a server that has nothing else to do. */
async function loadWatched(server: ServerProcess, how: Load): Promise<Watched> {
  if ((await lagOf(server)) !== null) await caughtUp(server, say);
  // Behind its first answers a server reads all its ids: five million take it many seconds.
  await untilIdle(server.pid, SETTLE_MS_MAX);
  const lags = watchLag(server);
  const memory = new MemoryWatch(server.pid);
  const report = await load(server, how);
  return { report, memoryMiB: memory.end(), lagEntries: await lags() };
}

async function measureLookupsUnderLoad(server: ServerProcess): Promise<Lookups> {
  await caughtUp(server, say);
  await untilIdle(server.pid, SETTLE_MS_MAX);
  const loading = load(server, { ...STEADY, seconds: Math.max(SECONDS, 3) });
  const lookups = await measureLookups(server, { keys: KEYS, count: LOOKUPS });
  await loading;
  return lookups;
}

/** More than it can take: what is admitted with the index and without it, and how far the index falls behind. */
async function measureSaturation(
  plain: ServerProcess,
  indexed: ServerProcess,
): Promise<IndexRecord['saturation']> {
  const withIndex = await loadWatched(indexed, FULL);
  const start = performance.now();
  await caughtUp(indexed, say);
  const catchUpSeconds = (performance.now() - start) / 1000;
  await untilIdle(indexed.pid, SETTLE_MS_MAX);
  const without = await loadWatched(plain, FULL);
  const rateOf = ({ report }: Watched): number => (report.answered * FULL.lines) / report.seconds;
  return {
    withoutPerSecond: rateOf(without),
    withPerSecond: rateOf(withIndex),
    errors: withIndex.report.errors + without.report.errors,
    lagEntries: withIndex.lagEntries,
    catchUpSeconds,
    memoryMiB: withIndex.memoryMiB,
  };
}

type Load = Pick<KeyedOrder, 'perSecond' | 'connections' | 'lines'> & { readonly seconds?: number };

async function load(server: ServerProcess, how: Load): Promise<KeyedReport> {
  const child = fork(join(import.meta.dirname, 'load', 'keyed.ts'));
  const order: KeyedOrder = {
    logUrl: `${server.log('main').url}/`,
    keys: KEYS,
    first: nextEvent,
    warmSeconds: smoke ? 1 : 3,
    seconds: SECONDS,
    ...how,
  };
  const report = await new Promise<KeyedReport>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the load ended: ${code}`)));
    child.once('message', (message) => resolve(message as KeyedReport)); // Its one message.
    child.send(order);
  });
  child.disconnect();
  nextEvent += report.events;
  return report;
}

function say(text: string): void {
  console.error(`${((performance.now() - began) / 1000).toFixed(0)} s: ${text}`);
}
