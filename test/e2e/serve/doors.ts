import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../report.ts';
import { type ServerProcess, startServer } from '../server.ts';
import { ask, metricsOf, runVarve, same, sendEvent, until, varve } from './asked.ts';

const CERT = join(import.meta.dirname, '..', '..', 'http', 'testdata', 'localhost-cert.pem');
const KEY = join(import.meta.dirname, '..', '..', 'http', 'testdata', 'localhost-key.pem');

/** Who is let in, and how. */
export async function doors(report: Report, work: string): Promise<void> {
  const dataFolder = join(work, 'doors');
  const tokens = await makeTokens(dataFolder);
  const options = { dataFolder, logs: ['main', 'other'], waitsUntil: 'listening' } as const;
  const server = await startServer({ ...options, flags: ['--auth'] });
  try {
    await report.check('a token does what its roles, logs and sources say', () =>
      roles(server, tokens),
    );
    await report.check('a token is revoked, and another made, without a restart', () =>
      revokes(server, dataFolder, tokens),
    );
    await report.check('submit and check send the token of VARVE_TOKEN', () =>
      commands(server, tokens),
    );
    await report.check('no token stands in anything that the server said', () => {
      for (const text of Object.values(tokens)) {
        if (server.said().includes(text.slice(-20))) throw new Error('a token');
      }
      return `${server.said().split('\n').length} lines`;
    });
  } finally {
    await server.stop();
  }
  await report.check('an address that others reach is served with tokens', () => reachable(work));
  await report.check('TLS by a certificate and its key', () => tls(work));
  await report.check('a certificate without its key is refused before a log is made', () =>
    noCertificate(work),
  );
}

type Tokens = Readonly<Record<'writer' | 'auditor' | 'operator' | 'narrow', string>>;

async function makeTokens(data: string): Promise<Tokens> {
  const add = async (name: string, ...args: string[]): Promise<string> =>
    (await varve(['token', 'add', name, '--data', data, ...args])).trim();
  return {
    writer: await add('writer', '--role', 'submit'),
    auditor: await add('auditor', '--role', 'audit'),
    operator: await add('operator', '--role', 'operate'),
    narrow: await add('narrow', '--role', 'submit', '--log', 'main', '--source', 's1'),
  };
}

async function roles(server: ServerProcess, tokens: Tokens): Promise<string> {
  const { url } = server.log('main');
  const { writer, auditor, operator, narrow } = tokens;
  const entry = async (token?: string): Promise<number> =>
    (await ask(`${url}/entries/0`, token === undefined ? {} : { token })).status;
  const cases: readonly (readonly [string, () => Promise<number>, number])[] = [
    ['nobody submits', async () => (await sendEvent(url, 1)).status, 401],
    ['an auditor submits', async () => (await sendEvent(url, 1, { token: auditor })).status, 403],
    ['a writer submits', async () => (await sendEvent(url, 1, { token: writer })).status, 201],
    [
      'its source',
      async () => (await sendEvent(url, 2, { token: narrow, source: 's1' })).status,
      201,
    ],
    ['another source', async () => (await sendEvent(url, 3, { token: narrow })).status, 403],
    [
      'another log',
      async () =>
        (await sendEvent(server.log('other').url, 3, { token: narrow, source: 's1' })).status,
      403,
    ],
    ['nobody reads an entry', () => entry(), 401],
    ['a writer reads the log\u2019s own leaf', () => entry(writer), 403],
    ['an auditor reads an entry', () => entry(auditor), 200],
    ['an operator reads an entry', () => entry(operator), 403],
    ['a head is public', async () => (await ask(`${url}/checkpoint`)).status, 200],
    ['a hash tile is public', async () => (await ask(`${url}/tile/0/000.p/1`)).status, 200],
    ['a bundle is not', async () => (await ask(`${url}/tile/entries/000.p/1`)).status, 401],
    ['metrics are not', async () => (await ask(new URL('/metrics', url).href)).status, 401],
    ['an invented token', () => entry(`varve_${'A'.repeat(43)}`), 401],
  ];
  for (const [what, send, status] of cases) same(what, await send(), status);
  const metrics = await metricsOf(url, operator);
  same('an operator reads metrics', metrics.has('varve_log_running{log="main"}'), true);
  return `${cases.length + 1} answers`;
}

async function revokes(server: ServerProcess, data: string, tokens: Tokens): Promise<string> {
  const { url } = server.log('main');
  await varve(['token', 'revoke', 'writer', '--data', data]);
  const began = performance.now();
  await until(
    'it is refused',
    async () => (await sendEvent(url, 1, { token: tokens.writer })).status === 401,
  );
  const took = performance.now() - began;
  if (took > 1_500) throw new Error(`refused after ${took} ms`);
  const again = (
    await varve(['token', 'add', 'writer', '--role', 'submit', '--data', data])
  ).trim();
  await until(
    'the new one is taken',
    async () => (await sendEvent(url, 9, { token: again })).status === 201,
  );
  same('the old one', (await sendEvent(url, 1, { token: tokens.writer })).status, 401);
  if (server.said().includes(again.slice(-20))) throw new Error('the token is in the log');
  return `refused after ${Math.round(took)} ms`;
}

async function commands(server: ServerProcess, tokens: Tokens): Promise<string> {
  const { url, vkey } = server.log('main');
  const samples = join(
    import.meta.dirname,
    '..',
    '..',
    '..',
    'spec',
    'vectors',
    'event-samples.json',
  );
  const refused = await runVarve(['check', url, '--vkey', vkey]);
  same('check without a token', refused.code, 2);
  const checked = await runVarve(['check', url, '--vkey', vkey], { VARVE_TOKEN: tokens.auditor });
  if (checked.code !== 0) throw new Error(checked.stderr);
  // Its tenant is another: refused for what it is, and not for who sends it.
  const submitted = await runVarve(['submit', url, samples], { VARVE_TOKEN: tokens.narrow });
  if (!/event\.wrong-(?:tenant|source)/.test(submitted.stdout)) throw new Error(submitted.stderr);
  if (/varve_/.test(checked.stderr + submitted.stderr)) throw new Error('a token');
  return checked.stdout.split('\n')[0] ?? '';
}

async function reachable(work: string): Promise<string> {
  const dataFolder = join(work, 'reachable');
  const flags = ['--auth', '--url', 'http://log.test/x/'];
  const listen = '0.0.0.0:0';
  const server = await startServer({ dataFolder, listen, flags, waitsUntil: 'listening' });
  try {
    same('the URL that is told', server.log('main').url, 'http://log.test/x/main');
    for (const part of ['there is no token yet', 'without TLS']) {
      if (!server.said().includes(part)) throw new Error(`nothing of '${part}'`);
    }
    const port = /http:\/\/0\.0\.0\.0:(\d+)/.exec(server.said())?.[1];
    const { address = '127.0.0.1' } =
      Object.values(networkInterfaces())
        .flat()
        .find((one) => one?.family === 'IPv4' && !one.internal) ?? {};
    same('from outside', (await ask(`http://${address}:${port}/main/checkpoint`)).status, 200);
    same(
      'without a token',
      (await ask(`http://${address}:${port}/main/entries/0`)).code,
      'request.unauthenticated',
    );
    return address;
  } finally {
    await server.stop();
  }
}

async function tls(work: string): Promise<string> {
  const flags = ['--auth', '--tls-cert', CERT, '--tls-key', KEY];
  const server = await startServer({
    dataFolder: join(work, 'tls'),
    flags,
    waitsUntil: 'listening',
  });
  try {
    const { url } = server.log('main');
    const { status, protocol } = await getTrusting(`${url}/checkpoint`);
    same('status', status, 200);
    const plain = await ask(`${url.replace('https', 'http')}/checkpoint`).catch(() => null);
    same('plain HTTP', plain, null);
    return `${url}, ${protocol}`;
  } finally {
    await server.stop();
  }
}

async function noCertificate(work: string): Promise<string> {
  const data = join(work, 'no-cert');
  const args = ['serve', '--data', data, '--listen', '127.0.0.1:0', '--tls-cert', CERT];
  const wrong = await runVarve([...args, '--tls-key', CERT]);
  same('exit code', wrong.code, 2);
  same('its own words', wrong.stderr.includes('config.malformed'), true);
  same('keys made', (await runVarve(['keys', '--data', data])).code, 2);
  return 'config.malformed';
}

function getTrusting(url: string): Promise<{ readonly status: number; readonly protocol: string }> {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(CERT) }, (response) => {
      response.resume();
      const { socket } = response;
      const protocol =
        'getProtocol' in socket ? String((socket as { getProtocol(): unknown }).getProtocol()) : '';
      response.on('end', () => resolve({ status: response.statusCode ?? 0, protocol }));
    }).on('error', reject);
  });
}
