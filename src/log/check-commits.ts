import { equalBytes } from '../core/bytes.ts';
import { lie } from './check-lie.ts';
import type { Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import {
  type CommitRow,
  commitHash,
  commitKey,
  HEAD_KEY,
  keysOf,
  NO_COMMIT,
  parseCommitRow,
} from './rows.ts';

const COMMITS_PER_READ = 1_024;

/** The last commit row of a store, as its head row says; null for a store without entries. */
export async function readLastCommit(store: Store): Promise<CommitRow | null> {
  const head = await store.get(HEAD_KEY);
  return head === undefined ? null : parseCommitRow(head);
}

/**
 * All commits from the first to the last, each proven to be the one that the next one follows before it is told.
 *
 * @throws {TransparencyError} audit.mismatch naming the commit; store.corrupt
 */
export async function* checkCommits(store: Store): AsyncGenerator<CommitRow, void, undefined> {
  const head = await store.get(HEAD_KEY);
  const cursor = new RowCursor(store, keysOf('C'), COMMITS_PER_READ);
  let before: { readonly sequence: number; readonly size: number } = { sequence: 0, size: 0 };
  let previous = NO_COMMIT;
  for (;;) {
    const row = await cursor.next();
    if (row === undefined) break;
    const commit = parseCommitRow(row.value);
    const { sequence, size } = commit;
    if (!equalBytes(row.key, commitKey(before.sequence + 1)) || sequence !== before.sequence + 1) {
      lie(`commit ${before.sequence + 1} is missing`, { sequence: before.sequence + 1 });
    }
    if (!equalBytes(commit.previous, previous)) {
      lie(`commit ${sequence} does not follow the one before it`, { sequence });
    }
    if (size <= before.size) {
      lie(`commit ${sequence} has size ${size}, the one before it ${before.size}`, { sequence });
    }
    previous = commitHash(row.value);
    const next = await cursor.peek();
    const named =
      next === undefined ? head && commitHash(head) : parseCommitRow(next.value).previous;
    if (named === undefined || !equalBytes(named, previous)) {
      lie(`commit ${sequence} is not the one that comes before the next`, { sequence });
    }
    yield commit;
    before = commit;
  }
  if (head !== undefined && before.sequence === 0) lie('the commit of the head row is missing');
}
