import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { skipSpace } from '../event/json-scan.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { type Adapter, readOr } from './adapter.ts';
import { parseCef } from './cef.ts';
import { partCount } from './json-items.ts';
import { mappingOf } from './mappings.ts';
import { putNew } from './new-name.ts';
import { speakable } from './wire-json.ts';
import { linesOf } from './wire-scan.ts';

/**
 * The adapter of syslog messages and of CEF in them, a message a line, or counted in octets. (RFC 5424, RFC 6587 §3.4.1)
 *
 * A message that is neither is kept whole as `unmapped`.
 */
export const SYSLOG: Adapter = {
  name: 'syslog',
  mapping: mappingOf('syslog'),
  contentTypes: ['application/syslog', 'application/x-syslog', 'application/cef'],
  *read(body, _headers, { itemsMax }) {
    if (skipSpace(body, 0) === body.length) {
      throw new TransparencyError('submission.empty', 'an empty body');
    }
    for (const raw of framesOf(body, partCount(itemsMax))) {
      yield { item: { raw, input: readOr(() => messageOf(raw)) }, mapping: SYSLOG.mapping };
    }
  },
};

/** `63 <110>1 …`: the count of the octets that follow. Else lines. */
function framesOf(body: Uint8Array, take: () => void): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = skipSpace(body, 0); at < body.length; at = skipSpace(body, at)) {
    const head = new TextDecoder('latin1').decode(body.subarray(at, at + 8));
    const digits = /^([1-9][0-9]{0,5}) </.exec(head)?.[1];
    if (digits === undefined) return [...frames, ...linesOf(body.subarray(at), take)];
    const start = at + digits.length + 1;
    const end = Math.min(body.length, start + Number(digits));
    take();
    frames.push(body.subarray(start, end));
    at = end;
  }
  return frames;
}

const HEADER =
  /^<([0-9]{1,3})>([1-9][0-9]{0,2}) (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;

function messageOf(raw: Uint8Array): JsonValue {
  const text = speakable(utf8Text(raw)).replace(/^\ufeff/, '');
  const cefAt = text.indexOf('CEF:');
  const header = HEADER.exec(text);
  if (header === null) {
    // A CEF line may follow a header of the older form, or none.
    if (cefAt < 0 || cefAt > 256) throw new TransparencyError('ingest.malformed', 'not syslog');
    const head = text.slice(0, cefAt).trim();
    return { ...(head === '' ? {} : { head }), cef: parseCef(text.slice(cefAt)) };
  }
  const [all, priority, version, timestamp, host, app, procid, msgid] = header;
  const { elements, end } = structuredData(text, all.length);
  const rest = text.slice(end).replace(/^ \ufeff?/, '');
  const named = { timestamp, host, app, procid, msgid };
  const known = Object.entries(named).filter(([, value]) => value !== '-');
  const message: JsonObject = rest.startsWith('CEF:')
    ? { cef: parseCef(rest) }
    : rest === ''
      ? {}
      : { msg: rest };
  return {
    facility: Math.floor(Number(priority) / 8),
    severity: Number(priority) % 8,
    version: version ?? '',
    ...(Object.fromEntries(known) as Record<string, string>),
    ...(Object.keys(elements).length === 0 ? {} : { sd: elements }),
    ...message,
  };
}

/** SD-ELEMENTs by their ids. (RFC 5424 §6.3) */
function structuredData(
  text: string,
  start: number,
): { readonly elements: JsonObject; readonly end: number } {
  const elements: Record<string, JsonValue> = Object.create(null);
  if (text[start] === '-') return { elements, end: start + 1 };
  let at = start;
  const element = /\[([^ =\]"]{1,32})/y;
  const parameter = / ([^ =\]"]{1,32})="((?:[^"\\\]]|\\.)*)"/y;
  while (text[at] === '[') {
    element.lastIndex = at;
    const name = element.exec(text)?.[1];
    if (name === undefined) throw new TransparencyError('ingest.malformed', 'structured data');
    at = element.lastIndex;
    const parameters: Record<string, JsonValue> = Object.create(null);
    for (;;) {
      parameter.lastIndex = at;
      const found = parameter.exec(text);
      if (found === null) break;
      at = parameter.lastIndex;
      putNew(parameters, found[1] ?? '', (found[2] ?? '').replace(/\\(["\\\]])/g, '$1'));
    }
    if (text[at] !== ']') throw new TransparencyError('ingest.malformed', 'structured data');
    at += 1;
    putNew(elements, name, parameters);
  }
  if (at === start) throw new TransparencyError('ingest.malformed', 'structured data');
  return { elements, end: at };
}
