import { TransparencyError } from '../core/error.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  endOfContainer,
  endOfString,
  isSpace,
  malformedJson,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-scan.ts';

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
  if (bytes[at] !== OPEN_BRACKET) throw malformedJson('expected an array', at);
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACKET) {
    checkEnd(bytes, at + 1);
    return items;
  }
  for (;;) {
    const start = skipSpace(bytes, at);
    const end = endOfItem(bytes, start);
    const last = lastBeforeSpace(bytes, start, end);
    if (last === start) throw malformedJson('an item is missing', start);
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

/** Offset of the comma or bracket that ends the item at `start`. */
function endOfItem(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; ) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) at = endOfContainer(bytes, at);
    else if (byte === COMMA || byte === CLOSE_BRACKET) return at;
    else if (byte === CLOSE_BRACE) throw malformedJson('brackets that do not match', at);
    else at += 1;
  }
  throw malformedJson('an array that does not end', bytes.length);
}

function checkEnd(bytes: Uint8Array, offset: number): void {
  const at = skipSpace(bytes, offset);
  if (at < bytes.length) throw malformedJson('something follows the array', at);
}

function lastBeforeSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1])) at -= 1;
  return at;
}
