import { eventOf } from './events.ts';
import type { ServedLog } from './server.ts';

const LINES_MAX = 5_000;

/**
 * Submits events until a log of events has `size` entries, its genesis leaf counted, and a head of that size is
 * published. `from` is the size that it has.
 */
export async function fillLog(log: ServedLog, from: number, size: number): Promise<void> {
  for (let next = from; next < size; next += LINES_MAX) {
    const count = Math.min(LINES_MAX, size - next);
    const lines = Array.from({ length: count }, (_, i) => eventOf(log.name, 'filler', next + i));
    const reply = await fetch(`${log.url}/events?wait=published`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    const text = await reply.text();
    if (reply.status !== 201) throw new Error(`status ${reply.status}: ${text.slice(0, 500)}`);
  }
  await hasSize(log, size);
}

/** Adds entries to an opaque log until it has `size`, and a head of that size is published. */
export async function fillOpaqueLog(log: ServedLog, size: number): Promise<void> {
  const entries = Array.from({ length: size }, (_, i) => `entry ${i} ${'.'.repeat(i % 300)}`);
  const indices = await Promise.all(
    entries.map(async (body) => {
      const reply = await fetch(`${log.url}/add`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body,
      });
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`status ${reply.status}: ${text.slice(0, 500)}`);
      return Number(text);
    }),
  );
  if (new Set(indices).size !== size) throw new Error('an index was given twice');
  await hasSize(log, size);
}

async function hasSize(log: ServedLog, size: number): Promise<void> {
  for (const started = performance.now(); ; ) {
    const reply = await fetch(`${log.url}/checkpoint`);
    const published = (await reply.text()).split('\n')[1];
    if (published === String(size)) return;
    if (performance.now() - started > 10_000) {
      throw new Error(`${log.name} has published ${published}, not ${size}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
