import { readServeConfig, SERVE_FLAGS } from '../src/cli/config.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { openLogs } from '../src/cli/open-logs.ts';
import { utf8 } from '../src/core/bytes.ts';
import { indexBenchEvent, populationOf } from './index-events.ts';

// Fills the log `main` of a data folder with events of a population, without HTTP: index-fill.ts DIR EVENTS KEYS
const BATCH = 4_096;
const [dir = '', events = '', keys = ''] = process.argv.slice(2);
const population = populationOf(Number(keys));
const flags = parseFlags(['--data', dir, '--log', 'main'], SERVE_FLAGS);
const opened = await openLogs(await readServeConfig(flags, {}), {
  now: Date.now,
  onFault: (error) => {
    throw error;
  },
  onHalt: (log) => {
    throw new Error(`${log.name} halted`);
  },
});
const context = { by: null, sources: null, operate: false };
let next = 0;

// Two batches under way: one is admitted while the other is written.
await Promise.all([fill(), fill()]);
for (const one of opened) await one.close();

async function fill(): Promise<void> {
  const log = opened[0]?.log;
  while (next < Number(events)) {
    const first = next;
    next = Math.min(Number(events), first + BATCH);
    const items = Array.from({ length: next - first }, (_, i) =>
      utf8(indexBenchEvent(first + i, population, 'main')),
    );
    const outcomes = await log?.submit(items, context);
    const other = outcomes?.find(({ kind }) => kind !== 'appended');
    if (other !== undefined) throw new Error(JSON.stringify(other));
  }
}
