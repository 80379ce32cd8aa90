import { createPrivateKey, sign } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { base64url } from '../../../src/core/base64.ts';
import { formatCheckpoint } from '../../../src/core/checkpoint.ts';
import { formatNote } from '../../../src/core/note.ts';
import { parseVkey } from '../../../src/core/vkey.ts';
import { eventOf } from '../events.ts';
import type { Report } from '../report.ts';
import { type ServerProcess, startServer } from '../server.ts';
import { ask, metricsOf, same, sendEvent, until, varve } from './asked.ts';

/** Several logs in one process: what befalls one is nothing to the others. */
export async function isolated(report: Report, work: string): Promise<void> {
  const dataFolder = join(work, 'isolated');
  const config = join(work, 'varve.json');
  writeFileSync(
    config,
    JSON.stringify({
      logs: [
        { name: 'a', limits: { poolEntriesMax: 5 } },
        { name: 'b', origin: 'log.test/b' },
        { name: 'raw', type: 'opaque' },
      ],
    }),
  );
  const start = (): Promise<ServerProcess> =>
    startServer({
      dataFolder,
      logs: [],
      waitsUntil: 'listening',
      flags: ['--config', config],
      configuredLogs: 3,
    });
  let server = await start();
  try {
    await report.check('each log has limits and an origin of its own', () => own(server));
    await report.check('an opaque log takes any bytes and gives them back', () => opaque(server));
    await report.check('a log that halts leaves the others alone', () => halts(server, dataFolder));
    await server.stop();
    server = await start();
    await report.check('it is halted after the next start, and the others are not', () =>
      staysHalted(server),
    );
  } finally {
    await server.stop();
  }
}

async function own(server: ServerProcess): Promise<string> {
  const [a, b] = [server.log('a'), server.log('b')];
  same('origins', [a.origin, b.origin], ['localhost:6962/a', 'log.test/b']);
  const events = (name: string): string =>
    `[${Array.from({ length: 6 }, (_, i) => eventOf(name, 'own', i)).join(',')}]`;
  const tooMany = await ask(`${a.url}/events`, { body: events('a') });
  same('six at once to a', tooMany.code, 'submission.too-many-items');
  same('six at once to b', (await ask(`${b.url}/events`, { body: events('b') })).status, 201);
  same(
    'an event of b to a',
    (await ask(`${a.url}/events`, { body: eventOf('b', 'own', 9) })).code,
    'event.wrong-tenant',
  );
  same('one to a', (await sendEvent(a.url, 1)).status, 201);
  return 'poolEntriesMax 5 in a alone';
}

async function opaque(server: ServerProcess): Promise<string> {
  const { url, vkey } = server.log('raw');
  const header = { 'Content-Type': 'application/octet-stream' };
  same('first', (await ask(`${url}/add`, { body: 'any bytes \u0000', header })).text, '0');
  same('again', (await ask(`${url}/add`, { body: 'any bytes \u0000', header })).text, '1');
  await until('both are published', async () => (await ask(`${url}/entries/1`)).status === 200);
  same('the bytes', (await ask(`${url}/entries/1`)).text, 'any bytes \u0000');
  same('events', (await sendEvent(url, 1)).code, 'log.wrong-type');
  const checked = await varve(['check', url, '--vkey', vkey]);
  return checked.split('\n')[0] ?? '';
}

/** Its own key signed a head that its tree does not contain, and somebody shows it. */
async function halts(server: ServerProcess, data: string): Promise<string> {
  const { url, vkey, origin } = server.log('b');
  const key = createPrivateKey(readFileSync(join(data, 'keys', 'b', 'ed25519.pem')));
  const text = formatCheckpoint({ origin, size: 2, rootHash: new Uint8Array(32).fill(7) });
  const { name, keyHash } = parseVkey(vkey);
  const signature = new Uint8Array(sign(null, text, key));
  const note = formatNote({ text, signatures: [{ name, keyHash, signature }] });
  const header = { 'Varve-Seen': base64url(note) };
  same('gossip is not refused', (await ask(`${url}/checkpoint`, { header })).status, 200);
  await until('b is halted', async () => (await sendEvent(url, 100)).code === 'log.halted');
  same('what was published is read', (await ask(`${url}/entries/1`)).status, 200);
  same('a goes on', (await sendEvent(server.log('a').url, 2, { wait: 'published' })).status, 201);
  const added = await ask(`${server.log('raw').url}/add`, {
    body: 'more',
    header: { 'Content-Type': 'application/octet-stream' },
  });
  same('raw goes on', added.text, '2');
  const metrics = await metricsOf(url);
  const running = ['a', 'b', 'raw'].map((log) => metrics.get(`varve_log_running{log="${log}"}`));
  same('running', running, [1, 0, 1]);
  const ready = await ask(new URL('/readyz', url).href);
  same('readyz', [ready.status, ready.text.includes('"evidence"')], [503, true]);
  await until('the evidence is kept', async () => server.said().includes('kept as evidence'));
  return readdirSync(join(data, 'evidence', 'b')).join(' ');
}

async function staysHalted(server: ServerProcess): Promise<string> {
  same('b', (await sendEvent(server.log('b').url, 101)).code, 'log.halted');
  same('a', (await sendEvent(server.log('a').url, 3, { wait: 'published' })).status, 201);
  same('raw', (await ask(`${server.log('raw').url}/entries/2`)).text, 'more');
  return 'b: log.halted';
}
