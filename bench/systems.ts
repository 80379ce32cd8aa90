import { type ChildProcess, fork, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startServer } from '../test/e2e/server.ts';

/** A server under load. */
export interface RunningSystem {
  readonly pid: number;
  /** `http://127.0.0.1:6962` */
  readonly url: string;
  /** Where its log of events and its opaque log are, each with its verifier key. A floor has none. */
  readonly logs: Readonly<Record<'events' | 'opaque', ServedLog | null>>;
  /** Time from its start until it was ready. */
  readonly startMs: number;
  /** Asks it to end, and waits for that. */
  stop(): Promise<void>;
}

/** A log that a system serves. */
export interface ServedLog {
  /** Prefix of its paths: `/main`, or nothing. */
  readonly path: string;
  readonly vkey: string;
}

/** How Tessera batches, and whether it looks for duplicates. */
export interface PeerSetting {
  readonly batch: number;
  readonly ageMs: number;
  readonly dedup: boolean;
  /** Between two checkpoints; the least it takes is 100. */
  readonly checkpointMs: number;
}

/** `64/5ms`, `256/50ms+dedup` */
export function peerSettingText({ batch, ageMs, dedup, checkpointMs }: PeerSetting): string {
  const interval = checkpointMs === 100 ? '' : `, head ${checkpointMs / 1000} s`;
  return `${batch}/${ageMs}ms${interval}${dedup ? '+dedup' : ''}`;
}

/** Flags of the peer's program for a setting. */
export function peerFlags(dir: string, setting: PeerSetting): readonly string[] {
  return [
    ...['-dir', dir, '-batch', String(setting.batch), '-age', `${setting.ageMs}ms`],
    ...['-checkpoint', `${setting.checkpointMs}ms`, ...(setting.dedup ? ['-dedup'] : [])],
  ];
}

/** What our server is started with, as the README advises under load. */
export const SERVER_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=32'];

/** `varve serve` of a program that `buildVarve` made, on a data folder that holds the logs `main` and `raw`. */
export async function startVarve(
  program: string,
  dataFolder: string,
  nodeFlags: readonly string[] = [],
): Promise<RunningSystem> {
  const started = performance.now();
  const logs = { logs: ['main'], opaque: ['raw'] };
  const flags = [...SERVER_NODE_FLAGS, ...nodeFlags];
  const server = await startServer({ program: [program], dataFolder, ...logs, nodeFlags: flags });
  const startMs = performance.now() - started;
  const logOf = (name: string): ServedLog => ({ path: `/${name}`, vkey: server.log(name).vkey });
  return {
    pid: server.pid,
    url: new URL(server.log('main').url).origin,
    logs: { events: logOf('main'), opaque: logOf('raw') },
    startMs,
    stop: () => server.stop(),
  };
}

/** Tessera behind its handler, on one folder for both kinds of entries: it knows no difference. */
export async function startPeer(
  program: string,
  dir: string,
  setting: PeerSetting,
): Promise<RunningSystem> {
  const started = performance.now();
  const child = spawn(program, ['serve', ...peerFlags(dir, setting)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = await firstLine(child);
  const startMs = performance.now() - started;
  const { url, vkey } = JSON.parse(line) as { readonly url: string; readonly vkey: string };
  const log = { path: '', vkey };
  return {
    pid: child.pid ?? 0,
    url,
    logs: { events: log, opaque: log },
    startMs,
    stop: () => end(child),
  };
}

/** Hono alone or node:http alone: they read the body and answer with a receipt. (bench/http-floor.ts) */
export async function startFloor(name: 'hono' | 'node'): Promise<RunningSystem> {
  const started = performance.now();
  const child = fork(join(import.meta.dirname, 'http-floor.ts'), ['serve', name]);
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)));
    child.once('exit', (code) => reject(new Error(`${name}: exit code ${code}`)));
  });
  return {
    pid: child.pid ?? 0,
    url,
    logs: { events: null, opaque: null },
    startMs: performance.now() - started,
    stop: () => end(child),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000);
  });
  return new Promise((resolve, reject) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`exit code ${code}:\n${said}`)));
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
