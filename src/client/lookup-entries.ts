import { type BundleSource, ENTRY_BYTES_MAX, openBundle } from '../core/bundle.ts';
import { equalBytes } from '../core/bytes.ts';
import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { TransparencyError } from '../core/error.ts';
import { HASH_LENGTH, leafHash } from '../core/hash.ts';
import { TILE_WIDTH, tileWidth } from '../core/tile.ts';
import type { TileSource } from '../core/tile-reader.ts';
import { type LogLocation, readResource } from './http-tiles.ts';

/** An entry that was verified under a checkpoint. */
export interface LookupEntry {
  readonly index: number;
  readonly entry: Uint8Array;
}

/** Where entries come from, and under what they are verified. */
export interface EntrySource {
  readonly location: LogLocation;
  readonly checkpoint: VerifiedCheckpoint;
  /** Tiles proven under it, and bundles, not proven. */
  readonly tiles: TileSource & BundleSource;
  readonly signal?: AbortSignal;
}

/**
 * Entries at these indices, each hashed into the tree of the checkpoint, in their order; a few at a time.
 *
 * @param indices  strictly increasing, below the size of the checkpoint
 * @throws {TransparencyError} bundle.mismatch, entry.not-found; tile.*, bundle.*, reply.*
 */
export async function* readEntries(
  source: EntrySource,
  indices: readonly number[],
): AsyncGenerator<LookupEntry, void, undefined> {
  for (const group of groupsOf(indices)) {
    // From a few on, one bundle costs less than as many requests.
    const isDense = group.indices.length >= BUNDLE_PAYS;
    if (isDense) yield* await readFromBundle(source, group);
    else yield* await readSingly(source, group);
  }
}

/** All entries [from, to), in their order; a bundle at a time. */
export async function* readAllEntries(
  source: EntrySource,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<LookupEntry, void, undefined> {
  for (let start = range.from; start < range.to; ) {
    const bundle = Math.floor(start / TILE_WIDTH);
    const end = Math.min(range.to, (bundle + 1) * TILE_WIDTH);
    const indices = Array.from({ length: end - start }, (_, i) => start + i);
    yield* await readFromBundle(source, { bundle, indices });
    start = end;
  }
}

/** Entries of one bundle. */
interface Group {
  readonly bundle: number;
  readonly indices: readonly number[];
}

const BUNDLE_PAYS = 4;

function* groupsOf(indices: readonly number[]): Generator<Group, void, undefined> {
  let group: number[] = [];
  let bundle = -1;
  for (const index of indices) {
    const of = Math.floor(index / TILE_WIDTH);
    if (of !== bundle && group.length > 0) {
      yield { bundle, indices: group };
      group = [];
    }
    bundle = of;
    group.push(index);
  }
  if (group.length > 0) yield { bundle, indices: group };
}

async function readFromBundle(source: EntrySource, group: Group): Promise<LookupEntry[]> {
  const { tiles, checkpoint, signal } = source;
  const bundle = { index: group.bundle, width: tileWidth(0, group.bundle, checkpoint.size) };
  const [[tile], [bytes]] = await Promise.all([
    tiles.readTiles([{ level: 0, ...bundle }], signal),
    tiles.readBundles([bundle], signal),
  ]);
  if (tile === undefined || bytes === undefined) throw notFound(group.indices[0] ?? 0);
  const entries = openBundle({ bundle, bytes, tile });
  return group.indices.map((index) => {
    const entry = entries[index % TILE_WIDTH];
    if (entry === undefined) throw notFound(index);
    return { index, entry: entry.slice() };
  });
}

async function readSingly(source: EntrySource, group: Group): Promise<LookupEntry[]> {
  const { tiles, checkpoint, location, signal } = source;
  const width = tileWidth(0, group.bundle, checkpoint.size);
  const [tile] = await tiles.readTiles([{ level: 0, index: group.bundle, width }], signal);
  if (tile === undefined) throw notFound(group.indices[0] ?? 0);
  const found: LookupEntry[] = [];
  for (const index of group.indices) {
    const path = `entries/${index}`;
    const entry = await readResource(location, { path, bytesMax: ENTRY_BYTES_MAX }, signal);
    // Logs of others serve bundles alone.
    if (entry === undefined) return await readFromBundle(source, group);
    const offset = (index % TILE_WIDTH) * HASH_LENGTH;
    if (!equalBytes(leafHash(entry), tile.subarray(offset, offset + HASH_LENGTH))) {
      const message = `entry ${index} is not what the tree holds`;
      throw new TransparencyError('bundle.mismatch', message, { details: { entryIndex: index } });
    }
    found.push({ index, entry });
  }
  return found;
}

function notFound(index: number): TransparencyError {
  return new TransparencyError('entry.not-found', `entry ${index} is in no published tree`);
}
