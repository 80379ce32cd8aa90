import { TransparencyError } from '../core/error.ts';

/** Open objects and arrays, at most: far above what is read, so that what nests too deep is judged alone. */
const DEPTH_MAX = 1_024;

/** Offset of the first byte from `offset` on that is not white space of JSON. */
export function skipSpace(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** True for white space of JSON. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Offset behind the quote that closes the string opened at `start`. @throws {TransparencyError} json.malformed */
export function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at < 0) throw malformedJson('a string that does not end', start);
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
}

/**
 * Offset behind the bracket that closes the object or array opened at `start`. Brackets and quotes are followed, nothing
 * else is judged.
 *
 * @throws {TransparencyError} json.malformed, json.too-deep
 */
export function endOfContainer(bytes: Uint8Array, start: number): number {
  const closers: number[] = [];
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = endOfString(bytes, at) - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (closers.length === DEPTH_MAX) {
        throw new TransparencyError('json.too-deep', `more than ${DEPTH_MAX} open, at byte ${at}`);
      }
      closers.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (closers.pop() !== byte) throw malformedJson('brackets that do not match', at);
      if (closers.length === 0) return at + 1;
    }
  }
  throw malformedJson('brackets that are not closed', start);
}

/** The refusal of what is no JSON; it says where, never what. */
export function malformedJson(what: string, at: number): TransparencyError {
  return new TransparencyError('json.malformed', `${what}, at byte ${at}`);
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
