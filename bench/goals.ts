import { CELLS, type Cell } from './cells.ts';
import { type Measurement, medianOf, rateOf } from './measurement.ts';
import type { RunRecord } from './run.ts';

/** A system in a cell: all its rounds, and ours divided by it in each. */
export interface Comparison {
  readonly system: string;
  readonly all: readonly Measurement[];
  /** Ours to it, round by round; null for ours, and where no round has both. */
  readonly ratio: readonly number[] | null;
}

/** A goal of the design, and what became of it. */
export interface Goal {
  readonly work: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  readonly goal: string;
  readonly isMet: boolean;
}

/** The systems that were measured in a cell, ours first, then the fastest. */
export function comparisonsOf(
  cell: Cell,
  measurements: readonly Measurement[],
): readonly Comparison[] {
  const rounds = measurements.filter((one) => one.round > 0 && one.cell === cell.name);
  const ours = new Map(
    rounds.filter(({ system }) => system === 'varve').map((one) => [one.round, rateOf(one)]),
  );
  const systems = [...new Set(rounds.map(({ system }) => system))];
  return systems
    .map((system): Comparison => {
      const all = rounds.filter((one) => one.system === system);
      const ratio = all.flatMap((one) => {
        const rate = ours.get(one.round);
        return rate === undefined ? [] : [rate / rateOf(one)];
      });
      return { system, all, ratio: system === 'varve' || ratio.length === 0 ? null : ratio };
    })
    .sort((a, b) => orderOf(b) - orderOf(a));
}

/** The table of design §10, as far as the run has both sides of a row. */
export function goalsOf(record: RunRecord): readonly Goal[] {
  const pairs = PAIRS.flatMap((pair) => {
    const goal = pairGoal(pair, record);
    return goal === undefined ? [] : [goal];
  });
  return [...pairs, ...roomGoals(record)];
}

interface Pair {
  readonly cell: string;
  readonly work: string;
  /** How the names of those begin that ours is held against. */
  readonly against: (system: string) => boolean;
  readonly ratioMin: number;
  /** The goal of a server that reads its requests with Hono or node:http, not from the socket. */
  readonly plainRatioMin?: number;
  readonly p50MsMax?: number;
  /** Our p99 is at most so many times the peer's. */
  readonly p99RatioMax?: number;
}

const PLAIN = (system: string): boolean =>
  system.startsWith('tessera') && !system.includes('dedup');
const LIBRARY = (system: string): boolean =>
  system.startsWith('library') && !system.includes('dedup');
const LIBRARY_DEDUP = (system: string): boolean =>
  system.startsWith('library') && system.includes('dedup');

const PAIRS: readonly Pair[] = [
  {
    ...{ cell: 'events-64', work: 'an event a request, 64 connections', against: PLAIN },
    ...{ ratioMin: 1.8, plainRatioMin: 1.2, p50MsMax: 3, p99RatioMax: 1 },
  },
  {
    ...{ cell: 'events-256', work: 'the same, 256', against: PLAIN },
    ...{ ratioMin: 1.3, p99RatioMax: 1.25 },
  },
  {
    ...{ cell: 'events-512', work: 'the same, 512', against: PLAIN },
    ...{ ratioMin: 1.5, p99RatioMax: 1.25 },
  },
  {
    cell: 'published-64',
    work: 'an event and its published proof, 64',
    against: PLAIN,
    ratioMin: 15,
  },
  { cell: 'published-512', work: 'the same, 512', against: PLAIN, ratioMin: 5 },
  {
    ...{ cell: 'lines-8', work: 'bodies of 1,000 events; its library alone, without dedup' },
    ...{ against: LIBRARY, ratioMin: 1.4 },
  },
  {
    ...{ cell: 'lines-8', work: 'the same; its library with dedup' },
    ...{ against: LIBRARY_DEDUP, ratioMin: 2 },
  },
  { cell: 'checkpoint-64', work: 'reads of the checkpoint', against: PLAIN, ratioMin: 1 },
  { cell: 'tile-64', work: 'reads of full tiles', against: PLAIN, ratioMin: 1 },
];

function pairGoal(pair: Pair, { measurements }: RunRecord): Goal | undefined {
  const cell = CELLS.find(({ name }) => name === pair.cell);
  if (cell === undefined) return undefined;
  const comparisons = comparisonsOf(cell, measurements);
  const ours = comparisons.find(({ system }) => system === 'varve');
  // Sorted: the first is its best.
  const peer = comparisons.find(({ system }) => pair.against(system));
  if (ours === undefined || peer?.ratio == null) return undefined;
  const ratio = medianOf(peer.ratio);
  const p99 = p99Of(ours) / p99Of(peer);
  const { p50MsMax = Infinity, p99RatioMax = Infinity } = pair;
  const wanted = [
    `≥ ${pair.ratioMin}×${pair.plainRatioMin === undefined ? '' : ` (over Hono or node:http alone ≥ ${pair.plainRatioMin}×)`}`,
    ...(pair.p50MsMax === undefined ? [] : [`p50 ≤ ${p50MsMax} ms`]),
    ...(pair.p99RatioMax === undefined
      ? []
      : [p99RatioMax === 1 ? 'p99 ≤ its p99' : `p99 ≤ ${p99RatioMax} × its p99`]),
  ];
  return {
    work: pair.work,
    ours: speedText(ours),
    peer: `${peer.system}: ${speedText(peer)}`,
    ratio: `${ratio.toFixed(2)}× [${Math.min(...peer.ratio).toFixed(2)}..${Math.max(...peer.ratio).toFixed(2)}]`,
    goal: wanted.join(', '),
    isMet: ratio >= pair.ratioMin && p50Of(ours) <= p50MsMax && p99 <= p99RatioMax,
  };
}

/** Memory and disk: numbers of their own. */
function roomGoals({ measurements, diskPerLeaf }: RunRecord): readonly Goal[] {
  const ours = measurements.filter(({ system }) => system === 'varve');
  const peer = measurements.filter(({ system }) => system.startsWith('tessera'));
  const peak = (all: readonly Measurement[]): number =>
    Math.max(0, ...all.map(({ rssPeakMiB }) => rssPeakMiB));
  const peakText = (all: readonly Measurement[]): string =>
    `${peak(all)} MiB, ${Math.max(0, ...all.map(({ rssAnonPeakMiB }) => rssAnonPeakMiB))} without files`;
  const goals: Goal[] = [];
  if (ours.length > 0) {
    goals.push({
      work: 'resident memory, the most in any cell',
      ours: peakText(ours),
      peer: peer.length === 0 ? '' : peakText(peer),
      ratio: '',
      goal: '≤ 256 MiB',
      isMet: peak(ours) <= 256,
    });
  }
  const disk = diskPerLeaf['varve, opaque of 300 bytes'];
  if (disk !== undefined) {
    const other = diskPerLeaf['tessera, opaque of 300 bytes'];
    goals.push({
      work: 'disk for an opaque entry of 300 bytes',
      ours: `${Math.round(disk)} B`,
      peer: other === undefined ? '' : `${Math.round(other)} B`,
      ratio: '',
      goal: '≤ 400 B',
      isMet: disk <= 400,
    });
  }
  return goals;
}

function speedText(comparison: Comparison): string {
  const rate = medianOf(comparison.all.map(rateOf));
  const text = rate >= 10_000 ? `${(rate / 1000).toFixed(1)} k/s` : `${Math.round(rate)}/s`;
  return `${text}, p50 ${p50Of(comparison)}, p99 ${p99Of(comparison)} ms`;
}

function p50Of({ all }: Comparison): number {
  return medianOf(all.map(({ latencyMs }) => latencyMs.p50));
}

function p99Of({ all }: Comparison): number {
  return medianOf(all.map(({ latencyMs }) => latencyMs.p99));
}

function orderOf({ system, all }: Comparison): number {
  return system === 'varve' ? Number.POSITIVE_INFINITY : medianOf(all.map(rateOf));
}
