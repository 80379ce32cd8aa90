import { sha256 } from '#sha256';
import { concat, equalBytes } from '../core/bytes.ts';
import { hex } from '../core/hex.ts';
import {
  firstWithBit,
  type HashedNode,
  LABEL_BITS,
  labelBit,
  positionOfLabel,
  prefixOf,
  type TrieLeaves,
  trieNodeOf,
  trieParent,
} from '../core/prefix-trie.ts';
import { closePath, type TriePath, trieSiblings } from '../core/prefix-trie-proof.ts';
import type { IndexBatch, IndexReads } from './ports.ts';
import { BUCKETS, bucketKey, corrupt, formatBucket, parseBucket, parseBucketKey } from './rows.ts';

/**
 * A trie whose leaves lie in buckets of the store and whose upper part lies in memory: a value, so that the trie of an
 * older head stays what it was while the next one is made.
 */
export type TrieMap = TrieBucket | TrieBranch;

/** All leaves under a prefix: one row. */
export interface TrieBucket {
  readonly kind: 'bucket';
  /** Bits of its prefix. */
  readonly bits: number;
  readonly keys: number;
  /** The lowest node above its leaves; null if it has none. */
  readonly top: HashedNode | null;
  /** SHA-256 of its row: the store is not trusted. */
  readonly rowHash: Uint8Array;
}

/** Two maps whose prefixes differ in the bit at `bits`. */
export interface TrieBranch {
  readonly kind: 'branch';
  readonly bits: number;
  readonly keys: number;
  readonly top: HashedNode | null;
  readonly left: TrieMap;
  readonly right: TrieMap;
}

/** Leaves of a bucket, at most: one more, and it is split. */
export const BUCKET_KEYS_MAX = 64;

const NO_ROW = new Uint8Array(0);

/** The trie without leaves: one bucket, whose row may be missing. */
export const EMPTY_TRIE_MAP: TrieBucket = {
  kind: 'bucket',
  bits: 0,
  keys: 0,
  top: null,
  rowHash: sha256(NO_ROW),
};

/** The bucket that a label belongs to. */
export function bucketOf(map: TrieMap, label: Uint8Array): TrieBucket {
  let at = map;
  while (at.kind === 'branch') at = labelBit(label, at.bits) === 0 ? at.left : at.right;
  return at;
}

/** Key of the row of a bucket that a label belongs to. */
export function keyOfBucket(bucket: TrieBucket, label: Uint8Array): Uint8Array {
  return bucketKey(bucket.bits, prefixOf(label, bucket.bits).bytes);
}

/**
 * The leaves of a bucket from its row.
 *
 * @throws {TransparencyError} index.corrupt
 */
export function openBucket(
  bucket: TrieBucket,
  row: Uint8Array | undefined,
): { labels: Uint8Array[]; values: Uint8Array[] } {
  const bytes = row ?? NO_ROW;
  if (!equalBytes(sha256(bytes), bucket.rowHash)) corrupt('a bucket is not what was written');
  return parseBucket(bytes);
}

/**
 * The map of leaves under a prefix, split where they are too many for one bucket. Its rows go into the batch; that of
 * the bucket that was there before is removed if it was split.
 *
 * @param under.prefix  32 bytes, of which `under.bits` count
 */
export function mapOfLeaves(
  leaves: TrieLeaves,
  under: { readonly bits: number; readonly prefix: Uint8Array },
  batch: IndexBatch,
): TrieMap {
  const { bits, prefix } = under;
  const { labels, values } = leaves;
  const key = bucketKey(bits, prefix);
  if (labels.length <= BUCKET_KEYS_MAX) {
    const row = formatBucket(leaves);
    batch.put(key, row);
    const top = trieNodeOf(leaves);
    return { kind: 'bucket', bits, keys: labels.length, top, rowHash: sha256(row) };
  }
  batch.delete(key);
  const middle = firstWithBit(labels, { from: 0, to: labels.length, bit: bits });
  const left = { labels: labels.slice(0, middle), values: values.slice(0, middle) };
  const right = { labels: labels.slice(middle), values: values.slice(middle) };
  return branchOf(
    bits,
    mapOfLeaves(left, { bits: bits + 1, prefix }, batch),
    mapOfLeaves(right, { bits: bits + 1, prefix: withBit(prefix, bits) }, batch),
  );
}

/** The map over the two halves of a prefix. */
export function branchOf(bits: number, left: TrieMap, right: TrieMap): TrieBranch {
  const top =
    left.top === null || right.top === null
      ? (left.top ?? right.top)
      : trieParent(left.top, right.top);
  return { kind: 'branch', bits, keys: left.keys + right.keys, top, left, right };
}

/** A path of a label, and its value if it is there. */
export interface ProvenLabel extends TriePath {
  readonly value: Uint8Array | null;
}

/**
 * The path of a label, from one row of the store.
 *
 * @throws {TransparencyError} index.corrupt
 */
export async function proveLabel(
  map: TrieMap,
  reads: IndexReads,
  label: Uint8Array,
): Promise<ProvenLabel> {
  const above: HashedNode[] = [];
  let at = map;
  while (at.kind === 'branch') {
    const isLeft = labelBit(label, at.bits) === 0;
    const [own, other] = isLeft ? [at.left, at.right] : [at.right, at.left];
    if (own.top === null) break;
    // A branch with leaves on one side alone is no node of the trie.
    if (other.top !== null) above.push(other.top);
    at = own;
  }
  above.reverse();
  if (at.kind === 'branch' || at.top === null) {
    // Nothing is on the label's side: what is there at all stands in its place.
    const nodes = at.top === null ? above : [at.top, ...above];
    return { ...closePath({ present: false, nodes }, label), value: null };
  }
  const [row] = await reads.getMany([keyOfBucket(at, label)]);
  const leaves = openBucket(at, row);
  const { present, nodes } = trieSiblings(leaves, label);
  const place = positionOfLabel(leaves.labels, label);
  const value = present ? (leaves.values[place] ?? null) : null;
  return { ...closePath({ present, nodes: [...nodes, ...above] }, label), value };
}

/**
 * The map that the buckets of a store make.
 *
 * @throws {TransparencyError} index.corrupt if they do not cover all labels, each once
 */
export async function loadTrieMap(reads: IndexReads): Promise<TrieMap> {
  const buckets = new Map<string, TrieBucket>();
  let { from } = BUCKETS;
  for (;;) {
    const rows = await reads.scan({ from, to: BUCKETS.to, limit: LOAD_ROWS });
    for (const { key, value } of rows) {
      const { bits, prefix } = parseBucketKey(key);
      const leaves = parseBucket(value);
      const top = trieNodeOf(leaves);
      const rowHash = sha256(value);
      const keys = leaves.labels.length;
      buckets.set(nameOf(bits, prefix), { kind: 'bucket', bits, keys, top, rowHash });
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    from = concat(last.key, Uint8Array.of(0));
  }
  if (buckets.size === 0) return EMPTY_TRIE_MAP;
  const map = assemble(buckets, 0, new Uint8Array(32));
  if (buckets.size > 0) corrupt('buckets that lie under one another');
  return map;
}

const LOAD_ROWS = 256;

function assemble(buckets: Map<string, TrieBucket>, bits: number, prefix: Uint8Array): TrieMap {
  const name = nameOf(bits, prefix);
  const bucket = buckets.get(name);
  if (bucket !== undefined) {
    buckets.delete(name);
    return bucket;
  }
  if (bits === LABEL_BITS || buckets.size === 0) corrupt('a bucket is missing');
  const one = withBit(prefix, bits);
  return branchOf(bits, assemble(buckets, bits + 1, prefix), assemble(buckets, bits + 1, one));
}

function nameOf(bits: number, prefix: Uint8Array): string {
  return `${bits} ${hex(prefix)}`;
}

/** The prefix with a 1 at a bit that is 0. */
function withBit(prefix: Uint8Array, bit: number): Uint8Array {
  const bytes = prefix.slice();
  const at = Math.floor(bit / 8);
  bytes[at] = (bytes[at] as number) + 2 ** (7 - (bit % 8));
  return bytes;
}
