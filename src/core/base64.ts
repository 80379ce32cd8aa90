import { TransparencyError } from './error.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Padded base64 of the bytes. (RFC 4648 §4) */
export function base64(bytes: Uint8Array): string {
  const text = encode(bytes, CODES);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** Unpadded base64url of the bytes. (RFC 4648 §5) */
export function base64url(bytes: Uint8Array): string {
  return encode(bytes, URL_CODES);
}

/**
 * The bytes of padded base64, and of no other spelling of them: other characters, missing padding and set bits behind
 * the last byte are refused.
 *
 * @throws {TransparencyError} bytes.not-base64
 */
export function parseBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw notBase64();
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text.slice(0, text.length - padding), VALUES);
}

/**
 * The bytes of unpadded base64url, and of no other spelling of them.
 *
 * @throws {TransparencyError} bytes.not-base64
 */
export function parseBase64url(text: string): Uint8Array {
  return decode(text, URL_VALUES);
}

const CODES = codesOf(ALPHABET);
const URL_CODES = codesOf(URL_ALPHABET);

function codesOf(alphabet: string): Uint8Array {
  return Uint8Array.from(alphabet, (digit) => digit.charCodeAt(0));
}

const VALUES = valuesOf(ALPHABET);
const URL_VALUES = valuesOf(URL_ALPHABET);

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** Eight digits at a time: the strings between are what encoding costs (bench/allocations.ts). */
function encode(bytes: Uint8Array, codes: Uint8Array): string {
  let text = '';
  let i = 0;
  for (; i + 6 <= bytes.length; i += 6) {
    const a = groupAt(bytes, i);
    const b = groupAt(bytes, i + 3);
    text += String.fromCharCode(
      codes[a >> 18] as number,
      codes[(a >> 12) & 63] as number,
      codes[(a >> 6) & 63] as number,
      codes[a & 63] as number,
      codes[b >> 18] as number,
      codes[(b >> 12) & 63] as number,
      codes[(b >> 6) & 63] as number,
      codes[b & 63] as number,
    );
  }
  for (; i < bytes.length; i += 3) {
    const group = groupAt(bytes, i);
    text += String.fromCharCode(codes[group >> 18] as number, codes[(group >> 12) & 63] as number);
    if (bytes.length - i > 1) text += String.fromCharCode(codes[(group >> 6) & 63] as number);
    if (bytes.length - i > 2) text += String.fromCharCode(codes[group & 63] as number);
  }
  return text;
}

/** 24 bits; those behind the last byte are zero. */
function groupAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function decode(digits: string, values: Int8Array): Uint8Array {
  if (digits.length % 4 === 1) throw notBase64();
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let held = 0;
  let heldBits = 0;
  let offset = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = values[digits.charCodeAt(i)] ?? -1;
    if (value < 0) throw notBase64();
    held = ((held << 6) | value) & 0xffff;
    heldBits += 6;
    if (heldBits >= 8) {
      heldBits -= 8;
      bytes[offset++] = (held >> heldBits) & 0xff;
    }
  }
  if ((held & ((1 << heldBits) - 1)) !== 0) throw notBase64();
  return bytes;
}

function notBase64(): TransparencyError {
  return new TransparencyError('bytes.not-base64', 'not canonical base64');
}
