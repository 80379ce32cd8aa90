import { readServeConfig, SERVE_FLAGS } from '../src/cli/config.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { openLogs } from '../src/cli/open-logs.ts';
import type { Log } from '../src/log/log.ts';
import { type BodyMaker, eventBodies, opaqueBodies } from './load/bodies.ts';
import { OPAQUE_BYTES } from './load/order.ts';

// Fills the logs `main` and `raw` of a data folder without HTTP: fill.ts DIR LEAVES
const BATCH = 4_096;
const [dir = '', count = ''] = process.argv.slice(2);
const leaves = Number(count);
const flags = parseFlags(['--data', dir, '--log', 'main', '--opaque', 'raw'], SERVE_FLAGS);
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
for (const { log } of opened) {
  if (log.type === 'events') await fill(log, eventBodies(log.name), addEvents);
  else await fill(log, opaqueBodies(OPAQUE_BYTES), addEntries);
}
for (const one of opened) await one.close();

/** Two batches under way: one is admitted while the other is written. */
async function fill(
  log: Log,
  maker: BodyMaker,
  add: (log: Log, entries: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  let left = leaves - log.figures.integratedSize;
  const work = async (): Promise<void> => {
    while (left > 0) {
      const mine = Math.min(BATCH, left);
      left -= mine;
      const slab = Buffer.alloc(mine * maker.length);
      const entries = Array.from({ length: mine }, (_, i) => {
        maker.write(slab, i * maker.length);
        return new Uint8Array(slab.buffer, slab.byteOffset + i * maker.length, maker.length);
      });
      await add(log, entries);
    }
  };
  await Promise.all([work(), work()]);
}

async function addEvents(log: Log, entries: readonly Uint8Array[]): Promise<void> {
  const outcomes = await log.submit(entries, context);
  const other = outcomes.find(({ kind }) => kind !== 'appended');
  if (other !== undefined) throw new Error(JSON.stringify(other));
}

async function addEntries(log: Log, entries: readonly Uint8Array[]): Promise<void> {
  await Promise.all(entries.map((entry) => log.add(entry)));
}
