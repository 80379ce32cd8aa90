import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, runWell } from '../../e2e/run.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const VENV = join(ROOT, '.cache', 'aics');
const PROGRAM = join(VENV, 'bin', 'aics-witness');
const PACKAGES = ['aics-witness==0.1.0', 'aics-tlog==0.2.1'];

/** A log as the roster of a witness has it. */
export interface ListedLog {
  readonly origin: string;
  readonly vkey: string;
}

/** A process of aics-witness. */
export interface AicsWitness {
  readonly url: string;
  readonly vkey: string;
  stop(): Promise<void>;
  /** Starts again on the same data and port. */
  start(): Promise<void>;
}

/** Installs aics-witness, a witness in Python that others wrote. @throws if there is no Python from 3.12 on */
export async function installAics(): Promise<string> {
  const python = await findPython();
  if (!existsSync(PROGRAM)) {
    await runWell(python, ['-m', 'venv', VENV], { limitMs: 120_000 });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
    await runWell(join(VENV, 'bin', 'python'), install, { limitMs: 300_000 });
  }
  return (await runWell(PROGRAM, ['--version'], { limitMs: 30_000 })).trim();
}

/** Makes a witness in a folder, its logs on the roster, and starts it. */
export async function startAics(
  folder: string,
  options: { readonly name: string; readonly port: number; readonly logs: readonly ListedLog[] },
): Promise<AicsWitness> {
  const config = join(folder, 'witness.json');
  const url = `http://127.0.0.1:${options.port}`;
  const listen = `127.0.0.1:${options.port}`;
  const init = ['init', '--config', config, '--name', options.name, '--listen', listen];
  const made = await runWell(PROGRAM, init, { limitMs: 30_000 });
  const vkey = made.split('\n').find((line) => line.startsWith(`${options.name}+`)) ?? '';
  const members = JSON.parse(readFileSync(config, 'utf8')) as object;
  const logs = options.logs.map(({ origin, vkey: key }) => ({ origin, vkeys: [key] }));
  writeFileSync(config, JSON.stringify({ ...members, logs }));
  let process: { stop(): Promise<void> } | undefined;
  const start = async (): Promise<void> => {
    process = await serve(config, url);
  };
  await start();
  return {
    url,
    vkey,
    start,
    async stop() {
      await process?.stop();
    },
  };
}

async function serve(config: string, url: string): Promise<{ stop(): Promise<void> }> {
  const args = ['serve', '--config', config, '--log-level', 'WARNING'];
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000);
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    if (await answers(url)) {
      return {
        async stop() {
          child.kill('SIGTERM');
          await ended;
        },
      };
    }
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`aics-witness does not answer: ${said}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(1_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function findPython(): Promise<string> {
  for (const python of candidates()) {
    const ask = ['-c', 'import sys; print(sys.version_info >= (3, 12))'];
    try {
      const { code, stdout } = await run(python, ask, { limitMs: 10_000 });
      if (code === 0 && stdout.trim() === 'True') return python;
    } catch {
      // Not on this machine.
    }
  }
  throw new Error('no Python from 3.12 on, which aics-witness needs');
}

function candidates(): readonly string[] {
  const versions = join(homedir(), '.pyenv', 'versions');
  const managed = existsSync(versions) ? readdirSync(versions).sort().reverse() : [];
  return [
    ...['python3', 'python3.12', 'python3.13', 'python3.14'],
    ...managed.map((version) => join(versions, version, 'bin', 'python3')),
  ];
}
