import { describe, expect, it } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { leafHash } from '../../src/core/hash.ts';
import { parseProofFile } from '../../src/core/proof-file.ts';
import { parseReceipt } from '../../src/event/receipt.ts';
import { createAppUnderTest } from '../support/http-app.ts';

const event = (n: number): string => JSON.stringify({ id: `e-${n}` });

describe('POST /{log}/events', () => {
  it('answers one event with its receipt', async () => {
    const app = createAppUnderTest();
    const first = await app.post('/main/events', event(1));
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({ index: 0, duplicate: false, recv: { adapter: 'native' } });
    expect(first.headers.get('content-type')).toBe('application/json');
    expect(utf8Text(app.main.entries[0] as Uint8Array)).toBe(event(1));
  });

  it('answers the same event with the first receipt and 200', async () => {
    const app = createAppUnderTest();
    const { json: first } = await app.post('/main/events', event(1));
    const second = await app.post('/main/events', event(1));
    expect(second.status).toBe(200);
    expect(second.json).toEqual({ ...first, duplicate: true });
  });

  it('answers a conflict with 409 and the receipt of the leaf it became', async () => {
    const app = createAppUnderTest();
    const { json: receipt } = await app.post('/main/events', event(1));
    app.main.outcomes = [{ kind: 'conflict', receipt: { ...receipt, index: 9 }, firstIndex: 4 }];
    const answer = await app.post('/main/events', event(2));
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({
      code: 'entry.conflict',
      status: 409,
      details: { firstIndex: 4, index: 9 },
      receipt: { index: 9 },
    });
  });

  it('answers a refused event with its problem', async () => {
    const app = createAppUnderTest();
    const answer = await app.post('/main/events', '"!"');
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ code: 'event.schema', detail: 'src: missing' });
    expect(answer.headers.has('retry-after')).toBe(false);
  });

  it('says when to come back where one event is refused for a while', async () => {
    const app = createAppUnderTest();
    const error = new TransparencyError('conflict.too-many', '60 in this minute');
    app.main.outcomes = [{ kind: 'refused', error }];
    const answer = await app.post('/main/events', event(1));
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('answers an array with an array in its order, refusals in their places', async () => {
    const app = createAppUnderTest();
    const all = await app.post('/main/events', `[${event(1)}, ${event(2)}]`);
    expect(all.status).toBe(201);
    expect(all.json.map((r: { index: number }) => r.index)).toEqual([0, 1]);
    const again = await app.post('/main/events', `[${event(2)}, ${event(1)}]`);
    expect(again.status).toBe(200);
    expect(again.json.map((r: { index: number }) => r.index)).toEqual([1, 0]);
    const mixed = await app.post('/main/events', `[${event(3)}, "!", ${event(1)}]`);
    expect(mixed.status).toBe(207);
    expect(mixed.json).toMatchObject([
      { index: 2, duplicate: false },
      { status: 422, code: 'event.schema' },
      { index: 0, duplicate: true },
    ]);
  });

  it('answers lines with lines', async () => {
    const app = createAppUnderTest();
    const body = `${event(1)}\n"!"\n${event(2)}\n`;
    const answer = await app.post('/main/events', body, 'application/x-ndjson');
    expect(answer.status).toBe(207);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = answer.text.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[3]).toBe('');
    expect(lines.slice(0, 3).map((line) => JSON.parse(line))).toMatchObject([
      { index: 0 },
      { code: 'event.schema' },
      { index: 1 },
    ]);
  });

  it('hands the bytes on as they came', async () => {
    const app = createAppUnderTest();
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0xff, 0x7d);
    app.main.outcomes = [];
    await app.post('/main/events', `[${event(1)}]`);
    app.main.failure = new TransparencyError('json.malformed', 'no');
    await app.post('/main/events', bytes);
    expect(app.main.submitted.at(-1)?.items).toEqual([bytes]);
  });

  it('submits for nobody in particular, with all rights, where no token is asked for', async () => {
    const app = createAppUnderTest();
    await app.post('/main/events', event(1));
    expect(app.main.submitted[0]?.context).toEqual({ by: null, sources: null, operate: true });
  });

  it.each([
    ['pool.full', 503],
    ['log.closing', 503],
    ['log.halted', 503],
    ['pool.stale', 503],
  ] as const)('answers %s with %i and Retry-After, whole', async (code, status) => {
    const app = createAppUnderTest();
    app.main.failure = new TransparencyError(code, 'not now');
    const answer = await app.post('/main/events', `[${event(1)}]`);
    expect(answer.status).toBe(status);
    expect(answer.json.code).toBe(code);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('tells nothing of a fault, and logs it under the name that it tells', async () => {
    const app = createAppUnderTest();
    app.main.failure = new Error('disk on fire');
    const answer = await app.post('/main/events', event(1));
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('fire');
    expect(app.logged).toMatchObject([
      { level: 'error', values: { err: app.main.failure, instance: answer.json.instance } },
    ]);
  });
});

describe('POST /{log}/events?wait=published', () => {
  it('answers 201 once a published head covers the event', async () => {
    const app = createAppUnderTest();
    const answer = await app.post('/main/events?wait=published', event(1));
    expect(answer.status).toBe(201);
    expect(app.main.publishedSize).toBe(1);
  });

  it.each(['application/json', 'application/x-ndjson'])(
    'answers 202 with the receipts of %s when no head comes in time',
    async (type) => {
      const app = createAppUnderTest({ limits: { publishedWaitMsMax: 1 } });
      app.main.publishes = false;
      const answer = await app.post('/main/events?wait=published', event(1), type);
      expect(answer.status).toBe(202);
      expect(answer.json).toMatchObject({ index: 0, duplicate: false });
    },
  );

  it('answers 202 with the receipt also when the log halts meanwhile: the receipt stands', async () => {
    const app = createAppUnderTest();
    app.main.publishes = false;
    app.main.waitPublished = () => Promise.reject(new TransparencyError('log.halted', 'halted'));
    expect((await app.post('/main/events?wait=published', event(1))).status).toBe(202);
  });

  it('does not wait for what was refused', async () => {
    const app = createAppUnderTest();
    app.main.publishes = false;
    expect((await app.post('/main/events?wait=published', '"!"')).status).toBe(422);
  });

  it.each(['?wait=integrated', '?wait=', '?wait=published&wait=published'])(
    'refuses %s before anything is submitted',
    async (query) => {
      const app = createAppUnderTest();
      const answer = await app.post(`/main/events${query}`, event(1));
      expect(answer.status).toBe(400);
      expect(answer.json.code).toBe('request.bad-parameter');
      expect(app.main.submitted).toEqual([]);
    },
  );
});

describe('POST /{log}/events?wait=proof', () => {
  it('answers one event with its proof, whose extra line is the receipt', async () => {
    const app = createAppUnderTest();
    await app.post('/main/events', event(1));
    const answer = await app.post('/main/events?wait=proof', event(2));
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const file = parseProofFile(utf8(answer.text));
    const { extra = new Uint8Array(0), leafIndex, checkpoint, path } = file;
    expect(leafIndex).toBe(1);
    expect(path).toEqual([leafHash(app.main.entries[0] as Uint8Array)]);
    expect(checkpoint).toEqual(app.main.published?.note);
    const { index, duplicate, leafHash: hash } = parseReceipt(extra);
    const entry = app.main.entries[1] as Uint8Array;
    expect({ index, duplicate, hash }).toEqual({
      index: 1,
      duplicate: false,
      hash: base64(leafHash(entry)),
    });
  });

  it('answers a duplicate with 200 and the proof of the first', async () => {
    const app = createAppUnderTest();
    await app.post('/main/events', event(1));
    await app.post('/main/events', event(2));
    const again = await app.post('/main/events?wait=proof', event(1));
    expect(again.status).toBe(200);
    expect(parseProofFile(utf8(again.text)).leafIndex).toBe(0);
  });

  it('answers 202 with the receipt when no head comes in time', async () => {
    const app = createAppUnderTest({ limits: { publishedWaitMsMax: 1 } });
    app.main.publishes = false;
    const answer = await app.post('/main/events?wait=proof', event(1));
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ index: 0, duplicate: false });
  });

  it('answers a problem where there is one', async () => {
    const app = createAppUnderTest();
    expect((await app.post('/main/events?wait=proof', '"!"')).json.code).toBe('event.schema');
  });

  it.each([
    ['application/json', `[${event(1)}]`],
    ['application/x-ndjson', event(1)],
  ])('refuses several items of %s before any is submitted', async (type, body) => {
    const app = createAppUnderTest();
    const answer = await app.post('/main/events?wait=proof', body, type);
    expect([answer.status, answer.json.code]).toEqual([400, 'request.bad-parameter']);
    expect(app.main.submitted).toEqual([]);
  });
});

describe('POST /{log}/events refuses', () => {
  it.each([
    ['a body without a type', '{}', null, {}, 415, 'request.bad-content-type'],
    ['a form', 'a=1', 'application/x-www-form-urlencoded', {}, 415, 'request.bad-content-type'],
    ['plain text', '{}', 'text/plain', {}, 415, 'request.bad-content-type'],
    [
      'gzip',
      '{}',
      'application/json',
      { 'content-encoding': 'gzip' },
      415,
      'request.bad-content-encoding',
    ],
    ['a long body', 'x'.repeat(2_000), 'application/json', {}, 413, 'request.body-too-large'],
    [
      'a body said to be long',
      '{}',
      'application/json',
      { 'content-length': '99999' },
      413,
      'request.body-too-large',
    ],
    [
      'a length that is none',
      '{}',
      'application/json',
      { 'content-length': '1e1' },
      201,
      undefined,
    ],
    ['many items', '[1,2,3,4]', 'application/json', {}, 413, 'submission.too-many-items'],
    ['many lines', '1\n2\n3\n4', 'application/x-ndjson', {}, 413, 'submission.too-many-items'],
    ['nothing', '', 'application/json', {}, 400, 'submission.empty'],
    ['an empty array', '[]', 'application/json', {}, 400, 'submission.empty'],
    ['an array that does not end', '[1', 'application/json', {}, 400, 'json.malformed'],
  ] as const)('%s', async (_, body, type, headers, status, code) => {
    const app = createAppUnderTest({ limits: { jsonBodyBytesMax: 1_024, itemsPerRequestMax: 3 } });
    const answer = await app.post('/main/events', body, type, headers);
    expect(answer.status).toBe(status);
    expect(answer.json.code).toBe(code);
    if (status !== 201) expect(app.main.submitted).toEqual([]);
  });

  it('bodies that do not fit beside those in flight', async () => {
    const app = createAppUnderTest({ limits: { bodiesInFlightBytesMax: 1_048_576 } });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const submit = app.main.submit.bind(app.main);
    app.main.submit = async (items, context) => {
      await held;
      return submit(items, context);
    };
    const first = app.post('/main/events', JSON.stringify('a'.repeat(700_000)));
    await new Promise((resolve) => setImmediate(resolve));
    const second = await app.post('/main/events', JSON.stringify('b'.repeat(700_000)));
    expect(second.status).toBe(503);
    expect(second.json.code).toBe('request.overloaded');
    release();
    expect((await first).status).toBe(201);
    expect((await app.post('/main/events', JSON.stringify('c'.repeat(700_000)))).status).toBe(201);
  });
});

describe('POST /{log}/add', () => {
  it('answers the decimal index of the entry', async () => {
    const app = createAppUnderTest();
    for (const type of [null, 'application/octet-stream']) {
      const answer = await app.post('/raw/add', utf8('any bytes'), type);
      expect([answer.status, answer.text]).toEqual([200, String(app.raw.entries.length - 1)]);
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses %s, which a page could send',
    async (type) => {
      const app = createAppUnderTest();
      expect((await app.post('/raw/add', 'x', type)).status).toBe(415);
      expect(app.raw.entries).toEqual([]);
    },
  );

  it('refuses an entry that no bundle can hold', async () => {
    const app = createAppUnderTest();
    expect((await app.post('/raw/add', new Uint8Array(65_535), null)).status).toBe(200);
    const answer = await app.post('/raw/add', new Uint8Array(65_536), null);
    expect([answer.status, answer.json.code]).toEqual([413, 'leaf.too-large']);
  });

  it('is not there for a log of events, nor /events for a log of bytes', async () => {
    const app = createAppUnderTest();
    expect((await app.post('/main/add', 'x', null)).json.code).toBe('log.wrong-type');
    expect((await app.post('/raw/events', '{}')).json.code).toBe('log.wrong-type');
  });
});
