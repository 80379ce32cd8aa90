import { concat, utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { disclosureDigest, parseDisclosure, rawCommitment } from './disclosure.ts';
import type { EventLeaf } from './leaf.ts';

/** The name of the opening of what an adapter read; every other one is a pointer, and begins with `/`. */
export const RAW_POINTER = 'raw';
/** Its place among the openings of a leaf; that of a pointer is its place among the sorted names of `sd`, 0 to 63. */
export const RAW_ORDINAL = 255;
/** Bytes of the salt before the raw bytes. */
export const RAW_SALT_LENGTH = 16;

/** An opening of a leaf, as it is kept beside it. (spec/14-privacy.md §1) */
export interface Opening {
  readonly ordinal: number;
  readonly pointer: string;
  /** UTF-8 of the text of a disclosure; of what an adapter read: 16 bytes of salt and the raw bytes. */
  readonly bytes: Uint8Array;
}

/**
 * The openings that some disclosures are, by the digests of the event that they fit.
 *
 * @throws {TransparencyError} submission.bad-disclosure for one that fits none
 */
export function openingsOf(
  disclosures: readonly string[],
  sd: { readonly [pointer: string]: string } | undefined,
): readonly Opening[] {
  const pointers = Object.keys(sd ?? {}).sort();
  const places = new Map(pointers.map((pointer, ordinal) => [sd?.[pointer], { ordinal, pointer }]));
  return disclosures.map((text) => {
    const place = places.get(disclosureDigest(text));
    if (place !== undefined) return { ...place, bytes: utf8(text) };
    throw new TransparencyError('submission.bad-disclosure', 'its digest does not stand in sd');
  });
}

/** The opening of the raw bytes that an adapter read. @param parts.salt  16 bytes */
export function rawOpening(parts: {
  readonly salt: Uint8Array;
  readonly raw: Uint8Array;
}): Opening {
  return { ordinal: RAW_ORDINAL, pointer: RAW_POINTER, bytes: concat(parts.salt, parts.raw) };
}

/** What a leaf withholds, by place: the pointers of `sd`, and `raw` where it commits to what an adapter read. */
export function withheldBy({ event, recv }: EventLeaf): ReadonlyMap<number, string> {
  const withheld = new Map(
    Object.keys(event.sd ?? {})
      .sort()
      .entries(),
  );
  if (recv.raw !== null) withheld.set(RAW_ORDINAL, RAW_POINTER);
  return withheld;
}

/**
 * Checks that an opening is the one that a leaf commits to.
 *
 * @throws {TransparencyError} opening.mismatch
 */
export function checkOpening(
  { event, recv }: EventLeaf,
  { pointer, bytes }: Pick<Opening, 'pointer' | 'bytes'>,
): void {
  if (pointer === RAW_POINTER) {
    const salt = bytes.subarray(0, RAW_SALT_LENGTH);
    const raw = bytes.subarray(RAW_SALT_LENGTH);
    const fits = salt.length === RAW_SALT_LENGTH && rawCommitment({ salt, raw }) === recv.raw;
    if (!fits) throw mismatch('what is said to have been sent is not what the leaf commits to');
    return;
  }
  const text = textOf(bytes);
  const digest = Object.hasOwn(event.sd ?? {}, pointer) ? event.sd?.[pointer] : undefined;
  if (digest === undefined || digest !== disclosureDigest(text)) {
    throw mismatch(`the opening of ${JSON.stringify(pointer)} is not what the leaf commits to`);
  }
  // A digest under another name than the one inside would open a value in another's place.
  if (pointerOf(text) !== pointer) throw mismatch('an opening names another place than its own');
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes);
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    throw mismatch('an opening is no text');
  }
}

function pointerOf(text: string): string {
  try {
    return parseDisclosure(text).pointer;
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    throw mismatch('an opening is not of its form');
  }
}

function mismatch(why: string): TransparencyError {
  return new TransparencyError('opening.mismatch', why);
}
