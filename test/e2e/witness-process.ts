import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runWell } from './run.ts';
import { VARVE } from './server.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A process of `varve witness serve`. */
export interface WitnessProcess {
  readonly name: string;
  readonly url: string;
  readonly vkeys: readonly string[];
  readonly pid: number;
  /** What it said on stderr. */
  said(): string;
  /** Kills it by SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and the end. @throws if it does not end with 0 */
  stop(): Promise<void>;
}

/** How a witness is started. */
export interface WitnessProcessOptions {
  readonly dataFolder: string;
  readonly name?: string;
  /** Default: any free one of loopback. */
  readonly port?: number;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a witness, and waits until it listens. @throws if it ends before */
export async function startWitness(options: WitnessProcessOptions): Promise<WitnessProcess> {
  const { dataFolder, name, port = 0, flags = [], env = {} } = options;
  const args = [
    'witness',
    'serve',
    '--data',
    dataFolder,
    '--listen',
    `127.0.0.1:${port}`,
    ...flags,
  ];
  const child = spawn(
    process.execPath,
    [...VARVE, ...args, ...(name === undefined ? [] : ['--name', name])],
    { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-100_000);
  });
  const ended = once(child, 'exit');
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  if (typeof line[0] !== 'string') throw new Error(`the witness ended: ${said}`);
  const told = JSON.parse(line[0]) as { name: string; url: string; vkeys: string[] };
  return { ...told, pid: child.pid ?? 0, said: () => said, ...endings(child, ended, () => said) };
}

/** Puts logs on the roster of a folder, as a list of the witness network, while it serves or not. */
export async function addLogList(dataFolder: string, listFile: string): Promise<void> {
  const args = ['witness', 'add-log', '--data', dataFolder, '--list', listFile];
  await runWell(process.execPath, [...VARVE, ...args], { cwd: ROOT, limitMs: 60_000 });
}

function endings(
  child: ChildProcess,
  ended: Promise<unknown[]>,
  said: () => string,
): Pick<WitnessProcess, 'kill' | 'stop'> {
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`the witness ended with ${String(code)}: ${said()}`);
    },
  };
}
