import { sha256 } from '#sha256';
import { equalBytes } from '../core/bytes.ts';
import {
  firstWithBit,
  type HashedNode,
  labelBit,
  positionOfLabel,
  prefixOf,
  trieNodeOf,
  trieParent,
} from '../core/prefix-trie.ts';
import { closePath, type TriePath, trieSiblings } from '../core/prefix-trie-proof.ts';
import type { IndexBatch, IndexReads } from './ports.ts';
import {
  type BucketLeaves,
  bucketKey,
  corrupt,
  formatBucket,
  newestOf,
  parseBucket,
} from './rows.ts';

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
  /** Of its row. */
  readonly version: number;
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

/** The trie without leaves: one bucket, which has no row. */
export const EMPTY_TRIE_MAP: TrieBucket = {
  kind: 'bucket',
  bits: 0,
  version: 0,
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
  return bucketKey(bucket.bits, prefixOf(label, bucket.bits).bytes, bucket.version);
}

/**
 * The leaves of a bucket from its row.
 *
 * @throws {TransparencyError} index.corrupt
 */
export function openBucket(bucket: TrieBucket, row: Uint8Array | undefined): BucketLeaves {
  const bytes = row ?? NO_ROW;
  if (!equalBytes(sha256(bytes), bucket.rowHash)) corrupt('a bucket is not what was written');
  return parseBucket(bytes);
}

/** The place of a label among the leaves of a bucket; null: it is not there. */
export function placeOf({ labels }: BucketLeaves, label: Uint8Array): number | null {
  const place = positionOfLabel(labels, label);
  const found = labels[place];
  return found !== undefined && equalBytes(found, label) ? place : null;
}

/**
 * The map of leaves under a prefix, split where they are too many for one bucket. Its rows go into the batch.
 *
 * @param under.prefix  32 bytes, of which `under.bits` count
 */
export function mapOfLeaves(
  leaves: BucketLeaves,
  under: { readonly bits: number; readonly prefix: Uint8Array },
  batch: IndexBatch,
): TrieMap {
  const { bits, prefix } = under;
  const { labels } = leaves;
  if (labels.length <= BUCKET_KEYS_MAX) {
    const row = formatBucket(leaves);
    const version = newestOf(leaves);
    batch.put(bucketKey(bits, prefix, version), row);
    const top = trieNodeOf(leaves);
    return { kind: 'bucket', bits, version, keys: labels.length, top, rowHash: sha256(row) };
  }
  const middle = firstWithBit(labels, { from: 0, to: labels.length, bit: bits });
  return branchOf(
    bits,
    mapOfLeaves(leavesOf(leaves, 0, middle), { bits: bits + 1, prefix }, batch),
    mapOfLeaves(
      leavesOf(leaves, middle, labels.length),
      { bits: bits + 1, prefix: withBit(prefix, bits) },
      batch,
    ),
  );
}

function leavesOf({ labels, values, versions }: BucketLeaves, from: number, to: number) {
  return {
    labels: labels.slice(from, to),
    values: values.slice(from, to),
    versions: versions.slice(from, to),
  };
}

/** The map over the two halves of a prefix. */
export function branchOf(bits: number, left: TrieMap, right: TrieMap): TrieBranch {
  const top =
    left.top === null || right.top === null
      ? (left.top ?? right.top)
      : trieParent(left.top, right.top);
  return { kind: 'branch', bits, keys: left.keys + right.keys, top, left, right };
}

/** A path of a label, and what its bucket says of it if it is there. */
export interface ProvenLabel extends TriePath {
  readonly leaf: { readonly value: Uint8Array; readonly version: number } | null;
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
    return { ...closePath({ present: false, nodes }, label), leaf: null };
  }
  const [row] = await reads.getMany([keyOfBucket(at, label)]);
  const leaves = openBucket(at, row);
  const { present, nodes } = trieSiblings(leaves, label);
  const place = positionOfLabel(leaves.labels, label);
  const value = leaves.values[place] as Uint8Array;
  const leaf = present ? { value, version: leaves.versions[place] as number } : null;
  return { ...closePath({ present, nodes: [...nodes, ...above] }, label), leaf };
}

/** The prefix with a 1 at a bit that is 0. */
export function withBit(prefix: Uint8Array, bit: number): Uint8Array {
  const bytes = prefix.slice();
  const at = Math.floor(bit / 8);
  bytes[at] = (bytes[at] as number) + 2 ** (7 - (bit % 8));
  return bytes;
}
