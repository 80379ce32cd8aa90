import { sha256, sha256Of } from '#sha256';
import { utf8 } from '../core/bytes.ts';

/** Bytes of an idempotency key. */
export const IDEMPOTENCY_KEY_LENGTH = 20;
/** Bytes of a sameness MAC. */
export const SAMENESS_MAC_LENGTH = 16;

/**
 * The key under which a log knows an event: the first 20 bytes of SHA-256("nhi.id/1\n" ‖ src.id ‖ "\n" ‖ id).
 *
 * A checked `src.id` holds no newline, so two pairs never spell the same input. (spec/5-submission.md §6)
 */
export function idempotencyKey(sourceId: string, id: string): Uint8Array {
  return sha256(utf8(`nhi.id/1\n${sourceId}\n${id}`)).subarray(0, IDEMPOTENCY_KEY_LENGTH);
}

/**
 * The MAC that tells whether a second event of one id says the same: the first 16 bytes of HMAC-SHA256. (RFC 2104)
 *
 * @param secret  of the log; 16 to 64 bytes
 * @returns       content (canonical event, or raw bytes of an adapter) → 16 bytes
 */
export function samenessMac(secret: Uint8Array): (content: Uint8Array) => Uint8Array {
  const inner = new Uint8Array(64).fill(0x36);
  const outer = new Uint8Array(64).fill(0x5c);
  for (let i = 0; i < secret.length; i++) {
    inner[i] = (secret[i] ?? 0) ^ 0x36;
    outer[i] = (secret[i] ?? 0) ^ 0x5c;
  }
  return (content) =>
    sha256(concatPad(outer, sha256Of([inner, content]))).subarray(0, SAMENESS_MAC_LENGTH);
}

function concatPad(pad: Uint8Array, digest: Uint8Array): Uint8Array {
  const input = new Uint8Array(pad.length + digest.length);
  input.set(pad);
  input.set(digest, pad.length);
  return input;
}
