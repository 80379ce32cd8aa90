/**
 * What a log takes of each foreign format: `npm run bench:adapters -- [--seconds 4] [--smoke]`, and at the end of `npm run
 * bench`. In-process: bodies to events. Over HTTP: four connections to a server that is a process of its own, answers after
 * the flush. Writes its section of RESULTS.md; --smoke is short and writes nothing.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ADAPTERS,
  createSalts,
  type IngestContext,
  ingest,
  NO_TRUST,
} from '../src/ingest/ingest.ts';
import { Report } from '../test/e2e/report.ts';
import { type ServerProcess, startServer } from '../test/e2e/server.ts';
import { type AdapterLoad, adapterLoads } from './adapter-bodies.ts';
import { CpuWatch, machineText } from './machine.ts';
import { writeSection } from './section.ts';

const CONNECTIONS = 4;
/** Bodies of which events are made again and again: nothing remembers them. */
const PREPARED = 64;

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string' }, smoke: { type: 'boolean', default: false } },
});
const { smoke } = flags;
const SECONDS = Number(flags.seconds ?? (smoke ? 0.2 : 4));

/** What was found of one format. */
interface Row {
  readonly name: string;
  /** Bytes of an item, as sent. */
  readonly itemBytes: number;
  readonly madePerSecond: number;
  readonly takenPerSecond: number;
  /** Of the server's process, for one event. */
  readonly cpuMicros: number;
}

let number = 0;
const report = new Report();
const folder = mkdtempSync(join(tmpdir(), 'varve-bench-adapters-'));
const server = await startServer({ dataFolder: join(folder, 'data') });
const rows: Row[] = [];
try {
  for (const load of adapterLoads()) {
    await report.check(load.name, async () => {
      const row = await measure(load, server);
      rows.push(row);
      return (
        `${Math.round(row.madePerSecond)}/s made, ${Math.round(row.takenPerSecond)}/s taken, ` +
        `${megabytes(row)} MB/s, ${Math.round(row.cpuMicros)} µs of the server's CPU`
      );
    });
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (!smoke) await writeSection(join(import.meta.dirname, 'RESULTS.md'), 'adapters', sectionText());
report.finish();

async function measure(load: AdapterLoad, { log, pid }: ServerProcess): Promise<Row> {
  const sample = load.body(number++);
  const made = makeFor(load);
  const { url } = log('main');
  // Its code is warm before the clock runs.
  await send(load, url, load.body(number++));
  const cpu = new CpuWatch(pid);
  const began = performance.now();
  const until = began + SECONDS * 1_000;
  let taken = 0;
  const connection = async (): Promise<void> => {
    while (performance.now() < until) {
      await send(load, url, load.body(number++));
      taken += load.items;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - began) / 1_000;
  return {
    name: load.name,
    itemBytes: sample.length / load.items,
    madePerSecond: made,
    takenPerSecond: taken / seconds,
    cpuMicros: (cpu.end().cpuSeconds.server * 1e6) / taken,
  };
}

/** Sends a body; all its items must be new. */
async function send(load: AdapterLoad, url: string, body: Uint8Array): Promise<void> {
  const answer = await fetch(`${url}${load.path}`, {
    method: 'POST',
    headers: load.headers,
    body: new Uint8Array(body),
  });
  const text = await answer.text();
  if (answer.status !== 200 && answer.status !== 202) throw new Error(`${answer.status} ${text}`);
  const counts = /"appended":(\d+)/.exec(text)?.[1];
  if (counts !== undefined && Number(counts) !== load.items) throw new Error(text);
}

/** Events a second that are made of bodies, without a log. */
function makeFor(load: AdapterLoad): number {
  const adapter = ADAPTERS.get(load.adapter);
  if (adapter === undefined) throw new Error(`no adapter ${load.adapter}`);
  const bodies = Array.from({ length: PREPARED }, () => load.body(number++));
  const { headers: fields } = load;
  const headers = {
    get: (name: string): string | undefined => fields[name],
    names: (): readonly string[] => Object.keys(fields),
  };
  const context = contextOf();
  const run = (seconds: number): number => {
    const began = performance.now();
    let count = 0;
    for (let i = 0; performance.now() < began + seconds * 1_000; i++) {
      const body = bodies[i % bodies.length] as Uint8Array;
      for (const _ of ingest(adapter, { body, headers }, context)) count += 1;
    }
    return (count * 1_000) / (performance.now() - began);
  };
  run(SECONDS / 4);
  return run(SECONDS / 2);
}

function contextOf(): IngestContext {
  return {
    tenant: 'main',
    source: 'bench',
    sources: null,
    now: Date.now,
    random: createSalts((length) => new Uint8Array(randomBytes(length))),
    trust: NO_TRUST,
    pseudonym: () => new Uint8Array(16),
    itemsMax: 500_000,
  };
}

function megabytes({ takenPerSecond, itemBytes }: Row): string {
  const figure = (takenPerSecond * itemBytes) / 1e6;
  // A format that comes one item a request is far below the others.
  return figure < 0.1 ? figure.toPrecision(1) : figure.toFixed(1);
}

function sectionText(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const lines = rows.map((row) => {
    const cells = [
      row.name,
      Math.round(row.itemBytes),
      Math.round(row.madePerSecond).toLocaleString('en'),
      Math.round(row.takenPerSecond).toLocaleString('en'),
      megabytes(row),
      Math.round(row.cpuMicros),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '## Foreign formats',
    '',
    `Made by \`npm run bench:adapters\`, commit ${commit}, Node ${process.version}, ${machineText()}, ${SECONDS} s a format. *made*: events a second that the adapter makes of bodies, in one thread, without a log. *taken*: over HTTP, ${CONNECTIONS} connections, answered after the flush, of a server that shares the machine with its client; MB/s are those of the bodies, CPU is what the server's process took for an event. Where a format takes several items, a body has 100.`,
    '',
    '| format | bytes an item | made /s | taken /s | MB/s | CPU, µs |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}
