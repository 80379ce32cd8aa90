#!/usr/bin/env node
import type { CommandIo } from './command.ts';
import { runCommandLine } from './command-line.ts';

/** The process around a command: its streams, its signals, its end. */
const stop = new AbortController();
let isProgressShown = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Asked a second time, it ends without waiting for anything.
    if (stop.signal.aborted) process.exit(1);
    stop.abort(new Error(`stopped by ${signal}`));
  });
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read the output has gone, as `head` does: nothing more is asked for, and what runs ends in order.
  if (error.code === 'EPIPE') stop.abort(new Error('nobody reads the output'));
  else throw error;
});

const io: CommandIo = {
  write: (data) => {
    process.stdout.write(data);
  },
  note: (line) => {
    process.stderr.write(`${isProgressShown ? CLEAR_LINE : ''}${line}\n`);
    isProgressShown = false;
  },
  progress: (line) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`${CLEAR_LINE}${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    isProgressShown = true;
  },
  stdin: process.stdin,
  env: process.env,
  interactive: process.stdout.isTTY === true,
  fetch: globalThis.fetch,
  now: Date.now,
  stop: stop.signal,
};

const CLEAR_LINE = '\r\u001b[K';
const code = await runCommandLine(process.argv.slice(2), io);
if (isProgressShown) process.stderr.write(CLEAR_LINE);
// Kept connections would hold the process; what was written has to leave it first.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit(code);
