import { type JsonPolicy, malformedText, readJson } from '../event/json-reader.ts';
import type { JsonValue } from '../event/strict-json.ts';

/** Open objects and arrays at one place of what an emitter sends, at most. */
export const WIRE_DEPTH_MAX = 64;

/**
 * The value of JSON that an emitter sent, read without loss: what strict JSON has no room for is kept in another form.
 * (spec/12-ingest.md §2)
 *
 * A number that is not an integer of at most 2^53 - 1 in its shortest form becomes its text. NUL and half a surrogate
 * pair become U+FFFD. Members of one name are refused: two readers would see two things.
 *
 * @throws {TransparencyError} bytes.not-utf8, json.bom, json.malformed, json.duplicate-member, json.too-deep
 */
export function parseWireJson(bytes: Uint8Array): JsonValue {
  return readJson(bytes, LOSSLESS);
}

const LOSSLESS: JsonPolicy = {
  depthMax: WIRE_DEPTH_MAX,
  number(digits, at) {
    if (NUMBER.test(digits)) return digits;
    throw malformedText('expected a number', at);
  },
  escaped: speakable,
};

/** A text without NUL and half surrogate pairs, which no leaf can hold: U+FFFD stands for them. */
export function speakable(text: string): string {
  return UNSPEAKABLE.test(text) ? text.replace(UNSPEAKABLES, '\ufffd') : text;
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for
const UNSPEAKABLE = /\p{Cs}|\u0000/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is replaced
const UNSPEAKABLES = /\p{Cs}|\u0000/gu;
