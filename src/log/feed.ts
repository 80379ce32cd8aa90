import { parseBundle } from '../core/bundle.ts';
import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { readEdge } from '../core/prover.ts';
import { TILE_WIDTH } from '../core/tile.ts';
import { appendToEdge, type Edge, EMPTY_EDGE, rootOfEdge } from '../core/tree.ts';
import type { Log, SignedHead } from './contract.ts';

/** How far a follower has read: the tree that it has seen. */
export interface FeedCursor {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** Published entries in order, at most a bundle of them. */
export interface FeedBatch {
  readonly firstIndex: number;
  readonly entries: readonly Uint8Array[];
  /** The cursor behind them: what a follower keeps with what it made of them. */
  readonly cursor: FeedCursor;
}

/** What a follower reads of its log: a `Log`, or what stands for one in another thread. */
export interface FollowedLog extends Pick<Log, 'publishedSize' | 'readBundle' | 'tiles'> {
  /** As `Log.waitPublished`. */
  waitPublished(
    size: number,
    signal: AbortSignal,
    options?: { readonly passive?: boolean },
  ): Promise<SignedHead>;
}

/**
 * The published entries of a log from a cursor on, for ever: it waits where the published tree ends. A follower that
 * stops reading pins nothing. (design §2)
 *
 * @param cursor  null: from the first entry
 * @param signal  ends the feed
 * @throws {TransparencyError} consistency.mismatch if the log has not the tree of the cursor: the follower belongs to
 *   another log or was ahead of a restored one, and is to be rebuilt; what reads throw
 */
export async function* followEntries(
  log: FollowedLog,
  cursor: FeedCursor | null,
  signal: AbortSignal,
): AsyncGenerator<FeedBatch, void, undefined> {
  let edge = await edgeOf(log, cursor);
  while (!signal.aborted) {
    if (edge.size >= log.publishedSize && !(await isPublished(log, edge.size + 1, signal))) return;
    const index = Math.floor(edge.size / TILE_WIDTH);
    const start = index * TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, log.publishedSize - start);
    const bundle = parseBundle(await log.readBundle(index, width), width);
    const firstIndex = edge.size;
    const entries = bundle.slice(firstIndex - start);
    for (const entry of entries) edge = appendToEdge(edge, leafHash(entry));
    yield { firstIndex, entries, cursor: { size: edge.size, rootHash: rootOfEdge(edge) } };
  }
}

async function edgeOf(
  log: Pick<Log, 'publishedSize' | 'tiles'>,
  cursor: FeedCursor | null,
): Promise<Edge> {
  if (cursor === null || cursor.size === 0) return EMPTY_EDGE;
  if (cursor.size <= log.publishedSize) {
    const edge = await readEdge(log.tiles, cursor.size);
    if (equalBytes(rootOfEdge(edge), cursor.rootHash)) return edge;
  }
  throw new TransparencyError(
    'consistency.mismatch',
    `the log, of ${log.publishedSize} entries, has not the tree of the cursor at ${cursor.size}`,
  );
}

/** False when the feed was ended first. */
async function isPublished(
  log: Pick<FollowedLog, 'waitPublished'>,
  size: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await log.waitPublished(size, signal, { passive: true });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
