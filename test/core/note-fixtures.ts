import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { equalBytes, utf8 } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { parseHex } from '../../src/core/hex.ts';

/** The vectors of a file in spec/vectors. Its shape is what the file says; the tests that read it fail if it is not. */
export function vectorsOf<T>(name: string): T {
  const url = new URL(`../../spec/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

/** What a case of a vector file names its input. */
export interface CaseInput {
  readonly name: string;
  readonly text?: string;
  readonly hex?: string;
  readonly error?: string;
}

/** Bytes of a case. */
export function bytesOf(input: { readonly text?: string; readonly hex?: string }): Uint8Array {
  return input.text === undefined ? parseHex(input.hex ?? '') : utf8(input.text);
}

/** The code of the refusal that a call ends in; `ok` if it returns. Another error fails the test. */
export function codeOf(call: () => unknown): string {
  try {
    call();
    return 'ok';
  } catch (error) {
    if (isTransparencyError(error)) return error.code;
    throw error;
  }
}

/** Says that a parser refuses the bytes with a TransparencyError, or gives what formats to the same bytes. */
export function expectCanonicalOrRefused<T>(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => T,
  format: (value: T) => Uint8Array,
): void {
  let value: T;
  try {
    value = parse(bytes);
  } catch (error) {
    expect(isTransparencyError(error)).toBe(true);
    return;
  }
  expect(equalBytes(format(value), bytes)).toBe(true);
}
