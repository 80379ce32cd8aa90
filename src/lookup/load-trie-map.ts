import { sha256 } from '#sha256';
import { concat } from '../core/bytes.ts';
import { hex } from '../core/hex.ts';
import { LABEL_BITS, prefixOf, trieNodeOf } from '../core/prefix-trie.ts';
import type { IndexReads, Row } from './ports.ts';
import {
  BUCKETS,
  type BucketLeaves,
  corrupt,
  labelKey,
  newestOf,
  parseBucket,
  parseBucketKey,
} from './rows.ts';
import {
  branchOf,
  bucketOf,
  EMPTY_TRIE_MAP,
  keyOfBucket,
  openBucket,
  placeOf,
  type TrieBucket,
  type TrieMap,
  withBit,
} from './trie-map.ts';

/** What the buckets of a store make. */
export interface LoadedTrieMap {
  readonly map: TrieMap;
  /** Keys of the buckets that newer ones took the place of: a process ended before it removed them. */
  readonly old: readonly Uint8Array[];
}

/**
 * The map that the newest buckets of a store make. Of one prefix the newest counts, and no bucket does that others lie
 * under: it was split.
 *
 * @param size  of the tree for which rows were written last
 * @throws {TransparencyError} index.corrupt if they do not cover all labels, each once
 */
export async function loadTrieMap(reads: IndexReads, size: number): Promise<LoadedTrieMap> {
  const buckets = new Map<string, Loaded>();
  const old: Uint8Array[] = [];
  let { from } = BUCKETS;
  for (;;) {
    const rows = await reads.scan({ from, to: BUCKETS.to, limit: LOAD_ROWS });
    for (const row of rows) {
      const loaded = loadedOf(row, size);
      const name = nameOf(loaded.bucket.bits, loaded.prefix);
      // Versions of one prefix come in their order.
      const before = buckets.get(name);
      if (before !== undefined) old.push(before.key);
      buckets.set(name, loaded);
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    from = concat(last.key, Uint8Array.of(0));
  }
  for (const split of splitAmong(buckets)) {
    old.push((buckets.get(split) as Loaded).key);
    buckets.delete(split);
  }
  if (buckets.size === 0) return { map: EMPTY_TRIE_MAP, old };
  const map = assemble(buckets, 0, new Uint8Array(32));
  if (buckets.size > 0) corrupt('a bucket whose prefix is longer than its bits');
  return { map, old };
}

/**
 * Keys of the mini-log rows that an old bucket names and the map does not: those of the same time, which newer ones took
 * the place of.
 *
 * @throws {TransparencyError} index.corrupt
 */
export async function oldMiniLogs(
  map: TrieMap,
  reads: IndexReads,
  oldBucket: Uint8Array,
): Promise<readonly Uint8Array[]> {
  const [row = corrupt('a bucket has gone')] = await reads.getMany([oldBucket]);
  const { labels, versions } = parseBucket(row);
  const keys: Uint8Array[] = [];
  let bucket: TrieBucket | null = null;
  let leaves: BucketLeaves = { labels: [], values: [], versions: [] };
  for (const [i, label] of labels.entries()) {
    const own = bucketOf(map, label);
    if (bucket !== own) {
      bucket = own;
      const [live] = await reads.getMany([keyOfBucket(own, label)]);
      leaves = openBucket(own, live);
    }
    const place = placeOf(leaves, label);
    const version = versions[i] as number;
    if (place === null || leaves.versions[place] !== version) keys.push(labelKey(label, version));
  }
  return keys;
}

interface Loaded {
  readonly key: Uint8Array;
  readonly prefix: Uint8Array;
  readonly bucket: TrieBucket;
}

const LOAD_ROWS = 256;

function loadedOf({ key, value }: Row, size: number): Loaded {
  const { bits, prefix, version } = parseBucketKey(key);
  if (version > size) corrupt(`a bucket of ${version} entries, behind ${size}`);
  const leaves = parseBucket(value);
  if (version !== newestOf(leaves)) corrupt('a bucket of another version than its key');
  const top = trieNodeOf(leaves);
  const keys = leaves.labels.length;
  const rowHash = sha256(value);
  return { key, prefix, bucket: { kind: 'bucket', bits, version, keys, top, rowHash } };
}

/** Names of the buckets that others lie under. */
function splitAmong(buckets: ReadonlyMap<string, Loaded>): readonly string[] {
  const above = new Set<string>();
  for (const { bucket, prefix } of buckets.values()) {
    for (let bits = bucket.bits - 1; bits >= 0; bits--) {
      const name = nameOf(bits, prefixOf(prefix, bits).bytes);
      if (above.has(name)) break;
      above.add(name);
    }
  }
  return [...buckets.keys()].filter((name) => above.has(name));
}

/** Takes what it is made of out of the buckets. */
function assemble(buckets: Map<string, Loaded>, bits: number, prefix: Uint8Array): TrieMap {
  const name = nameOf(bits, prefix);
  const found = buckets.get(name);
  if (found !== undefined) {
    buckets.delete(name);
    return found.bucket;
  }
  if (bits === LABEL_BITS) corrupt('a bucket is missing');
  const one = withBit(prefix, bits);
  return branchOf(bits, assemble(buckets, bits + 1, prefix), assemble(buckets, bits + 1, one));
}

function nameOf(bits: number, prefix: Uint8Array): string {
  return `${bits} ${hex(prefix)}`;
}
