import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitAt,
  bitLength,
  bitLengthOfXor,
  isPowerOfTwo,
  isSize,
  largestPowerOfTwoBelow,
  onesCount,
  shiftLeft,
  shiftRight,
  trailingZeros,
} from '../../src/core/integers.ts';

/** Sizes of all magnitudes, and those next to powers of two. */
const size = fc.oneof(
  fc.maxSafeNat(),
  fc.nat({ max: 2 ** 33 }),
  fc.nat({ max: 300 }),
  fc
    .tuple(fc.nat({ max: 53 }), fc.integer({ min: -2, max: 2 }))
    .map(([bit, off]) => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, 2 ** bit + off))),
);
const bits = (n: number): string => (n === 0 ? '' : BigInt(n).toString(2));

describe('integers, against BigInt', () => {
  it('counts bits, ones and zeros as BigInt writes them', () => {
    fc.assert(
      fc.property(size, (n) => {
        expect(bitLength(n)).toBe(bits(n).length);
        expect(onesCount(n)).toBe(bits(n).replaceAll('0', '').length);
        expect(isPowerOfTwo(n)).toBe(/^10*$/.test(bits(n)));
        if (n > 0) expect(trailingZeros(n)).toBe(/0*$/.exec(bits(n))?.[0].length);
        const written = [...bits(n)].reverse();
        for (let bit = 0; bit <= 52; bit++) expect(bitAt(n, bit)).toBe(Number(written[bit] ?? 0));
      }),
      { numRuns: 2000 },
    );
  });

  it('measures where two numbers differ', () => {
    fc.assert(
      fc.property(size, size, (a, b) => {
        const xor = BigInt(a) ^ BigInt(b);
        expect(bitLengthOfXor(a, b)).toBe(xor === 0n ? 0 : xor.toString(2).length);
      }),
      { numRuns: 2000 },
    );
  });

  it('shifts, also further than there are bits', () => {
    fc.assert(
      fc.property(size, fc.nat({ max: 70 }), (n, by) => {
        expect(shiftRight(n, by)).toBe(Number(BigInt(n) >> BigInt(by)));
        const left = BigInt(n) << BigInt(by);
        if (left <= BigInt(Number.MAX_SAFE_INTEGER)) expect(shiftLeft(n, by)).toBe(Number(left));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds where a tree splits', () => {
    fc.assert(
      fc.property(size, (n) => {
        if (n < 2) return;
        const k = largestPowerOfTwoBelow(n);
        expect(isPowerOfTwo(k)).toBe(true);
        expect(k < n && BigInt(n) <= 2n * BigInt(k)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows what is a size', () => {
    expect([0, 1, Number.MAX_SAFE_INTEGER].every(isSize)).toBe(true);
    expect([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY].some(isSize)).toBe(false);
  });
});
