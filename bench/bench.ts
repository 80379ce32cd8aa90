import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Report } from '../test/e2e/report.ts';
import { buildPeer, buildVarve } from './build.ts';
import { startLoader } from './load/loader.ts';
import { type Bench, measure, measureStart, nameOf, VarveKeeper } from './measure.ts';
import { errorCountOf, type Measurement, rateOf } from './measurement.ts';
import { roundSteps, type Step, smokeSteps, trialSteps } from './plan.ts';
import { resultsText } from './results.ts';
import { openRun, type Run } from './run.ts';
import { CACHE, prepareStores } from './stores.ts';

const HELP = `npm run bench -- [--rounds 5] [--seconds 2] [--warm 1.2] [--leaves 1000000] [--minutes N]
                 [--only REGEX] [--fresh] [--out DIR]
npm run bench -- --smoke

Measures a real 'varve serve' against Tessera and the runtime's floors, with clients in another process, every system in
every round; writes DIR/samples/run.json and DIR/RESULTS.md. A run that was cut short, or that reached its --minutes, goes
on where it stopped when the same command is given again; --fresh begins anew. --only picks 'cell system' by a regular
expression ('events-64 varve'), for a look: it writes below .cache/bench. --smoke runs each cell once on small stores, and
checks only that it ran and that what was answered is in the tree.
`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '2' },
    warm: { type: 'string' },
    leaves: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    out: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const { smoke, only } = flags;
const rounds = Number(flags.rounds ?? (smoke ? 1 : 5));
const seconds = Number(flags.seconds);
const warmSeconds = Number(flags.warm ?? (smoke ? 0.3 : 1.2));
const leaves = Number(flags.leaves ?? (smoke ? 20_000 : 1_000_000));
const out = flags.out ?? (smoke || only !== '' ? CACHE : import.meta.dirname);
const deadline = performance.now() + Number(flags.minutes) * 60_000;
const chosen = new RegExp(only);
const report = new Report();

if (flags.help) {
  process.stdout.write(HELP);
} else {
  try {
    await main();
  } catch (error) {
    report.fail('the benchmark runs', error);
  }
  if (smoke) report.finish();
}

async function main(): Promise<void> {
  const options = { rounds, seconds, warmSeconds, leaves, only, smoke };
  const run = await openRun(join(out, 'samples', smoke ? 'smoke.json' : 'run.json'), options, {
    // A smoke test and a look measure anew; a run goes on.
    fresh: flags.fresh || smoke || only !== '',
  });
  const program = await buildVarve();
  const peer = isPeerWanted() ? await buildPeer() : null;
  const stores = await prepareStores({ leaves, peer }, run.isResumed);
  const varve = new VarveKeeper(program, stores.varve);
  const bench: Bench = { loader: startLoader(), stores, varve, peer, leaves, seconds, warmSeconds };
  try {
    run.setDisk(stores.diskPerLeaf);
    await measureStarts(bench, run);
    if (smoke) await runSteps(bench, run, smokeSteps());
    else {
      await runSteps(bench, run, trialSteps());
      for (let round = 1; round <= rounds; round++) {
        await runSteps(bench, run, roundSteps(round, run.measurements));
        await varve.stop();
      }
    }
  } finally {
    bench.loader.close();
    await varve.stop();
    await run.save(resultsText);
  }
  // A server and a report of their own, and a section that this one keeps.
  if (!smoke && only === '' && performance.now() < deadline) {
    execFileSync('npm', ['run', '--silent', 'bench:adapters'], { stdio: 'inherit' });
  }
}

function isPeerWanted(): boolean {
  const steps = smoke ? smokeSteps() : [...trialSteps(), ...roundSteps(1, [])];
  return (
    chosen.test('start tessera') ||
    steps.some((step) => ['peer', 'library'].includes(step.contender.kind) && isChosen(step))
  );
}

function isChosen({ round, cell, contender }: Step): boolean {
  return chosen.test(`${round === 0 ? 'trial ' : ''}${cell.name} ${nameOf(contender)}`);
}

async function measureStarts(bench: Bench, run: Run): Promise<void> {
  const peer = { batch: 256, ageMs: 250, dedup: false, checkpointMs: 100 };
  for (const contender of [{ kind: 'varve' }, { kind: 'peer', setting: peer }] as const) {
    const name = contender.kind === 'varve' ? 'varve' : 'tessera';
    if (!chosen.test(`start ${name}`) || run.hasStarts(name)) continue;
    if (contender.kind === 'peer' && bench.peer === null) continue;
    await report.check(`start, ${bench.leaves} leaves: ${name}`, async () => {
      const times: number[] = [];
      for (let i = 0; i < (smoke ? 1 : 3); i++) times.push(await measureStart(bench, contender));
      run.setStarts(name, times);
      return times.map((ms) => `${ms.toFixed(0)} ms`).join(', ');
    });
  }
}

async function runSteps(bench: Bench, run: Run, steps: readonly Step[]): Promise<void> {
  for (const step of steps.filter(isChosen)) {
    const { round, cell, contender } = step;
    const system = nameOf(contender);
    if (run.has(round, cell.name, system)) continue;
    if (performance.now() > deadline) {
      console.log('the time is over; the same command goes on from here');
      return;
    }
    const name = `${round === 0 ? 'trial' : `round ${round}`}, ${cell.name}: ${system}`;
    await report.check(name, async () => {
      const measurement = await measure(bench, cell, contender, round);
      await run.add(measurement);
      if (smoke && errorCountOf(measurement) > 0)
        throw new Error(JSON.stringify(measurement.errors));
      return summaryOf(measurement);
    });
  }
}

function summaryOf(measurement: Measurement): string {
  const { latencyMs, errors, verified, cpuSeconds, rssMiB } = measurement;
  const wrong = errorCountOf(measurement) > 0 ? `, errors ${JSON.stringify(errors)}` : '';
  return (
    `${Math.round(rateOf(measurement))}/s, p50 ${latencyMs.p50} p99 ${latencyMs.p99} ms, ${rssMiB} MiB, ` +
    `CPU ${cpuSeconds.server}+${cpuSeconds.load}+${cpuSeconds.others} s, ` +
    `${verified ?? 0} verified${wrong}`
  );
}
