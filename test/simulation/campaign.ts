import { parseArgs } from 'node:util';
import { type Aim, CALLS, runSchedule } from './run.ts';

/**
 * Runs schedules of faults and tells which calls were cut by a crash. Exit 0 only if nothing was lost or forked and a
 * crash was reached at every call that a log makes.
 *
 *   tsx test/simulation/campaign.ts --schedules 10000 [--seed 1]
 */
/** Schedules that aim at one call and one fault, until it is reached. */
const AIMED_MAX = 200;
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const schedules = Number(values.schedules);
const firstSeed = Number(values.seed);
const reached = new Map<string, number>();
let lives = 0;
let failed = 0;
const began = Date.now();
let seed = firstSeed;
while (seed < firstSeed + schedules) await run();
// Some calls are rare: what chance did not cut is aimed at.
const aims = CALLS.flatMap((call) =>
  (['crash-before', 'crash-after'] as const).map((fault) => ({ call, fault })),
);
const uncut: string[] = [];
for (const aim of aims) {
  const name = `${aim.call} ${aim.fault}`;
  for (let i = 0; i < AIMED_MAX && !reached.has(name); i++) await run(aim);
  if (!reached.has(name)) uncut.push(name);
}
for (const [name, times] of [...reached].sort())
  console.log(`${String(times).padStart(7)} ${name}`);
const lived = seed - firstSeed;
const seconds = ((Date.now() - began) / 1_000).toFixed(1);
console.log(
  `${lived} schedules from seed ${firstSeed}, ${lives} lives, ${seconds} s; not cut: ${uncut.join(', ') || 'nothing'}`,
);
console.log(
  `${lived - failed + aims.length - uncut.length} passed, ${failed + uncut.length} failed`,
);
process.exitCode = failed + uncut.length === 0 ? 0 : 1;

async function run(aim?: Aim): Promise<void> {
  try {
    const report = await runSchedule(seed++, aim);
    lives += report.lives;
    for (const name of report.reached) reached.set(name, (reached.get(name) ?? 0) + 1);
  } catch (error) {
    failed++;
    console.error(error);
  }
}
