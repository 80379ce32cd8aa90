import { compareBytes, equalBytes } from '../core/bytes.ts';
import { invariant } from '../core/error.ts';
import { positionOfLabel, prefixOf, rootOfTrie } from '../core/prefix-trie.ts';
import { growMiniLog, valueOfMiniLog } from './mini-log-state.ts';
import type { IndexBatch, IndexReads } from './ports.ts';
import {
  type BucketLeaves,
  corrupt,
  EMPTY_MINI_LOG,
  labelKey,
  type MiniLogState,
  parseMiniLog,
} from './rows.ts';
import {
  branchOf,
  bucketOf,
  EMPTY_TRIE_MAP,
  keyOfBucket,
  mapOfLeaves,
  openBucket,
  placeOf,
  type TrieBucket,
  type TrieMap,
} from './trie-map.ts';

/** The index of a prefix of a log, as far as it is held in memory. A value. */
export interface IndexState {
  readonly map: TrieMap;
  readonly postings: number;
}

/** New indices of a label. */
export interface NewPostings {
  /** 32 bytes */
  readonly label: Uint8Array;
  /** One at least, strictly increasing, above those of the label before. */
  readonly indices: readonly number[];
  /** Token that submitted the first of these; null: none was shown. */
  readonly by: string | null;
}

/** What growing an index needs. */
export interface GrowOptions {
  /** The rows of the state that grows. */
  readonly reads: IndexReads;
  /** Takes the new rows, and is told to delete those that they take the place of. */
  readonly batch: IndexBatch;
  /** Lets others run; called every few milliseconds. */
  readonly pause: () => Promise<void>;
  /** Told of each label that the index did not have. */
  readonly onNewKey?: (postings: NewPostings) => void;
  /**
   * Called and waited for where all rows of the labels up to one are in the batch, and none of those behind it.
   *
   * @param postings  of the index as it is up to there
   */
  readonly onReached?: (label: Uint8Array, postings: number) => Promise<void>;
}

/** The index of nothing. */
export const EMPTY_INDEX: IndexState = { map: EMPTY_TRIE_MAP, postings: 0 };

/** Root of the trie of an index. */
export function trieRootOf(state: IndexState): Uint8Array {
  return rootOfTrie(state.map.top);
}

/**
 * The index with more postings; the state before stays what it was, and so do its rows until the batch is written.
 *
 * Every row that it builds on is checked first: a head over what the disk altered would be signed for ever.
 *
 * @param postings  each label once, in the order of the labels
 * @throws {TransparencyError} index.corrupt
 */
export async function growIndex(
  state: IndexState,
  postings: Iterable<NewPostings>,
  options: GrowOptions,
): Promise<IndexState> {
  let done = state.postings;
  const groups = slicesOf(state.map, postings);
  const grown = new Map<TrieBucket, TrieMap>();
  let reading = readSlice(groups.next().value, options);
  for (;;) {
    const slice = await reading;
    if (slice === undefined) break;
    // The next rows come from the disk while these are hashed.
    reading = readSlice(groups.next().value, options);
    // A failure is thrown when its turn comes.
    reading.catch(() => undefined);
    for (const one of slice) grown.set(one.bucket, growBucket(one, options));
    const grownBy = slice.flatMap((one) => one.postings);
    done += grownBy.reduce((sum, { indices }) => sum + indices.length, 0);
    await options.onReached?.((grownBy.at(-1) as NewPostings).label, done);
  }
  let visited = 0;
  const rebuild = async (map: TrieMap): Promise<TrieMap> => {
    if (map.kind === 'bucket') return grown.get(map) ?? map;
    if (++visited % PAUSE_BRANCHES === 0) await options.pause();
    const left = await rebuild(map.left);
    const right = await rebuild(map.right);
    if (left === map.left && right === map.right) return map;
    return branchOf(map.bits, left, right);
  };
  return { map: await rebuild(state.map), postings: done };
}

interface Group {
  readonly bucket: TrieBucket;
  /** Sorted by label. */
  readonly postings: readonly NewPostings[];
}

/** The rows that a group builds on. */
interface LoadedGroup extends Group {
  readonly leaves: BucketLeaves;
  /** Rows of its labels; undefined for those that are new. */
  readonly miniLogs: readonly (Uint8Array | undefined)[];
}

/** Hashes of the groups whose rows are read at one time: two milliseconds or three, in which nobody else is served. */
const SLICE_HASHES = 5_000;
/** About as many as each costs, with what lies above it. */
const HASHES_A_LEAF = 5;
const HASHES_A_LABEL = 13;
const HASHES_A_POSTING = 2;
/** Branches between two pauses. */
const PAUSE_BRANCHES = 1024;

/** Groups that are read at one time. Labels of one bucket stand one behind the other. */
function* slicesOf(map: TrieMap, postings: Iterable<NewPostings>): Generator<Group[], undefined> {
  let slice: Group[] = [];
  let hashes = 0;
  let bucket: TrieBucket | undefined;
  let group: NewPostings[] = [];
  let last: Uint8Array | null = null;
  for (const one of postings) {
    const { label, indices } = one;
    invariant(indices.length > 0, 'new postings of a label are one at least');
    invariant(last === null || compareBytes(last, label) < 0, 'labels are sorted, each once');
    last = label;
    const own = bucketOf(map, label);
    if (bucket !== own) {
      if (hashes >= SLICE_HASHES) {
        yield slice;
        slice = [];
        hashes = 0;
      }
      bucket = own;
      group = [];
      slice.push({ bucket, postings: group });
      hashes += HASHES_A_LEAF * bucket.keys;
    }
    group.push(one);
    hashes += HASHES_A_LABEL + HASHES_A_POSTING * indices.length;
  }
  if (slice.length > 0) yield slice;
  return undefined;
}

async function readSlice(
  slice: readonly Group[] | undefined,
  { reads, pause }: GrowOptions,
): Promise<readonly LoadedGroup[] | undefined> {
  if (slice === undefined) return undefined;
  await pause();
  const keys = slice.map(({ bucket, postings }) =>
    keyOfBucket(bucket, (postings[0] as NewPostings).label),
  );
  const rows = await reads.getMany(keys);
  const opened = slice.map((group, i) => ({ ...group, leaves: openBucket(group.bucket, rows[i]) }));
  // A label that its bucket lacks has no row: new ones cost no read.
  const known = opened.flatMap(({ leaves, postings }) =>
    postings.flatMap(({ label }) => {
      const place = placeOf(leaves, label);
      return place === null ? [] : [labelKey(label, leaves.versions[place] as number)];
    }),
  );
  const miniLogs = known.length === 0 ? [] : await reads.getMany(known);
  let next = 0;
  return opened.map((group) => ({
    ...group,
    miniLogs: group.postings.map(({ label }) => {
      if (placeOf(group.leaves, label) === null) return undefined;
      return miniLogs[next++] ?? corrupt('the row of a label is missing');
    }),
  }));
}

/** The map of a bucket whose mini-logs have grown: what was there and what is new, both sorted, become one. */
function growBucket(group: LoadedGroup, { batch, onNewKey }: GrowOptions): TrieMap {
  const { bucket, postings, leaves, miniLogs } = group;
  const labels: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  const versions: number[] = [];
  let next = 0;
  const copyBelow = (end: number): void => {
    for (; next < end; next++) {
      labels.push(leaves.labels[next] as Uint8Array);
      values.push(leaves.values[next] as Uint8Array);
      versions.push(leaves.versions[next] as number);
    }
  };
  for (const [i, one] of postings.entries()) {
    const { label, indices } = one;
    copyBelow(positionOfLabel(leaves.labels, label));
    const row = miniLogs[i];
    let before = EMPTY_MINI_LOG;
    if (row === undefined) onNewKey?.(one);
    else {
      before = openMiniLog(row, leaves.values[next]);
      batch.delete(labelKey(label, leaves.versions[next] as number));
      next += 1;
    }
    labels.push(label);
    values.push(valueOfMiniLog(growMiniLog(before, { label, indices }, batch)));
    versions.push((indices.at(-1) as number) + 1);
  }
  copyBelow(leaves.labels.length);
  const label = labels[0] as Uint8Array;
  if (bucket.keys > 0) batch.delete(keyOfBucket(bucket, label));
  const { bits } = bucket;
  const prefix = prefixOf(label, bits).bytes;
  return mapOfLeaves({ labels, values, versions }, { bits, prefix }, batch);
}

/** The mini-log of a row, held against what the trie says of it. */
export function openMiniLog(row: Uint8Array, value: Uint8Array | undefined): MiniLogState {
  const state = parseMiniLog(row);
  if (state.count === 0) corrupt('a mini-log without leaves');
  if (value === undefined || !equalBytes(valueOfMiniLog(state), value)) {
    corrupt(`a mini-log of ${state.count} is not what the trie says`);
  }
  return state;
}
