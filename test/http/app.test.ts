import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { limitsOf } from '../../src/http/limits.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { createFakeLog } from '../support/fake-log.ts';
import { createAppUnderTest } from '../support/http-app.ts';

describe('the app', () => {
  it('serves what the table of routes lists, and nothing else', () => {
    const app = createApp({ logs: new Map(), random: () => 0, now: () => 0 });
    expect(app.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`),
    );
  });

  it('answers what is nowhere with a problem', async () => {
    const app = createAppUnderTest();
    for (const path of [
      '/',
      '/main',
      '/main/',
      '/main/nothing',
      '/favicon.ico',
      '/main/events/1',
    ]) {
      const answer = await app.request(path);
      expect(`${path} ${answer.status} ${answer.json.code}`).toBe(`${path} 404 request.not-found`);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('answers another method with those that there are', async () => {
    const app = createAppUnderTest();
    const get = await app.request('/main/events');
    expect([get.status, get.json.code]).toEqual([405, 'request.method-not-allowed']);
    expect(get.headers.get('allow')).toBe('POST');
    const put = await app.request('/main/checkpoint', { method: 'PUT', body: 'x' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const options = await app.request('/main/events', { method: 'OPTIONS' });
    expect(options.status).toBe(405);
    expect([...options.headers.keys()].filter((h) => h.startsWith('access-control'))).toEqual([]);
  });

  it('knows no log but those it was given', async () => {
    const app = createAppUnderTest();
    for (const name of ['other', 'MAIN', 'constructor', '__proto__', 'main%20']) {
      const answer = await app.request(`/${name}/checkpoint`);
      expect([answer.status, answer.json.code]).toEqual([404, 'log.unknown']);
    }
  });

  it('keeps logs apart', async () => {
    const app = createAppUnderTest();
    await app.post('/main/events', '{"id":"1"}');
    expect((await app.request('/main/entries/0')).status).toBe(200);
    expect((await app.request('/raw/entries/0')).status).toBe(404);
  });

  it('refuses more logs than the limit, and names that are no path segment', () => {
    const logs = (...names: string[]) => new Map(names.map((n) => [n, createFakeLog('events', n)]));
    const start =
      (...names: string[]) =>
      () =>
        createApp({
          logs: logs(...names),
          random: () => 0,
          now: () => 0,
          limits: limitsOf({ logsMax: 2 }),
        });
    expect(start('a', 'b')).not.toThrow();
    expect(start('a', 'b', 'c')).toThrow(/^config.malformed: 3 logs/);
    for (const name of ['', 'A', 'a/b', 'a.b', 'a'.repeat(64)]) {
      expect(start(name)).toThrow(/^config.malformed: log name/);
    }
  });
});

describe('health', () => {
  it('answers that the process lives', async () => {
    const answer = await createAppUnderTest().request('/healthz');
    expect([answer.status, answer.text]).toEqual([200, 'ok\n']);
  });

  it('is ready when every log runs and has published', async () => {
    const app = createAppUnderTest();
    expect((await app.request('/readyz')).status).toBe(503);
    app.main.publish();
    app.raw.publish();
    const ready = await app.request('/readyz');
    expect([ready.status, ready.json.ready]).toEqual([200, true]);
    app.raw.state = { kind: 'halted', reason: 'rolled-back', detail: 'guard has 812, store 700' };
    const halted = await app.request('/readyz');
    expect([halted.status, halted.json.ready]).toEqual([503, false]);
    expect(halted.json.logs[1]).toMatchObject({
      name: 'raw',
      kind: 'halted',
      reason: 'rolled-back',
    });
    app.raw.state = { kind: 'halted', reason: 'retired', detail: 'succeeded by raw-2' };
    expect((await app.request('/readyz')).status).toBe(200);
  });
});

describe('web pages of this machine', () => {
  it.each([
    [{ host: 'evil.example' }, 'request.host-not-allowed', 421],
    [{ host: 'localhost.evil.example:6962' }, 'request.host-not-allowed', 421],
    [{ host: '127.0.0.1.nip.io' }, 'request.host-not-allowed', 421],
    [{ host: '' }, 'request.host-not-allowed', 421],
    [{ host: '[::2]:6962' }, 'request.host-not-allowed', 421],
    [{ origin: 'https://evil.example' }, 'request.cross-site', 403],
    [{ origin: 'http://localhost:3000' }, 'request.cross-site', 403],
    [{ origin: 'null' }, 'request.cross-site', 403],
    [{ 'sec-fetch-site': 'cross-site' }, 'request.cross-site', 403],
    [{ 'sec-fetch-site': 'same-site' }, 'request.cross-site', 403],
  ])('cannot ask with %j', async (headers, code, status) => {
    const app = createAppUnderTest();
    app.main.publish();
    const target = '/main/checkpoint';
    const answer = await app.requestTarget(target, headers as Record<string, string>);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    const nowhere = await app.requestTarget('/nothing', headers as Record<string, string>);
    expect(nowhere.status).toBe(status);
  });

  it.each([
    { host: 'localhost:6962' },
    { host: 'LOCALHOST' },
    { host: '127.0.0.1:1' },
    { host: '[::1]:6962' },
    { host: '[::1]' },
    { origin: 'http://localhost:6962' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])('can with %j', async (headers) => {
    const app = createAppUnderTest();
    app.main.publish();
    const answer = await app.requestTarget('/main/checkpoint', headers as Record<string, string>);
    expect(answer.status).toBe(200);
  });

  it('cannot submit, whatever type they send', async () => {
    const app = createAppUnderTest();
    const answer = await app.post('/main/events', '{}', 'application/json', {
      origin: 'https://evil.example',
    });
    expect(answer.status).toBe(403);
    expect(app.main.submitted).toEqual([]);
  });

  it('are answered under further names where these are configured', async () => {
    const app = createAppUnderTest({ allowedHosts: ['log.example'] });
    app.main.publish();
    expect((await app.requestTarget('/main/checkpoint', { host: 'log.example' })).status).toBe(200);
    expect((await app.requestTarget('/main/checkpoint')).status).toBe(200);
    const any = createAppUnderTest({ allowedHosts: null });
    any.main.publish();
    expect((await any.requestTarget('/main/checkpoint', { host: 'any.example' })).status).toBe(200);
  });
});
