import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildVarve } from './build.ts';
import { CELLS, orderOf, trafficOf } from './cells.ts';
import { startLoader } from './load/loader.ts';
import { LINES_PER_REQUEST } from './load/order.ts';
import { startVarve } from './systems.ts';

/**
 * Where the server's main thread spends its time in one cell, for each item: by function and by file.
 * `npm run bench:profile -- events-64 [--seconds 4] [--top 40]`, on an empty store.
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '4' },
    warm: { type: 'string', default: '2' },
    top: { type: 'string', default: '40' },
  },
});
const program = await buildVarve();
for (const name of positionals.length > 0 ? positionals : ['events-64', 'events-512', 'lines-8']) {
  await profile(name);
}

async function profile(name: string): Promise<void> {
  const cell = CELLS.find((one) => one.name === name);
  if (cell === undefined || cell.work === 'tile') throw new Error(`no profile of ${name}`);
  const folder = mkdtempSync(join(tmpdir(), 'varve-profile-'));
  const profiles = join(folder, 'profiles');
  const loader = startLoader();
  try {
    const begun = performance.now();
    const time = { warmSeconds: Number(flags.warm), seconds: Number(flags.seconds) };
    const system = await startVarve(program, join(folder, 'data'), [
      '--cpu-prof',
      `--cpu-prof-dir=${profiles}`,
    ]);
    const traffic = trafficOf(cell, { kind: 'varve' }, system, 0);
    const loadBegun = performance.now();
    const report = await loader.run(orderOf(cell, traffic, system, time));
    const from = (loadBegun - begun) * 1000 + time.warmSeconds * 1e6;
    await system.stop();
    const items = report.operations * (cell.work === 'lines' ? LINES_PER_REQUEST : 1);
    const server = (report.cpuSeconds.server * 1e6) / items;
    console.log(
      `\n${name}: ${Math.round(items / report.seconds)} items/s under the profiler; ` +
        `${server.toFixed(1)} µs of processor time for each, in all threads; ` +
        `p50 ${report.latencyMs.p50} p99 ${report.latencyMs.p99} ms; ` +
        `others took ${report.cpuSeconds.others.toFixed(1)} s of ${report.seconds.toFixed(1)}; ` +
        `errors ${JSON.stringify(report.errors)}`,
    );
    // The main thread's profile is the one that is written last, and the largest.
    const texts = readdirSync(profiles).map((file) => readFileSync(join(profiles, file), 'utf8'));
    texts.sort((a, b) => b.length - a.length);
    tell(JSON.parse(texts[0] ?? '{}') as CpuProfile, {
      from,
      to: from + report.seconds * 1e6,
      items,
    });
  } finally {
    loader.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A profile as V8 writes it; times in µs. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

function tell(
  { nodes, samples, timeDeltas }: CpuProfile,
  window: { readonly from: number; readonly to: number; readonly items: number },
): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  let elapsed = 0;
  let total = 0;
  for (const [i, id] of samples.entries()) {
    const delta = timeDeltas[i] ?? 0;
    elapsed += delta;
    const frame = frames.get(id);
    if (elapsed < window.from || elapsed > window.to || frame === undefined) continue;
    const name = frame.functionName || `(anonymous:${frame.lineNumber + 1})`;
    if (name === '(idle)') continue;
    const file = fileOf(frame.url);
    total += delta;
    add(functions, `${name}  ${file}`, delta);
    add(files, file === '' ? name : file, delta);
  }
  const each = (micros: number): string => (micros / window.items).toFixed(2).padStart(7);
  console.log(`the main thread: ${each(total)} µs an item; by function:`);
  for (const [name, micros] of topOf(functions)) console.log(`${each(micros)}  ${name}`);
  console.log('by file:');
  for (const [name, micros] of topOf(files)) console.log(`${each(micros)}  ${name}`);
}

function fileOf(url: string): string {
  return url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/dist\/(.*)\.js$/, 'src/$1.ts')
    .replace(/^.*\/node_modules\//, '');
}

function add(sums: Map<string, number>, name: string, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value);
}

function topOf(sums: Map<string, number>): readonly (readonly [string, number])[] {
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, Number(flags.top));
}
