import { base64, parseBase64 } from '../core/base64.ts';
import { utf8, utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';

/** One key of openings. */
export interface OpeningKey {
  /** 16 digits of lowercase hex. */
  readonly id: string;
  /** Whose openings it seals; null: those of all sources that have no key of their own in that month. */
  readonly source: string | null;
  /** `2026-11`, UTC, by the clock of admission. */
  readonly month: string;
  /** No entry below it has an opening under this key. */
  readonly firstIndex: number;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/** Bytes of the file of keys; of one owner the last is the current one. (spec/14-privacy.md §3) */
export function formatOpeningKeys(keys: readonly OpeningKey[]): Uint8Array {
  const lines = keys.map(({ id, source, month, firstIndex, bytes }) =>
    JSON.stringify({ id, source, month, firstIndex, key: base64(bytes) }),
  );
  return utf8(`{"v":"varve.opening-keys/1","keys":[\n${lines.join(',\n')}\n]}\n`);
}

/** The keys of such a file. @throws {TransparencyError} keys.malformed, which never repeats what it read */
export function parseOpeningKeys(content: Uint8Array): readonly OpeningKey[] {
  const file = objectOf(parse(content), ['v', 'keys']);
  if (file['v'] !== 'varve.opening-keys/1' || !Array.isArray(file['keys'])) throw malformed();
  const keys = file['keys'].map((value: unknown): OpeningKey => {
    const key = objectOf(value, ['id', 'source', 'month', 'firstIndex', 'key']);
    const { source, firstIndex } = key;
    const isOfAll = source === null;
    return {
      id: textOf(key['id'], /^[0-9a-f]{16}$/),
      source: isOfAll ? null : textOf(source, /^[A-Za-z0-9._:/-]{1,128}$/),
      month: textOf(key['month'], /^[+-]?[0-9]{4,6}-[0-9]{2}$/),
      firstIndex: Number.isSafeInteger(firstIndex) ? Number(firstIndex) : fail(),
      bytes: bytesOf(textOf(key['key'], /^[A-Za-z0-9+/]{43}=$/)),
    };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw malformed();
  return keys;
}

function parse(content: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Text(content));
  } catch {
    throw malformed();
  }
}

function bytesOf(text: string): Uint8Array {
  try {
    return parseBase64(text);
  } catch {
    throw malformed();
  }
}

function objectOf(value: unknown, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  const has = Object.keys(value);
  if (has.length !== names.length || !names.every((name) => has.includes(name))) throw malformed();
  return value as Record<string, unknown>; // an object, of these names
}

function textOf(value: unknown, form: RegExp): string {
  return typeof value === 'string' && form.test(value) ? value : fail();
}

function fail(): never {
  throw malformed();
}

function malformed(): TransparencyError {
  return new TransparencyError('keys.malformed', 'the file of keys of openings cannot be read');
}
