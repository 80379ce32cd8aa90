import { proveConsistency, proveInclusion } from '../core/prover.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { IndexAnswer } from '../event/index-answer.ts';
import type { LookupReply } from './served-head.ts';

/** The published head of a log, and its tiles. */
export interface AnsweringLog {
  /** Entries of the published head; above the leaf of every head that is served. */
  readonly size: number;
  /** Its signed note. */
  readonly note: Uint8Array;
  readonly tiles: TileSource;
}

/** The whole answer: what the index says, and that its head stands in the published tree. (spec/11-index.md §5) */
export async function assembleAnswer(
  reply: LookupReply,
  label: Uint8Array,
  log: AnsweringLog,
): Promise<IndexAnswer> {
  const { leafIndex, leaf, tree } = reply.head;
  const [inclusion, consistency] = await Promise.all([
    proveInclusion(log.tiles, { leafIndex, treeSize: log.size }),
    proveConsistency(log.tiles, { first: tree.size, second: log.size }),
  ]);
  return {
    checkpoint: log.note,
    head: { leafIndex, leaf, inclusion, consistency },
    label,
    present: reply.present,
    trie: reply.trie,
    count: reply.count,
    page: reply.page,
  };
}
