import { gzipSync } from 'node:zlib';
import { eventOf } from '../events.ts';
import type { Attack } from './attack.ts';

/** Longest body of the server under attack. */
export const BODY_MAX = 1_048_576;

const JSON_TYPE = 'Content-Type: application/json';
const LINES_TYPE = 'Content-Type: application/x-ndjson';

const good = eventOf('main', 'hostile', 1);
const event = (change: object): string => JSON.stringify({ ...JSON.parse(good), ...change });
const nested = (open: string, close: string, n: number): string => open.repeat(n) + close.repeat(n);
const withText = (from: string, to: string): string => {
  if (!good.includes(from)) throw new Error(`no ${from} in ${good}`);
  return good.replace(from, to);
};
/** Assembled here, so that no scanner finds a token in this file. */
const usableSecret = ['gh', 'p_', 'a1B2'.repeat(10)].join('');

function post(
  name: string,
  body: string | Uint8Array,
  status: number,
  code: string,
  more: Partial<Attack> = {},
): Attack {
  const target = '/main/events';
  return { name, method: 'POST', target, header: [JSON_TYPE], body, status, code, ...more };
}

const lines = { header: [LINES_TYPE] };
const typed = (...header: string[]): Partial<Attack> => ({ header });

/** Bodies that are not what they should be. */
export const BODIES: readonly Attack[] = [
  post('no JSON', 'nonsense', 400, 'json.malformed'),
  post('half an event', good.slice(0, 99), 400, 'json.malformed'),
  post('an event and more', `${good}x`, 400, 'json.malformed'),
  post('two events with nothing between', good + good, 400, 'json.malformed'),
  post('a byte order mark', `\ufeff${good}`, 400, 'json.bom'),
  post('bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 400, 'bytes.not-utf8'),
  post('an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 400, 'bytes.not-utf8'),
  post('UTF-16', Buffer.from(good, 'utf16le'), 400, 'json.malformed'),
  post('NUL', Uint8Array.of(0), 400, 'json.malformed'),
  post('a comment', `/* */${good}`, 400, 'json.malformed'),
  post('NaN', withText('"hostile"', 'NaN'), 400, 'json.malformed'),
  post('a trailing comma', `${good.slice(0, -1)},}`, 400, 'json.malformed'),
  post('a member twice', withText('{"v"', '{"id":"x","v"'), 400, 'json.duplicate-member'),
  post(
    'a member twice, escaped',
    withText('{"v"', '{"\\u0069d":"x","v"'),
    400,
    'json.duplicate-member',
  ),
  post('__proto__', withText('{"v"', '{"__proto__":{"a":1},"v"'), 422, 'event.unknown-member'),
  post('constructor', withText('{"v"', '{"constructor":1,"v"'), 422, 'event.unknown-member'),
  post('a number 1.0', withText('"hostile"', '1.0'), 400, 'json.number'),
  post('a number 1e3', withText('"hostile"', '1e3'), 400, 'json.number'),
  post('a number -0', withText('"hostile"', '-0'), 400, 'json.number'),
  post('a number of 17 digits', withText('"hostile"', '90071992547409930'), 400, 'json.number'),
  post('a number of a million digits', '9'.repeat(1_000_000), 400, 'json.number'),
  post('half a surrogate pair', withText('"hostile"', '"\\ud800"'), 400, 'json.surrogate'),
  post('an escaped NUL', withText('"hostile"', '"\\u0000"'), 400, 'json.malformed'),
  post('a bomb of objects', nested('{"a":', '}', 100_000), 400, 'json.too-deep'),
  post('a bomb of arrays', nested('[', ']', 400_000), 400, 'json.too-deep'),
  post('a bomb of open brackets', '['.repeat(1_000_000), 400, 'json.too-deep'),
  post('a string without end', `"${'\\"'.repeat(500_000)}`, 400, 'json.malformed'),
  post(
    'an event of 80,000 members',
    withText('{"v"', `{${Array.from({ length: 80_000 }, (_, i) => `"${i}":0`).join()},"v"`),
    422,
    'event.unknown-member',
  ),
  post('null', 'null', 400, 'submission.malformed'),
  post('true', 'true', 400, 'submission.malformed'),
  post('a number', '1', 400, 'submission.malformed'),
  post('a string', '"x"', 400, 'submission.malformed'),
  post('an empty object', '{}', 422, 'event.schema'),
  post('nothing', '', 400, 'submission.empty'),
  post('white space', ' \n\t ', 400, 'submission.empty'),
  post('an empty array', '[]', 400, 'submission.empty'),
  post('an array with an open end', '[1', 400, 'json.malformed'),
  post('an array with two commas', '[1,,2]', 400, 'json.malformed'),
  post('an array of arrays', '[[],[]]', 207, 'submission.malformed'),
  post('lines of nothing', '\n\n1\n', 207, 'json.malformed', lines),
  post('10,001 items', `[${'1,'.repeat(10_000)}1]`, 413, 'submission.too-many-items'),
  post('10,001 lines', '1\n'.repeat(10_001), 413, 'submission.too-many-items', lines),
  post('an event without its id', event({ id: undefined }), 422, 'event.schema'),
  post('an id that is a number', event({ id: 7 }), 422, 'event.schema'),
  post('an id that is a list', event({ id: ['a'] }), 422, 'event.schema'),
  post('an actor that is a text', event({ actor: 'root' }), 422, 'event.schema'),
  post('an unknown version', event({ v: 'nhi.leaf/1' }), 422, 'event.schema'),
  post('a genesis leaf', JSON.stringify({ v: 'nhi.genesis/1' }), 422, 'event.schema'),
  post(
    'an unknown kind of item',
    JSON.stringify({ event: 1, extra: 2 }),
    400,
    'submission.malformed',
  ),
  post('another tenant', event({ tenant: 'other' }), 422, 'event.wrong-tenant'),
  post(
    'a look-alike id',
    event({ actor: { type: 'ai_agent', id: 'ab\u200bc' } }),
    422,
    'event.identifier',
  ),
  post(
    'text that runs backwards',
    event({ actor: { type: 'ai_agent', id: 'a\u202eb' } }),
    422,
    'event.identifier',
  ),
  post('a source that is another\u2019s', good, 403, 'event.wrong-source', { who: 'one-source' }),
  post(
    'a usable secret',
    event({ action: { name: usableSecret, class: 'exec' } }),
    422,
    'event.secret',
    { leaves: 1 },
  ),
  post('a body above the limit', 'x'.repeat(BODY_MAX + 1), 413, 'request.body-too-large'),
  post(
    'a form',
    'a=1',
    415,
    'request.bad-content-type',
    typed('Content-Type: application/x-www-form-urlencoded'),
  ),
  post(
    'a multipart form',
    'a',
    415,
    'request.bad-content-type',
    typed('Content-Type: multipart/form-data; boundary=a'),
  ),
  post('text', '{}', 415, 'request.bad-content-type', typed('Content-Type: text/plain')),
  post('no type', '{}', 415, 'request.bad-content-type', typed()),
  post(
    'two types',
    '{}',
    415,
    'request.bad-content-type',
    typed('Content-Type: application/json, text/plain'),
  ),
  post(
    'another charset',
    '{}',
    415,
    'request.bad-content-type',
    typed(`${JSON_TYPE}; charset=utf-16`),
  ),
  post(
    'a gzip bomb',
    gzipSync(Buffer.alloc(100_000_000)),
    415,
    'request.bad-content-encoding',
    typed(JSON_TYPE, 'Content-Encoding: gzip'),
  ),
  post(
    'a brotli body',
    'x',
    415,
    'request.bad-content-encoding',
    typed(JSON_TYPE, 'Content-Encoding: br'),
  ),
  post(
    'two encodings',
    '{}',
    415,
    'request.bad-content-encoding',
    typed(JSON_TYPE, 'Content-Encoding: identity, gzip'),
  ),
  post('a wait for something else', good, 400, 'request.bad-parameter', {
    target: '/main/events?wait=never',
  }),
  post('a wait said twice', good, 400, 'request.bad-parameter', {
    target: '/main/events?wait=published&wait=published',
  }),
  post(
    'more than the pool holds',
    `[${Array.from({ length: 9 }, (_, i) => eventOf('tiny', 'hostile', i)).join()}]`,
    413,
    'submission.too-many-items',
    { target: '/tiny/events' },
  ),
  post('an event to an opaque log', good, 404, 'log.wrong-type', { target: '/raw/events' }),
  post('bytes to a log of events', 'x', 404, 'log.wrong-type', { target: '/main/add', header: [] }),
  post('text to an opaque log', 'x', 415, 'request.bad-content-type', {
    target: '/raw/add',
    header: ['Content-Type: text/plain'],
  }),
  post('a form to an opaque log', 'x', 415, 'request.bad-content-type', {
    target: '/raw/add',
    header: ['Content-Type: multipart/form-data'],
  }),
  post('an entry of 65,536 bytes', 'x'.repeat(65_536), 413, 'leaf.too-large', {
    target: '/raw/add',
    header: [],
  }),
  post('a gzip entry', gzipSync('x'), 415, 'request.bad-content-encoding', {
    target: '/raw/add',
    header: ['Content-Encoding: gzip'],
  }),
];

function ingest(
  name: string,
  target: string,
  body: string | Uint8Array,
  status: number,
  code: string,
  ...header: string[]
): Attack {
  const more = { target, header: header.length === 0 ? [JSON_TYPE] : header };
  // What cannot be read is kept as it came: nothing makes an event of an authenticated sender vanish.
  const kept = status === 200 && !target.includes('/v1/') ? { leaves: 1 } : {};
  const whole = { ...more, ...kept };
  return post(`${target.slice(target.indexOf('/', 1))}: ${name}`, body, status, code, whole);
}

const GZIP = 'Content-Encoding: gzip';
const PROTOBUF = 'Content-Type: application/x-protobuf';
const bomb = gzipSync(Buffer.alloc(100_000_000));

/** Bodies of other emitters that are not what they should be. Refusals of OTLP carry no code of ours. */
export const FOREIGN_BODIES: readonly Attack[] = [
  ...['/main/ingest/vault', '/main/ingest/cloudtrail', '/main/ingest/kubernetes'].flatMap(
    (target) => [
      ingest('no JSON', target, 'nonsense', 200, ''),
      ingest('nothing', target, '', 400, 'submission.empty'),
      ingest('a bomb of arrays', target, nested('[', ']', 400_000), 400, 'json.too-deep'),
      ingest('a gzip bomb', target, bomb, 413, 'request.body-too-large', JSON_TYPE, GZIP),
      ingest(
        'half a gzip body',
        target,
        bomb.subarray(0, 50),
        400,
        'request.malformed',
        JSON_TYPE,
        GZIP,
      ),
      ingest('no gzip', target, '{}', 400, 'request.malformed', JSON_TYPE, GZIP),
      ingest(
        'brotli',
        target,
        'x',
        415,
        'request.bad-content-encoding',
        JSON_TYPE,
        'Content-Encoding: br',
      ),
      ingest('text', target, '{}', 415, 'request.bad-content-type', 'Content-Type: text/plain'),
      ingest(
        'a body above the limit',
        target,
        'x'.repeat(BODY_MAX + 1),
        413,
        'request.body-too-large',
      ),
      ingest(
        'an id of a source that is none',
        `${target}?source=a%20b`,
        '{}',
        400,
        'request.bad-parameter',
      ),
    ],
  ),
  ingest('no such format', '/main/ingest/nothing', '{}', 404, 'ingest.unknown-format'),
  ingest('a name of every object', '/main/ingest/__proto__', '{}', 404, 'ingest.unknown-format'),
  ingest('an opaque log', '/raw/ingest/vault', '{}', 404, 'log.wrong-type'),
  ...['/main/v1/logs', '/main/v1/traces'].flatMap((target) => [
    ingest('no JSON', target, 'nonsense', 400, ''),
    ingest('no protobuf', target, '\xff\xff\xff\xff', 400, '', PROTOBUF),
    ingest(
      'a length that lies',
      target,
      Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f),
      400,
      '',
      PROTOBUF,
    ),
    ingest('a bomb of messages', target, nestedMessages(5_000), 200, '', PROTOBUF),
    ingest('a gzip bomb', target, bomb, 413, '', PROTOBUF, GZIP),
    ingest('text', target, '{}', 415, 'request.bad-content-type', 'Content-Type: text/plain'),
  ]),
];

/** Fields 1 within fields 1, each as long as what is left. */
function nestedMessages(depth: number): Uint8Array {
  let message = Uint8Array.of();
  for (let i = 0; i < depth; i++) {
    const length: number[] = [];
    for (let rest = message.length; ; rest = Math.floor(rest / 128)) {
      length.push(rest < 128 ? rest : (rest % 128) + 128);
      if (rest < 128) break;
    }
    message = Uint8Array.from([0x0a, ...length, ...message]);
  }
  return message;
}

function frame(
  name: string,
  header: readonly string[],
  body: string,
  status: number,
  code: string,
): Attack {
  return post(name, body, status, code, { header: [JSON_TYPE, ...header] });
}

/** Messages that two readers could take for two things, or that never end. */
export const FRAMES: readonly Attack[] = [
  frame('two lengths', ['Content-Length: 1', 'Content-Length: 2'], '1', 400, 'request.malformed'),
  frame('a list of lengths', ['Content-Length: 1, 1'], '1', 400, 'request.malformed'),
  frame('a negative length', ['Content-Length: -1'], '1', 400, 'request.malformed'),
  frame('a length in hexadecimal', ['Content-Length: 0x1'], '1', 400, 'request.malformed'),
  frame('a length beyond all', ['Content-Length: 9007199254740993'], '1', 400, 'request.malformed'),
  frame(
    'a length above the limit',
    ['Content-Length: 99999999'],
    '1',
    413,
    'request.body-too-large',
  ),
  frame(
    'a length beside chunks',
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    '0\r\n\r\n',
    400,
    'request.malformed',
  ),
  frame(
    'an unknown transfer encoding',
    ['Transfer-Encoding: gzip, identity'],
    'x',
    400,
    'request.malformed',
  ),
  frame('a chunk that is none', ['Transfer-Encoding: chunked'], 'zz\r\n', 400, 'request.malformed'),
  frame(
    'chunks without end',
    ['Transfer-Encoding: chunked'],
    `fffff\r\n${'x'.repeat(0xfffff)}\r\n`.repeat(2),
    413,
    'request.body-too-large',
  ),
  frame('a header of 20 KiB', [`X: ${'x'.repeat(20_000)}`], '{}', 400, 'request.malformed'),
  frame('a header with NUL', ['X: \0'], '{}', 400, 'request.malformed'),
  frame('a folded header', ['X: a', ' b'], '{}', 400, 'request.malformed'),
  {
    name: 'no HTTP',
    target: '',
    raw: ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'HTTP/9',
    target: '',
    raw: ['GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'no Host',
    target: '',
    raw: ['GET /healthz HTTP/1.1\r\n\r\n'],
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'a line feed alone',
    target: '',
    raw: ['GET /healthz HTTP/1.1\nHost: localhost\n\n'],
    status: 400,
    code: 'request.malformed',
  },
];
