import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TransparencyError } from '../core/error.ts';
import type { LogLine } from './log-line.ts';

/** A process of this very program that serves. */
export interface ServingProcess {
  /** The lines of JSON that it printed when it listened. */
  readonly lines: readonly unknown[];
  /** What it said on stderr, a line of JSON each. */
  said(): readonly string[];
  stop(): Promise<void>;
}

/** Starts `varve` with some arguments, and waits for as many lines as it prints when it listens. */
export async function startVarve(
  args: readonly string[],
  lineCount: number,
): Promise<ServingProcess> {
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = once(child, 'exit');
  const lines: unknown[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(JSON.parse(line));
      if (lines.length === lineCount) resolve();
    });
  });
  await Promise.race([ready, ended]);
  if (lines.length < lineCount) {
    throw new TransparencyError('start.refused', `${args[0]} ended: ${said.at(-1) ?? ''}`);
  }
  return { lines, said: () => said, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  await ended;
}

/** Runs the attacker, a process of its own; what it says that it did. */
export async function runAttacker(args: readonly string[]): Promise<string> {
  // As this file is: of the sources, or of what was built.
  const name = import.meta.url.endsWith('.ts') ? './demo-attacker.ts' : './demo-attacker.js';
  return await runToEnd([fileURLToPath(new URL(name, import.meta.url)), ...args]);
}

/** Runs `varve` to its end, which must be good. */
export async function runVarve(args: readonly string[]): Promise<string> {
  return await runToEnd([process.argv[1] ?? '', ...args]);
}

async function runToEnd(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = textOf(child.stdout);
  const failed = textOf(child.stderr);
  const [code] = await once(child, 'close');
  if (code === 0) return (await told).trim();
  throw new TransparencyError('config.malformed', `exit code ${code}: ${await failed}`);
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of stream) text += Buffer.from(part).toString('utf8');
  return text;
}

/** A witness that runs. */
export interface DemoWitness {
  readonly name: string;
  readonly url: string;
  readonly vkey: string;
  readonly process: ServingProcess;
}

/** Starts a witness over a folder of its own, on any free port. */
export async function startDemoWitness(dir: string, name: string): Promise<DemoWitness> {
  const args = ['witness', 'serve', '--data', dir, '--name', `${name}.demo/witness`];
  const process = await startVarve([...args, '--listen', '127.0.0.1:0'], 1);
  const [line] = process.lines as readonly { readonly url: string; readonly vkeys: string[] }[];
  return { name, url: line?.url ?? '', vkey: line?.vkeys[0] ?? '', process };
}

/** Starts a server over a data folder; the lines of its logs by name. */
export async function startDemoServer(
  data: string,
  config: { readonly path: string; readonly logs: number },
): Promise<{ readonly process: ServingProcess; readonly logs: ReadonlyMap<string, LogLine> }> {
  const args = ['serve', '--data', data, '--config', config.path, '--listen', '127.0.0.1:0'];
  const process = await startVarve(args, config.logs);
  const lines = process.lines as readonly LogLine[];
  return { process, logs: new Map(lines.map((line) => [line.name, line])) };
}
