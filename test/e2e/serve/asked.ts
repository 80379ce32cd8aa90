import { join } from 'node:path';
import { eventOf } from '../events.ts';
import { type Ended, run } from '../run.ts';
import { VARVE } from '../server.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Runs a command of varve to its end. */
export function runVarve(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return run(process.execPath, [...VARVE, ...args], { cwd: ROOT, env, limitMs: 60_000 });
}

/** The stdout of a command that must succeed. */
export async function varve(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runVarve(args);
  if (code === 0) return stdout;
  throw new Error(`varve ${args.join(' ')}: exit code ${code}\n${stderr}`);
}

/** An answer that was read. */
export interface Told {
  readonly status: number;
  readonly text: string;
  /** Code of the problem, or ''. */
  readonly code: string;
}

/** Asks a server. */
export async function ask(
  url: string,
  sent: { readonly token?: string; readonly body?: string; readonly header?: HeadersInit } = {},
): Promise<Told> {
  const headers = new Headers(sent.header);
  if (sent.token !== undefined) headers.set('Authorization', `Bearer ${sent.token}`);
  if (sent.body !== undefined && !headers.has('Content-Type')) {
    headers.set('Content-Type', 'application/json');
  }
  const init = sent.body === undefined ? { headers } : { headers, method: 'POST', body: sent.body };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  return { status: response.status, text, code: /"code":"([a-z0-9.-]+)"/.exec(text)?.[1] ?? '' };
}

/** Sends one event, with a number of its own. */
export function sendEvent(
  logUrl: string,
  number: number,
  how: {
    readonly token?: string;
    readonly wait?: 'published' | 'proof';
    readonly source?: string;
  } = {},
): Promise<Told> {
  const tenant = logUrl.slice(logUrl.lastIndexOf('/') + 1);
  const { token, wait, source = 'serve-test' } = how;
  const body = eventOf(tenant, source, number);
  const url = `${logUrl}/events${wait === undefined ? '' : `?wait=${wait}`}`;
  return ask(url, token === undefined ? { body } : { body, token });
}

/** Samples of a server's metrics: name and labels → value. */
export async function metricsOf(logUrl: string, token?: string): Promise<Map<string, number>> {
  const { text } = await ask(
    new URL('/metrics', logUrl).href,
    token === undefined ? {} : { token },
  );
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Waits until something holds. @throws when it does not in time */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  limitMs = 15_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > end) throw new Error(`not so after ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Compares what was seen with what was meant, as one line each. */
export function same(what: string, seen: unknown, meant: unknown): void {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(meant)];
  if (a !== b) throw new Error(`${what}: ${a}, and not ${b}`);
}
