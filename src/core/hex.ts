import { TransparencyError } from './error.ts';

const DIGITS = '0123456789abcdef';

/** Lowercase hexadecimal of the bytes. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
}

/**
 * The bytes of lowercase hexadecimal; uppercase is refused.
 *
 * @throws {TransparencyError} bytes.not-hex
 */
export function parseHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text))
    throw new TransparencyError('bytes.not-hex', 'not lowercase hex');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}
