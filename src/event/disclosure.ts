import { sha256Of } from '#sha256';
import { base64url, parseBase64url } from '../core/base64.ts';
import { utf8, utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { canonicalJson } from './canonical.ts';
import { EVENT_LIMITS } from './limits.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';

/** The opening of a withheld value: what the digest in `sd` commits to. (spec/5-submission.md §5) */
export interface Disclosure {
  /** 16 to 64 random bytes, never used twice. */
  readonly salt: Uint8Array;
  /** A name of the event's `sd`. */
  readonly pointer: string;
  readonly value: JsonValue;
}

/** Text of a disclosure: the canonical form of `[base64url salt, pointer, value]`. The shape is that of RFC 9901 §4.2.1. */
export function formatDisclosure(disclosure: Disclosure): string {
  const { salt, pointer, value } = disclosure;
  return utf8Text(canonicalJson([base64url(salt), pointer, value], { depthMax: DEPTH_MAX }));
}

const DEPTH_MAX = EVENT_LIMITS.eventDepthMax;
const SALT_BYTES_MIN = 16;
const SALT_BYTES_MAX = 64;

/**
 * The disclosure of a text in canonical form, of at most 65,536 bytes.
 *
 * @throws {TransparencyError} submission.bad-disclosure
 */
export function parseDisclosure(text: string): Disclosure {
  try {
    return parseText(text);
  } catch (cause) {
    if (!(cause instanceof TransparencyError)) throw cause;
    if (cause.code === 'submission.bad-disclosure') throw cause;
    throw new TransparencyError('submission.bad-disclosure', cause.message, { cause });
  }
}

function parseText(text: string): Disclosure {
  // A UTF-16 unit is at least a byte: whatever is longer than the limit need not be encoded first.
  if (text.length > EVENT_LIMITS.disclosureBytesMax) throw bad('too long');
  const bytes = utf8(text);
  if (bytes.length > EVENT_LIMITS.disclosureBytesMax) throw bad('too long');
  const parts = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (!Array.isArray(parts) || parts.length !== 3) throw bad('not an array of three');
  const [saltText, pointer, value]: readonly JsonValue[] = parts;
  if (typeof saltText !== 'string' || typeof pointer !== 'string' || value === undefined) {
    throw bad('salt or pointer is no string');
  }
  const salt = parseBase64url(saltText);
  if (salt.length < SALT_BYTES_MIN || salt.length > SALT_BYTES_MAX) {
    throw bad(`a salt of ${salt.length} bytes`);
  }
  if (formatDisclosure({ salt, pointer, value }) !== text) throw bad('not in canonical form');
  return { salt, pointer, value };
}

const DIGEST_PREFIX = utf8('nhi.sd/1\n');

/** Digest of a disclosure, as `sd` holds it: base64url SHA-256("nhi.sd/1\n" ‖ text). */
export function disclosureDigest(text: string): string {
  return base64url(sha256Of([DIGEST_PREFIX, utf8(text)]));
}

/**
 * Checks that each text is a disclosure whose digest stands in `sd` under its pointer, no pointer twice.
 *
 * @param disclosures  at most 64
 * @throws {TransparencyError} submission.bad-disclosure
 */
export function checkDisclosures(
  disclosures: readonly string[],
  sd: { readonly [pointer: string]: string } | undefined,
): void {
  if (disclosures.length > EVENT_LIMITS.disclosuresMax) throw bad(`${disclosures.length} of them`);
  const opened = new Set<string>();
  for (const text of disclosures) {
    const { pointer } = parseDisclosure(text);
    if (opened.has(pointer)) throw bad('a pointer again');
    opened.add(pointer);
    if (sd === undefined || !Object.hasOwn(sd, pointer) || sd[pointer] !== disclosureDigest(text)) {
      throw bad('its digest does not stand in sd');
    }
  }
}

const RAW_PREFIX = utf8('nhi.raw/1\n');

/**
 * Commitment to the raw bytes of what an adapter received, as `recv.raw` holds it:
 * base64url SHA-256("nhi.raw/1\n" ‖ salt ‖ raw).
 *
 * @param opening.salt  16 random bytes of its own, kept with the opening: never `recv.salt`, which every reader of the
 *   leaf has
 */
export function rawCommitment(opening: {
  readonly salt: Uint8Array;
  readonly raw: Uint8Array;
}): string {
  return base64url(sha256Of([RAW_PREFIX, opening.salt, opening.raw]));
}

function bad(why: string): TransparencyError {
  return new TransparencyError('submission.bad-disclosure', why);
}
