import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { MiniLogPage } from '../core/mini-log.ts';
import type { TrieNode } from '../core/prefix-trie.ts';
import { PAGE_INDICES_MAX } from '../event/index-answer.ts';
import { checkLabel, type OpenedIndexHead } from '../event/index-proof.ts';
import { type IndexState, openMiniLog } from './index-state.ts';
import { findPosition, readPage } from './mini-log-page.ts';
import type { IndexReads } from './ports.ts';
import { corrupt, labelKey, type MiniLogState } from './rows.ts';
import { proveLabel } from './trie-map.ts';

/** A head that is served: what it says, and the rows, of which those of its time stay while it is served. */
export interface ServedHead extends OpenedIndexHead {
  readonly state: IndexState;
  readonly rows: IndexReads;
}

/** What is asked about a label. */
export interface LookupQuestion {
  /** 32 bytes */
  readonly label: Uint8Array;
  /** Position of the first posting of the page. Default 0. */
  readonly from?: number;
  /** Postings of the page, at most; 1 to 10,000. Default 1,000. */
  readonly limit?: number;
  /** Instead of `from`: postings lo ≤ x < hi, and the neighbours of that range. */
  readonly range?: { readonly lo: number; readonly hi: number };
  /** Leaf index of the head that answers. Default: the newest. */
  readonly head?: number;
}

/** What a head says about a label. (spec/11-index.md §5) */
export interface LookupReply {
  readonly head: Pick<OpenedIndexHead, 'leafIndex' | 'leaf' | 'tree'>;
  readonly present: boolean;
  readonly trie: readonly TrieNode[];
  readonly count: number;
  readonly page: MiniLogPage | null;
}

/** Postings of a page where none is asked for. */
export const PAGE_INDICES = 1_000;

/**
 * Answers a question under a head. What it answers is verified before: the store is not trusted.
 *
 * @throws {TransparencyError} request.bad-parameter for a position beyond the count; index.corrupt
 */
export async function answerUnder(
  served: ServedHead,
  question: LookupQuestion,
): Promise<LookupReply> {
  const { label } = question;
  const {
    present,
    nodes: trie,
    leaf: found,
  } = await proveLabel(served.state.map, served.rows, label);
  let count = 0;
  let page: MiniLogPage | null = null;
  if (found !== null) {
    const [row] = await served.rows.getMany([labelKey(label, found.version)]);
    const miniLog = openMiniLog(row ?? corrupt('the row of a label is missing'), found.value);
    const log = { label, ...miniLog };
    page = await readPage(log, await positionsOf(log, question, served), served.rows);
    count = log.count;
  }
  checkOwn({ label, trie, count, page }, served);
  const { leafIndex, leaf, tree } = served;
  return { head: { leafIndex, leaf, tree }, present, trie, count, page };
}

async function positionsOf(
  log: MiniLogState & { readonly label: Uint8Array },
  question: LookupQuestion,
  served: ServedHead,
): Promise<{ from: number; to: number }> {
  const limit = Math.min(question.limit ?? PAGE_INDICES, PAGE_INDICES_MAX);
  const { range } = question;
  if (range !== undefined) {
    const below = await findPosition(log, range.lo, served.rows);
    const above = await findPosition(log, range.hi, served.rows);
    // The neighbours on both sides show that nothing of the range is left out.
    const from = Math.max(0, below - 1);
    return { from, to: Math.min(log.count, above + 1, from + limit) };
  }
  const from = question.from ?? 0;
  if (from > log.count) {
    const message = `from: ${from}, of ${log.count} postings`;
    throw new TransparencyError('request.bad-parameter', message, {
      details: { from, count: log.count },
    });
  }
  return { from, to: Math.min(log.count, from + limit) };
}

function checkOwn(proof: Parameters<typeof checkLabel>[0], served: ServedHead): void {
  try {
    checkLabel(proof, served);
  } catch (error) {
    if (!isTransparencyError(error, 'index.mismatch')) throw error;
    throw new TransparencyError('index.corrupt', 'the stored index is not what its head says', {
      cause: error,
    });
  }
}
