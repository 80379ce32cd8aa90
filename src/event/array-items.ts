import { TransparencyError } from '../core/error.ts';

/**
 * Splits a JSON array into the bytes of its items, views of `bytes`, in their order and without the space around them.
 *
 * The array itself must hold: brackets, commas, quotes. The items are not judged, so that one that is malformed is
 * refused alone; but brackets that do not match leave open where an item ends, and refuse the array.
 *
 * @param options.itemsMax  more items than this are refused before they are gathered; default: any number
 * @throws {TransparencyError} json.bom, json.malformed, json.too-deep, submission.too-many-items
 */
export function scanArrayItems(
  bytes: Uint8Array,
  options: { readonly itemsMax?: number } = {},
): readonly Uint8Array[] {
  const itemsMax = options.itemsMax ?? Number.POSITIVE_INFINITY;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new TransparencyError('json.bom', 'begins with a byte order mark');
  }
  const items: Uint8Array[] = [];
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACKET) throw malformed('expected an array', at);
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACKET) {
    checkEnd(bytes, at + 1);
    return items;
  }
  for (;;) {
    const start = skipSpace(bytes, at);
    const end = endOfItem(bytes, start);
    const last = lastBeforeSpace(bytes, start, end);
    if (last === start) throw malformed('an item is missing', start);
    if (items.length === itemsMax) {
      throw new TransparencyError('submission.too-many-items', `more than ${itemsMax} items`);
    }
    items.push(bytes.subarray(start, last));
    at = end + 1;
    if (bytes[end] === CLOSE_BRACKET) break;
  }
  checkEnd(bytes, at);
  return items;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Far above what an item may nest, so that one that nests too deep is refused alone. */
const DEPTH_MAX = 1_024;

/** Offset of the comma or bracket that ends the item at `start`. */
function endOfItem(bytes: Uint8Array, start: number): number {
  const closers: number[] = [];
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (closers.length === DEPTH_MAX) {
        throw new TransparencyError('json.too-deep', `more than ${DEPTH_MAX} open, at byte ${at}`);
      }
      closers.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
    } else if (closers.length === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
      return at;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (closers.pop() !== byte) throw malformed('brackets that do not match', at);
    }
  }
  throw malformed('an array that does not end', bytes.length);
}

/** Offset of the quote that closes the string opened at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at < 0) throw malformed('a string that does not end', start);
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
}

function checkEnd(bytes: Uint8Array, offset: number): void {
  const at = skipSpace(bytes, offset);
  if (at < bytes.length) throw malformed('something follows the array', at);
}

function skipSpace(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

function lastBeforeSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1])) at -= 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function malformed(what: string, at: number): TransparencyError {
  return new TransparencyError('json.malformed', `${what}, at byte ${at}`);
}
