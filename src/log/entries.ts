import { concat } from '../core/bytes.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import type { Change, Row, Store } from './ports.ts';
import { bundleKey, corrupt, numberOfKey, segmentKey } from './rows.ts';

/*
 * Entries lie in two kinds of rows. A commit that brings a whole bundle writes it as a bundle row; of other bundles it
 * writes the part that it brings as a segment row. Once a bundle is full, its segments are folded into one bundle row,
 * off the hot path, if they are many: a few are as good, and a fold writes every entry again. No segment spans two
 * bundles.
 */

/** Rows for entries that begin at `firstIndex`. */
export function entryRows(firstIndex: number, entries: readonly Uint8Array[]): Change[] {
  const changes: Change[] = [];
  for (let from = 0; from < entries.length; ) {
    const index = firstIndex + from;
    const bundle = Math.floor(index / TILE_WIDTH);
    const to = Math.min(entries.length, from + TILE_WIDTH - (index % TILE_WIDTH));
    const key = to - from === TILE_WIDTH ? bundleKey(bundle) : segmentKey(index);
    changes.push({ key, value: joinEntries(entries, from, to) });
    from = to;
  }
  return changes;
}

/** Entries [from, to) of a list in the form of a bundle: u16 length ‖ entry each. (C2SP tlog-tiles) */
function joinEntries(entries: readonly Uint8Array[], from: number, to: number): Uint8Array {
  let length = 0;
  for (let i = from; i < to; i++) length += 2 + (entries[i] as Uint8Array).length;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (let i = from; i < to; i++) {
    const entry = entries[i] as Uint8Array;
    bytes[offset] = entry.length >>> 8;
    bytes[offset + 1] = entry.length & 0xff;
    bytes.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return bytes;
}

/**
 * Stored bytes of a bundle, at least its first `width` entries, not yet checked against the tree.
 *
 * @throws {TransparencyError} store.corrupt if they are not all there
 */
export async function readStoredBundle(
  store: Store,
  index: number,
  width: number,
): Promise<Uint8Array> {
  // A fold may replace the segments between the two reads: then the bundle row is there the second time.
  for (let attempt = 0; attempt < 2; attempt++) {
    const bundle = await store.get(bundleKey(index));
    if (bundle !== undefined) return bundle;
    const segments = await readSegments(store, index);
    const bytes = joinSegments(segments, index, width);
    if (bytes !== undefined) return bytes;
  }
  return corrupt(`entries of bundle ${index} are missing`);
}

/** The segment rows of a bundle, in order. */
export async function readSegments(store: Store, index: number): Promise<readonly Row[]> {
  const from = segmentKey(index * TILE_WIDTH);
  const to = segmentKey((index + 1) * TILE_WIDTH);
  return store.scan({ from, to, limit: TILE_WIDTH });
}

/** Segments as one bundle of at least `width` entries, or undefined where an entry is missing. */
export function joinSegments(
  segments: readonly Row[],
  index: number,
  width: number,
): Uint8Array | undefined {
  let next = index * TILE_WIDTH;
  for (const { key, value } of segments) {
    if (numberOfKey(key) !== next) return undefined;
    const count = countEntries(value);
    if (count === undefined) return undefined;
    next += count;
  }
  return next - index * TILE_WIDTH >= width
    ? concat(...segments.map(({ value }) => value))
    : undefined;
}

/** How many entries the bytes hold; undefined if they end inside one. */
export function countEntries(bytes: Uint8Array): number | undefined {
  let count = 0;
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 2 > bytes.length) return undefined;
    offset += 2 + (((bytes[offset] as number) << 8) | (bytes[offset + 1] as number));
    count++;
  }
  return offset === bytes.length ? count : undefined;
}

/** Entries of `bytes`, at most `width` of them; undefined if there are fewer or it ends inside one. */
export function splitEntries(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (entries.length < width) {
    if (offset + 2 > bytes.length) return undefined;
    const end = offset + 2 + (((bytes[offset] as number) << 8) | (bytes[offset + 1] as number));
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  return entries;
}

/** Bytes of the first `width` entries of a bundle that holds at least as many. */
export function cutBundle(bytes: Uint8Array, width: number): Uint8Array {
  let offset = 0;
  for (let i = 0; i < width; i++) {
    offset += 2 + (((bytes[offset] as number) << 8) | (bytes[offset + 1] as number));
  }
  return bytes.subarray(0, offset);
}

/**
 * Folds the segments of one full bundle into a bundle row. It does nothing where they are folded already.
 *
 * @throws {TransparencyError} store.corrupt if an entry is missing
 */
export async function foldBundle(store: Store, index: number): Promise<void> {
  const segments = await readSegments(store, index);
  if (segments.length === 0) return;
  const bundle = joinSegments(segments, index, TILE_WIDTH);
  if (bundle === undefined) corrupt(`segments of bundle ${index} do not fit`);
  const deletes = segments.map(({ key }) => ({ key, value: null }));
  // Not flushed: undone by a crash, it is done again.
  await store.write({
    changes: [{ key: bundleKey(index), value: bundle }, ...deletes],
    flush: false,
  });
}
