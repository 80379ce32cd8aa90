import { base64url } from '../core/base64.ts';
import { utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError } from '../core/error.ts';
import { canonicalJson } from '../event/canonical.ts';
import { disclosureDigest, formatDisclosure } from '../event/disclosure.ts';
import { EVENT_LIMITS } from '../event/limits.ts';
import { secretInValue } from '../event/secret-in-value.ts';
import type { JsonValue } from '../event/strict-json.ts';
import type { Withheld } from './draft.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';

/** `length` random bytes from the system. */
export type RandomBytes = (length: number) => Uint8Array;

/** Salted commitments, and the openings that may be kept. */
export interface Commitments {
  /** What the event's `sd` holds. */
  readonly sd: Readonly<Record<string, string>>;
  /** Texts of disclosures. */
  readonly disclosures: readonly string[];
  /** Pointers of what holds a usable secret: no opening of them is made. */
  readonly scrubbed: readonly string[];
}

/**
 * Commits to what an event withholds. (spec/12-ingest.md §4)
 *
 * A value that holds a usable secret, that is sealed, or whose disclosure would be longer than a log keeps has no
 * opening: its salt is thrown away, and the commitment hides it for ever.
 *
 * @param suspicious  false: whoever calls knows that no value holds a usable secret
 */
export function commitTo(
  withheld: readonly Withheld[],
  random: RandomBytes,
  suspicious: boolean,
): Commitments {
  const sd: Record<string, string> = {};
  const disclosures: string[] = [];
  const scrubbed: string[] = [];
  for (const { pointer, value, sealed } of withheld) {
    const text = disclosureOf(pointer, value, random);
    sd[pointer] = disclosureDigest(text);
    const secret = suspicious && holdsSecret(value, pointer);
    if (secret) scrubbed.push(pointer);
    if (secret || sealed || utf8(text).length > EVENT_LIMITS.disclosureBytesMax) continue;
    disclosures.push(text);
  }
  return { sd, disclosures, scrubbed };
}

/** True for a value in which the scanner finds a usable secret, however it is written. */
export function holdsSecret(value: JsonValue, pointer = ''): boolean {
  return secretInValue({ pointer, value }, WIRE_DEPTH_MAX + 2) !== null;
}

/** Bytes of any value that an emitter can send. */
function bytesOf(value: JsonValue): Uint8Array {
  return canonicalJson(value, { depthMax: WIRE_DEPTH_MAX + 2 });
}

const SALT_LENGTH = 16;

/** What nests deeper than a disclosure may is told as its JSON text. */
function disclosureOf(pointer: string, value: JsonValue, random: RandomBytes): string {
  const salt = random(SALT_LENGTH);
  try {
    return formatDisclosure({ salt, pointer, value });
  } catch (error) {
    if (!isTransparencyError(error, 'json.too-deep')) throw error;
    return formatDisclosure({ salt, pointer, value: utf8Text(bytesOf(value)) });
  }
}

/** A source of salts that asks the system for many at a time: a draw costs a system call. */
export function createSalts(random: RandomBytes): RandomBytes {
  let drawn: Uint8Array = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (used + length > drawn.length) {
      drawn = random(Math.max(length, SALT_LENGTH * 256));
      used = 0;
    }
    used += length;
    return drawn.slice(used - length, used);
  };
}

/** Text of a pseudonym of a human being: the same person has the same one, from whatever place it is named. */
export function subjectOf(pseudonym: Uint8Array): string {
  return `sub:${base64url(pseudonym)}`;
}
