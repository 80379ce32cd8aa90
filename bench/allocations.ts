import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readServeConfig, SERVE_FLAGS } from '../src/cli/config.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { openLogs } from '../src/cli/open-logs.ts';
import { eventBodies } from './load/bodies.ts';

/**
 * What an event costs between its bytes and its receipt, without HTTP: processor time in all threads, and the bytes that
 * each function allocates, most of which the garbage collector has to look at.
 * `npx tsx --conditions=varve-source bench/allocations.ts [--events 100000] [--batch 1000] [--at-once 8]`
 */
const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    batch: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: '8' },
    top: { type: 'string', default: '25' },
  },
});
const events = Number(flags.events);
const batch = Number(flags.batch);
const dir = mkdtempSync(join(tmpdir(), 'varve-allocations-'));
const config = await readServeConfig(parseFlags(['--data', dir, '--log', 'main'], SERVE_FLAGS), {});
const [opened] = await openLogs(config, {
  now: Date.now,
  onFault: (error) => {
    throw error;
  },
  onHalt: () => {},
});
const bodies = eventBodies('main');
try {
  await submit(events / 2);
  const before = process.cpuUsage();
  const began = performance.now();
  await submit(events);
  const { user, system } = process.cpuUsage(before);
  const rate = Math.round((events / (performance.now() - began)) * 1000);
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${((user + system) / events).toFixed(1)} µs an event, ${rate}/s, ${peak} MiB at most`,
  );
  await tellAllocations();
} finally {
  await opened?.close();
  rmSync(dir, { recursive: true, force: true });
}

async function submit(count: number): Promise<void> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      const mine = Math.min(batch, left);
      left -= mine;
      const slab = Buffer.alloc(mine * bodies.length);
      const items = Array.from({ length: mine }, (_, i) => {
        bodies.write(slab, i * bodies.length);
        return new Uint8Array(slab.buffer, i * bodies.length, bodies.length);
      });
      await opened?.log.submit(items, { by: null, sources: null, operate: false });
    }
  };
  await Promise.all(Array.from({ length: Number(flags['at-once']) }, work));
}

async function tellAllocations(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 4096,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await submit(events);
  const { profile } = await session.post('HeapProfiler.stopSampling');
  const bytes = new Map<string, number>();
  const nodes = [profile.head];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const { functionName, url, lineNumber } = node.callFrame;
    const name = `${functionName || '(anonymous)'}  ${url.replace(/^.*\/(?:src|node_modules)\//, '')}:${lineNumber + 1}`;
    bytes.set(name, (bytes.get(name) ?? 0) + node.selfSize);
    nodes.push(...node.children);
  }
  const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  console.log(`${Math.round(total / events)} bytes of heap an event, by function:`);
  const sorted = [...bytes].sort((a, b) => b[1] - a[1]).slice(0, Number(flags.top));
  for (const [name, size] of sorted)
    console.log(`${String(Math.round(size / events)).padStart(6)}  ${name}`);
}
