import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import { parseEvent } from '../../src/event/event.ts';
import { formatLeaf } from '../../src/event/leaf.ts';
import { createApp } from '../../src/http/app.ts';
import { createKeyQuotas } from '../../src/http/key-quota.ts';
import type { LogServerOptions } from '../../src/http/log-server.ts';
import type { Role } from '../../src/http/principal.ts';
import { type Audience, ROUTES } from '../../src/http/routes.ts';
import {
  createTokenStore,
  formatToken,
  formatTokens,
  hashOfToken,
  parseTokens,
  type Token,
} from '../../src/http/tokens.ts';
import { type AppUnderTest, createAppUnderTest, type Seen } from '../support/http-app.ts';

const secret = (n: number): string => formatToken(new Uint8Array(32).fill(n));

function token(n: number, values: Partial<Token>): Token {
  const sha256 = hashOfToken(secret(n));
  return { name: `t${n}`, sha256, roles: [], logs: null, sources: null, ...values };
}

const TOKENS: readonly Token[] = [
  token(1, { name: 'writer', roles: ['submit'] }),
  token(2, { name: 'auditor', roles: ['audit'] }),
  token(3, { name: 'operator', roles: ['operate'] }),
  token(4, { name: 'nobody', roles: [] }),
  token(5, { name: 'elsewhere', roles: ['submit', 'audit', 'operate'], logs: ['raw'] }),
  token(6, { name: 'bound', roles: ['submit', 'operate'], logs: ['main'], sources: ['ci'] }),
];

/** An event as a source submits it. */
function eventSample(): Uint8Array {
  const file = new URL('../../spec/vectors/event-valid.json', import.meta.url);
  const [first] = JSON.parse(readFileSync(file, 'utf8'));
  return utf8(JSON.stringify(first.event));
}

const N: Readonly<Record<string, number>> = {
  writer: 1,
  auditor: 2,
  operator: 3,
  nobody: 4,
  elsewhere: 5,
  bound: 6,
};

function app(options: Partial<Omit<LogServerOptions, 'limits'>> = {}, limits = {}): AppUnderTest {
  return createAppUnderTest({ tokens: createTokenStore(TOKENS), limits, ...options });
}

/** Header of a token by its holder's name; undefined: none. */
function bearer(who: string | undefined): Record<string, string> {
  return who === undefined ? {} : { authorization: `Bearer ${secret(N[who] ?? 99)}` };
}

/** For whom each route is: written a second time, by hand, so that a change of the table has to be meant. */
const AUDIENCES: Readonly<Record<string, Audience>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'operate',
  'GET /openapi.json': 'public',
  'POST /:log/events': 'submit',
  'POST /:log/add': 'submit',
  'POST /:log/ingest/:format': 'submit',
  'POST /:log/v1/logs': 'submit',
  'POST /:log/v1/traces': 'submit',
  'GET /:log/checkpoint': 'public',
  'GET /:log/checkpoints/:size': 'public',
  'GET /:log/tile/entries/*': 'audit',
  'GET /:log/tile/:level{[0-9]+}/*': 'public',
  'GET /:log/entries/:index': 'own',
  'GET /:log/entries/:index/proof': 'own',
  'GET /:log/entries/:index/openings': 'audit',
  'POST /:log/erase': 'operate',
  'GET /:log/erase': 'operate',
  'POST /:log/hold': 'operate',
  'GET /:log/hold': 'operate',
  'GET /:log/ct/v1/get-sth': 'public',
  'GET /:log/ct/v1/get-sth-consistency': 'public',
  'GET /:log/ct/v1/get-proof-by-hash': 'public',
  'GET /:log/ct/v1/get-entries': 'audit',
  'GET /:log/ct/v1/get-entry-and-proof': 'audit',
  'GET /:log/lookup': 'audit',
  'GET /:log/audits': 'audit',
  'POST /:log/audits': 'audit',
  'POST /:log/evidence': 'operate',
};

/** Roles that open an audience. */
const OPENS: Readonly<Record<Audience, readonly Role[]>> = {
  public: ['submit', 'audit', 'operate'],
  submit: ['submit'],
  audit: ['audit'],
  own: ['audit', 'submit'],
  operate: ['operate'],
};

/** Paths that a pattern takes. */
function exampleOf(pattern: string): string {
  return pattern
    .replace(':log', 'main')
    .replace(':level{[0-9]+}/*', '0/000.p/1')
    .replace('entries/*', 'entries/000.p/1')
    .replace(':index', '0')
    .replace(':size', '1');
}

describe('the audience of a route', () => {
  it('is the one written here', () => {
    const table = ROUTES.map(({ method, path, audience }) => [`${method} ${path}`, audience]);
    expect(Object.fromEntries(table)).toEqual(AUDIENCES);
  });

  const router = createApp({ logs: new Map(), random: () => 0, now: () => 0 }).routes;

  it.each(router.map(({ method, path }) => [method, path]))(
    'holds for %s %s',
    async (method, path) => {
      const audience = AUDIENCES[`${method} ${path}`];
      expect(audience).toBeDefined();
      if (audience === undefined) return;
      for (const who of [undefined, 'wrong', ...Object.keys(N)]) {
        const under = app();
        under.main.entries.push(utf8('"x"'));
        under.main.publish();
        const answer = await under.request(exampleOf(path), {
          method,
          headers: { ...bearer(who), 'content-type': 'application/json' },
          ...(method === 'POST' ? { body: '{}' } : {}),
        });
        const entry = TOKENS.find(({ name }) => name === who);
        const opened =
          audience === 'public'
            ? who !== 'wrong'
            : entry?.roles.some((role) => OPENS[audience].includes(role)) === true &&
              !(entry.logs?.includes('main') === false && path.startsWith('/:log'));
        const seen = `${who}: ${answer.status} ${answer.json?.code ?? ''}`;
        if (who === 'wrong') expect(seen).toBe('wrong: 401 request.unauthenticated');
        else if (opened) expect(answer.status, seen).not.toBe(401);
        else if (who === undefined) expect(seen).toBe('undefined: 401 request.unauthenticated');
        else expect(seen).toBe(`${who}: 403 request.forbidden`);
        if (opened && audience !== 'own') expect(answer.status, seen).not.toBe(403);
        if (!opened && method === 'POST') expect(under.main.submitted).toEqual([]);
        if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    },
  );
});

describe('a token', () => {
  const submit = (under: AppUnderTest, who: string, body = '{"id":"1"}'): Promise<Seen> =>
    under.post('/main/events', body, 'application/json', bearer(who));

  it('tells the log its name, its sources and whether it operates', async () => {
    const under = app();
    expect((await submit(under, 'writer')).status).toBe(201);
    expect((await submit(under, 'bound', '{"id":"2"}')).status).toBe(201);
    expect(under.main.submitted.map(({ context }) => context)).toEqual([
      { by: 'writer', sources: null, operate: false },
      { by: 'bound', sources: ['ci'], operate: true },
    ]);
  });

  it('is revoked without a restart', async () => {
    const tokens = createTokenStore(TOKENS);
    const under = app({ tokens });
    expect((await submit(under, 'writer')).status).toBe(201);
    tokens.replace(TOKENS.slice(1));
    expect((await submit(under, 'writer')).status).toBe(401);
    expect((await submit(under, 'bound')).status).toBe(200);
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Basic dDp0',
    `Bearer ${secret(1)} `,
    `Bearer ${secret(1)} x`,
    `Bearer ${secret(1).toUpperCase()}`,
    `Bearer ${'x'.repeat(300)}`,
    'Bearer ü',
  ])('is not read from %j', async (authorization) => {
    const answer = await app().requestTarget('/main/tile/entries/000', { authorization });
    expect([answer.status, answer.json.code]).toEqual([401, 'request.unauthenticated']);
  });

  it('never stands in an answer or a log line', async () => {
    const under = app();
    under.main.failure = new Error('broken');
    const answers = [await submit(under, 'writer'), await submit(under, 'nobody')];
    expect(JSON.stringify([answers, under.logged])).not.toContain(secret(1));
  });

  it('does not learn which logs there are when it is for others', async () => {
    const under = app();
    for (const log of ['main', 'other']) {
      const answer = await under.request(`/${log}/tile/entries/000`, {
        headers: bearer('elsewhere'),
      });
      expect(answer.status).toBe(403);
    }
  });

  it('reads what it sent itself, and nothing else', async () => {
    const under = app();
    const { canonical: event } = parseEvent(eventSample());
    for (const by of ['writer', 'bound', null]) {
      const recv = { adapter: 'native', at: 1, by, conflict: null, map: null, raw: null };
      const salt = 'AAAAAAAAAAAAAAAAAAAAAA';
      under.main.entries.push(
        formatLeaf({ eventCanonical: event, recv: { ...recv, salt }, sig: null }),
      );
    }
    under.main.publish();
    const read = async (who: string, path: string): Promise<number> =>
      (await under.request(`/main/entries/${path}`, { headers: bearer(who) })).status;
    for (const suffix of ['', '/proof']) {
      for (const index of [0, 1, 2]) expect(await read('auditor', `${index}${suffix}`)).toBe(200);
      const own = [0, 1, 2].map((index) => read('writer', `${index}${suffix}`));
      expect(await Promise.all(own)).toEqual([200, 403, 403]);
      expect(await read('bound', `1${suffix}`)).toBe(200);
    }
  });

  it('makes entries private to caches, and leaves heads and hash tiles public', async () => {
    const under = app();
    under.main.entries.push(utf8('"x"'));
    under.main.publish();
    for (const path of ['tile/entries/000.p/1', 'entries/0', 'entries/0/proof']) {
      const answer = await under.request(`/main/${path}`, { headers: bearer('auditor') });
      expect(`${path} ${answer.headers.get('cache-control')}`).toBe(`${path} private, no-store`);
    }
    const tile = await under.request('/main/tile/0/000.p/1');
    expect(tile.headers.get('cache-control')).toContain('public');
  });

  it('sees the detail of readiness only when it operates', async () => {
    const under = app();
    expect((await under.request('/readyz')).json).toEqual({ ready: false });
    expect((await under.request('/readyz', { headers: bearer('auditor') })).json).toEqual({
      ready: false,
    });
    expect(
      (await under.request('/readyz', { headers: bearer('operator') })).json.logs,
    ).toHaveLength(2);
  });
});

describe('the quota of a token', () => {
  it('refuses who has brought too many new keys to the index, before anything is admitted', async () => {
    const keyQuotas = createKeyQuotas({ limits: { tokenNewKeysPerMinuteMax: 600 }, now: () => 0 });
    const under = app({ keyQuotas });
    const send = (who: string): Promise<Seen> =>
      under.post('/main/events', '[{"id":"1"}]', 'application/json', bearer(who));
    expect((await send('writer')).status).toBe(201);
    keyQuotas.charge('writer', 700);
    const refused = await send('writer');
    expect([refused.status, refused.json.code]).toEqual([503, 'request.quota']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(10);
    expect(refused.json.detail).toMatch('100 new keys too many');
  });

  it('refuses what is over it, with the time after which it fits, and no other token', async () => {
    let time = 0;
    const under = app({ now: () => time }, { tokenItemsPerSecondMax: 10, itemsPerRequestMax: 10 });
    const ten = JSON.stringify(Array.from({ length: 10 }, (_, i) => ({ id: String(i) })));
    const send = (who: string): Promise<Seen> =>
      under.post('/main/events', ten, 'application/json', bearer(who));
    expect((await send('writer')).status).toBe(201);
    const refused = await send('writer');
    expect([refused.status, refused.json.code]).toEqual([503, 'request.quota']);
    expect(refused.json.details.retryAfterMs).toBe(1_000);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await send('bound')).status).toBe(200);
    time += 1_000;
    expect((await send('writer')).status).toBe(200);
    time -= 3_600_000;
    expect((await send('writer')).status).toBe(503);
  });

  it('is told to operators, a line a second at most', async () => {
    let time = 0;
    const under = app({ now: () => time }, { tokenItemsPerSecondMax: 1, itemsPerRequestMax: 1 });
    const send = (): Promise<Seen> =>
      under.post('/main/events', '{}', 'application/json', bearer('writer'));
    for (let i = 0; i < 5; i++) await send();
    expect(under.logged).toMatchObject([
      { level: 'info', values: { code: 'request.quota', count: 1 } },
    ]);
    time = 1_000;
    await send();
    await send();
    expect(under.logged[1]).toMatchObject({ values: { code: 'request.quota', count: 4 } });
  });

  it('bounds the bodies of one token in flight', async () => {
    const under = app({}, { tokenBodiesInFlightBytesMax: 1_024 });
    const body = JSON.stringify('x'.repeat(2_000));
    const answer = await under.post('/main/events', body, 'application/json', bearer('writer'));
    expect([answer.status, answer.json.code]).toEqual([503, 'request.quota']);
  });
});

describe('a token file', () => {
  it('is read as it was written', () => {
    expect(parseTokens(formatTokens(TOKENS))).toEqual(TOKENS);
    expect(parseTokens(formatTokens([]))).toEqual([]);
  });

  it('holds no token, only its hash', () => {
    const text = new TextDecoder().decode(formatTokens(TOKENS));
    for (let n = 1; n <= 6; n++) expect(text).not.toContain(secret(n));
  });

  it.each([
    ['', 'JSON'],
    ['[]', 'object'],
    ['{"v":"varve.tokens/2","tokens":[]}', 'v is not'],
    ['{"v":"varve.tokens/1"}', 'a list'],
    ['{"v":"varve.tokens/1","tokens":[],"more":1}', 'unknown member "more"'],
    ['{"v":"varve.tokens/1","tokens":[1]}', 'token 0 is not an object'],
    ['{"v":"varve.tokens/1","tokens":[{"name":"A"}]}', 'roles'],
    ['{"v":"varve.tokens/1","tokens":[{"name":"A","roles":["root"]}]}', 'role "root"'],
    ['{"v":"varve.tokens/1","tokens":[{"name":"A","roles":[]}]}', 'name'],
    ['{"v":"varve.tokens/1","tokens":[{"name":"a","roles":[],"sha256":"00"}]}', 'sha256'],
  ])('is refused: %s', (text) => {
    expect(() => parseTokens(utf8(text))).toThrow(/^config.malformed: token file/);
  });

  it('is refused with a name twice', () => {
    const two = formatTokens([token(1, { name: 'a' }), token(2, { name: 'a' })]);
    expect(() => parseTokens(two)).toThrow(/two tokens of one name/);
  });
});
