import { CELLS, type Cell, WORK_TEXTS } from './cells.ts';
import { comparisonsOf, type Goal, goalsOf } from './goals.ts';
import { cpuMicrosOf, errorCountOf, type Measurement, medianOf, rateOf } from './measurement.ts';
import type { RunRecord } from './run.ts';
import { SERVER_NODE_FLAGS } from './systems.ts';

/** The text of `bench/RESULTS.md`: everything in it is computed from the record. */
export function resultsText(record: RunRecord): string {
  return [
    headText(record),
    goalsText(goalsOf(record)),
    '## Every cell\n',
    "Medians of the rounds; in brackets the least and the most. *Ours to it* is the ratio of items a second, pair by pair in each round. CPU is what the server's process took for one item; memory is the most that it held since it was started, and ours runs through all cells of a round; *of it no files* (RssAnon) is the most in the cell without mapped files, which the system takes back when it needs room; *others* what everything else on the machine took, of all there was: where it is more than a few percent, the row is doubtful.\n",
    ...CELLS.map((cell) => cellText(cell, record)),
    trialsText(record),
    startText(record),
    diskText(record),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function headText(record: RunRecord): string {
  const { options, measurements } = record;
  const rounds = new Set(measurements.map(({ round }) => round).filter((round) => round > 0)).size;
  const facts = [
    ['command', `\`${record.command}\``],
    ['begun', record.startedAt],
    ['commit', record.commit],
    ['machine', record.machine],
    [
      'runtime',
      `Node ${record.node}, our server with \`${SERVER_NODE_FLAGS.join(' ')}\`; the peer is Tessera v1.0.4, POSIX, in Go`,
    ],
    [
      'rounds',
      `${rounds} of ${options.rounds}, ${options.seconds} s a cell after ${options.warmSeconds} s of warm-up`,
    ],
    [
      'stores',
      `filled with ${options.leaves.toLocaleString('en')} leaves before the run, which adds to them`,
    ],
    [
      'entries',
      'events of 700 bytes, canonical, unique id and 130 random characters in each; opaque entries of 300 random bytes',
    ],
    [
      'writes',
      'flushed to disk before the answer, by both; the answer means durable and in the tree, by both',
    ],
  ];
  return `# What was measured

Made by \`npm run bench\`; raw samples in \`samples/\`. Servers and their clients share one machine, the clients are a process of their own, each connection has one request under way. The order of the systems turns from round to round. A sample of what was answered is verified after every cell: receipts, and inclusion under the signed checkpoint.

| | |
| --- | --- |
${facts.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}
`;
}

function goalsText(goals: readonly Goal[]): string {
  if (goals.length === 0) return '';
  const rows = goals.map(
    ({ work, ours, peer, ratio, goal, isMet }) =>
      `| ${work} | ${ours} | ${peer} | ${ratio} | ${goal} | ${isMet ? 'yes' : '**no**'} |`,
  );
  return `## The goals

| work | ours | the peer's best | ratio, pair by pair | goal | met |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cellText(cell: Cell, record: RunRecord): string {
  const comparisons = comparisonsOf(cell, record.measurements);
  if (comparisons.length === 0) return '';
  const rows = comparisons.map(({ system, all, ratio }) => {
    const ms = (of: (one: Measurement) => number): string => msText(medianOf(all.map(of)));
    return [
      '',
      system,
      spreadText(all.map(rateOf), 0),
      ratio === null ? '' : spreadText(ratio, 2),
      ms(({ latencyMs }) => latencyMs.p50),
      `${ms(({ latencyMs }) => latencyMs.p99)} [${all.map((one) => msText(one.latencyMs.p99)).join(' ')}]`,
      ms(({ latencyMs }) => latencyMs.p999),
      medianOf(all.map(cpuMicrosOf)).toFixed(1),
      Math.max(...all.map(({ rssPeakMiB }) => rssPeakMiB)),
      Math.max(...all.map(({ rssAnonPeakMiB }) => rssAnonPeakMiB)),
      all.reduce((sum, one) => sum + errorCountOf(one), 0),
      all.reduce((sum, one) => sum + (one.verified ?? 0), 0),
      `${Math.round(100 * medianOf(all.map(otherShareOf)))} %`,
      '',
    ].join(' | ');
  });
  return `### ${cell.name}: ${WORK_TEXTS[cell.work]}, ${cell.connections} connections

| system | items/s | ours to it | p50 ms | p99 ms [each round] | p99.9 ms | CPU µs/item | peak MiB | of it no files | errors | verified | others |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => row.trim()).join('\n')}
`;
}

function trialsText({ measurements }: RunRecord): string {
  const trials = measurements.filter(({ round }) => round === 0);
  if (trials.length === 0) return '';
  const rows = trials.map(
    (trial) =>
      `| ${trial.cell} | ${trial.system} | ${Math.round(rateOf(trial))} | ${trial.latencyMs.p50} | ${trial.latencyMs.p99} |`,
  );
  return `## The peer's settings, tried once

Largest batch and its greatest age; a head every 100 ms, its least, unless another interval is told. The last line of each load are its defaults. The two fastest went into the rounds.

| load | setting | items/s | p50 ms | p99 ms |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function startText({ startsMs, options }: RunRecord): string {
  const rows = Object.entries(startsMs).map(
    ([system, times]) => `| ${system} | ${times.join(', ')} |`,
  );
  if (rows.length === 0) return '';
  return `## Start at ${options.leaves.toLocaleString('en')} leaves

| system | ms from start to ready |
| --- | --- |
${rows.join('\n')}
`;
}

function diskText({ diskPerLeaf }: RunRecord): string {
  const rows = Object.entries(diskPerLeaf).map(
    ([what, bytes]) => `| ${what} | ${Math.round(bytes)} |`,
  );
  return `## Disk

Blocks of the store's folder after it was filled and closed, for each leaf. Of the peer, without the partial tiles that it collects every minute.

| store | bytes a leaf |
| --- | --- |
${rows.join('\n')}
`;
}

function otherShareOf({ cpuSeconds: { server, load, others } }: Measurement): number {
  return others / Math.max(0.001, server + load + others);
}

function msText(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}

function spreadText(values: readonly number[], decimals: number): string {
  const text = (value: number): string => value.toFixed(decimals);
  if (values.length === 1) return text(values[0] ?? 0);
  return `${text(medianOf(values))} [${text(Math.min(...values))}..${text(Math.max(...values))}]`;
}
