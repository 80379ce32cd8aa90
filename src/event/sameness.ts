import { sha256Into, sha256Of } from '#sha256';
import { invariant } from '../core/error.ts';
import { ownRoom, type Room } from '../core/slab.ts';
import { EVENT_LIMITS } from './limits.ts';

/** Bytes of an idempotency key. */
export const IDEMPOTENCY_KEY_LENGTH = 20;
/** Bytes of a sameness MAC. */
export const SAMENESS_MAC_LENGTH = 16;

/**
 * The key under which a log knows an event: the first 20 bytes of SHA-256("nhi.id/1\n" ‖ src.id ‖ "\n" ‖ id).
 *
 * A checked `src.id` holds no newline, so two pairs never spell the same input. (spec/5-submission.md §6)
 *
 * @param room  where it is written; default: an array of its own
 */
export function idempotencyKey(sourceId: string, id: string, room: Room = ownRoom): Uint8Array {
  const input = `nhi.id/1\n${sourceId}\n${id}`;
  const { read, written } = encoder.encodeInto(input, keyInput);
  invariant(read === input.length, 'source and id are those of a checked event');
  sha256Into(digest, 0, keyInput.subarray(0, written));
  return digestIn(room(IDEMPOTENCY_KEY_LENGTH));
}

const encoder = new TextEncoder();
/** Source and id have at most 128 characters of ASCII each. */
const keyInput = new Uint8Array(512);
/** A digest before it is cut. */
const digest = new Uint8Array(32);

/** The first bytes of the digest, as many as there is room for. */
function digestIn(room: Uint8Array): Uint8Array {
  for (let i = 0; i < room.length; i++) room[i] = digest[i] as number;
  return room;
}

/**
 * The MAC that tells whether a second event of one id says the same: the first 16 bytes of HMAC-SHA256. (RFC 2104)
 *
 * @param secret  of the log; 16 to 64 bytes
 * @returns       content (canonical event, or raw bytes of an adapter) → 16 bytes, in an array of its own by default
 */
export function samenessMac(secret: Uint8Array): (content: Uint8Array, room?: Room) => Uint8Array {
  invariant(secret.length >= 16 && secret.length <= BLOCK, 'a sameness secret is 16 to 64 bytes');
  // Copying a content behind its pad and hashing once is cheaper than a hash of two parts.
  const inner = padded(secret, 0x36, BLOCK + EVENT_LIMITS.eventBytesMax);
  const outer = padded(secret, 0x5c, BLOCK + DIGEST);
  return (content, room = ownRoom) => {
    const end = BLOCK + content.length;
    if (end <= inner.length) {
      inner.set(content, BLOCK);
      sha256Into(outer, BLOCK, inner.subarray(0, end));
    } else {
      outer.set(sha256Of([inner.subarray(0, BLOCK), content]), BLOCK);
    }
    sha256Into(digest, 0, outer);
    return digestIn(room(SAMENESS_MAC_LENGTH));
  };
}

/** Block and digest of SHA-256, bytes. */
const BLOCK = 64;
const DIGEST = 32;

function padded(secret: Uint8Array, pad: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(pad, 0, BLOCK);
  for (let i = 0; i < secret.length; i++) bytes[i] = (secret[i] as number) ^ pad;
  return bytes;
}
