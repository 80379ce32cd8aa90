import { parseBase64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { checkConsistency } from '../core/consistency.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { checkInclusion } from '../core/inclusion.ts';
import { type MiniLogPage, miniLogValue, rootOfPage } from '../core/mini-log.ts';
import type { TrieNode } from '../core/prefix-trie.ts';
import { checkTrieAbsence, checkTrieMembership } from '../core/prefix-trie-proof.ts';
import type { SizedRoot } from '../core/tree.ts';
import type { IndexAnswer, IndexHeadProof } from './index-answer.ts';
import { type IndexHead, parseIndexHead } from './index-leaf.ts';

/** An index head that stands in the tree of a verified checkpoint. That it is true, this does not say. */
export interface OpenedIndexHead {
  readonly leafIndex: number;
  /** Bytes of the leaf. */
  readonly leaf: Uint8Array;
  readonly head: IndexHead;
  /** The tree that it speaks of. */
  readonly tree: SizedRoot;
  /** 32 bytes */
  readonly trieRoot: Uint8Array;
}

/** What a head says of a label: where it stands in the trie, and a page of its mini-log if it is there. */
export interface LabelProof {
  /** 32 bytes */
  readonly label: Uint8Array;
  readonly trie: readonly TrieNode[];
  readonly count: number;
  /** Null: the label is absent. */
  readonly page: MiniLogPage | null;
}

/** An answer that was verified under a checkpoint. */
export interface OpenedIndexAnswer {
  readonly head: OpenedIndexHead;
  readonly label: Uint8Array;
  readonly count: number;
  readonly page: MiniLogPage | null;
}

/**
 * Verifies an answer to a question about a label: head, trie and page. (spec/11-index.md §7.2 to §7.4)
 *
 * @param asked.checkpoint  the answer's own, opened: its signature and quorum are step 1, and done
 * @throws {TransparencyError} index.wrong-head, index.mismatch, leaf.malformed, inclusion.*, consistency.*
 */
export function openIndexAnswer(
  answer: IndexAnswer,
  asked: { readonly checkpoint: VerifiedCheckpoint; readonly label: Uint8Array },
): OpenedIndexAnswer {
  const { checkpoint, label } = asked;
  if (!equalBytes(answer.checkpoint, checkpoint.note)) throw mismatch('another checkpoint');
  if (!equalBytes(answer.label, label)) throw mismatch('the answer is about another label');
  const head = openIndexHead(answer.head, checkpoint);
  checkLabel({ label, trie: answer.trie, count: answer.count, page: answer.page }, head);
  return { head, label, count: answer.count, page: answer.page };
}

/**
 * Verifies that an index head stands in the tree of a checkpoint and speaks of a tree that it grew from.
 * (spec/11-index.md §7.2)
 *
 * @throws {TransparencyError} index.wrong-head, leaf.malformed, inclusion.*, consistency.*
 */
export function openIndexHead(
  proof: IndexHeadProof,
  checkpoint: VerifiedCheckpoint,
): OpenedIndexHead {
  const { leafIndex, leaf } = proof;
  const { size: treeSize, rootHash } = checkpoint;
  // Canonical, of a known version and map.
  const head = parseIndexHead(leaf);
  const tree = { size: head.size, rootHash: parseBase64(head.root) };
  if (head.origin !== checkpoint.origin) throw wrongHead(`of ${head.origin}`);
  if (tree.size > leafIndex) throw wrongHead(`leaf ${leafIndex} speaks of ${tree.size} entries`);
  const inclusion = { leafHash: leafHash(leaf), leafIndex, treeSize, path: proof.inclusion };
  checkInclusion({ ...inclusion, rootHash });
  checkConsistency({
    first: tree.size,
    second: treeSize,
    firstRoot: tree.rootHash,
    secondRoot: rootHash,
    path: proof.consistency,
  });
  return { leafIndex, leaf, head, tree, trieRoot: parseBase64(head.index) };
}

/**
 * Checks what a head says of a label. (spec/11-index.md §7.3, §7.4)
 *
 * @throws {TransparencyError} index.mismatch
 */
export function checkLabel(proof: LabelProof, head: OpenedIndexHead): void {
  const { label, trie: path, count, page } = proof;
  if (page === null) {
    checkTrieAbsence({ label, path, root: head.trieRoot });
    return;
  }
  const last = page.indices.at(-1) ?? -1;
  if (last >= head.tree.size) throw mismatch(`index ${last} under a head of ${head.tree.size}`);
  const value = miniLogValue(count, rootOfPage(page, count));
  checkTrieMembership({ label, value, path, root: head.trieRoot });
}

function wrongHead(why: string): TransparencyError {
  return new TransparencyError('index.wrong-head', why);
}

function mismatch(why: string): TransparencyError {
  return new TransparencyError('index.mismatch', why);
}
