import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';

/**
 * Members of a JSON object as views of its bytes, without reading their values; undefined for what is no object.
 *
 * @param wanted  names of the members; one of them that stands there twice is refused
 * @throws {TransparencyError} json.malformed, json.too-deep, json.duplicate-member
 */
export function scanMembers(
  bytes: Uint8Array,
  wanted: readonly string[],
): ReadonlyMap<string, Uint8Array> | undefined {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  const members = new Map<string, Uint8Array>();
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACE) return members;
  for (;;) {
    at = skipSpace(bytes, at);
    if (bytes[at] !== QUOTE) throw malformed('expected the name of a member', at);
    const nameEnd = endOfString(bytes, at);
    const name = nameOf(bytes.subarray(at, nameEnd));
    at = skipSpace(bytes, nameEnd);
    if (bytes[at] !== COLON) throw malformed('expected a colon', at);
    const start = skipSpace(bytes, at + 1);
    const end = endOfValue(bytes, start);
    if (members.has(name)) throw new TransparencyError('json.duplicate-member', 'a name again');
    if (wanted.includes(name)) members.set(name, bytes.subarray(start, end));
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return members;
    if (bytes[at] !== COMMA) throw malformed('expected a comma', at);
    at += 1;
  }
}

/**
 * Offset behind the JSON value at `start`: brackets and quotes are followed, nothing else is judged.
 *
 * @throws {TransparencyError} json.malformed, json.too-deep
 */
export function endOfValue(bytes: Uint8Array, start: number): number {
  const closers: number[] = [];
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = endOfString(bytes, at) - 1;
      if (closers.length === 0) return at + 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (closers.length === DEPTH_MAX) throw new TransparencyError('json.too-deep', `at ${at}`);
      closers.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (closers.length === 0 && at > start) return at;
      if (closers.pop() !== byte) throw malformed('brackets that do not match', at);
      if (closers.length === 0) return at + 1;
    } else if (closers.length === 0 && (byte === COMMA || isSpace(byte))) {
      if (at === start) throw malformed('expected a value', at);
      return at;
    }
  }
  if (closers.length > 0 || start >= bytes.length) throw malformed('it ends too early', start);
  return bytes.length;
}

/** Offset of the first byte from `offset` on that is not white space of JSON. */
export function skipSpace(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** The lines of a text as views, without their ends; empty ones are left out. */
export function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    let end = feed < 0 ? bytes.length : feed;
    const next = end + 1;
    while (end > start && isSpace(bytes[end - 1])) end -= 1;
    if (end > start) lines.push(bytes.subarray(start, end));
    start = next;
  }
  return lines;
}

/** Far above what is read, so that what nests too deep is judged alone. */
const DEPTH_MAX = WIRE_DEPTH_MAX * 16;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Offset behind the quote that closes the string opened at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start; ; ) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at < 0) throw malformed('a string that does not end', start);
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
}

function nameOf(quoted: Uint8Array): string {
  try {
    const name: unknown = JSON.parse(utf8Text(quoted));
    return String(name);
  } catch {
    throw malformed('a name that is no string', 0);
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09;
}

function malformed(what: string, at: number): TransparencyError {
  return new TransparencyError('json.malformed', `${what}, at byte ${at}`);
}
