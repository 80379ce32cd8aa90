import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/event/canonical.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { refusalOf, textOf } from './vectors.ts';

const wellFormed = fc.string({ unit: 'binary' });
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((n) => n + 0),
    wellFormed,
    fc.array(tie('value')),
    fc.dictionary(wellFormed, tie('value')),
  ),
})).value;

describe('the canonical form', () => {
  it('is that of another implementation', () => {
    fc.assert(
      fc.property(value, (json) => {
        expect(textOf(canonicalJson(json))).toBe(canonicalize(json));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps __proto__ and does not follow it', () => {
    expect(textOf(canonicalJson(JSON.parse('{"__proto__":{"b":1},"a":2}')))).toBe(
      '{"__proto__":{"b":1},"a":2}',
    );
  });

  it('refuses what JSON here cannot say', () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [undefined, 'json.malformed'],
      [() => 1, 'json.malformed'],
      [1n, 'json.malformed'],
      [Symbol('a'), 'json.malformed'],
      [new Date(0), 'json.malformed'],
      [new Map(), 'json.malformed'],
      [[undefined], 'json.malformed'],
      [new Array(1), 'json.malformed'],
      [{ a: undefined }, 'json.malformed'],
      [{ toJSON: () => 1 }, 'json.malformed'],
      [1.5, 'json.number'],
      [Number.NaN, 'json.number'],
      [Number.POSITIVE_INFINITY, 'json.number'],
      [2 ** 53, 'json.number'],
      [-0, 'json.number'],
      ['\ud800', 'json.surrogate'],
      [{ '\udc00': 1 }, 'json.surrogate'],
    ];
    for (const [input, code] of cases) {
      expect(refusalOf(() => canonicalJson(input as JsonValue))?.code).toBe(code);
    }
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(refusalOf(() => canonicalJson(circle as JsonValue))?.code).toBe('json.too-deep');
  });
});
