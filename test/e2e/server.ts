import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * What node runs: the command line as it is installed, which `npm run build` makes; with `VARVE_FROM_SOURCE` set, the one
 * of `src/`, so that nothing has to be built.
 */
export const VARVE: readonly string[] =
  process.env['VARVE_FROM_SOURCE'] === undefined
    ? [join(ROOT, 'dist', 'cli', 'main.js')]
    : ['--conditions=varve-source', '--import', 'tsx', join(ROOT, 'src', 'cli', 'main.ts')];

/** A log as `varve serve` tells of it when it listens. */
export interface ServedLog {
  readonly name: string;
  readonly origin: string;
  readonly vkey: string;
  /** PEM of the public key of its RFC 6962 face. */
  readonly p256: string;
  /** Prefix of its paths. */
  readonly url: string;
}

/** A server process. */
export interface ServerProcess {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it said on stderr, the last 100,000 characters. */
  said(): string;
  /** A log that it serves. @throws if it serves none of that name */
  log(name: string): ServedLog;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
  /** SIGTERM, and the end. @throws if it does not end with 0 */
  stop(): Promise<void>;
}

/** How a server is started. */
export interface ServerOptions {
  readonly dataFolder: string;
  /** Names of logs of events; default `main` alone. */
  readonly logs?: readonly string[];
  /** Logs that a configuration names, beside those. */
  readonly configuredLogs?: number;
  /** Names of opaque logs. */
  readonly opaque?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: any free port of loopback. */
  readonly listen?: string;
  /** Further flags of `varve serve`. */
  readonly flags?: readonly string[];
  /** What node runs; default `VARVE`. */
  readonly program?: readonly string[];
  /** Flags of node, before the program. */
  readonly nodeFlags?: readonly string[];
  /** Called with the process id at once, while it starts. */
  readonly onSpawn?: (pid: number) => void;
  /** Is the verifiable index kept? Its heads are entries of the logs. Default false. */
  readonly index?: boolean;
  /** Is it waited for until every log has published, or until it listens alone? Default ready. */
  readonly waitsUntil?: 'ready' | 'listening';
  /** Time until it must be ready. Default 30 s. */
  readonly readyMs?: number;
}

/**
 * Starts `varve serve` on a free port of loopback, and waits until every log has published.
 *
 * @throws if it ends before, or is not ready in time, with what it said
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { logs = ['main'], opaque = [], configuredLogs = 0 } = options;
  const child = spawn(
    process.execPath,
    [
      ...(options.nodeFlags ?? []),
      ...(options.program ?? VARVE),
      ...['serve', '--data', options.dataFolder, '--listen', options.listen ?? '127.0.0.1:0'],
      ...logs.flatMap((name) => ['--log', name]),
      ...opaque.flatMap((name) => ['--opaque', name]),
      ...(options.index === true ? [] : ['--no-index']),
      ...(options.flags ?? []),
    ],
    { cwd: ROOT, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // A suite that fails on its way leaves no server behind.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('close', () => process.off('exit', killAtExit));
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-100_000);
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const served = new Map<string, ServedLog>();
  const listening = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const log = JSON.parse(line) as ServedLog;
      served.set(log.name, log);
      if (served.size === logs.length + opaque.length + configuredLogs) resolve();
    });
  });
  const server: ServerProcess = {
    pid: child.pid ?? 0,
    ended,
    said: () => said,
    log(name) {
      const log = served.get(name);
      if (log === undefined) throw new Error(`no log ${name}`);
      return log;
    },
    kill: (signal) => {
      child.kill(signal);
    },
    async stop() {
      child.kill('SIGTERM');
      const { code, signal } = await ended;
      if (code !== 0) throw new Error(`exit code ${code}, signal ${signal}:\n${said}`);
    },
  };
  const ready = listening.then(() =>
    options.waitsUntil === 'listening' ? undefined : untilReady([...served.values()][0]?.url ?? ''),
  );
  const limit = new Promise<string>((resolve) => {
    setTimeout(resolve, options.readyMs ?? 30_000, 'is not ready').unref();
  });
  const early = ended.then(({ code, signal }) => `ended with ${code ?? signal}`);
  const wrong = await Promise.race([ready, limit, early]);
  if (wrong === undefined) return server;
  child.kill('SIGKILL');
  throw new Error(`the server ${wrong}:\n${said}`);
}

async function untilReady(logUrl: string): Promise<undefined> {
  for (;;) {
    const reply = await fetch(new URL('/readyz', logUrl)).catch(() => undefined);
    await reply?.arrayBuffer();
    if (reply?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
