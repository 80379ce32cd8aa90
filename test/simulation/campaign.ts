import { parseArgs } from 'node:util';
import { CALLS, runSchedule } from './run.ts';

/**
 * Runs schedules of faults and tells which calls were cut by a crash. Exit 0 only if nothing was lost or forked and a
 * crash was reached at every call that a log makes.
 *
 *   tsx test/simulation/campaign.ts --schedules 10000 [--seed 1]
 */
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
for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
  try {
    const report = await runSchedule(seed);
    lives += report.lives;
    for (const name of report.reached) reached.set(name, (reached.get(name) ?? 0) + 1);
  } catch (error) {
    failed++;
    console.error(error);
  }
}
const uncut = CALLS.flatMap((call) =>
  ['crash-before', 'crash-after'].map((fault) => `${call} ${fault}`),
).filter((name) => !reached.has(name));
for (const [name, times] of [...reached].sort())
  console.log(`${String(times).padStart(7)} ${name}`);
const seconds = ((Date.now() - began) / 1_000).toFixed(1);
console.log(
  `${schedules} schedules from seed ${firstSeed}, ${lives} lives, ${seconds} s; not cut: ${uncut.join(', ') || 'nothing'}`,
);
console.log(
  `${schedules - failed + CALLS.length * 2 - uncut.length} passed, ${failed + uncut.length} failed`,
);
process.exitCode = failed + uncut.length === 0 ? 0 : 1;
