import { equalBytes } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { HASH_LENGTH } from './hash.ts';
import {
  commonPrefix,
  EMPTY_NODE,
  EMPTY_TRIE_ROOT,
  firstWithBit,
  type HashedNode,
  hashedNode,
  hasPrefix,
  isEmptyLabel,
  LABEL_BITS,
  labelBit,
  prefixOf,
  sharedBits,
  type TrieLabel,
  type TrieLeaves,
  type TrieNode,
  trieLeaf,
  trieNodeOf,
  trieParent,
} from './prefix-trie.ts';

/** Nodes of a path, at most. */
export const TRIE_PATH_MAX: number = LABEL_BITS + 1;

/** A path in a trie: of its leaf if the label is there, else of the two children that leave no room for it. */
export interface TriePath {
  readonly present: boolean;
  /** From the lowest up. (spec/11-index.md §6) */
  readonly nodes: readonly TrieNode[];
}

/** That a label has a value under a root. */
export interface TrieMembership {
  /** 32 bytes */
  readonly label: Uint8Array;
  /** 32 bytes */
  readonly value: Uint8Array;
  readonly path: readonly TrieNode[];
  /** 32 bytes */
  readonly root: Uint8Array;
}

/** That a label is not under a root. */
export type TrieAbsence = Omit<TrieMembership, 'value'>;

/**
 * The path of a label in the trie of these leaves.
 *
 * @param label  32 bytes
 */
export function proveTrie(leaves: TrieLeaves, label: Uint8Array): TriePath {
  return closePath(trieSiblings(leaves, label), label);
}

/**
 * The siblings of a label from the lowest up, as far as these leaves reach. If the label is absent, the first is the
 * node that stands in its place. The empty node is not among them: `closePath` puts it in.
 */
export function trieSiblings(leaves: TrieLeaves, label: Uint8Array): TriePath {
  const { labels } = leaves;
  const down: HashedNode[] = [];
  let from = 0;
  let to = labels.length;
  while (to - from > 1) {
    const first = labels[from] as Uint8Array;
    const bit = sharedBits(first, labels[to - 1] as Uint8Array);
    if (sharedBits(first, label) < bit) break;
    const middle = firstWithBit(labels, { from, to, bit });
    const isLeft = labelBit(label, bit) === 0;
    const sibling = isLeft ? trieNodeOf(leaves, middle, to) : trieNodeOf(leaves, from, middle);
    if (sibling !== null) down.push(sibling);
    if (isLeft) to = middle;
    else from = middle;
  }
  const present = to - from === 1 && equalBytes(labels[from] as Uint8Array, label);
  const place = present ? null : trieNodeOf(leaves, from, to);
  if (place !== null) down.push(place);
  return { present, nodes: down.reverse() };
}

/** The path of siblings that reach as far as the whole trie: with the empty node where the root is one-sided. */
export function closePath(siblings: TriePath, label: Uint8Array): TriePath {
  const { present, nodes } = siblings;
  const last = nodes.at(-1);
  const isOneSided =
    last === undefined ||
    (!present && nodes.length === 1) ||
    sharedBits(last.label.bytes, label) > 0;
  return isOneSided ? { present, nodes: [...nodes, EMPTY_NODE] } : siblings;
}

/**
 * Checks that a label has a value under a root. (spec/11-index.md §7.3, §7.4)
 *
 * @throws {TransparencyError} index.mismatch
 */
export function checkTrieMembership(claim: TrieMembership): void {
  checkPathShape(claim.path);
  checkRoot(climb(trieLeaf(claim.label, claim.value), claim.path), claim.root);
}

/**
 * Checks that a label is not under a root. (spec/11-index.md §7.3, §7.4)
 *
 * @throws {TransparencyError} index.mismatch
 */
export function checkTrieAbsence(claim: TrieAbsence): void {
  const { path, root } = claim;
  checkPathShape(path);
  const [first, second, ...above] = path;
  if (first === undefined) throw mismatch('a path without nodes');
  if (second === undefined) {
    checkEmptyTrie(first, root);
    return;
  }
  const label: TrieLabel = { bits: LABEL_BITS, bytes: claim.label };
  if (hasPrefix(label, first.label)) throw mismatch('the first child is a prefix of the label');
  if (hasPrefix(label, second.label)) throw mismatch('the second child is a prefix of the label');
  const parent = climb(hashedNode(first), [second]);
  if (!hasPrefix(label, parent.label)) throw mismatch('the parent is no prefix of the label');
  checkOrder(first, second, claim.label);
  checkRoot(climb(parent, above), root);
}

/** The node that a path leads to. Each parent is strictly shorter than both its children. */
function climb(from: HashedNode, path: readonly TrieNode[]): HashedNode {
  return path.reduce<HashedNode>((node, sibling) => {
    const shared = commonPrefix(node.label, sibling.label).bits;
    if (shared >= node.label.bits) throw mismatch('a parent is not shorter than its child');
    // Its place and value are checked already.
    if (isEmptyLabel(sibling.label)) return trieParent(node, EMPTY_NODE);
    if (shared >= sibling.label.bits) throw mismatch('a parent is not shorter than the sibling');
    return trieParent(node, hashedNode(sibling));
  }, from);
}

/** The empty trie has one path: the empty node, and nothing above it. */
function checkEmptyTrie(only: TrieNode, root: Uint8Array): void {
  if (!isEmptyLabel(only.label)) throw mismatch('one node proves no absence');
  if (!equalBytes(root, EMPTY_TRIE_ROOT)) throw mismatch('the trie is not empty');
}

/** One proof has one form: the child on the label's side comes first, the empty node second. */
function checkOrder(first: TrieNode, second: TrieNode, label: Uint8Array): void {
  if (isEmptyLabel(second.label)) return;
  const { bits } = commonPrefix(first.label, second.label);
  if (labelBit(first.label.bytes, bits) !== labelBit(label, bits)) {
    throw mismatch('the children stand in the other order');
  }
}

function checkPathShape(path: readonly TrieNode[]): void {
  if (path.length > TRIE_PATH_MAX) throw mismatch(`${path.length} nodes, at most ${TRIE_PATH_MAX}`);
  for (const [at, node] of path.entries()) checkNode(node, at === path.length - 1);
}

/** The label is canonical; without bits it is the empty node's, which has one value and stands at the root alone. */
function checkNode(node: TrieNode, isLast: boolean): void {
  const { label, value } = node;
  const { bits, bytes } = label;
  if (bytes.length !== 32 || value.length !== HASH_LENGTH) throw mismatch('not 32 bytes');
  if (!Number.isInteger(bits) || bits < 0) throw mismatch('bits is no length');
  if (bits > LABEL_BITS) throw mismatch(`${bits} bits, at most ${LABEL_BITS}`);
  if (bits > 0) {
    if (!equalBytes(prefixOf(bytes, bits).bytes, bytes)) throw mismatch('unused bits are not 0');
    return;
  }
  if (!isEmptyLabel(label)) throw mismatch('a label without bits that is not the empty one');
  if (!equalBytes(value, EMPTY_NODE.value)) throw mismatch('the empty node has another value');
  if (!isLast) throw mismatch('the empty node below the root');
}

function checkRoot(top: HashedNode, root: Uint8Array): void {
  if (top.label.bits !== 0) throw mismatch('the path ends below the root');
  if (!equalBytes(top.hash, root)) throw mismatch('the path leads to another root');
}

function mismatch(why: string): TransparencyError {
  return new TransparencyError('index.mismatch', `trie: ${why}`);
}
