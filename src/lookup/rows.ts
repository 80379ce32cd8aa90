import { concat, readU64be, u64be, writeU64be } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { HASH_LENGTH } from '../core/hash.ts';
import { onesCount } from '../core/integers.ts';
import type { TrieLeaves } from '../core/prefix-trie.ts';
import { BytesReader, BytesWriter } from './bytes-writer.ts';

/*
 * The rows of an index.
 *
 *   M                                          what the rows are of: size and root of the log, and the last head
 *   F                                          how far a flush has come that is not at its end
 *   A poster ‖ \n ‖ name+hash of a key         the last audit note of that auditor that the poster has posted
 *   T u16 bits ‖ 32 bytes prefix ‖ u64 version bucket: the leaves of the trie under a prefix, each label ‖ value ‖ u64
 *                                              version of its mini-log
 *   L 32 bytes label ‖ u64 version             mini-log: count, edge, and the indices of its unfinished chunk
 *   P 32 bytes label ‖ u64 chunk               64 indices of a mini-log
 *   N 32 bytes label ‖ u8 level ‖ u64 index    complete node of a mini-log, level 6 and above
 *
 * A version is one more than the last leaf index that a row takes in. So T, L, P and N rows never change: a head is read
 * from those of its time while the next one is made, without a snapshot of the store, which LevelDB 1.20 is not safe with:
 * where rows are replaced it can bring an old one back. (google/leveldb#320)
 */

/**
 * Indices of one chunk row. The row of a label holds half of them on average and is written whenever the label has a
 * new one: with 256 it was twice as long, and so was what LevelDB held in memory of a batch. (bench/index.ts)
 */
export const CHUNK_WIDTH = 64;
/** The level of a full chunk's root: nodes below it are made of the chunk. */
export const CHUNK_LEVEL = 6;

/** A mini-log: all that is needed of it to grow. */
export interface MiniLogState {
  readonly count: number;
  /** Roots of its complete subtrees, 32 bytes each, from the left. */
  readonly edge: Uint8Array;
  /** Its last count mod 64 indices. */
  readonly tail: readonly number[];
}

/** What the rows are of. */
export interface IndexMeta {
  /** Entries that they index. */
  readonly size: number;
  /** Root hash of the log at that size. */
  readonly rootHash: Uint8Array;
  readonly postings: number;
  /** The last head; the rows are its own if it has this size. */
  readonly head: HeadLeaf | null;
}

/** How far a flush has come: the rows of the labels up to one are of a larger tree than the others. */
export interface FlushMark {
  /** Entries that all rows will index. */
  readonly size: number;
  /** Root hash of the log at that size. */
  readonly rootHash: Uint8Array;
  /** Postings that are stored. */
  readonly postings: number;
  /** 32 bytes: the last label that is done. */
  readonly label: Uint8Array;
}

/** An index head in the log. */
export interface HeadLeaf {
  readonly leafIndex: number;
  /** Bytes of its leaf. */
  readonly leaf: Uint8Array;
}

/** A mini-log without leaves; the trie holds none. */
export const EMPTY_MINI_LOG: MiniLogState = { count: 0, edge: new Uint8Array(0), tail: [] };

export const META_KEY: Uint8Array = tagged('M');
export const FLUSH_KEY: Uint8Array = tagged('F');
export const labelKey = (label: Uint8Array, version: number): Uint8Array =>
  tagged('L', label, u64be(version));
export const chunkKey = (label: Uint8Array, chunk: number): Uint8Array =>
  tagged('P', label, u64be(chunk));
export const nodeKey = (label: Uint8Array, level: number, index: number): Uint8Array =>
  tagged('N', label, Uint8Array.of(level), u64be(index));
export const bucketKey = (bits: number, prefix: Uint8Array, version: number): Uint8Array =>
  tagged('T', Uint8Array.of(Math.floor(bits / 256), bits % 256), prefix, u64be(version));
/** All buckets. */
export const BUCKETS: { readonly from: Uint8Array; readonly to: Uint8Array } = {
  from: tagged('T'),
  to: tagged('U'),
};

/** The leaves of a bucket: sorted labels, and the value and the version of each. */
export interface BucketLeaves extends TrieLeaves {
  readonly versions: readonly number[];
}

/** The version of a bucket: the newest of its leaves. */
export function newestOf({ versions }: BucketLeaves): number {
  return versions.reduce((newest, one) => Math.max(newest, one), 0);
}

/** Prefix and version of a bucket from its key. @throws {TransparencyError} index.corrupt */
export function parseBucketKey(key: Uint8Array): {
  readonly bits: number;
  readonly prefix: Uint8Array;
  readonly version: number;
} {
  if (key.length !== 43) corrupt('a bucket key of another length');
  const bits = (key[1] as number) * 256 + (key[2] as number);
  return { bits, prefix: key.slice(3, 35), version: versionAt(key, 35) };
}

/** The version that the key of a bucket or mini-log ends in. */
export function versionOfKey(key: Uint8Array): number {
  return versionAt(key, key.length - 8);
}

function versionAt(bytes: Uint8Array, offset: number): number {
  return readU64be(bytes, offset) ?? corrupt('a version that is no size of a tree');
}

/** u64be size ‖ root hash ‖ u64be postings ‖ (u64be leaf index ‖ leaf) if there is a head. */
export function formatMeta(meta: IndexMeta): Uint8Array {
  const fields = [u64be(meta.size), meta.rootHash, u64be(meta.postings)];
  return meta.head === null
    ? concat(...fields)
    : concat(...fields, u64be(meta.head.leafIndex), meta.head.leaf);
}

/** @throws {TransparencyError} index.corrupt */
export function parseMeta(bytes: Uint8Array): IndexMeta {
  const numberAt = (offset: number): number =>
    (offset + 8 <= bytes.length ? readU64be(bytes, offset) : undefined) ??
    corrupt('the first row is short, or a number in it too large');
  const size = numberAt(0);
  const postings = numberAt(40);
  const head = bytes.length === 48 ? null : { leafIndex: numberAt(48), leaf: bytes.slice(56) };
  return { size, rootHash: bytes.slice(8, 40), postings, head };
}

/** u64be size ‖ root hash ‖ u64be postings ‖ label. */
export function formatFlushMark({ size, rootHash, postings, label }: FlushMark): Uint8Array {
  return concat(u64be(size), rootHash, u64be(postings), label);
}

/** @throws {TransparencyError} index.corrupt */
export function parseFlushMark(bytes: Uint8Array): FlushMark {
  const size = readU64be(bytes, 0);
  const postings = readU64be(bytes, 40);
  if (bytes.length !== 80 || size === undefined || postings === undefined) {
    return corrupt('the mark of a flush is none');
  }
  return { size, rootHash: bytes.slice(8, 40), postings, label: bytes.slice(48) };
}

const writer = new BytesWriter();

/** count, 32 bytes for each one bit of it, the tail as differences. Good until the next row is formatted. */
export function formatMiniLog(state: MiniLogState): Uint8Array {
  writer.begin();
  writer.number(state.count);
  writer.bytes(state.edge);
  writeIndices(state.tail);
  return writer.view();
}

/** Its edge is a view of the bytes. @throws {TransparencyError} index.corrupt */
export function parseMiniLog(bytes: Uint8Array): MiniLogState {
  const reader = new BytesReader(bytes);
  const count = reader.number() ?? corrupt('a mini-log without count');
  const edge = reader.bytes(HASH_LENGTH * onesCount(count));
  const tail = readIndices(reader, count % CHUNK_WIDTH);
  if (!reader.isDone) corrupt('a mini-log of another length');
  return { count, edge, tail };
}

/** The indices of a full chunk as differences. Good until the next row is formatted. */
export function formatChunk(indices: readonly number[]): Uint8Array {
  writer.begin();
  writeIndices(indices);
  return writer.view();
}

/** @throws {TransparencyError} index.corrupt */
export function parseChunk(bytes: Uint8Array): number[] {
  const reader = new BytesReader(bytes);
  const indices = readIndices(reader, CHUNK_WIDTH);
  if (!reader.isDone) corrupt('a chunk of another length');
  return indices;
}

/** label ‖ value ‖ u64be version of each leaf. */
export function formatBucket({ labels, values, versions }: BucketLeaves): Uint8Array {
  const bytes = new Uint8Array(LEAF_BYTES * labels.length);
  for (const [i, label] of labels.entries()) {
    const at = LEAF_BYTES * i;
    bytes.set(label, at);
    bytes.set(values[i] as Uint8Array, at + 32);
    writeU64be(bytes, at + 64, versions[i] as number);
  }
  return bytes;
}

/** The leaves of a bucket, as views of its bytes. @throws {TransparencyError} index.corrupt */
export function parseBucket(bytes: Uint8Array): BucketLeaves {
  if (bytes.length % LEAF_BYTES !== 0) corrupt('a bucket of another length');
  const labels: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  const versions: number[] = [];
  for (let at = 0; at < bytes.length; at += LEAF_BYTES) {
    labels.push(bytes.subarray(at, at + 32));
    values.push(bytes.subarray(at + 32, at + 64));
    versions.push(versionAt(bytes, at + 64));
  }
  return { labels, values, versions };
}

const LEAF_BYTES = 32 + 32 + 8;

/** Rows that no run of this program writes. */
export function corrupt(what: string): never {
  throw new TransparencyError('index.corrupt', what);
}

function writeIndices(indices: readonly number[]): void {
  let before = 0;
  for (const index of indices) {
    writer.number(index - before);
    before = index;
  }
}

function readIndices(reader: BytesReader, count: number): number[] {
  const indices: number[] = [];
  let before = 0;
  for (let i = 0; i < count; i++) {
    before += reader.number() ?? corrupt('indices that end early');
    indices.push(before);
  }
  return indices;
}

function tagged(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(tag.charCodeAt(0)), ...fields);
}
