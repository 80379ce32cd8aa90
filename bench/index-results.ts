import type { KeyedReport } from './load/keyed.ts';
import type { Latencies } from './load/order.ts';
import type { MemoryPeak } from './machine.ts';
import { medianOf } from './measurement.ts';

/** Lookups: their times, and medians of what came. */
export interface Lookups {
  readonly latencyMs: Latencies;
  /** Bytes of an answer. */
  readonly bytes: number;
  /** Postings of a key. */
  readonly count: number;
}

/** The same load without the index and with it. */
export interface Pair {
  readonly without: KeyedReport;
  readonly withIndex: KeyedReport;
  readonly lagEntriesMax: number;
  /** The most that each server held while it was offered the load. */
  readonly memoryMiB: { readonly without: MemoryPeak; readonly withIndex: MemoryPeak };
}

/** Everything that a run of bench/index.ts found. */
export interface IndexRecord {
  readonly command: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly startedAt: string;
  readonly events: number;
  /** Events offered a second. */
  readonly offered: number;
  readonly build: {
    readonly seconds: number;
    readonly cpuSeconds: { readonly server: number; readonly others: number };
    readonly memoryMiB: MemoryPeak;
    readonly postings: number;
    readonly keys: number;
  };
  readonly disk: { readonly indexBytes: number; readonly logBytes: number };
  readonly lookups: Lookups;
  readonly underLoad: Lookups;
  readonly pairs: readonly Pair[];
  readonly saturation: {
    readonly withoutPerSecond: number;
    readonly withPerSecond: number;
    readonly errors: number;
    /** The metric, twice a second. */
    readonly lagEntries: readonly number[];
    readonly catchUpSeconds: number;
    readonly memoryMiB: MemoryPeak;
  };
}

/** The section of RESULTS.md on the index. */
export function indexSection(record: IndexRecord): string {
  const { build, disk, events, lookups, underLoad, pairs, saturation, offered } = record;
  const rate = build.postings / build.seconds;
  const others =
    build.cpuSeconds.others / Math.max(1, build.cpuSeconds.others + build.cpuSeconds.server);
  const ratios = pairs.map(
    ({ without, withIndex }) => withIndex.latencyMs.p50 / without.latencyMs.p50,
  );
  const ratio = medianOf(ratios);
  const mostOf = (of: (pair: Pair) => MemoryPeak): MemoryPeak => ({
    rss: Math.max(0, ...pairs.map((pair) => of(pair).rss)),
    anonymous: Math.max(0, ...pairs.map((pair) => of(pair).anonymous)),
  });
  const lags = pairs.map(({ lagEntriesMax }) => lagEntriesMax);
  const { lagEntries } = saturation;
  const lagFirst = lagEntries[0] ?? 0;
  const lagMost = Math.max(0, ...lagEntries);
  const rows: [string, string, string, boolean | null][] = [
    [
      'build, of a log that was there',
      `${count(rate)} postings/s, ${count(events / build.seconds)} events/s (${(build.postings / events).toFixed(1)} postings an event, ${count(build.keys)} keys); ${((build.cpuSeconds.server * 1e6) / build.postings).toFixed(2)} µs of processor time a posting in all threads of the server`,
      '≥ 150,000 postings/s',
      rate >= 150_000,
    ],
    [
      'memory of its own (RssAnon), the most of the whole server while it builds',
      `${build.memoryMiB.anonymous} MiB; at ${count(offered)} events/s without the index ${mostOf(({ memoryMiB }) => memoryMiB.without).anonymous}, with it ${mostOf(({ memoryMiB }) => memoryMiB.withIndex).anonymous}; at saturation ${saturation.memoryMiB.anonymous}`,
      '≤ 512 MiB',
      build.memoryMiB.anonymous <= 512,
    ],
    [
      'resident (RSS): that and the files of both stores, which LevelDB maps whole',
      `${build.memoryMiB.rss} MiB; at ${count(offered)} events/s without the index ${mostOf(({ memoryMiB }) => memoryMiB.without).rss}, with it ${mostOf(({ memoryMiB }) => memoryMiB.withIndex).rss}; at saturation ${saturation.memoryMiB.rss}. Files of ${mebibytes(disk.logBytes + disk.indexBytes)} MiB`,
      '≤ 512 MiB',
      build.memoryMiB.rss <= 512,
    ],
    [
      `a lookup over HTTP, ${lookups.count} postings, ${count(lookups.bytes)} bytes`,
      `p50 ${lookups.latencyMs.p50}, p99 ${lookups.latencyMs.p99} ms`,
      'p99 ≤ 5 ms',
      lookups.latencyMs.p99 <= 5,
    ],
    [
      `the same beside ${count(offered)} events/s`,
      `p50 ${underLoad.latencyMs.p50}, p99 ${underLoad.latencyMs.p99} ms`,
      '',
      null,
    ],
    [
      `p50 of admission at ${count(offered)} events/s offered, with the index to without, ${pairs.length} pairs`,
      `${ratio.toFixed(3)} [${ratios.map((one) => one.toFixed(3)).join(' ')}]; p50 ${pairs.map((one) => `${one.without.latencyMs.p50}→${one.withIndex.latencyMs.p50}`).join(', ')} ms; p99 ${pairs.map((one) => `${one.without.latencyMs.p99}→${one.withIndex.latencyMs.p99}`).join(', ')} ms`,
      '≤ 1.10',
      ratio <= 1.1,
    ],
    ['lag at that load, the most in each pair', `${lags.map(count).join(', ')} entries`, '', null],
    [
      'saturation: events/s admitted in bodies of 500, 8 connections',
      `${count(saturation.withPerSecond)} with the index, ${count(saturation.withoutPerSecond)} without (${(saturation.withPerSecond / saturation.withoutPerSecond).toFixed(2)}); errors ${saturation.errors}; the lag metric rose from ${count(lagFirst)} to ${count(lagMost)} entries, and was 0 again ${saturation.catchUpSeconds.toFixed(0)} s after`,
      'it yields, and its lag says so',
      lagMost > lagFirst && saturation.withPerSecond >= 0.5 * saturation.withoutPerSecond,
    ],
    [
      'disk for an event',
      `${Math.round(disk.indexBytes / events)} B, beside ${Math.round(disk.logBytes / events)} B of the log`,
      '',
      null,
    ],
  ];
  return `## The verifiable index

A real server on a log of ${count(events)} events. \`${record.command}\`, ${record.startedAt}, commit ${record.commit}, ${record.machine}, Node ${record.node}. While it was built, others took ${Math.round(100 * others)} % of the processor time that was used. An event is offered when it is due, however slow the answers are, and its time counts from then; the load runs on the same processors.

| what | found | goal | met |
| --- | --- | --- | --- |
${rows.map(([what, found, goal, isMet]) => `| ${what} | ${found} | ${goal} | ${isMet === null ? '' : isMet ? 'yes' : '**no**'} |`).join('\n')}
`;
}

function mebibytes(bytes: number): string {
  return count(bytes / 2 ** 20);
}

function count(n: number): string {
  return Math.round(n).toLocaleString('en');
}
