import { concat, utf8 } from '../core/bytes.ts';
import { hex, parseHex } from '../core/hex.ts';
import { corrupt, formatIndex, parseIndex } from './rows.ts';

/*
 * The row of an opening, by its first byte:
 *
 *   1 ‖ 8 bytes id of the key ‖ 12 bytes nonce ‖ ciphertext ‖ 16 bytes tag
 *   0 ‖ u48 index of the `erase` leaf                              what it held is erased
 */

/** Openings of a leaf, at most: those of `sd`, and what was sent. */
export const OPENINGS_MAX = 65;

/** What the row of an opening says. */
export type OpeningRow =
  | { readonly kind: 'sealed'; readonly keyId: string; readonly sealed: Uint8Array }
  | { readonly kind: 'erased'; readonly by: number };

/**
 * The pointer of the opening that a row is of, by its key; undefined for a key that no opening of the leaf has.
 *
 * @param withheld  what the leaf withholds, by place
 */
export function pointerOfRow(
  key: Uint8Array,
  withheld: ReadonlyMap<number, string>,
): string | undefined {
  // Tag, index and ordinal.
  return key.length === 10 ? withheld.get(key[9] ?? 0) : undefined;
}

/** @param keyId  16 digits of lowercase hex */
export function formatSealedRow(keyId: string, sealed: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(SEALED), parseHex(keyId), sealed);
}

/** @param by  index of the leaf that says so */
export function formatErasedRow(by: number): Uint8Array {
  return concat(Uint8Array.of(ERASED), formatIndex(by));
}

/** @throws {TransparencyError} store.corrupt */
export function parseOpeningRow(bytes: Uint8Array): OpeningRow {
  if (bytes[0] === ERASED && bytes.length === 7)
    return { kind: 'erased', by: parseIndex(bytes, 1) };
  if (bytes[0] !== SEALED || bytes.length < 9 + SEALED_BYTES_MIN) {
    corrupt(`a row of an opening has ${bytes.length} bytes`);
  }
  return { kind: 'sealed', keyId: hex(bytes.subarray(1, 9)), sealed: bytes.subarray(9) };
}

const ERASED = 0;
const SEALED = 1;
/** Nonce and tag. */
const SEALED_BYTES_MIN = 28;

/**
 * What an opening is sealed with beside its key: it opens in its own place alone. No pointer and no origin holds a
 * newline. (spec/14-privacy.md §2)
 */
export function openingContext(place: {
  readonly origin: string;
  readonly leafIndex: number;
  readonly pointer: string;
}): Uint8Array {
  return utf8(`nhi.opening/1\n${place.origin}\n${place.leafIndex}\n${place.pointer}`);
}
