import { TransparencyError } from '../core/error.ts';
import { type JsonPolicy, malformedText, readJson } from './json-reader.ts';

/** What strict JSON can say. Numbers are integers, |n| ≤ 2^53 - 1. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** Members of an object. `__proto__` is a member like any other. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** True for an object: neither null nor an array. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value of UTF-8 JSON bytes, read strictly. (RFC 8259, narrowed by spec/5-submission.md §1)
 *
 * Refused: invalid UTF-8, a BOM, members of one name (compared after unescaping), numbers that are not written as
 * `-?(0|[1-9][0-9]{0,15})` or are `-0` or beyond 2^53 - 1, lone surrogates, NUL, too many open containers, and bytes
 * behind the value. Nothing is normalised. Messages tell where, never what.
 *
 * @param options.depthMax  objects and arrays that may be open at one place; default 16
 * @throws {TransparencyError} bytes.not-utf8, json.*
 */
export function parseStrictJson(
  bytes: Uint8Array,
  options: { readonly depthMax?: number } = {},
): JsonValue {
  const { depthMax = STRICT.depthMax } = options;
  return readJson(bytes, depthMax === STRICT.depthMax ? STRICT : { ...STRICT, depthMax });
}

const STRICT: JsonPolicy = {
  depthMax: 16,
  number(_digits, at) {
    throw new TransparencyError(
      'json.number',
      `not an integer of at most 2^53 - 1 in its shortest form, before ${at}`,
    );
  },
  escaped(text, at) {
    if (LONE_SURROGATE.test(text)) {
      throw new TransparencyError('json.surrogate', `a lone surrogate, before ${at}`);
    }
    if (text.includes('\0')) throw malformedText('NUL in a string', at);
    return text;
  },
};

const LONE_SURROGATE = /\p{Cs}/u;
