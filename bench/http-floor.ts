/**
 * What a POST of one event costs before any log is touched: bare node:http, bare Hono, our app over a log that does
 * nothing, by its short way and through Hono. `npx tsx --conditions=varve-source bench/http-floor.ts [seconds] [connections] [rounds]`.
 */
import { fork } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import autocannon from 'autocannon';
import { Hono } from 'hono';
import type { HttpEnv } from '../src/http/app.ts';
import { createApp, listen } from '../src/http/http.ts';
import type { Log, SubmitOutcome } from '../src/log/log.ts';

const SERVERS = ['node', 'hono', 'app', 'app-hono'] as const;
type ServerName = (typeof SERVERS)[number];

const RECEIPT = {
  index: 4711,
  leafHash: 'z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c4=',
  recv: {
    adapter: 'native',
    at: 1_752_000_000_000,
    by: null,
    conflict: null,
    map: null,
    raw: null,
    salt: 'AAAAAAAAAAAAAAAAAAAAAA',
  },
  duplicate: false,
};
const EVENT = JSON.stringify({ id: 'x'.repeat(40), pad: 'p'.repeat(640) });

if (process.argv[2] === 'serve') await serve(process.argv[3] as ServerName);
else await compare();

async function compare(): Promise<void> {
  const [seconds = 3, connections = 64, rounds = 3] = process.argv.slice(2).map(Number);
  const children = await Promise.all(SERVERS.map(start));
  for (const { url } of children) await load(url, 2, connections);
  for (let round = 0; round < rounds; round++) {
    const cells: Record<string, string> = {};
    for (const { name, url, child } of children) {
      const before = await cpuMicros(child);
      const { requests, latency } = await load(url, seconds, connections);
      const micros = ((await cpuMicros(child)) - before) / requests.total;
      cells[name] =
        `${Math.round(requests.average)}/s p50 ${latency.p50} p99 ${latency.p99} ` +
        `server CPU ${micros.toFixed(1)} us each`;
    }
    console.log(JSON.stringify({ round, connections, ...cells }));
  }
  for (const { child } of children) child.kill();
}

async function load(
  url: string,
  duration: number,
  connections: number,
): Promise<autocannon.Result> {
  const result = await autocannon({
    url: `${url}/main/events`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: EVENT,
    connections,
    duration,
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${url}: ${result.non2xx} not 2xx`);
  return result;
}

async function start(name: ServerName): Promise<{
  name: ServerName;
  url: string;
  child: ReturnType<typeof fork>;
}> {
  const child = fork(fileURLToPath(import.meta.url), ['serve', name]);
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)));
    child.once('exit', (code) => reject(new Error(`${name}: exit ${code}`)));
  });
  return { name, url, child };
}

/** CPU time of a server so far: what drifts least on a shared machine. */
function cpuMicros(child: ReturnType<typeof fork>): Promise<number> {
  child.send('cpu');
  return new Promise((resolve) => child.once('message', (message) => resolve(Number(message))));
}

async function serve(name: ServerName): Promise<void> {
  process.on('SIGINT', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  const text = JSON.stringify(RECEIPT);
  if (name === 'app' || name === 'app-hono') {
    const outcomes: readonly SubmitOutcome[] = [{ kind: 'appended', receipt: RECEIPT }];
    const log = {
      name: 'main',
      type: 'events',
      submit: async () => outcomes,
    } as Partial<Log> as Log;
    const app = createApp({ logs: new Map([['main', log]]), random: Math.random, now: Date.now });
    const way = name === 'app' ? app : Object.assign(app, { shortWay: () => false });
    const { url } = await listen({ app: way, port: 0, random: Math.random });
    process.send?.(url);
    return;
  }
  const app = new Hono<HttpEnv>();
  app.post('/:log/events', async (c) => {
    await bodyOf(c.env.incoming as IncomingMessage);
    return new Response(text, { status: 201, headers: { 'Content-Type': 'application/json' } });
  });
  const respond = getRequestListener((request, env) =>
    app.fetch(request, env as HttpEnv['Bindings']),
  );
  const server = createServer(async (incoming, outgoing) => {
    if (name === 'hono') {
      void respond(incoming, outgoing);
      return;
    }
    await bodyOf(incoming);
    outgoing.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': text.length });
    outgoing.end(text);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') process.send?.(`http://127.0.0.1:${address?.port}`);
  });
}

function bodyOf(incoming: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => resolve(chunks[0] ?? new Uint8Array(0)));
  });
}
