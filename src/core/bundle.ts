import { equalBytes } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { HASH_LENGTH, leafHash } from './hash.ts';
import { TILE_WIDTH } from './tile.ts';

/** Longest entry that a bundle can hold. */
export const ENTRY_BYTES_MAX = 65_535;

/** An entry bundle: `width` entries from index · 256 on. */
export interface Bundle {
  readonly index: number;
  /** 1..256 */
  readonly width: number;
}

/** Where entry bundles come from. */
export interface BundleSource {
  /**
   * Bytes of the bundles, in their order.
   *
   * @throws {TransparencyError} bundle.not-found; faults of the transport
   */
  readBundles(bundles: readonly Bundle[], signal?: AbortSignal): Promise<readonly Uint8Array[]>;
}

/**
 * The entries of a bundle, as views into its bytes: u16be length ‖ entry, and again. (tlog-tiles, spec/3-tiles.md §4)
 *
 * @param width  how many entries there must be, 1..256
 * @throws {TransparencyError} bundle.malformed if the bytes end inside an entry; bundle.wrong-length if there are more
 *   entries or fewer
 */
export function parseBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (entries.length === width) throw wrongLength(`more than ${width} entries`);
    const start = offset + 2;
    const end = start + (bytes[offset] as number) * 256 + (bytes[offset + 1] ?? 0);
    if (end > bytes.length) {
      const message = `entry ${entries.length} of the bundle ends behind its ${bytes.length} bytes`;
      throw new TransparencyError('bundle.malformed', message);
    }
    entries.push(bytes.subarray(start, end));
    offset = end;
  }
  if (entries.length !== width) throw wrongLength(`${entries.length} entries, not ${width}`);
  return entries;
}

/**
 * Bytes of the bundle of 1..256 entries, or of a part of one.
 *
 * @throws {TransparencyError} bundle.malformed if an entry has more than 65,535 bytes or there are more than 256
 */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > TILE_WIDTH) {
    throw new TransparencyError('bundle.malformed', `${entries.length} entries, more than 256`);
  }
  let length = 0;
  for (const entry of entries) {
    if (entry.length > ENTRY_BYTES_MAX) {
      throw new TransparencyError(
        'bundle.malformed',
        `entry of ${entry.length} bytes, at most 65535`,
      );
    }
    length += 2 + entry.length;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const entry of entries) {
    bytes[offset] = Math.floor(entry.length / 256);
    bytes[offset + 1] = entry.length % 256;
    bytes.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return bytes;
}

/**
 * Opens a bundle under its level-0 tile: every entry must have the leaf hash that the tile has in its place. The tile is
 * proven already (`authenticatedTiles`), and so are the entries then.
 *
 * @param claim.bundle  which bundle; its width is that of the tile
 * @param claim.bytes   bytes of the bundle
 * @param claim.tile    bytes of the tile of level 0 with the same index and width
 * @returns the entries, as views into the bytes
 * @throws {TransparencyError} bundle.malformed, bundle.wrong-length; bundle.mismatch with `entryIndex`
 */
export function openBundle(claim: {
  readonly bundle: Bundle;
  readonly bytes: Uint8Array;
  readonly tile: Uint8Array;
}): Uint8Array[] {
  const { bundle, bytes, tile } = claim;
  const entries = parseBundle(bytes, bundle.width);
  if (tile.length !== bundle.width * HASH_LENGTH) {
    throw wrongLength(`tile of ${tile.length} bytes for ${bundle.width} entries`);
  }
  for (const [i, entry] of entries.entries()) {
    const offset = i * HASH_LENGTH;
    if (equalBytes(leafHash(entry), tile.subarray(offset, offset + HASH_LENGTH))) continue;
    const entryIndex = bundle.index * TILE_WIDTH + i;
    throw new TransparencyError(
      'bundle.mismatch',
      `entry ${entryIndex} has not the leaf hash that its tile has`,
      { details: { bundle: bundle.index, entryIndex } },
    );
  }
  return entries;
}

function wrongLength(message: string): TransparencyError {
  return new TransparencyError('bundle.wrong-length', message);
}
