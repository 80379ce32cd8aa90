import { TransparencyError } from './error.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. A lone surrogate would become U+FFFD: callers hold well-formed text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The text of UTF-8 bytes; a BOM stays in it as U+FEFF.
 *
 * @throws {TransparencyError} bytes.not-utf8
 */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TransparencyError('bytes.not-utf8', 'not UTF-8', { cause });
  }
}

/** One new array holding the parts in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Equality of public bytes. Not for secrets: it takes less time where they differ early. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Order of bytes as unsigned numbers, a prefix before what it begins. Negative, 0 or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** 8 bytes, big-endian, of an integer 0 ≤ n ≤ 2^53 - 1. */
export function u64be(n: number): Uint8Array {
  const bytes = new Uint8Array(8);
  writeU64be(bytes, 0, n);
  return bytes;
}

/** Writes 8 bytes, big-endian, of an integer 0 ≤ n ≤ 2^53 - 1 to `target[offset, offset + 8)`. */
export function writeU64be(target: Uint8Array, offset: number, n: number): void {
  // No DataView: its buffer would move the eight bytes out of the heap, six times the work (bench/allocations.ts).
  let rest = n;
  for (let i = offset + 7; i >= offset; i--) {
    target[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** The integer of 8 big-endian bytes at `offset`, or undefined if it is above 2^53 - 1. */
export function readU64be(bytes: Uint8Array, offset = 0): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8);
  const n = view.getUint32(0) * 0x1_0000_0000 + view.getUint32(4);
  return Number.isSafeInteger(n) ? n : undefined;
}
