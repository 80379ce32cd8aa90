import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../src/core/hex.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { parseStrictJson } from '../../src/event/strict-json.ts';
import { bytesOf, readVectors, refusalOf, textOf } from './vectors.ts';

interface ByteVector {
  readonly name: string;
  readonly hex: string;
  readonly canonical?: string;
  readonly code?: string;
}

const vectors = readVectors<readonly ByteVector[]>('event-bytes');

describe('strict JSON', () => {
  it('has at least 60 vectors, each with one answer', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(60);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    for (const { canonical, code } of vectors) expect((canonical ?? code) !== undefined).toBe(true);
  });

  for (const { name, hex, canonical, code } of vectors) {
    it(`${code === undefined ? 'reads' : `refuses as ${code}`}: ${name}`, () => {
      const read = (): string => textOf(canonicalJson(parseStrictJson(parseHex(hex))));
      if (code === undefined) expect(read()).toBe(canonical);
      else expect(refusalOf(read)?.code).toBe(code);
    });
  }

  it('never repeats in a message what it read', () => {
    for (const { code, hex } of vectors) {
      if (code === undefined || hex.length < 40) continue;
      const refusal = refusalOf(() => parseStrictJson(parseHex(hex)));
      expect(refusal?.message.includes(Buffer.from(hex, 'hex').toString('latin1'))).toBe(false);
    }
  });

  it('gives what JSON.parse gives, and refuses arbitrary bytes with a refusal alone', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        const refusal = refusalOf(() =>
          expect(parseStrictJson(bytesOf(text))).toEqual(JSON.parse(text)),
        );
        expect(['json.number', 'json.malformed', 'json.surrogate', undefined]).toContain(
          refusal?.code,
        );
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        refusalOf(() => parseStrictJson(bytes));
      }),
      { numRuns: 2_000 },
    );
    const tokens = fc.constantFrom(
      ...'{}[]",:\\u-0123456789eE.tfn \n'.split(''),
      'true',
      'null',
      '\\ud800',
      '"a"',
    );
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 24 }), (parts) => {
        const text = parts.join('');
        const refusal = refusalOf(() => parseStrictJson(bytesOf(text)));
        // Whatever is read, JSON.parse reads as the same.
        if (refusal === null) {
          expect(parseStrictJson(bytesOf(text))).toEqual(JSON.parse(text));
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('counts depth from a bound of the caller', () => {
    expect(refusalOf(() => parseStrictJson(bytesOf('[[]]'), { depthMax: 1 }))?.code).toBe(
      'json.too-deep',
    );
    expect(parseStrictJson(bytesOf('[[]]'), { depthMax: 2 })).toEqual([[]]);
  });
});
