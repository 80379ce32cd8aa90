/**
 * Integers of trees: sizes, indices and levels, all 0 ≤ n ≤ 2^53 - 1.
 *
 * The only file with bit operators on them: those stop at 32 bits, so a number is split into a high and a low word.
 */
const WORD = 0x1_0000_0000;

/** Is it a size or an index: an integer 0 ≤ n ≤ 2^53 - 1? */
export function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

/** Bits needed to write n: 0 for 0, 1 for 1, 53 for 2^53 - 1. */
export function bitLength(n: number): number {
  const high = highWord(n);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(n);
}

/** Bits needed to write a XOR b: the level under which the paths of two leaves to the root meet. */
export function bitLengthOfXor(a: number, b: number): number {
  const high = highWord(a) ^ highWord(b);
  return high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(a ^ b);
}

/** Zero bits below the lowest one, n ≥ 1. */
export function trailingZeros(n: number): number {
  const low = n | 0;
  if (low !== 0) return 31 - Math.clz32(low & -low);
  const high = highWord(n);
  return 63 - Math.clz32(high & -high);
}

/** Number of one bits. */
export function onesCount(n: number): number {
  return onesOfWord(highWord(n)) + onesOfWord(n | 0);
}

/** The bit of weight 2^bit, 0 ≤ bit ≤ 52. */
export function bitAt(n: number, bit: number): 0 | 1 {
  const word = bit < 32 ? n >>> bit : highWord(n) >>> (bit - 32);
  return (word & 1) === 0 ? 0 : 1;
}

/** Is n one of 1, 2, 4, 8, …? */
export function isPowerOfTwo(n: number): boolean {
  return n > 0 && 2 ** trailingZeros(n) === n;
}

/** The largest power of two strictly below n, n ≥ 2: where a tree of n leaves splits. (RFC 6962 §2.1) */
export function largestPowerOfTwoBelow(n: number): number {
  return 2 ** (bitLength(n - 1) - 1);
}

/** n / 2^bits, rounded down; bits ≥ 0, also beyond 53. */
export function shiftRight(n: number, bits: number): number {
  return Math.floor(n / powerOfTwo(bits));
}

/** n · 2^bits. Exact; the caller knows that it stays at or below 2^53. */
export function shiftLeft(n: number, bits: number): number {
  return n * powerOfTwo(bits);
}

const POWERS_OF_TWO = Float64Array.from({ length: 64 }, (_, bits) => 2 ** bits);

/** From a table: raising powers is a fifth of what a proof costs otherwise. */
function powerOfTwo(bits: number): number {
  return POWERS_OF_TWO[bits] ?? 2 ** bits;
}

function highWord(n: number): number {
  return Math.floor(n / WORD);
}

function onesOfWord(word: number): number {
  let n = word - ((word >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  n = (n + (n >>> 4)) & 0x0f0f_0f0f;
  return Math.imul(n, 0x0101_0101) >>> 24;
}
