/*
 * Everything that somebody may send who means harm, to a server process that runs as an operator runs it.
 *
 * After each attack: its status and code, no token in the answer, and no log is larger than it was.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatToken } from '../../src/http/tokens.ts';
import { eventOf } from './events.ts';
import { type Attack, type Door, launch, type Who } from './hostile/attack.ts';
import { BODIES, BODY_MAX, FOREIGN_BODIES, FRAMES } from './hostile/bodies.ts';
import { connections } from './hostile/connections.ts';
import { rebound, strangers } from './hostile/strangers.ts';
import { BAD_TARGETS } from './hostile/targets.ts';
import { ask, same, sendEvent, until, varve } from './serve/asked.ts';
import { type ServerProcess, startServer } from './server.ts';
import { openSuite } from './suite.ts';

const CONNECTIONS_MAX = 300;
const { report, folder: work, play } = openSuite('hostile');

await play(async () => {
  await withTokens();
  await withoutTokens();
});

async function withTokens(): Promise<void> {
  const dataFolder = join(work, 'closed');
  const tokens = await makeTokens(dataFolder);
  const config = join(work, 'varve.json');
  const limits = {
    jsonBodyBytesMax: BODY_MAX,
    ingestBodyBytesMax: BODY_MAX,
    otlpBodyBytesMax: BODY_MAX,
    bodiesInFlightBytesMax: 8 * BODY_MAX,
    headersTimeoutMs: 700,
    requestTimeoutMs: 1_000,
    closeTimeoutMs: 500,
    stalledTimeoutMs: 1_500,
    connectionsMax: CONNECTIONS_MAX,
  };
  const logs = [
    { name: 'main' },
    { name: 'tiny', limits: { poolEntriesMax: 8 } },
    { name: 'other' },
    { name: 'raw', type: 'opaque' },
  ];
  writeFileSync(config, JSON.stringify({ auth: true, limits, logs }));
  const options = { dataFolder, logs: [], configuredLogs: 4, waitsUntil: 'listening' } as const;
  const server = await startServer({ ...options, flags: ['--config', config] });
  const port = portOf(server);
  const token = tokens.get('all') ?? '';
  const { url, vkey } = server.log('main');
  try {
    same('the first event', (await sendEvent(url, 0, { token, wait: 'published' })).status, 201);
    const attacks = [...strangers(), ...BAD_TARGETS, ...FRAMES, ...FOREIGN_BODIES, ...BODIES];
    await report.check('there are many kinds of attacks', () => {
      if (attacks.length < 80) throw new Error(`${attacks.length}`);
      return `${attacks.length}, and those of connections`;
    });
    const sizes = (): Promise<string> => sizesOf(url, tokens.get('operate') ?? '');
    await withstandAll(attacks, { port, tokens, sizes });
    const before = await sizes();
    const residentBytes = (): number | null => residentBytesOf(server.pid, 'VmRSS');
    await connections(report, { port, token, connectionsMax: CONNECTIONS_MAX, residentBytes });
    await report.check('nothing was written by any of it', async () => {
      same('sizes', await sizes(), before);
      return before;
    });
    await report.check('the process never held more than 512 MiB', () => {
      const peak = residentBytesOf(server.pid, 'VmHWM');
      if (peak === null) return 'not told by this system';
      if (peak > 512 * 1_048_576) throw new Error(`${peak}`);
      return `${Math.round(peak / 1_048_576)} MiB at most`;
    });
    await report.check('afterwards it serves as before, and said nothing of a token', async () => {
      same('an event', (await sendEvent(url, 1, { token, wait: 'published' })).status, 201);
      for (const one of tokens.values())
        same('told', server.said().includes(one.slice(-20)), false);
      const faults = server.said().match(/"msg":"request failed"/g) ?? [];
      same('faults', faults.length, 0);
      return undefined;
    });
  } finally {
    await server.stop();
  }
  await report.check('the log that was attacked holds', async () => {
    return (await varve(['check', dataFolder, '--log', 'main', '--vkey', vkey])).split('\n')[0];
  });
}

/** On loopback, where every web page of the machine may send. */
async function withoutTokens(): Promise<void> {
  const server = await startServer({ dataFolder: join(work, 'open') });
  try {
    const { url } = server.log('main');
    const door = { port: portOf(server), tokens: new Map<Who, string>() };
    const sizes = (): Promise<string> => sizesOf(url);
    const post: Attack = {
      name: 'a page that rebinds its name and posts an event',
      method: 'POST',
      target: '/main/events',
      header: ['Content-Type: application/json', 'Origin: http://evil.example'],
      body: eventOf('main', 'hostile', 1),
      host: 'evil.example',
      status: 421,
      code: 'request.host-not-allowed',
    };
    await withstandAll([...rebound(), post], { ...door, sizes });
  } finally {
    await server.stop();
  }
}

async function withstandAll(
  attacks: readonly Attack[],
  door: Door & { readonly sizes: () => Promise<string> },
): Promise<void> {
  let before = await door.sizes();
  for (const attack of attacks) {
    await report.check(attack.name, async () => {
      const { status, code, text } = await launch(attack, door);
      same('answer', `${status} ${code}`, `${attack.status} ${attack.code}`);
      for (const token of door.tokens.values()) same('told', text.includes(token), false);
      const { leaves = 0 } = attack;
      // What the log itself writes about it comes with the next commit.
      if (leaves > 0) await until('it is told', async () => (await door.sizes()) !== before);
      same('grown by', sum(await door.sizes()) - sum(before), leaves);
      return `${status} ${code}`;
    });
    before = await door.sizes();
  }
}

async function makeTokens(data: string): Promise<ReadonlyMap<Who, string>> {
  const all = ['--role', 'submit', '--role', 'audit', '--role', 'operate'];
  const made: readonly (readonly [Who, readonly string[]])[] = [
    ['all', all],
    ['submit', ['--role', 'submit']],
    ['audit', ['--role', 'audit']],
    ['operate', ['--role', 'operate']],
    ['other-log', [...all, '--log', 'other']],
    ['one-source', ['--role', 'submit', '--source', 's1']],
  ];
  const tokens = new Map<Who, string>();
  for (const [who, flags] of made) {
    tokens.set(who, (await varve(['token', 'add', who, '--data', data, ...flags])).trim());
  }
  return tokens.set('invented', formatToken(new Uint8Array(32).fill(9)));
}

/** Sizes of all logs, as `main 2 raw 0`. */
async function sizesOf(url: string, token?: string): Promise<string> {
  const sent = token === undefined ? {} : { token };
  const { text } = await ask(new URL('/readyz', url).href, sent);
  const { logs } = JSON.parse(text) as {
    readonly logs: readonly { readonly name: string; readonly integratedSize: number }[];
  };
  return logs.map(({ name, integratedSize }) => `${name} ${integratedSize}`).join(' ');
}

function sum(sizes: string): number {
  return [...sizes.matchAll(/\d+/g)].reduce((all, [n]) => all + Number(n), 0);
}

function residentBytesOf(pid: number, member: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kibibytes = new RegExp(`^${member}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
  } catch {
    return null;
  }
}

function portOf(server: ServerProcess): number {
  return Number(new URL(server.log('main').url).port);
}
