import { deepEqual, equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { eventOf } from '../events.ts';
import { type ServedLog, VARVE } from '../server.ts';

/** Sends events of one source and looks them up in a process that may hold few of them at a time. */
export async function printManyEvents(
  log: ServedLog,
  many: number,
  caughtUp: () => Promise<void>,
): Promise<string> {
  for (let at = 0; at < many; at += 5_000) {
    const numbers = Array.from({ length: Math.min(5_000, many - at) }, (_, i) => at + i);
    const ids = numbers.map((n) => eventOf(log.name, 'busy', n));
    const headers = { 'content-type': 'application/json' };
    const body = `[${ids.join(',')}]`;
    const reply = await fetch(`${log.url}/events`, { method: 'POST', headers, body });
    equal(reply.status, 201, await reply.text());
  }
  await caughtUp();
  // More than this is taken only by who holds the entries: a million are a gigabyte.
  const program = ['--max-old-space-size=160', ...VARVE, 'lookup', log.url, 'source:busy'];
  const child = spawn(process.execPath, [...program, '--vkey', log.vkey], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  let lines = 0;
  for await (const _ of createInterface({ input: child.stdout })) lines += 1;
  const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
  deepEqual([code, lines], [0, many], said);
  return said.split('\n').find((line) => line.startsWith('All')) ?? '';
}
