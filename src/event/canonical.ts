import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { JsonValue } from './strict-json.ts';

/**
 * The canonical form of a value: UTF-8, members sorted by UTF-16 code units, no space. (RFC 8785, integers only)
 *
 * Takes what strict JSON can say and nothing else: an object with another prototype, a function, `undefined`, a hole in
 * an array, -0, a fraction, a lone surrogate are refused.
 *
 * @param options.depthMax  objects and arrays that may be open at one place; default 17
 * @throws {TransparencyError} json.malformed, json.number, json.surrogate, json.too-deep
 */
export function canonicalJson(
  value: JsonValue,
  options: { readonly depthMax?: number } = {},
): Uint8Array {
  return utf8(textOf(value, options.depthMax ?? 17));
}

const LONE_SURROGATE = /\p{Cs}/u;

function textOf(value: unknown, depthLeft: number): string {
  switch (typeof value) {
    case 'string':
      return textOfString(value);
    case 'number':
      return textOfNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depthLeft === 0) throw new TransparencyError('json.too-deep', 'too many open containers');
      return Array.isArray(value)
        ? textOfArray(value, depthLeft - 1)
        : textOfObject(value, depthLeft - 1);
    default:
      throw new TransparencyError('json.malformed', `JSON has no ${typeof value}`);
  }
}

function textOfString(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new TransparencyError('json.surrogate', 'a lone surrogate');
  // The escapes of ECMAScript's QuoteJSONString are those of RFC 8785 §3.2.2.2.
  return JSON.stringify(value);
}

function textOfNumber(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new TransparencyError('json.number', 'not an integer of at most 2^53 - 1');
  }
  return String(value);
}

function textOfArray(items: readonly unknown[], depthLeft: number): string {
  let text = '';
  // Not map(): it leaves holes out.
  for (let i = 0; i < items.length; i++) {
    text += (i === 0 ? '' : ',') + textOf(items[i], depthLeft);
  }
  return `[${text}]`;
}

function textOfObject(value: object, depthLeft: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TransparencyError('json.malformed', 'an object that is no plain object');
  }
  // Sorted by UTF-16 code units: RFC 8785 §3.2.3 and the default order of sort() are one.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '';
  for (const [name, member] of members) {
    text += `${text === '' ? '' : ','}${textOfString(name)}:${textOf(member, depthLeft)}`;
  }
  return `{${text}}`;
}
