import { sha256 } from '#sha256';
import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { parseNote } from '../core/note.ts';
import type { SignedHead } from './contract.ts';
import type { Row, Store } from './ports.ts';
import { ANY_NOTE, keptKey, keysOf, numberOfKey, signedHeadKey } from './rows.ts';
import { type HeadKeys, type HeadRow, openHeadRow } from './signed-head.ts';
import { type Tallies, tallied, tallyChange } from './tally.ts';

/** Versions of one size that are looked through: a head is signed anew every ten minutes. */
const VERSIONS_READ = 1_024;
/** Heads that one run of the pruning looks at. */
const HEADS_PRUNED = 1_024;

/**
 * A published head of a size: the newest, or the one whose note has a hash. (spec/6-publication.md)
 *
 * @throws {TransparencyError} checkpoint.not-found; store.corrupt
 */
export async function readKeptHead(
  store: Store,
  keys: HeadKeys,
  wanted: { readonly size: number; readonly noteHash?: Uint8Array | undefined },
): Promise<SignedHead> {
  const rows = await store.scan({
    from: signedHeadKey(wanted.size, 0),
    to: signedHeadKey(wanted.size + 1, 0),
    limit: VERSIONS_READ,
    reverse: true,
  });
  for (const row of rows) {
    const head = openHeadRow(row, keys);
    if (head.publication === 'none') continue;
    if (wanted.noteHash === undefined || equalBytes(sha256(head.note), wanted.noteHash))
      return head;
  }
  throw new TransparencyError('checkpoint.not-found', `no head of size ${wanted.size} is kept`);
}

/**
 * Drops old heads: those that nothing names, that no witness cosigned, and that are not the last of their minute.
 * It looks at some rows from `from` on and answers where to go on; it starts over when it came to the young ones.
 *
 * @param before  heads younger than this (ms) stay
 */
export async function pruneHeads(
  store: Store,
  keys: HeadKeys,
  options: { readonly from: Uint8Array; readonly before: number; readonly tallies: Tallies },
): Promise<Uint8Array> {
  const { from, before, tallies } = options;
  const { to, from: first } = keysOf('S');
  const rows = await store.scan({ from, to, limit: HEADS_PRUNED });
  const dropped: Row[] = [];
  let next = from;
  for (const [i, row] of rows.entries()) {
    const follower = rows[i + 1];
    if (follower === undefined || numberOfKey(row.key, 8) >= before) break;
    next = follower.key;
    if (minuteOf(row.key) !== minuteOf(follower.key)) continue;
    if (await isNamed(store, openHeadRow(row, keys))) continue;
    dropped.push(row);
  }
  if (dropped.length > 0) {
    tallies.heads = tallied('S', tallies.heads, { dropped });
    const drops = dropped.map(({ key }) => ({ key, value: null }));
    // Flushed: a batch that a crash takes, where it keeps a later one, would leave heads that no tally knows.
    await store.write({ changes: [...drops, tallyChange('S', tallies.heads)], flush: true });
  }
  return rows.length === HEADS_PRUNED ? next : first;
}

function minuteOf(key: Uint8Array): number {
  return Math.floor(numberOfKey(key, 8) / 60_000);
}

async function isNamed(store: Store, head: HeadRow): Promise<boolean> {
  if (parseNote(head.note).signatures.length > 1) return true;
  const marks = [sha256(head.note), ANY_NOTE].map((hash) => keptKey(head.size, hash));
  return (await store.getMany(marks)).some((mark) => mark !== undefined);
}
