import { equalBytes, utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { EMPTY_TREE } from '../core/growing-tree.ts';
import { HASH_LENGTH } from '../core/hash.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { type Appended, TreeBuilder } from '../core/tree-builder.ts';
import type { HaltReason, LogType } from './contract.ts';
import type { WriterTree } from './integrate.ts';
import type { GuardState, Store } from './ports.ts';
import {
  type CommitRow,
  commitHash,
  corrupt,
  HEAD_KEY,
  keysOf,
  META_KEY,
  NO_COMMIT,
  PUBLISHED_KEY,
  parseCommitRow,
  tileKey,
} from './rows.ts';
import { type HeadKeys, type HeadRow, openHeadRow } from './signed-head.ts';
import { hashStoredBundle, openStoredTree, readablePrefix } from './stored-tree.ts';
import { readTally, type Tallies } from './tally.ts';

/** Which log a store must hold, and by whose keys. */
export interface Expected {
  readonly origin: string;
  readonly type: LogType;
  readonly keys: HeadKeys;
  /** It was closed while it ran: then no head was signed that is not stored. */
  readonly wasClosed: boolean;
}

/** Why a log may not write or sign. */
export interface Halt {
  readonly reason: HaltReason;
  readonly detail: string;
}

/** What a start found. */
export type Recovered =
  | { readonly kind: 'new' }
  | {
      readonly kind: 'ready';
      readonly tree: WriterTree;
      /** The newest signed head, published or not. */
      readonly signed: HeadRow | null;
      readonly published: HeadRow | null;
      readonly tallies: Tallies;
      readonly halt: null;
    }
  | {
      /** Nothing is written or signed. What verifies under the last published head can be read. */
      readonly kind: 'halted';
      readonly tree: WriterTree | null;
      /** The newest signed head; null where none could be read. */
      readonly signed: HeadRow | null;
      readonly published: HeadRow | null;
      readonly halt: Halt;
    };

/** Commits that a start walks back at least. */
const COMMITS_WALKED = 1_024;
/** Entries that a start hashes at least, where there are so many. */
const ENTRIES_HASHED = 65_536;

/**
 * Reads what a store holds and proves as much of it as a start has time for: the chain of commits back to the last
 * signed head and 1,024 commits at least; every entry, tile and root since that head and of 65,536 entries at least;
 * the edge before them by the roots that it leads to. Then it holds the tree against the guard. (design §2.7, forks.md
 * START)
 *
 * @throws {TransparencyError} start.refused for the store of another log; faults of the store
 */
export async function recover(
  store: Store,
  guarded: GuardState | null,
  expected: Expected,
): Promise<Recovered> {
  try {
    const meta = await store.get(META_KEY);
    if (meta === undefined) return await withoutMeta(store, guarded);
    if (!equalBytes(meta, formatMeta(expected))) {
      throw new TransparencyError('start.refused', `the store is not that of ${expected.origin}`);
    }
    return await recoverTree(store, guarded, expected);
  } catch (error) {
    if (!isTransparencyError(error, 'store.corrupt')) throw error;
    // The signature on a head is not the store's word: what lies under it can still be read.
    const { published, tree } = await readablePrefix(store, expected.keys);
    return halted('corrupt', error.message, tree, published);
  }
}

/** Value of the row that says what a store is. */
export function formatMeta(log: { readonly origin: string; readonly type: LogType }): Uint8Array {
  return utf8(`varve.store/1\n${log.origin}\n${log.type}\n`);
}

/** A store that says nothing of itself is empty and new, or it lost its rows. */
async function withoutMeta(store: Store, guarded: GuardState | null): Promise<Recovered> {
  const everything = { from: Uint8Array.of(0), to: Uint8Array.of(255), limit: 1 };
  const [row] = await store.scan(everything);
  if (row !== undefined) corrupt('it holds rows, and none that says of which log');
  if (guarded !== null) {
    const detail = `the store is empty; a head of ${guarded.size} entries was signed`;
    return halted('rolled-back', detail, null, null);
  }
  return { kind: 'new' };
}

async function recoverTree(
  store: Store,
  guarded: GuardState | null,
  expected: Expected,
): Promise<Recovered> {
  const tallies = { ids: await readTally(store, 'I'), heads: await readTally(store, 'S') };
  const heads = await lastHeads(store, expected);
  if ((heads.newest === null) !== (tallies.heads.count === 0)) {
    corrupt(`the tally is of ${tallies.heads.count} signed heads, and that is not so`);
  }
  const headSize = heads.newest?.size ?? 0;
  const commits = await walkChain(store, headSize);
  const last = commits.at(-1);
  const size = last?.size ?? 0;
  if (headSize > size) {
    corrupt(`a head of ${headSize} entries is stored, the tree has ${size}`);
  }
  const tail = Math.min(headSize, Math.max(0, size - ENTRIES_HASHED));
  const base = commits.findLast((commit) => commit.size <= tail);
  const builder = new TreeBuilder(
    base === undefined ? EMPTY_TREE : await openStoredTree(store, base),
  );
  const roots = await regrow(store, builder, [
    ...commits.map((commit) => commit.size),
    headSize,
    Math.min(guarded?.size ?? 0, size),
  ]);
  for (const commit of commits) {
    const root = roots.get(commit.size);
    if (root !== undefined && !equalBytes(commit.rootHash, root)) {
      corrupt(`the entries do not give the root that was committed at ${commit.size}`);
    }
  }
  const tree: WriterTree = {
    builder,
    sequence: last?.sequence ?? 0,
    commitRow: await store.get(HEAD_KEY),
  };
  const halt =
    contradiction(roots, size, heads.newest, guarded) ??
    (expected.wasClosed ? lostHead(heads.newest, guarded) : null);
  return halt === null
    ? { kind: 'ready', tree, signed: heads.newest, published: heads.published, tallies, halt }
    : { kind: 'halted', tree, signed: heads.newest, published: heads.published, halt };
}

/** What the guard or the stored heads say against the tree. (forks.md, START) */
function contradiction(
  roots: ReadonlyMap<number, Uint8Array>,
  size: number,
  newest: HeadRow | null,
  guarded: GuardState | null,
): Halt | null {
  const has = (head: { readonly size: number; readonly rootHash: Uint8Array }): boolean => {
    const root = roots.get(head.size);
    return root !== undefined && equalBytes(root, head.rootHash);
  };
  if (newest !== null && !has(newest)) {
    return { reason: 'corrupt', detail: `the tree has not the signed head of ${newest.size}` };
  }
  if (newest !== null && (guarded === null || isBefore(guarded, newest))) {
    const seen = guarded === null ? 'nothing' : `a head of ${guarded.size}`;
    const detail = `the guard knows ${seen}, but a head of ${newest.size} is stored: the guard was rolled back`;
    return { reason: 'rolled-back', detail };
  }
  if (guarded !== null && !has(guarded)) {
    const detail =
      guarded.size > size
        ? `a head of ${guarded.size} entries was signed, the store has ${size}`
        : `another root was signed at ${guarded.size}`;
    return { reason: 'rolled-back', detail };
  }
  return null;
}

/** The last head of a log that was closed is stored, or the store lost it. */
function lostHead(newest: HeadRow | null, guarded: GuardState | null): Halt | null {
  if (guarded === null || newest?.timeMs === guarded.timeMs) return null;
  const detail = `the head of ${guarded.size} entries that was signed last is not stored`;
  return { reason: 'corrupt', detail };
}

function isBefore(guarded: GuardState, head: HeadRow): boolean {
  return guarded.size < head.size || guarded.timeMs < head.timeMs;
}

/** The newest stored head, and the newest that was published. */
async function lastHeads(
  store: Store,
  expected: Expected,
): Promise<{ readonly newest: HeadRow | null; readonly published: HeadRow | null }> {
  const { keys } = expected;
  const [row] = await store.scan({ ...keysOf('S'), limit: 1, reverse: true });
  if (row === undefined) return { newest: null, published: null };
  const newest = openHeadRow(row, keys);
  const publishedKey = await store.get(PUBLISHED_KEY);
  if (publishedKey === undefined) return { newest, published: null };
  if (equalBytes(publishedKey, row.key)) return { newest, published: newest };
  const published = await store.get(publishedKey);
  if (published === undefined) corrupt('the head that was published last is gone');
  return { newest, published: openHeadRow({ key: publishedKey, value: published }, keys) };
}

/**
 * Commits up to the last, each proven to follow the one before: from the first of all, or from one at or below `size`
 * and 65,536 entries before the last.
 */
async function walkChain(store: Store, size: number): Promise<readonly CommitRow[]> {
  const head = await store.get(HEAD_KEY);
  const commits: CommitRow[] = [];
  let wanted: Uint8Array | undefined = head === undefined ? NO_COMMIT : commitHash(head);
  let { to } = keysOf('C');
  const { from } = keysOf('C');
  for (;;) {
    const rows = await store.scan({ from, to, limit: COMMITS_WALKED, reverse: true });
    for (const { key, value } of rows) {
      if (!equalBytes(commitHash(value), wanted)) corrupt('the chain of commits is broken');
      const commit = parseCommitRow(value);
      const after = commits.at(-1);
      if (after !== undefined && after.sequence !== commit.sequence + 1) {
        corrupt(`commit ${after.sequence} follows ${commit.sequence}`);
      }
      commits.push(commit);
      wanted = commit.previous;
      to = key;
    }
    const oldest = commits.at(-1);
    const isStart = rows.length < COMMITS_WALKED;
    if (isStart && !equalBytes(wanted, NO_COMMIT)) corrupt('the chain of commits has no start');
    const enough = Math.min(size, (commits[0]?.size ?? 0) - ENTRIES_HASHED);
    if (isStart || (oldest !== undefined && oldest.size <= enough)) return commits.reverse();
  }
}

/**
 * Grows the tree over the stored entries, bundle by bundle, to the last of some sizes. Every tile that it fills must
 * be the stored one. Root hashes at each of the sizes that it came by.
 */
async function regrow(
  store: Store,
  builder: TreeBuilder,
  sizes: readonly number[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const roots = new Map([[builder.size, builder.rootHash]]);
  const stops = [...new Set(sizes)].sort((a, b) => a - b);
  const end = stops.at(-1) ?? 0;
  let bundle: { index: number; hashes: Uint8Array } = { index: -1, hashes: new Uint8Array(0) };
  for (const stop of stops) {
    while (builder.size < stop) {
      const index = Math.floor(builder.size / TILE_WIDTH);
      const start = index * TILE_WIDTH;
      if (bundle.index !== index) {
        bundle = {
          index,
          hashes: await hashStoredBundle(store, index, Math.min(TILE_WIDTH, end - start)),
        };
      }
      const to = Math.min(TILE_WIDTH, stop - start);
      const appended = builder.append(
        bundle.hashes.subarray((builder.size - start) * HASH_LENGTH, to * HASH_LENGTH),
      );
      await checkStoredTiles(store, appended);
      appended.adopt();
    }
    if (builder.size === stop) roots.set(stop, builder.rootHash);
  }
  return roots;
}

async function checkStoredTiles(store: Store, appended: Appended): Promise<void> {
  for (const { tile, bytes } of appended.fullTiles) {
    const stored = await store.get(tileKey(tile.level, tile.index));
    if (stored === undefined || !equalBytes(stored, bytes)) {
      corrupt(`tile ${tile.level}/${tile.index} is not that of the entries`);
    }
  }
}

function halted(
  reason: HaltReason,
  detail: string,
  tree: WriterTree | null,
  published: HeadRow | null,
): Recovered {
  return { kind: 'halted', tree, signed: null, published, halt: { reason, detail } };
}
