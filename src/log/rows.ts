import { sha256Of } from '#sha256';
import { concat, readU64be, u64be } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { ownRoom, type Room } from '../core/slab.ts';

/*
 * The rows of a log's store. A key is one tag and its fields, big-endian, so that keys sort as numbers do.
 *
 *   H                              the last commit row: what the tree is now
 *   C u64 sequence                 commit row
 *   E u64 first index              segment: entries of one commit inside one bundle, u16 length ‖ entry each
 *   B u64 bundle index             full entry bundle, once folded
 *   T u8 level ‖ u64 tile index    hash tile; level 0 only when full, others whenever they grew
 *   I 20 bytes                     idempotency row: leaf index and sameness MAC of the first entry of a source and id
 *   J 20 bytes ‖ 16 bytes          conflict row: leaf index of the entry with that id and that other content
 *   O u64 index ‖ u8 ordinal         sealed opening of an entry, or the mark that it is erased (opening-row.ts)
 *   X u64 index                      erasure: its report, by the index of its `erase` leaf (custody-rows.ts)
 *   L u64 index                      legal hold that stands, by the index of its `hold` leaf (custody-rows.ts)
 *   S u64 size ‖ u64 time          signed head
 *   P                              key of the signed head that was published last
 *   F 32 bytes                     evidence: a head of our key that our tree does not contain, by its SHA-256
 *   K u64 size ‖ 32 bytes          an entry names the head with that size and note hash: it is kept for ever; an index
 *                                  head names no note, and 32 zero bytes stand for every head of that size
 *   N I, N S                       tally of the idempotency rows, of the signed heads (tally.ts)
 *   M varve.restored                 size up to which entries came back from elsewhere, u64
 *   M varve.scrubbed               when the last scrub ended, u64 ms
 *   M varve.store                          what the store is: format, origin, type
 */

/** One step of the chain of commits. */
export interface CommitRow {
  /** 1 for the first commit. */
  readonly sequence: number;
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** Hash of the row before; 32 zero bytes for the first. */
  readonly previous: Uint8Array;
}

/** Entry of the idempotency table. */
export interface IdRow {
  readonly leafIndex: number;
  /** 16 bytes; all zero once erased. */
  readonly sameness: Uint8Array;
}

export const HEAD_KEY: Uint8Array = tagged('H');
export const PUBLISHED_KEY: Uint8Array = tagged('P');
export const META_KEY: Uint8Array = concat(tagged('M'), new TextEncoder().encode('varve.store'));
export const SCRUBBED_KEY: Uint8Array = concat(
  tagged('M'),
  new TextEncoder().encode('varve.scrubbed'),
);
/** Says up to which size the entries, and not their openings and MACs of raw bytes, came back from elsewhere: u64. */
export const RESTORED_KEY: Uint8Array = concat(
  tagged('M'),
  new TextEncoder().encode('varve.restored'),
);
export const NO_COMMIT: Uint8Array = new Uint8Array(32);

export const commitKey = (sequence: number): Uint8Array => tagged('C', u64be(sequence));
export const segmentKey = (firstIndex: number): Uint8Array => tagged('E', u64be(firstIndex));
export const bundleKey = (index: number): Uint8Array => tagged('B', u64be(index));
export const tileKey = (level: number, index: number): Uint8Array =>
  tagged('T', Uint8Array.of(level), u64be(index));
export const idKey = (id: Uint8Array, room: Room = ownRoom): Uint8Array => {
  const key = room(1 + id.length);
  key[0] = 0x49; // I
  key.set(id, 1);
  return key;
};
export const conflictKey = (id: Uint8Array, sameness: Uint8Array): Uint8Array =>
  tagged('J', id, sameness);
/** All conflict rows of an id; the ends are keys of no row. @param id  20 bytes */
export const conflictKeys = (
  id: Uint8Array,
): { readonly from: Uint8Array; readonly to: Uint8Array } => ({
  from: tagged('J', id),
  // A sameness is 16 bytes.
  to: tagged('J', id, new Uint8Array(17).fill(255)),
});
export const signedHeadKey = (size: number, timeMs: number): Uint8Array =>
  tagged('S', u64be(size), u64be(timeMs));
export const openingKey = (leafIndex: number, ordinal: number): Uint8Array =>
  tagged('O', u64be(leafIndex), Uint8Array.of(ordinal));
export const erasureKey = (leafIndex: number): Uint8Array => tagged('X', u64be(leafIndex));
export const holdKey = (leafIndex: number): Uint8Array => tagged('L', u64be(leafIndex));
/** Keys of the openings of the entries [from, to). */
export const openingKeys = (
  from: number,
  to: number,
): { readonly from: Uint8Array; readonly to: Uint8Array } => ({
  from: tagged('O', u64be(from)),
  to: tagged('O', u64be(to)),
});
export const evidenceKey = (noteHash: Uint8Array): Uint8Array => tagged('F', noteHash);
export const keptKey = (size: number, noteHash: Uint8Array): Uint8Array =>
  tagged('K', u64be(size), noteHash);
/** In the place of a note hash: every head of that size. */
export const ANY_NOTE: Uint8Array = new Uint8Array(32);

/** Of the tally of the rows of a tag. */
export const tallyKey = (tag: 'I' | 'S'): Uint8Array =>
  tagged('N', Uint8Array.of(tag.charCodeAt(0)));

/** The half-open range of all keys of a tag. */
export function keysOf(tag: string): { readonly from: Uint8Array; readonly to: Uint8Array } {
  return { from: tagged(tag), to: Uint8Array.of(tag.charCodeAt(0) + 1) };
}

/** The number that a key holds after its tag (and after `skip` bytes more). */
export function numberOfKey(key: Uint8Array, skip = 0): number {
  if (key.length < 9 + skip) corrupt(`a key has ${key.length} bytes`);
  return readU64be(key, 1 + skip) ?? corrupt('a key holds a number above 2^53 - 1');
}

/** 80 bytes: u64 sequence ‖ u64 size ‖ root hash ‖ hash of the row before. */
export function formatCommitRow(row: CommitRow): Uint8Array {
  return concat(u64be(row.sequence), u64be(row.size), row.rootHash, row.previous);
}

/** @throws {TransparencyError} store.corrupt */
export function parseCommitRow(bytes: Uint8Array): CommitRow {
  if (bytes.length !== 80) corrupt(`a commit row has ${bytes.length} bytes, not 80`);
  return {
    sequence: readU64be(bytes, 0) ?? corrupt('commit sequence too large'),
    size: readU64be(bytes, 8) ?? corrupt('commit size too large'),
    rootHash: bytes.slice(16, 48),
    previous: bytes.slice(48, 80),
  };
}

const COMMIT_DOMAIN = new TextEncoder().encode('varve.commit/1\n');

/** What the next commit row names: SHA-256("varve.commit/1\n" ‖ row). */
export function commitHash(row: Uint8Array): Uint8Array {
  return sha256Of([COMMIT_DOMAIN, row]);
}

/** 22 bytes: u48 leaf index ‖ 16 bytes sameness MAC. Writes nothing into its inputs. */
export function formatIdRow(row: IdRow, room: Room = ownRoom): Uint8Array {
  const bytes = room(22);
  setIndex(bytes, row.leafIndex);
  bytes.set(row.sameness, 6);
  return bytes;
}

/** 6 bytes: u48 leaf index. */
export function formatIndex(leafIndex: number): Uint8Array {
  const bytes = new Uint8Array(6);
  setIndex(bytes, leafIndex);
  return bytes;
}

function setIndex(bytes: Uint8Array, leafIndex: number): void {
  let rest = leafIndex;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** @throws {TransparencyError} store.corrupt */
export function parseIdRow(bytes: Uint8Array): IdRow {
  if (bytes.length !== 22) corrupt(`an idempotency row has ${bytes.length} bytes, not 22`);
  return { leafIndex: parseIndex(bytes, 0), sameness: bytes.slice(6) };
}

/** The u48 leaf index at an offset. @throws {TransparencyError} store.corrupt */
export function parseIndex(bytes: Uint8Array, offset: number): number {
  const index = new Uint8Array(8);
  index.set(bytes.subarray(offset, offset + 6), 2);
  return readU64be(index) ?? corrupt('leaf index too large');
}

/** A store that holds what no run of this program writes. */
export function corrupt(what: string, cause?: unknown): never {
  throw new TransparencyError('store.corrupt', what, cause === undefined ? {} : { cause });
}

function tagged(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(tag.charCodeAt(0)), ...fields);
}
