import { parseBase64 } from '../core/base64.ts';
import { canonicalJson } from './canonical.ts';
import { findSecret } from './secret.ts';
import type { JsonValue } from './strict-json.ts';

/**
 * The name of the pattern of a usable secret in a value that is to be withheld, or null. (spec/5-submission.md §7)
 *
 * It is judged beside the last step of its pointer, since that tells what it is; texts that are base64 of texts are
 * judged as these, too.
 *
 * @param withheld.pointer  where it would stand in its event
 * @param depthMax  how deep the value may nest
 */
export function secretInValue(
  withheld: { readonly pointer: string; readonly value: JsonValue },
  depthMax: number,
): string | null {
  const { pointer, value } = withheld;
  const named = { [pointer.slice(pointer.lastIndexOf('/') + 1)]: value };
  const found = findSecret(canonicalJson(named, { depthMax: depthMax + 1 }));
  if (found !== null) return found;
  for (const text of decodedTexts(value)) {
    const inside = findSecret(text);
    if (inside !== null) return inside;
  }
  return null;
}

/** What the strings of a value say that are base64 of text, in either alphabet: formats carry bytes so. */
function* decodedTexts(value: JsonValue): Generator<Uint8Array> {
  if (typeof value === 'string') {
    if (value.length < BASE64_LENGTH_MIN || !BASE64_TEXT.test(value)) return;
    const bytes = bytesOfBase64(value);
    if (bytes.every((byte) => byte >= 0x20 || LINE_BYTES.has(byte))) yield bytes;
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) yield* decodedTexts(member as JsonValue);
  }
}

/** Padding may lack, and what is behind the last byte may be anything: it is to be read, not to be believed. */
function bytesOfBase64(text: string): Uint8Array {
  const code = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const left = code.length % 4;
  const groups = code.slice(0, code.length - left);
  const last = left < 2 ? '' : `${code.slice(-left)}AA`.slice(0, 4);
  return parseBase64(groups + last).subarray(0, (groups.length / 4) * 3 + Math.max(0, left - 1));
}

const BASE64_LENGTH_MIN = 24;
const BASE64_TEXT = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Tab, line feed, carriage return. */
const LINE_BYTES: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d]);
