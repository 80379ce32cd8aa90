import { describe, expect, it } from 'vitest';
import { utf8Text } from '../../src/core/bytes.ts';
import { createTokenStore, formatToken, hashOfToken } from '../../src/http/tokens.ts';
import { memoryKeyFile, openOpeningKeys } from '../../src/storage/storage.ts';
import { type IngestApp, openIngestApp } from '../support/ingest-app.ts';
import { openItem } from '../support/openings.ts';

const secret = (n: number): string => formatToken(new Uint8Array(32).fill(n));
const NAMES = ['ops-a', 'ops-b', 'auditor', 'writer'] as const;
const ROLES = [['operate'], ['operate'], ['audit'], ['submit']] as const;
const TOKENS = NAMES.map((name, n) => ({
  ...{ name, sha256: hashOfToken(secret(n)), roles: ROLES[n] ?? [], logs: null, sources: null },
}));

/** An answer as a program reads it. */
interface Said {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

class Site {
  readonly app: IngestApp;
  nowMs = 1_800_000_000_000;

  constructor(app: IngestApp) {
    this.app = app;
  }

  async as(who: (typeof NAMES)[number], path: string, body?: object | Uint8Array): Promise<Said> {
    const headers = {
      authorization: `Bearer ${secret(NAMES.indexOf(who))}`,
      'content-type': 'application/json',
    };
    const bytes = body instanceof Uint8Array ? body : JSON.stringify(body);
    const answer =
      body === undefined
        ? await this.app.get(path, headers)
        : await this.app.post(path, bytes, headers);
    return { status: answer.status, body: await answer.json() };
  }

  /** Submits an event that withholds a value; its index. */
  async submit(id: string): Promise<number> {
    const { bytes } = openItem(id, { '/ctx/ip': `10.0.0.${id}`, '/x': id });
    const { body } = await this.as('writer', '/main/events?wait=published', bytes);
    return body.index;
  }

  async approve(path: string, request: object): Promise<Said> {
    const asked = await this.as('ops-a', path, { request });
    expect(asked.status).toBe(202);
    return this.as('ops-b', path, { approve: asked.body.request });
  }
}

async function site(tokens = true): Promise<Site & AsyncDisposable> {
  const openingKeys = await openOpeningKeys(memoryKeyFile());
  let made: Site | null = null;
  const app = await openIngestApp({
    openingKeys,
    ...(tokens ? { tokens: createTokenStore(TOKENS) } : {}),
    now: () => made?.nowMs ?? 0,
    limits: { custodyRequestsMax: 3 },
  });
  made = new Site(app);
  return Object.assign(made, { [Symbol.asyncDispose]: async () => void (await app.log.close()) });
}

const BASIS = { legalBasis: 'GDPR Art. 17' };

describe('POST /{log}/erase', () => {
  it('erases what one token asked for and another approved, and says what it does not reach', async () => {
    await using it = await site();
    const index = await it.submit('1');
    const asked = await it.as('ops-a', '/main/erase', {
      request: { ...BASIS, targets: [[index, '/ctx/ip']] },
    });
    expect(asked).toEqual({
      status: 202,
      body: {
        request: expect.stringMatching(/^[0-9a-f]{64}$/),
        asked: { kind: 'erase', ...BASIS, targets: [[index, '/ctx/ip']] },
        requester: 'ops-a',
        expiresAtMs: it.nowMs + 86_400_000,
      },
    });
    const { request } = asked.body;
    expect((await it.as('ops-b', '/main/erase')).body.requests).toEqual([asked.body]);
    const done = await it.as('ops-b', '/main/erase', { approve: request });
    expect(done).toMatchObject({
      status: 200,
      body: {
        ...{ ...BASIS, request, requester: 'ops-a', approvers: ['ops-b'] },
        ...{ state: 'finished', targets: [[index, '/ctx/ip']], count: 1, resealed: 1 },
      },
    });
    expect(done.body.notReached.join()).toContain('backups');
    const { body } = await it.as('auditor', `/main/entries/${index}/openings`);
    expect(body).toMatchObject({ erased: [{ pointer: '/ctx/ip', by: done.body.index }] });
    expect(body.disclosures).toHaveLength(1);
    const listed = (await it.as('ops-a', '/main/erase')).body;
    expect(listed).toEqual({ requests: [], reports: [done.body] });
  });

  it('takes another token, and the request only once', async () => {
    await using it = await site();
    const targets = [[await it.submit('1'), null]];
    const { body } = await it.as('ops-a', '/main/erase', { request: { ...BASIS, targets } });
    const approve = { approve: body.request };
    const own = await it.as('ops-a', '/main/erase', approve);
    expect([own.status, own.body.code]).toEqual([403, 'custody.same-token']);
    expect((await it.as('auditor', '/main/erase', approve)).status).toBe(403);
    const other = await it.as('ops-b', '/main/hold', approve);
    expect([other.status, other.body.code]).toEqual([404, 'custody.unknown-request']);
    expect((await it.as('ops-b', '/main/erase', approve)).status).toBe(200);
    const again = await it.as('ops-b', '/main/erase', approve);
    expect([again.status, again.body.code]).toEqual([404, 'custody.unknown-request']);
  });

  it('forgets requests that nobody approved in time, and keeps no more than some', async () => {
    await using it = await site();
    const request = { ...BASIS, targets: [[await it.submit('1'), null]] };
    const asks = [1, 2, 3, 4].map(() => it.as('ops-a', '/main/erase', { request }));
    const [first, , , last] = await Promise.all(asks);
    expect([last?.status, last?.body.code]).toEqual([429, 'custody.too-many']);
    it.nowMs += 86_400_000;
    const late = await it.as('ops-b', '/main/erase', { approve: first?.body.request });
    expect([late.status, late.body.code]).toEqual([404, 'custody.unknown-request']);
    expect((await it.as('ops-b', '/main/erase')).body.requests).toEqual([]);
  });

  it('keeps a request whose erasure was refused, so that it can be approved later', async () => {
    await using it = await site();
    const index = await it.submit('1');
    const held = await it.approve('/main/hold', { ...BASIS, place: { source: 'test-source' } });
    const { body } = await it.as('ops-a', '/main/erase', {
      request: { ...BASIS, targets: [[index, null]] },
    });
    const refused = await it.as('ops-b', '/main/erase', { approve: body.request });
    expect([refused.status, refused.body.code]).toEqual([409, 'erase.held']);
    expect((await it.approve('/main/hold', { ...BASIS, lift: held.body.index })).status).toBe(200);
    expect((await it.as('ops-b', '/main/erase', { approve: body.request })).status).toBe(200);
  });

  it('needs tokens', async () => {
    await using it = await site(false);
    const request = { ...BASIS, targets: [[1, null]] };
    const answer = await it.as('ops-a', '/main/erase', { request });
    expect([answer.status, answer.body.code]).toEqual([403, 'custody.needs-tokens']);
    expect(answer.body.detail).toContain('--auth');
  });

  it.each([
    {},
    { approve: 'x' },
    { approve: 'a'.repeat(64), request: {} },
    { request: { targets: [[1, null]] } },
    { request: { ...BASIS, targets: [] } },
    { request: { ...BASIS, targets: [[1]] } },
    { request: { ...BASIS, targets: [[-1, null]] } },
    { request: { ...BASIS, targets: [[1, 5]] } },
    { request: { ...BASIS, targets: [[1, null]], more: 1 } },
    { request: { legalBasis: '', targets: [[1, null]] } },
    { request: { legalBasis: `ghp_${'a1B2'.repeat(9)}`, targets: [[1, null]] } },
    [1],
  ])('refuses %j', async (body) => {
    await using it = await site();
    const answer = await it.as('ops-a', '/main/erase', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'custody.malformed']);
    expect(JSON.stringify(answer.body)).not.toContain('a1B2');
  });
});

describe('POST /{log}/hold', () => {
  it('places and lifts, with two tokens each, and lists what stands', async () => {
    await using it = await site();
    const place = { from: 1, to: 3 };
    const held = await it.approve('/main/hold', { ...BASIS, place });
    expect(held).toMatchObject({ status: 200, body: { scope: place, stands: true } });
    const { stands, ...hold } = held.body;
    expect(stands).toBe(true);
    expect((await it.as('ops-a', '/main/hold')).body).toEqual({ requests: [], holds: [hold] });
    const lifted = await it.approve('/main/hold', { ...BASIS, lift: hold.index });
    expect(lifted).toMatchObject({ status: 200, body: { index: hold.index, stands: false } });
    const again = await it.approve('/main/hold', { ...BASIS, lift: hold.index });
    expect([again.status, again.body.code]).toEqual([404, 'hold.not-found']);
  });

  it('keeps from being erased as soon as it is asked for', async () => {
    await using it = await site();
    const index = await it.submit('1');
    await it.as('ops-a', '/main/hold', { request: { ...BASIS, place: { source: 'test-source' } } });
    const refused = await it.approve('/main/erase', { ...BASIS, targets: [[index, null]] });
    expect([refused.status, refused.body.code]).toEqual([409, 'erase.held']);
  });

  it.each([
    { place: {} },
    { place: { source: 'x', from: 1, to: 2 } },
    { place: { from: 2, to: 2 } },
    { lift: 'x' },
  ])('refuses %j', async (what) => {
    await using it = await site();
    const answer = await it.as('ops-a', '/main/hold', { request: { ...BASIS, ...what } });
    expect([answer.status, answer.body.code]).toEqual([400, 'custody.malformed']);
  });
});

describe('what is told of erasures and holds', () => {
  it('holds none of what was erased', async () => {
    await using it = await site();
    const index = await it.submit('77');
    await it.approve('/main/erase', { ...BASIS, targets: [[index, null]] });
    const { integratedSize } = it.app.log.figures;
    await it.app.log.waitPublished(integratedSize, AbortSignal.timeout(5_000));
    for (let i = 0; i < integratedSize; i++) {
      expect(utf8Text(await it.app.log.readEntry(i))).not.toContain('10.0.0.77');
    }
    expect(JSON.stringify((await it.as('ops-a', '/main/erase')).body)).not.toContain('10.0.0.77');
  });
});
