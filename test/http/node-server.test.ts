import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp, type LogApp } from '../../src/http/app.ts';
import { type Limits, limitsOf } from '../../src/http/limits.ts';
import { type HttpServer, listen } from '../../src/http/node-server.ts';
import type { Log } from '../../src/log/log.ts';
import { createFakeLog, type FakeLog } from '../support/fake-log.ts';

/** Opens connections, sends a request over each, says so, and posts the first line of each answer. */
const CONNECTING = `
const { parentPort, workerData: { port, sent, count } } = require('node:worker_threads');
const { connect } = require('node:net');
let written = 0;
const talk = () => new Promise((resolve) => {
  let text = '';
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n', () => {
      if (++written === count) {
        Atomics.store(sent, 0, 1);
        Atomics.notify(sent, 0);
      }
    });
  });
  socket.on('data', (chunk) => { text += chunk; });
  socket.on('error', (error) => { text += error.code; });
  socket.on('close', () => resolve(text.split('\\r\\n')[0]));
});
Promise.all(Array.from({ length: count }, talk)).then((answers) => parentPort.postMessage(answers));
`;

interface Served {
  readonly app: LogApp;
  readonly log: FakeLog;
  readonly server: HttpServer;
  readonly port: number;
}

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A server on a free port. This file is about sockets, so it opens some. */
async function serve(
  configured: Partial<Limits> = {},
  tls?: { cert: string; key: string },
): Promise<Served> {
  const log = createFakeLog();
  const limits = limitsOf({ closeTimeoutMs: 2_000, ...configured });
  const random = (): number => 0.5;
  const app = createApp({
    logs: new Map<string, Log>([['main', log]]),
    random,
    limits,
    now: () => 0,
  });
  const server = await listen({
    app,
    port: 0,
    random,
    limits,
    ...(tls === undefined ? {} : { tls }),
  });
  open.push(server);
  return { app, log, server, port: Number(new URL(server.url).port) };
}

/** Sends text as it is, and gives what came back until the server closed, or until `until` matches. */
function talk(port: number, parts: readonly string[], until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket: Socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (until?.test(text) === true) socket.destroy();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (text.length === 0 && error.code !== 'ECONNRESET') reject(error);
    });
  });
}

const post = (headers: string, target = '/main/events'): string =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n`;

describe('listen', () => {
  it('serves an app over a socket', async () => {
    const { server, log } = await serve();
    const answer = await fetch(`${server.url}/main/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"1"}',
    });
    expect([answer.status, await answer.json()]).toMatchObject([201, { index: 0 }]);
    expect((await fetch(`${server.url}/main/entries/0`)).status).toBe(200);
    const checkpoint = await fetch(`${server.url}/main/checkpoint`);
    expect(new Uint8Array(await checkpoint.arrayBuffer())).toEqual(log.published?.note);
  });

  it('reads a body that comes in pieces, and one of unknown length', async () => {
    const { port, log } = await serve();
    const known = await talk(port, [
      post('Content-Length: 4\r\nConnection: close\r\n'),
      '"',
      'a',
      'b"',
    ]);
    expect(known).toMatch(/^HTTP\/1.1 201 /);
    const chunked = await talk(port, [
      post('Transfer-Encoding: chunked\r\nConnection: close\r\n'),
      '2\r\n"c\r\n',
      '2\r\nd"\r\n0\r\n\r\n',
    ]);
    expect(chunked).toMatch(/^HTTP\/1.1 201 /);
    expect(log.entries.map((e) => new TextDecoder().decode(e))).toEqual(['"ab"', '"cd"']);
  });

  it('answers over its short way as through Hono', async () => {
    const { port, log } = await serve({ jsonBodyBytesMax: 1_024 });
    const bodies = [
      ['application/json', '{"id":"1"}'],
      ['application/json', '[{"id":"2"},"!"]'],
      ['application/x-ndjson', '{"id":"3"}\n{"id":"4"}\n'],
      ['application/json', '"!"'],
      ['application/json', ''],
      ['text/plain', '{}'],
      ['application/json', 'x'.repeat(1_025)],
    ];
    for (const [type, body] of bodies) {
      const send = (target: string, name: string): Promise<string> => {
        const text = body?.replaceAll('"id":"', `"id":"${name}`) ?? '';
        const header =
          `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n` +
          `Content-Length: ${text.length}\r\nConnection: close\r\n\r\n`;
        return talk(port, [header, text]);
      };
      const strip = (text: string): string =>
        text
          .replace(/^Date: .*\r\n/im, '')
          .replaceAll(/"index":\d+|"leafHash":"[^"]+"/g, '')
          .toLowerCase()
          .split('\r\n')
          .sort()
          .join('\n');
      const short = await send('/main/events', 's');
      // The absolute form names the same resource, and takes the long way.
      const long = await send(`http://localhost:${port}/main/events`, 'l');
      expect(strip(long)).toBe(strip(short));
    }
    expect(log.entries.length).toBe(8);
  });

  it.each([
    '/main/checkpoint',
    '/main/tile/0/000',
    '/main/tile/0/000.p/1',
    '/main/tile/0/001',
    '/main/tile/0/0001',
    '/main/tile/64/000',
    '/main/tile/entries/000',
    '/main/tile/entries/x000/000',
    '/main/entries/0/proof',
    '/main/entries/255/proof?size=256',
    '/main/entries/256/proof',
    '/main/entries/00/proof',
    '/other/checkpoint',
  ])('reads %s over its short way as through Hono', async (target) => {
    const { port, log } = await serve();
    for (let i = 0; i < 256; i++) log.entries.push(new Uint8Array(3));
    log.publish();
    const get = async (spelling: string): Promise<string> => {
      const header = `GET ${spelling} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      const [head = '', ...body] = (await talk(port, [header])).split('\r\n\r\n');
      const fields = head
        .replace(/^Date: .*\r\n/im, '')
        .toLowerCase()
        .split('\r\n')
        .sort();
      return [...fields, ...body].join('\n').replace(/"instance":"[^"]+"/, '');
    };
    const short = await get(target);
    expect(short).toMatch(/http\/1.1 (?:200|404) /);
    expect(await get(`http://localhost:${port}${target}`)).toBe(short);
  });

  it('keeps the raw target', async () => {
    const { port, log } = await serve();
    log.entries.push(new Uint8Array(3));
    log.publish();
    const get = (target: string): Promise<string> =>
      talk(port, [`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`]);
    expect(await get('/main/tile/0/000.p/1')).toMatch(/^HTTP\/1.1 200 /);
    for (const target of [
      '/main/tile/0/%30%30%30.p/1',
      '/main/x/../tile/0/000.p/1',
      '/%6dain/checkpoint',
    ]) {
      expect(await get(target), target).toMatch(/^HTTP\/1.1 404 /);
    }
  });

  it('handles one request of a connection at a time, however many came at once', async () => {
    const { app, port } = await serve();
    const { fetch } = app;
    let running = 0;
    let most = 0;
    app.fetch = async (...args) => {
      most = Math.max(most, ++running);
      const response = await fetch(...args);
      running--;
      return response;
    };
    const request = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
    const text = await talk(port, [
      `${`${request}\r\n`.repeat(50)}${request}Connection: close\r\n\r\n`,
    ]);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(51);
    expect(most).toBe(1);
  });

  it.each(['GET /healthz', 'POST /main/events'])('refuses %s without a Host', async (line) => {
    const { port } = await serve();
    const text = await talk(port, [`${line} HTTP/1.1\r\nConnection: close\r\n\r\n`]);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"code":"request.malformed"');
  });

  it('speaks TLS with a certificate', async () => {
    const file = (name: string): string =>
      readFileSync(new URL(`./testdata/${name}`, import.meta.url), 'utf8');
    const cert = file('localhost-cert.pem');
    const { server, port } = await serve({}, { cert, key: file('localhost-key.pem') });
    expect(server.url).toBe(`https://127.0.0.1:${port}`);
    const status = await new Promise((resolve, reject) => {
      const sent = httpsRequest(`${server.url}/healthz`, { ca: cert }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject).end();
    });
    expect(status).toBe(200);
  });
});

describe('a connection', () => {
  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    [
      'a header of 20 KiB',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      400,
    ],
    ['two lengths', post('Content-Length: 1\r\nContent-Length: 2\r\n'), 400],
    ['a length beside chunks', post('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), 400],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['a length that is too long', post('Content-Length: 99999999\r\n'), 413],
  ])('with %s is answered and closed', async (_, text, status) => {
    const { port } = await serve();
    const answer = await talk(port, [text]);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('whose body is longer than it may be is answered before the end, and closed', async () => {
    const { port, log } = await serve({ jsonBodyBytesMax: 1_024 });
    const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`;
    const answer = await talk(port, [post('Transfer-Encoding: chunked\r\n'), chunk, chunk]);
    expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*request.body-too-large/);
    expect(log.submitted).toEqual([]);
  });

  it('whose body does not come is ended with 408', async () => {
    const { port, log } = await serve({ requestTimeoutMs: 200, headersTimeoutMs: 150 });
    const answer = await talk(port, [post('Content-Length: 10\r\n'), '"abc']);
    expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*request.timeout/);
    expect(log.submitted).toEqual([]);
  });

  it('whose header does not come is ended with 408', async () => {
    const { port } = await serve({ requestTimeoutMs: 200, headersTimeoutMs: 150 });
    expect(await talk(port, ['GET /healthz HTTP/1.1\r\nHost: lo'])).toMatch(/^HTTP\/1.1 408 /);
  });

  it('that goes away inside its body gives back what it took', async () => {
    const { port, server, log } = await serve({ bodiesInFlightBytesMax: 1_048_576 });
    const length = 900_000;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(post(`Content-Length: ${length}\r\n`));
        socket.write('"abc', () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    const body = JSON.stringify('y'.repeat(length));
    // The server may not have seen the end of the first yet: it says when to come back.
    for (let tries = 0; tries < 50; tries++) {
      const answer = await fetch(`${server.url}/main/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (answer.status === 201) break;
      expect(answer.status).toBe(503);
    }
    expect(log.entries.length).toBe(1);
  });

  it('beyond the limit is closed', async () => {
    const { port } = await serve({ connectionsMax: 1 });
    const first = connect(port, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    expect(await talk(port, ['GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'])).toBe('');
    first.destroy();
  });
});

describe('close', () => {
  it('answers what is in flight, then closes, and accepts nothing more', async () => {
    const { server, port, log } = await serve();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const submit = log.submit.bind(log);
    const reached = new Promise<void>((resolve) => {
      log.submit = async (items, context) => {
        resolve();
        await held;
        return submit(items, context);
      };
    });
    const answer = talk(port, [post('Content-Length: 3\r\n'), '"a"']);
    const idle = talk(port, ['GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n']);
    await reached;
    const closed = server.close();
    expect(await idle).toMatch(/^HTTP\/1.1 200 /);
    // Those who had connected are accepted first; then nobody is, while the answer is still under way.
    await vi.waitFor(() => expect(talk(port, ['x'])).rejects.toThrow(/ECONNREFUSED/));
    release();
    expect(await answer).toMatch(/^HTTP\/1.1 201 /);
    await closed;
  });

  it('answers a request that lay unread in its socket', async () => {
    const { server, port } = await serve();
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    const gone = new Promise((resolve) => socket.once('close', resolve));
    const get = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    socket.write(get);
    while (!text.includes('ok\n')) await new Promise((resolve) => setTimeout(resolve, 1));
    // Between two requests of a connection that is kept: to Node it is idle, to its user it is not.
    text = '';
    socket.write(get);
    await server.close();
    await gone;
    expect(text).toMatch(/^HTTP\/1.1 200 .*connection: close.*ok\n$/is);
  });

  it('answers those who connected and were not accepted yet', async () => {
    const { server, port } = await serve();
    const sent = new Int32Array(new SharedArrayBuffer(4));
    // In a thread of its own: this one does not turn until all are connected and have sent their requests.
    const clients = new Worker(CONNECTING, { eval: true, workerData: { port, sent, count: 20 } });
    const answers = once(clients, 'message');
    expect(Atomics.wait(sent, 0, 0, 10_000)).toBe('ok');
    await server.close();
    expect(await answers).toEqual([Array.from({ length: 20 }, () => 'HTTP/1.1 200 OK')]);
    await clients.terminate();
  });

  it('cuts what does not finish in time', async () => {
    const { server, port } = await serve({ closeTimeoutMs: 100 });
    const answer = talk(port, [post('Content-Length: 10\r\n'), '"a']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
    expect(await answer).toBe('');
  });
});
