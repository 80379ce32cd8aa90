/**
 * 200 secrets of 25 kinds through every way in, and a search of the closed data folder: `npm run test:secrets`. Every byte
 * of every file, every row, and every opening that a key in the folder opens; what was planted there is found. Then
 * openings are erased, and the same search finds them nowhere, while every proof made before still verifies.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fetch, openSubmitter } from '../../src/client/client.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { ADAPTERS } from '../../src/ingest/ingest.ts';
import { varve } from '../e2e/serve/asked.ts';
import { type ServerProcess, startServer } from '../e2e/server.ts';
import { openSuite } from '../e2e/suite.ts';
import { seededRandom } from '../support/random.ts';
import { type Carrier, carrierOf } from './carriers.ts';
import { corpusOf, SECRET_KINDS } from './corpus.ts';
import { erasure } from './erasure.ts';
import { nativeItemsOf } from './native.ts';
import { Needles } from './needles.ts';
import { type Finding, searchFolder } from './search.ts';

const LOG = 'acme';
const SEED = Number(process.argv[2] ?? 1);
const AT_ONCE = 16;
/** Not secrets: they must be found, the one in the clear, the other where an opening is opened. */
const CLEAR = 'planted-in-the-clear-7f21';
const OPENED = 'planted-as-an-opening-93c4';

const { report, folder, play } = openSuite('secrets');
const random = seededRandom(SEED);
const corpus = corpusOf(SEED);
const needles = new Needles([
  ...corpus.flatMap(({ kind, cores }, n) => cores.map((text) => ({ name: `${kind} ${n}`, text }))),
  { name: CLEAR, text: CLEAR },
  { name: OPENED, text: OPENED },
]);
const dataFolder = join(folder, 'data');
let token = '';
await play(run);

async function run(): Promise<void> {
  await varve(['keys', 'init', '--log', LOG, '--data', dataFolder]);
  const roles = ['submit', 'audit', 'operate'].flatMap((role) => ['--role', role]);
  token = (await varve(['token', 'add', 'emitter', ...roles, '--data', dataFolder])).trim();
  const operator = ['--role', 'operate', '--data', dataFolder];
  const operators = [
    (await varve(['token', 'add', 'first', ...operator])).trim(),
    (await varve(['token', 'add', 'second', ...operator])).trim(),
  ] as const;
  // Much of it contradicts what was sent before, and each refusal is to leave its leaf.
  const limits = { conflictsPerMinuteMax: 1_000_000, refusedLeavesPerMinuteMax: 1_000_000 };
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ logs: [{ name: LOG, limits }] }));
  const start = (): Promise<ServerProcess> =>
    startServer({
      dataFolder,
      logs: [],
      configuredLogs: 1,
      index: true,
      flags: ['--auth', '--config', config],
    });
  const server = await start();
  const { url } = server.log(LOG);
  for (const adapter of ADAPTERS.keys()) {
    await report.check(`${corpus.length} secrets are sent to ${adapter}`, () => {
      return sendAll(url, adapter);
    });
  }
  await report.check('natively, whatever holds one is refused, and not repeated', () =>
    natively(url),
  );
  await report.check('a submitter that reduces sends them all, and none of them', () =>
    reduced(url),
  );
  await report.check('markers are planted', () => plant(url));
  await report.check('the server told none of it in what it says', async () => {
    deepEqual(needles.findIn(Buffer.from(server.said())), []);
    await closed(server, url);
    return undefined;
  });
  await searched();
  await erasure(report, { dataFolder, log: LOG, start, tokens: [token, ...operators] });
}

/** What is sent is answered with success, as the emitter expects it. */
async function sendAll(url: string, adapter: string): Promise<string> {
  const carriers = corpus.map((secret) => carrierOf(adapter, secret, random));
  let stored = 0;
  await inParallel(carriers, async (carrier) => {
    const { status, text } = await post(`${url}/${pathOf(adapter)}`, carrier);
    deepEqual(needles.findIn(Buffer.from(text)), [], `${carrier.place} is repeated`);
    if (status >= 200 && status < 300) stored += 1;
    else ok([400, 413, 422].includes(status), `${carrier.place}: ${status} ${text}`);
  });
  // A text in the place of a number makes some bodies of OpenTelemetry unreadable; nothing else is refused.
  ok(stored >= corpus.length * (adapter.startsWith('otlp') ? 0.6 : 1), `${stored} were stored`);
  return `${stored} are in the tree`;
}

async function natively(url: string): Promise<string> {
  const items = corpus.flatMap((secret) =>
    nativeItemsOf(secret, random).map((item) => ({ ...item, secret })),
  );
  const codes = new Map<string, number>();
  await inParallel(items, async ({ place, body, secret }) => {
    const sent = {
      place,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body),
    };
    const { status, text } = await post(`${url}/events`, sent);
    deepEqual(needles.findIn(Buffer.from(text)), [], `${secret.kind} in ${place} is repeated`);
    ok(status === 400 || status === 422, `${secret.kind} in ${place}: ${status}\n${body}`);
    const { code } = JSON.parse(text) as { readonly code: string };
    codes.set(code, (codes.get(code) ?? 0) + 1);
  });
  ok((codes.get('event.secret') ?? 0) > items.length / 2, 'most are well-formed but for it');
  return [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
}

/** Each in an event of its own; what is sent is what every event has, and a commitment. */
async function reduced(url: string): Promise<string> {
  const items = corpus.map(({ text }, n) => {
    const event = { ...plainEvent(`reduced-${n}`), ext: { 'com.example.said': [{ text }] } };
    return utf8(JSON.stringify(event));
  });
  const bodies: string[] = [];
  const keeping: Fetch = (target, init) => {
    bodies.push(Buffer.from((init.body as Uint8Array | undefined) ?? []).toString('utf8'));
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    return fetch(target, { ...init, headers } as RequestInit);
  };
  const reduce = { key: random.bytes(32) };
  const results = await openSubmitter({ url, fetch: keeping, reduce }).submit(items);
  ok(results.every(({ kind }) => kind === 'receipt'));
  deepEqual(needles.findIn(Buffer.from(bodies.join())), [], 'a secret was sent');
  return `${results.length} are in the tree, of ${bodies.length} requests`;
}

function plainEvent(id: string): object {
  return {
    v: 'nhi.event/1',
    id,
    kind: 'tool.invoke',
    phase: 'complete',
    tenant: LOG,
    time: { occurred: '2026-11-20T09:27:00Z' },
    src: { id: 'agent-1', format: 'native' },
    actor: { type: 'ai_agent', id: 'spiffe://acme.test/agent/1' },
    action: { name: 'tools/call', class: 'exec' },
    outcome: { result: 'failure' },
  };
}

async function plant(url: string): Promise<undefined> {
  const call = {
    id: 'planted',
    client: { id: CLEAR, type: 'service_account' },
    request: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'x', arguments: { note: OPENED } },
    },
  };
  const body = Buffer.from(JSON.stringify(call));
  const { status } = await post(`${url}/ingest/mcp`, {
    headers: { 'content-type': 'application/json' },
    body,
  });
  equal(status, 200);
  return undefined;
}

/** Waits until the index has read everything, and stops the server. */
async function closed(server: ServerProcess, url: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  for (const end = performance.now() + 60_000; ; ) {
    const reply = await fetch(`${url}/lookup?key=actor:${CLEAR}&limit=1`, { headers });
    const text = await reply.text();
    if (reply.status === 200 && (JSON.parse(text) as { count: number }).count === 1) break;
    if (performance.now() > end) throw new Error(`the index is behind: ${reply.status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.stop();
}

async function searched(): Promise<void> {
  // In each form, as a file that somebody forgot there.
  const forgotten = join(dataFolder, 'forgotten');
  const forms = [CLEAR, Buffer.from(CLEAR).toString('hex'), Buffer.from(CLEAR).toString('base64')];
  writeFileSync(forgotten, forms.join('\n'));
  const found = await searchFolder(dataFolder, [LOG], needles);
  rmSync(forgotten);
  const { findings, files, rows, openings, bytes } = found;
  const of = (name: string): readonly Finding[] => findings.filter((one) => one.name === name);
  await report.check('the search finds what was planted: in a file, in rows, in an opening', () => {
    const inFile = of(CLEAR).filter(({ where }) => where === 'forgotten');
    deepEqual(inFile.map(({ form }) => form).sort(), ['base64 at 0', 'hex', 'plain']);
    ok(of(CLEAR).some(({ layer, where }) => layer === 'row' && where.startsWith('store')));
    ok(of(OPENED).some(({ layer }) => layer === 'opening'));
    return `${bytes} bytes in ${files} files, ${rows} rows and ${openings} openings`;
  });
  await report.check('an opening is nowhere in the clear', () => {
    deepEqual(
      of(OPENED).filter(({ layer }) => layer !== 'opening'),
      [],
    );
    return undefined;
  });
  for (const kind of SECRET_KINDS) {
    await report.check(`no byte of a secret of the kind ${kind} is there`, () => {
      deepEqual(
        findings.filter(({ name }) => name.startsWith(`${kind} `)),
        [],
      );
      return undefined;
    });
  }
}

function pathOf(adapter: string): string {
  if (adapter === 'otlp-logs') return 'v1/logs';
  if (adapter === 'otlp-traces') return 'v1/traces';
  return adapter === 'cloudevents' ? 'events' : `ingest/${adapter}`;
}

async function post(
  url: string,
  { headers, body }: Pick<Carrier, 'headers' | 'body'>,
): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}` },
    body: new Uint8Array(body),
  });
  return { status: reply.status, text: await reply.text() };
}

/** A few at a time. The first that fails is thrown. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
