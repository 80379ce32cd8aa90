import { spawn } from 'node:child_process';
import { type Cell, type Contender, orderOf, trafficOf } from './cells.ts';
import type { Loader } from './load/loader.ts';
import { LINES_PER_REQUEST } from './load/order.ts';
import { CpuWatch, untilIdle } from './machine.ts';
import type { Measurement } from './measurement.ts';
import type { Stores } from './stores.ts';
import {
  type PeerSetting,
  peerFlags,
  peerSettingText,
  type RunningSystem,
  startFloor,
  startPeer,
  startVarve,
} from './systems.ts';
import { verifyKept } from './verify.ts';

/** What measuring needs. */
export interface Bench {
  readonly loader: Loader;
  readonly stores: Stores;
  readonly varve: VarveKeeper;
  /** The peer's program; null: there is none. */
  readonly peer: string | null;
  /** Leaves that the stores held when they were filled. */
  readonly leaves: number;
  readonly seconds: number;
  readonly warmSeconds: number;
}

/** Name of a contender, as tables have it. */
export function nameOf(contender: Contender): string {
  switch (contender.kind) {
    case 'varve':
      return 'varve';
    case 'floor':
      return contender.name;
    case 'peer':
      return `tessera ${peerSettingText(contender.setting)}`;
    case 'library':
      return `library ${peerSettingText(contender.setting)}`;
  }
}

/**
 * Starts a contender on its filled store, puts the load of a cell on it, verifies a sample of what it answered, and ends
 * it; our own server is left running.
 *
 * @throws what verification throws; if nothing was answered
 */
export async function measure(
  bench: Bench,
  cell: Cell,
  contender: Contender,
  round: number,
): Promise<Measurement> {
  const about = { round, cell: cell.name, system: nameOf(contender), at: new Date().toISOString() };
  if (contender.kind === 'library') {
    return { ...about, ...(await measureLibrary(bench, cell, contender.setting)) };
  }
  const isOurs = contender.kind === 'varve';
  const system = isOurs ? await bench.varve.running() : await startContender(bench, contender);
  let isWell = false;
  try {
    await untilIdle(system.pid, SETTLE_MS_MAX);
    const traffic = trafficOf(cell, contender, system, bench.leaves);
    const { warmSeconds, seconds } = bench;
    const order = orderOf(cell, traffic, system, { warmSeconds, seconds });
    const { kept, ...report } = await bench.loader.run(order);
    if (report.operations === 0) {
      throw new Error(`nothing was answered: ${JSON.stringify(report.errors)}`);
    }
    const verified = await verifyKept({ url: system.url, ...traffic, kept });
    isWell = true;
    return {
      ...about,
      ...report,
      itemsPerOperation: cell.work === 'lines' ? LINES_PER_REQUEST : 1,
      verified: traffic.reply === 'none' ? null : verified,
    };
  } finally {
    if (!isOurs) await system.stop();
    else if (!isWell) await bench.varve.stop();
  }
}

/** How long a contender takes from its start until it is ready, ms. */
export async function measureStart(
  bench: Bench,
  contender: Exclude<Contender, { kind: 'library' }>,
): Promise<number> {
  if (contender.kind === 'varve') return bench.varve.restart();
  const system = await startContender(bench, contender);
  await system.stop();
  return system.startMs;
}

/**
 * Our server. It runs through the cells of a round, idle while others are measured: at a start it reads all ids behind
 * its first answers, and a store has a million.
 */
export class VarveKeeper {
  readonly #program: string;
  readonly #dataFolder: string;
  #running: RunningSystem | null = null;

  constructor(program: string, dataFolder: string) {
    this.#program = program;
    this.#dataFolder = dataFolder;
  }

  async running(): Promise<RunningSystem> {
    this.#running ??= await startVarve(this.#program, this.#dataFolder);
    return this.#running;
  }

  /** Starts it anew; the time until it is ready. */
  async restart(): Promise<number> {
    await this.stop();
    this.#running = await startVarve(this.#program, this.#dataFolder);
    return this.#running.startMs;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.stop();
  }
}

const SETTLE_MS_MAX = 30_000;

async function startContender(
  { stores, peer }: Bench,
  contender: Extract<Contender, { kind: 'peer' | 'floor' }>,
): Promise<RunningSystem> {
  if (contender.kind === 'floor') return startFloor(contender.name);
  return startPeer(peerProgram(peer), peerFolder(stores, contender.setting), contender.setting);
}

function peerFolder(stores: Stores, setting: PeerSetting): string {
  return setting.dedup ? stores.peerDedup : stores.peer;
}

function peerProgram(peer: string | null): string {
  if (peer === null) throw new Error('the peer is not built');
  return peer;
}

/** What `peer library` prints. */
interface LibraryReport {
  readonly entries: number;
  readonly seconds: number;
  readonly errors: number;
  readonly burst: number;
  /** Sorted. */
  readonly burstsMs: readonly number[];
}

async function measureLibrary(
  { stores, peer, seconds, warmSeconds }: Bench,
  cell: Cell,
  setting: PeerSetting,
): Promise<Omit<Measurement, 'round' | 'cell' | 'system' | 'at'>> {
  const child = spawn(
    peerProgram(peer),
    [
      ...['library', ...peerFlags(peerFolder(stores, setting), setting)],
      ...['-producers', String(cell.connections), '-burst', String(LINES_PER_REQUEST)],
      ...['-warm', String(warmSeconds), '-seconds', String(seconds)],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const watched = new Promise<ReturnType<CpuWatch['end']>>((resolve) => {
    setTimeout(() => {
      const watch = new CpuWatch(child.pid ?? 0);
      setTimeout(() => resolve(watch.end()), seconds * 1000);
    }, warmSeconds * 1000);
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`peer library: exit code ${code}`);
  const report = JSON.parse(said) as LibraryReport;
  const { burstsMs } = report;
  const at = (fraction: number): number => {
    const ms = burstsMs[Math.min(burstsMs.length - 1, Math.floor(fraction * burstsMs.length))];
    return Number((ms ?? 0).toPrecision(3));
  };
  return {
    seconds: report.seconds,
    operations: report.entries / report.burst,
    itemsPerOperation: report.burst,
    bodyBytes: 700 * report.burst,
    latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) },
    histogram: [],
    errors: report.errors > 0 ? { refused: report.errors } : {},
    verified: null,
    ...(await watched),
  };
}
