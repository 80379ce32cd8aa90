import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8Text } from '../../src/core/bytes.ts';
import { createApp } from '../../src/http/app.ts';
import { limitsOf } from '../../src/http/limits.ts';
import { createMetrics, type Metrics } from '../../src/http/metrics.ts';
import { type HttpServer, listen } from '../../src/http/node-server.ts';
import { createTokenStore, formatToken, hashOfToken } from '../../src/http/tokens.ts';
import type { Log } from '../../src/log/log.ts';
import { type RawAnswer, talkRaw } from '../support/raw-socket.ts';
import { openTestLog, testEvent } from '../support/test-log.ts';

/** Real logs behind a real socket, asked by somebody who means harm. */
const secret = (n: number): string => formatToken(new Uint8Array(32).fill(n));
const TOKENS = [
  { name: 'all', roles: ['submit', 'audit', 'operate'], sources: null },
  { name: 'writer', roles: ['submit'], sources: ['test-source'] },
  { name: 'auditor', roles: ['audit'], sources: null },
] as const;
const BODY_MAX = 1_048_576;

let server: HttpServer;
let port = 0;
let main: Log;
let raw: Log;
let metrics: Metrics;

beforeAll(async () => {
  main = await openTestLog();
  raw = await openTestLog({ type: 'opaque' });
  metrics = createMetrics();
  const tokens = createTokenStore(
    TOKENS.map((token, i) => ({ ...token, sha256: hashOfToken(secret(i)), logs: null })),
  );
  const limits = limitsOf({
    jsonBodyBytesMax: BODY_MAX,
    bodiesInFlightBytesMax: 4 * BODY_MAX,
    requestTimeoutMs: 300,
    headersTimeoutMs: 250,
    closeTimeoutMs: 500,
  });
  const random = (): number => 0.5;
  const logs = new Map([
    ['main', main],
    ['raw', raw],
  ]);
  const options = { logs, random, limits, tokens, metrics, now: Date.now };
  const app = createApp({ ...options, allowedHosts: [] });
  server = await listen({ app, port: 0, random, limits });
  port = Number(new URL(server.url).port);
  await post(testEvent('good')); // Something to read.
  await main.waitPublished(2, AbortSignal.timeout(5_000));
});

afterAll(async () => {
  await server.close();
  await main.close();
  await raw.close();
});

interface Sent {
  readonly method?: string;
  readonly target?: string;
  /** Lines of the header beside Host, Connection and Authorization. */
  readonly header?: readonly string[];
  readonly host?: string;
  /** Index of the token; null: none. */
  readonly who?: number | null;
  readonly body?: string | Uint8Array;
}

function send(sent: Sent): Promise<RawAnswer> {
  const { method = 'GET', target = '/main/checkpoint', header = [], host = 'localhost' } = sent;
  const { who = 0, body } = sent;
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...header];
  if (who !== null) lines.push(`Authorization: Bearer ${secret(who)}`);
  const told = header.some((line) => /^(?:content-length|transfer-encoding):/i.test(line));
  if (body !== undefined && !told) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return talkRaw(port, [`${lines.join('\r\n')}\r\n\r\n`, ...(body === undefined ? [] : [body])]);
}

const JSON_TYPE = 'Content-Type: application/json';
const LINES_TYPE = 'Content-Type: application/x-ndjson';

function post(body: string | Uint8Array, sent: Sent = {}): Promise<RawAnswer> {
  return send({ method: 'POST', target: '/main/events', header: [JSON_TYPE], body, ...sent });
}

const event = (change: object, id = 'bad'): string =>
  JSON.stringify({ ...JSON.parse(utf8Text(testEvent(id))), ...change });
const withText = (from: string, to: string): string => utf8Text(testEvent('bad')).replace(from, to);
const deep = (open: string, close: string, n: number): string => open.repeat(n) + close.repeat(n);

type Case = readonly [name: string, send: () => Promise<RawAnswer>, status: number, code: string];

const BODIES: readonly Case[] = [
  ['no JSON', () => post('nonsense'), 400, 'json.malformed'],
  ['half an event', () => post(utf8Text(testEvent('a')).slice(0, 99)), 400, 'json.malformed'],
  ['an event and more', () => post(`${utf8Text(testEvent('a'))}x`), 400, 'json.malformed'],
  ['a byte order mark', () => post(`\ufeff${utf8Text(testEvent('a'))}`), 400, 'json.bom'],
  ['bytes that are no UTF-8', () => post(Uint8Array.of(0x22, 0xff, 0x22)), 400, 'bytes.not-utf8'],
  ['UTF-16', () => post(Buffer.from(event({}), 'utf16le')), 400, 'json.malformed'],
  ['a member twice', () => post(withText('{"v"', '{"id":"x","v"')), 400, 'json.duplicate-member'],
  [
    'a member twice, escaped',
    () => post(withText('{"v"', '{"\\u0069d":"x","v"')),
    400,
    'json.duplicate-member',
  ],
  [
    '__proto__',
    () => post(withText('{"v"', '{"__proto__":{"a":1},"v"')),
    422,
    'event.unknown-member',
  ],
  ['a number 1.0', () => post(withText('"test-source"', '1.0')), 400, 'json.number'],
  ['a number 1e3', () => post(withText('"test-source"', '1e3')), 400, 'json.number'],
  ['a number -0', () => post(withText('"test-source"', '-0')), 400, 'json.number'],
  [
    'a number of 17 digits',
    () => post(withText('"test-source"', '90071992547409930')),
    400,
    'json.number',
  ],
  ['half a surrogate pair', () => post(withText('test-source', '\\ud800')), 400, 'json.surrogate'],
  ['a bomb of objects', () => post(deep('{"a":', '}', 50_000)), 400, 'json.too-deep'],
  ['a bomb of arrays', () => post(deep('[', ']', 100_000)), 400, 'json.too-deep'],
  ['a bomb of open brackets', () => post('['.repeat(500_000)), 400, 'json.too-deep'],
  ['a string that does not end', () => post(`"${'\\"'.repeat(400_000)}`), 400, 'json.malformed'],
  ['null', () => post('null'), 400, 'submission.malformed'],
  ['a number', () => post('1'), 400, 'submission.malformed'],
  ['an empty object', () => post('{}'), 422, 'event.schema'],
  ['nothing', () => post(''), 400, 'submission.empty'],
  ['white space', () => post(' \n\t '), 400, 'submission.empty'],
  ['an empty array', () => post('[]'), 400, 'submission.empty'],
  ['an array with an open end', () => post('[1'), 400, 'json.malformed'],
  ['an array with two commas', () => post('[1,,2]'), 400, 'json.malformed'],
  ['10,001 items', () => post(`[${'1,'.repeat(10_000)}1]`), 413, 'submission.too-many-items'],
  [
    '10,001 lines',
    () => post('1\n'.repeat(10_001), { header: [LINES_TYPE] }),
    413,
    'submission.too-many-items',
  ],
  ['an array of arrays', () => post('[[],[]]'), 207, 'submission.malformed'],
  ['lines of nothing', () => post('\n\n1\n', { header: [LINES_TYPE] }), 207, 'json.malformed'],
  ['an event of another tenant', () => post(event({ tenant: 'other' })), 422, 'event.wrong-tenant'],
  [
    'a look-alike id',
    () => post(event({ actor: { type: 'ai_agent', id: 'ab\u200bc' } })),
    422,
    'event.identifier',
  ],
  ['an unknown version', () => post(event({ v: 'nhi.leaf/1' })), 422, 'event.schema'],
  [
    'a source that is another\u2019s',
    () => post(testEvent('a', 'x', 'other'), { who: 1 }),
    403,
    'event.wrong-source',
  ],
  ['a long body', () => post('x'.repeat(BODY_MAX + 1)), 413, 'request.body-too-large'],
  [
    'a form',
    () => post('a=1', { header: ['Content-Type: application/x-www-form-urlencoded'] }),
    415,
    'request.bad-content-type',
  ],
  [
    'text',
    () => post('{}', { header: ['Content-Type: text/plain'] }),
    415,
    'request.bad-content-type',
  ],
  ['no type', () => post('{}', { header: [] }), 415, 'request.bad-content-type'],
  [
    'two types',
    () => post('{}', { header: ['Content-Type: application/json, text/plain'] }),
    415,
    'request.bad-content-type',
  ],
  [
    'another charset',
    () => post('{}', { header: [`${JSON_TYPE}; charset=utf-16`] }),
    415,
    'request.bad-content-type',
  ],
  [
    'a gzip bomb',
    () =>
      post(gzipSync(Buffer.alloc(50_000_000)), { header: [JSON_TYPE, 'Content-Encoding: gzip'] }),
    415,
    'request.bad-content-encoding',
  ],
  [
    'two encodings',
    () => post('{}', { header: [JSON_TYPE, 'Content-Encoding: identity, br'] }),
    415,
    'request.bad-content-encoding',
  ],
  [
    'a wait for something else',
    () => post('{}', { target: '/main/events?wait=never' }),
    400,
    'request.bad-parameter',
  ],
  [
    'an event to an opaque log',
    () => post(testEvent('a'), { target: '/raw/events' }),
    404,
    'log.wrong-type',
  ],
  [
    'bytes to a log of events',
    () => post('x', { target: '/main/add', header: [] }),
    404,
    'log.wrong-type',
  ],
  [
    'text to an opaque log',
    () => post('x', { target: '/raw/add', header: ['Content-Type: text/plain'] }),
    415,
    'request.bad-content-type',
  ],
  [
    'a long entry',
    () => post('x'.repeat(65_536), { target: '/raw/add', header: [] }),
    413,
    'leaf.too-large',
  ],
  [
    'an event to no log',
    () => post(testEvent('a'), { target: '/none/events' }),
    404,
    'log.unknown',
  ],
  [
    'an event without a token',
    () => post(testEvent('a'), { who: null }),
    401,
    'request.unauthenticated',
  ],
  [
    'an event with a wrong token',
    () => post(testEvent('a'), { who: 9 }),
    401,
    'request.unauthenticated',
  ],
  ['an event of an auditor', () => post(testEvent('a'), { who: 2 }), 403, 'request.forbidden'],
  [
    'an entry of an auditor',
    () => post('x', { who: 2, target: '/raw/add', header: [] }),
    403,
    'request.forbidden',
  ],
  ['an event by PUT', () => post('{}', { method: 'PUT' }), 405, 'request.method-not-allowed'],
  ['an event by DELETE', () => post('{}', { method: 'DELETE' }), 405, 'request.method-not-allowed'],
  [
    'an event from a page',
    () => post('{}', { header: [JSON_TYPE, 'Origin: https://evil.example'] }),
    403,
    'request.cross-site',
  ],
  [
    'an event from a sandboxed page',
    () => post('{}', { header: [JSON_TYPE, 'Origin: null'] }),
    403,
    'request.cross-site',
  ],
  [
    'an event from another port',
    () => post('{}', { header: [JSON_TYPE, 'Sec-Fetch-Site: same-site'] }),
    403,
    'request.cross-site',
  ],
  [
    'an event by a rebound name',
    () => post('{}', { host: 'evil.example' }),
    421,
    'request.host-not-allowed',
  ],
];

const FRAMES: readonly Case[] = [
  [
    'two lengths',
    () => post('1', { header: [JSON_TYPE, 'Content-Length: 1', 'Content-Length: 2'] }),
    400,
    'request.malformed',
  ],
  [
    'a negative length',
    () => post('1', { header: [JSON_TYPE, 'Content-Length: -1'] }),
    400,
    'request.malformed',
  ],
  [
    'a length in hex',
    () => post('1', { header: [JSON_TYPE, 'Content-Length: 0x1'] }),
    400,
    'request.malformed',
  ],
  [
    'a length beside chunks',
    () =>
      post('0\r\n\r\n', { header: [JSON_TYPE, 'Content-Length: 5', 'Transfer-Encoding: chunked'] }),
    400,
    'request.malformed',
  ],
  [
    'a length beyond all',
    () => post('1', { header: [JSON_TYPE, 'Content-Length: 9007199254740993'] }),
    400,
    'request.malformed',
  ],
  [
    'a length above the limit',
    () => post('1', { header: [JSON_TYPE, 'Content-Length: 99999999'] }),
    413,
    'request.body-too-large',
  ],
  [
    'a chunk that is none',
    () => post('zz\r\n', { header: [JSON_TYPE, 'Transfer-Encoding: chunked'] }),
    400,
    'request.malformed',
  ],
  [
    'chunks without end',
    () =>
      post(`fffff\r\n${'x'.repeat(0xfffff)}\r\n`.repeat(2), {
        header: [JSON_TYPE, 'Transfer-Encoding: chunked'],
      }),
    413,
    'request.body-too-large',
  ],
  [
    'a body that does not come',
    () => post('"a', { header: [JSON_TYPE, 'Content-Length: 9'] }),
    408,
    'request.timeout',
  ],
  [
    'a header that does not end',
    () => talkRaw(port, ['GET / HTTP/1.1\r\nHost: localhost\r\n']),
    408,
    'request.timeout',
  ],
  [
    'a header of 20 KiB',
    () => send({ header: [`X: ${'x'.repeat(20_000)}`] }),
    400,
    'request.malformed',
  ],
  ['a header with a NUL', () => send({ header: ['X: \0'] }), 400, 'request.malformed'],
  [
    'no HTTP',
    () => talkRaw(port, ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03']),
    400,
    'request.malformed',
  ],
  [
    'HTTP/9',
    () => talkRaw(port, ['GET / HTTP/9.9\r\nHost: localhost\r\n\r\n']),
    400,
    'request.malformed',
  ],
  ['another method', () => send({ method: 'TRACE' }), 405, 'request.method-not-allowed'],
  [
    'a preflight',
    () =>
      send({
        method: 'OPTIONS',
        header: ['Origin: https://evil.example', 'Access-Control-Request-Method: POST'],
      }),
    403,
    'request.cross-site',
  ],
  ['an empty Host', () => send({ host: '' }), 421, 'request.host-not-allowed'],
  [
    'a Host with a password',
    () => send({ host: 'localhost@evil.example' }),
    400,
    'request.malformed',
  ],
];

const TARGETS: readonly (readonly [target: string, status: number, code: string])[] = [
  ['/main/tile/0/%30%30%30', 404, 'tile.bad-path'],
  ['/main/tile/0/%78001/000', 404, 'tile.bad-path'],
  ['/main/tile/0/000.p/256', 404, 'tile.bad-path'],
  ['/main/tile/0/000.p/0', 404, 'tile.bad-path'],
  ['/main/tile/0/000.p/02', 404, 'tile.bad-path'],
  ['/main/tile/0/0', 404, 'tile.bad-path'],
  ['/main/tile/00/000', 404, 'tile.bad-path'],
  ['/main/tile/64/000', 404, 'tile.bad-path'],
  ['/main/tile/0/x000/000', 404, 'tile.bad-path'],
  ['/main/tile/0/x999/x999/x999/x999/x999/999', 404, 'tile.bad-path'],
  ['/main/tile/0/000', 404, 'tile.not-found'],
  ['/main/tile/0/000.p/3', 404, 'tile.not-found'],
  ['/main/tile/63/000', 404, 'tile.not-found'],
  ['/main/tile/entries/000.p/3', 404, 'bundle.not-found'],
  ['/main/tile/entries/x001/000', 404, 'bundle.not-found'],
  ['/main/tile/entries/%30%30%30', 404, 'tile.bad-path'],
  ['/main/tile/../tile/0/000.p/1', 404, 'request.not-found'],
  ['/main/tile/0/../0/000.p/1', 404, 'tile.bad-path'],
  ['//main/checkpoint', 404, 'request.not-found'],
  ['/main/checkpoint/', 404, 'request.not-found'],
  ['/%6dain/checkpoint', 404, 'log.unknown'],
  ['/main%00/checkpoint', 404, 'log.unknown'],
  ['/__proto__/checkpoint', 404, 'log.unknown'],
  ['/main/checkpoints/99', 404, 'checkpoint.not-found'],
  ['/main/checkpoints/1e1', 404, 'checkpoint.not-found'],
  ['/main/checkpoints/2?note=zz', 400, 'request.bad-parameter'],
  ['/main/entries/2', 404, 'entry.not-found'],
  ['/main/entries/-1', 404, 'entry.not-found'],
  ['/main/entries/01', 404, 'entry.not-found'],
  ['/main/entries/9007199254740991', 404, 'entry.not-found'],
  ['/main/entries/2/proof', 404, 'entry.not-found'],
  ['/main/entries/1/proof?size=3', 404, 'checkpoint.not-found'],
  ['/main/entries/1/proof?size=x', 400, 'request.bad-parameter'],
  ['/main/ct/v1/get-sth-consistency?first=1&second=3', 400, 'request.bad-parameter'],
  ['/main/ct/v1/get-sth-consistency?first=1&first=1&second=2', 400, 'request.bad-parameter'],
  ['/main/ct/v1/get-proof-by-hash?hash=AAAA&tree_size=2', 400, 'request.bad-parameter'],
  [`/main/ct/v1/get-proof-by-hash?hash=${'A'.repeat(43)}%3D&tree_size=2`, 404, 'entry.not-found'],
  ['/main/ct/v1/get-entries?start=2&end=2', 400, 'request.bad-parameter'],
  ['/main/ct/v1/get-entries?start=0&end=-1', 400, 'request.bad-parameter'],
  ['/main/ct/v1/get-entry-and-proof?leaf_index=2&tree_size=2', 400, 'request.bad-parameter'],
  ['/main/ct/v1/add-chain', 404, 'request.not-found'],
  ['/', 404, 'request.not-found'],
  ['/main', 404, 'request.not-found'],
  ['/main/../../etc/passwd', 404, 'request.not-found'],
  [`/${'a'.repeat(8_000)}`, 404, 'request.not-found'],
];

describe('hostile input', () => {
  const cases = [
    ...BODIES,
    ...FRAMES,
    ...TARGETS.map(
      ([target, status, code]): Case => [target, () => send({ target }), status, code],
    ),
  ];

  it('is of many kinds', () => {
    expect(cases.length).toBeGreaterThanOrEqual(80);
  });

  it.each(cases)('%s', async (_, attempt, status, code) => {
    const size = main.figures.integratedSize;
    const answer = await attempt();
    expect(`${answer.status} ${answer.code}`).toBe(`${status} ${code}`);
    expect(answer.text).not.toContain(secret(0));
    expect(main.figures.integratedSize).toBe(size);
    expect(raw.figures.integratedSize).toBe(0);
  });

  it('leaves nothing in flight, and a server that serves', async () => {
    expect(await metrics.text()).toContain('varve_bodies_in_flight_bytes 0');
    expect((await send({})).status).toBe(200);
    expect((await post(testEvent('still-good'))).status).toBe(201);
  });

  it('does not fill the memory, however many send much at once', async () => {
    const before = process.memoryUsage().rss;
    const long = 'x'.repeat(BODY_MAX);
    const answers = await Promise.all(Array.from({ length: 40 }, () => post(`"${long.slice(2)}"`)));
    const statuses = new Set(answers.map(({ status }) => status));
    // Refused as too much at once, or read and refused for what it is.
    for (const status of statuses) expect([503, 400]).toContain(status);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1_048_576);
  });

  it('holds up nobody by connections that say nothing', async () => {
    const silent = Array.from({ length: 200 }, () => talkRaw(port, [], 1_500));
    expect((await send({})).status).toBe(200);
    await Promise.all(silent);
  });
});
