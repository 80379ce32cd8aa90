import { describe, expect, it } from 'vitest';
import { concat, utf8, utf8Text } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { ADAPTERS } from '../../src/ingest/ingest.ts';
import { openIngestApp } from '../support/ingest-app.ts';
import { headersOf, inputNames, inputsOf, testContext } from './golden.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const MARK = 'zq7marker';
const latin1 = new TextDecoder('latin1');
/** What an envelope says without saying anything: named in the adapters, and in no leaf. */
const DROPPED: Readonly<Record<string, RegExp>> = { kubernetes: /^\/(?:kind|apiVersion|metadata)/ };

/** The bytes that the items of a body are committed to by, or the code of its refusal. */
function rawsOf(
  name: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): readonly Uint8Array[] | string {
  const adapter = ADAPTERS.get(name);
  if (adapter === undefined) throw new Error(`no adapter ${name}`);
  try {
    return [...adapter.read(body, headersOf(headers), testContext(name))].map(
      ({ item }) => item.raw,
    );
  } catch (error) {
    if (isTransparencyError(error)) return error.code;
    throw error;
  }
}

/** How many items a document holds, told without the adapters. */
function countOf(name: string, document: Json): number {
  const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
  const member = (value: Json, key: string): Json | undefined =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
  if (name.startsWith('otlp-')) {
    const names =
      name === 'otlp-logs'
        ? (['resourceLogs', 'scopeLogs', 'logRecords'] as const)
        : (['resourceSpans', 'scopeSpans', 'spans'] as const);
    return list(member(document, names[0]))
      .flatMap((resource) => list(member(resource, names[1])))
      .flatMap((scope) => list(member(scope, names[2]))).length;
  }
  if (Array.isArray(document)) return document.reduce<number>((n, one) => n + opened(one), 0);
  return opened(document);

  function opened(item: Json): number {
    const envelope = { kubernetes: 'items', cloudtrail: 'Records', entra: 'records' }[name];
    const held = envelope === undefined ? undefined : member(item, envelope);
    // A whole file of CloudTrail is an event too.
    const file = name === 'cloudtrail' && item === document ? 1 : 0;
    if (Array.isArray(held)) return held.length + file;
    return name === 'mcp' && member(item, 'result') !== undefined ? 2 : 1;
  }
}

/** A document with a mark in one place after the other, instead of what stands there and beside it. */
function* marked(document: Json, base = ''): Generator<readonly [string, Json]> {
  for (const value of [MARK, [MARK], { mark: MARK }]) yield [base, value];
  if (typeof document !== 'object' || document === null) return;
  if (Array.isArray(document)) {
    yield [`${base}/-`, [...document, MARK]];
    for (const [i, item] of document.entries()) {
      for (const [at, changed] of marked(item, `${base}/${i}`)) {
        yield [at, document.with(i, changed)];
      }
    }
    return;
  }
  yield [`${base}/mark`, { ...document, mark: MARK }];
  for (const [name, member] of Object.entries(document)) {
    for (const [at, changed] of marked(member, `${base}/${name}`)) {
      yield [at, { ...document, [name]: changed }];
    }
  }
}

function documentOf(body: string): Json | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

describe('whatever is put into a body', () => {
  it.each(inputNames())('of %s is in what a leaf commits to, or the body is refused', (name) => {
    const dropped = DROPPED[name];
    let kept = 0;
    for (const { name: input, body, headers } of inputsOf(name)) {
      const document = documentOf(body);
      if (body.length > 4_000 || document === undefined) continue;
      for (const [at, changed] of marked(document)) {
        const raws = rawsOf(name, utf8(JSON.stringify(changed)), headers);
        if (typeof raws === 'string') continue;
        const told = `${name}, ${input}, ${at}`;
        expect(raws.length, told).toBeGreaterThanOrEqual(countOf(name, changed));
        if (dropped?.test(at) === true && countOf(name, changed) === raws.length) continue;
        expect(
          raws.some((raw) => utf8Text(raw).includes(MARK)),
          told,
        ).toBe(true);
        kept += 1;
      }
    }
    // Tokens and lines are no documents.
    if (!['caep', 'syslog'].includes(name)) expect(kept).toBeGreaterThan(20);
  });

  it.each(['syslog', 'vault', 'github'])('of %s, at any place of the text, as well', (name) => {
    for (const { body, headers } of inputsOf(name)) {
      const bytes = utf8(body);
      for (let at = 0; at <= Math.min(bytes.length, 2_000); at += 7) {
        const changed = Uint8Array.from([
          ...bytes.subarray(0, at),
          ...utf8(MARK),
          ...bytes.subarray(at),
        ]);
        const raws = rawsOf(name, changed, headers);
        if (typeof raws === 'string') continue;
        // All together: where a count tells how long a message is, the mark may be cut in two.
        expect(latin1.decode(concat(...raws))).toContain(MARK);
      }
    }
  });
});

describe('a list that is none', () => {
  const JSON_TYPE = { 'content-type': 'application/json' };
  it.each([
    ['otlp-logs', '{"resourceLogs":5}'],
    ['otlp-logs', '{"resourceLogs":{}}'],
    ['otlp-logs', '{"resourceLogs":[5]}'],
    ['otlp-logs', '{"resourceLogs":[{"resource":5,"scopeLogs":[{"logRecords":[{}]}]}]}'],
    ['otlp-logs', '{"resourceLogs":[{"schemaUrl":5,"scopeLogs":[{"logRecords":[{}]}]}]}'],
    ['otlp-logs', '{"resourceLogs":[{"scopeLogs":"x"}]}'],
    ['otlp-logs', '{"resourceLogs":[{"scopeLogs":[{"logRecords":true}]}]}'],
    ['otlp-logs', '{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}'],
    ['otlp-logs', '{"resource_logs":[]}'],
    ['otlp-logs', '5'],
    ['otlp-traces', '{"resourceSpans":5}'],
    ['otlp-traces', '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}'],
    ['kubernetes', '{"items":5}'],
    ['cloudtrail', '{"Records":"x"}'],
    ['entra', '{"records":{}}'],
    ['cloudtrail-digest', '{"digestS3Object":"a","logFiles":5}'],
    ['caep', 'e30.eyJldmVudHMiOjV9.AA'],
  ])('refuses %s: %s', (name, body) => {
    expect(rawsOf(name, utf8(body), JSON_TYPE)).toBe('ingest.malformed');
  });

  it.each([
    ['otlp-logs', '{}'],
    ['otlp-logs', '{"resourceLogs":null}'],
    ['otlp-logs', '{"resourceLogs":[{"scopeLogs":[]}]}'],
    ['kubernetes', '{"kind":"EventList","metadata":{},"items":[]}'],
    ['kubernetes', '{"items":null}'],
    ['entra', '{"records":[]}'],
  ])('takes %s: %s, which is empty by right', (name, body) => {
    expect(rawsOf(name, utf8(body), JSON_TYPE)).toEqual([]);
  });

  it('is answered 400, in the form of the format, and nothing is stored', async () => {
    await using app = await openIngestApp();
    const answer = await app.post('/main/v1/logs', '{"resourceLogs":5}', JSON_TYPE);
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 3, message: expect.stringMatching(/^ingest\.malformed: /) },
    ]);
    const other = await app.post('/main/ingest/kubernetes', '{"items":5}', JSON_TYPE);
    expect([other.status, await other.json()]).toMatchObject([400, { code: 'ingest.malformed' }]);
    expect(await app.leaves()).toEqual([]);
  });
});

describe('a protobuf export request', () => {
  const PROTO = { 'content-type': 'application/x-protobuf' };
  const field = (number: number, bytes: Uint8Array | number[]): number[] => [
    ...varint(number * 8 + 2),
    ...varint(bytes.length),
    ...bytes,
  ];
  const varint = (n: number): number[] =>
    n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))];
  const mark = field(1_000, utf8(MARK));
  const record = field(2, field(5, field(1, utf8('body'))));
  const request = (scope: number[], resource: number[] = [], whole: number[] = []): Uint8Array =>
    Uint8Array.from([...field(1, [...field(2, scope), ...resource]), ...whole]);

  it.each([
    ['the request', request(record, [], mark)],
    ['a resource message', request(record, mark)],
    ['a scope message', request([...record, ...mark])],
    ['a resource', request(record, field(1, mark))],
    ['a record', request(field(2, mark))],
    ['an attribute', request(field(2, field(6, [...field(1, utf8('k')), ...mark])))],
    ['a value', request(field(2, field(5, mark)))],
    ['a second resource', request(record, [...field(1, mark), ...field(1, [])])],
    ['a second body', request(field(2, [...field(5, field(1, utf8('x'))), ...field(5, mark)]))],
    ['a field of another type', request(field(2, field(1, utf8(MARK))))],
    ['a list of values', request(field(2, field(5, field(5, mark))))],
    ['a map of values', request(field(2, field(5, field(6, mark))))],
  ])('keeps what nobody knows of %s', (_, body) => {
    const raws = rawsOf('otlp-logs', body, PROTO);
    expect(typeof raws === 'string' ? raws : raws.length).toBe(1);
    expect(latin1.decode((raws as readonly Uint8Array[])[0])).toContain(MARK);
  });

  it('is refused where it holds no record, and what nobody knows', () => {
    for (const body of [Uint8Array.from(mark), request([], mark), request(mark)]) {
      expect(rawsOf('otlp-logs', body, PROTO)).toBe('ingest.malformed');
    }
    expect(rawsOf('otlp-logs', new Uint8Array(0), PROTO)).toEqual([]);
  });

  it('keeps texts that are no UTF-8 apart, as records that nobody can read', () => {
    const raws = [[0xff], [0xfe]].map((bytes) =>
      rawsOf('otlp-logs', request(field(2, field(5, field(1, bytes)))), PROTO),
    );
    expect(raws[0]).toHaveLength(1);
    expect(raws[0]).not.toEqual(raws[1]);
  });
});

describe('a body of many parts', () => {
  it.each([
    ['otlp-logs', `{"resourceLogs":[${'{},'.repeat(1_000)}{}]}`],
    ['otlp-logs', `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${'0,'.repeat(1_000)}0]}]}]}`],
    ['github', `[${'0,'.repeat(1_000)}0]`],
    ['vault', '{}\n'.repeat(1_001)],
    ['kubernetes', `{"items":[${'0,'.repeat(1_000)}0]}`],
    ['cloudevents', `[${'0,'.repeat(1_000)}0]`],
    ['syslog', '<1>1 a\n'.repeat(1_001)],
  ])('of %s is refused before they are gathered', (name, body) => {
    expect(rawsOf(name, utf8(body), { 'content-type': 'application/json' })).toBe(
      'submission.too-many-items',
    );
  });

  it('is read part by part, whether they are lines, values or lists', () => {
    const count = (name: string, body: string): number | string => {
      const raws = rawsOf(name, utf8(body), {});
      return typeof raws === 'string' ? raws : raws.length;
    };
    expect(count('vault', '{"a":1}{"a":2} {"a":3}')).toBe(3);
    expect(count('vault', '{\n"a":1}\n{\n"a":2}')).toBe(2);
    expect(count('vault', '{"a":1}\n{"a":\n{"a":3}')).toBe(3);
    expect(count('cloudtrail', '{"Records":[1,2]}\n{"Records":[3]}')).toBe(3);
    expect(count('cloudtrail', '[{"Records":[1,2]},{"Records":[3]},4]')).toBe(4);
    expect(count('kubernetes', '{"items":[1],"more":2}')).toBe(2);
  });
});
