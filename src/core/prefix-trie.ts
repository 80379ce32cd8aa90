import { sha256, sha256Into } from '#sha256';
import { compareBytes, equalBytes } from './bytes.ts';
import { invariant } from './error.ts';
import { HASH_LENGTH } from './hash.ts';

/** Bits of the label of a key. */
export const LABEL_BITS = 256;

/** The label of a node: the first `bits` bits of `bytes`; the others are 0. */
export interface TrieLabel {
  /** 0..256 */
  readonly bits: number;
  /** 32 bytes */
  readonly bytes: Uint8Array;
}

/**
 * A node as a proof shows it: not its hash but its two parts, so that whoever makes the hash has checked that the label
 * belongs to it. (spec/11-index.md §6)
 */
export interface TrieNode {
  readonly label: TrieLabel;
  /** 32 bytes: VALUE of a leaf; of an inner node the hash of both children's hashes. */
  readonly value: Uint8Array;
}

/** A node and its hash. */
export interface HashedNode extends TrieNode {
  /** 32 bytes: H(value ‖ lab(label)) */
  readonly hash: Uint8Array;
}

/** Leaves of a trie: labels of 32 bytes, sorted and each once, and the value of each. */
export interface TrieLeaves {
  readonly labels: readonly Uint8Array[];
  readonly values: readonly Uint8Array[];
}

/** The label of the root. */
export const ROOT_LABEL: TrieLabel = { bits: 0, bytes: new Uint8Array(32) };
/** The label of the node that stands for the missing child of a one-sided root. No other node has it. */
export const EMPTY_LABEL: TrieLabel = { bits: 0, bytes: new Uint8Array(32).fill(1) };

// One input each, filled again for every hash.
const pair = new Uint8Array(2 * HASH_LENGTH);
const labelInput = new Uint8Array(4 + 32);
const nodeInput = new Uint8Array(2 * HASH_LENGTH);

const EMPTY_VALUE = sha256(new Uint8Array(1));

/** The node that stands for the missing child of a one-sided root, with its one right value. (spec/11-index.md §3) */
export const EMPTY_NODE: HashedNode = hashedNode({
  label: EMPTY_LABEL,
  value: hashedNode({ label: EMPTY_LABEL, value: EMPTY_VALUE }).hash,
});

/** Root of the trie without leaves. */
export const EMPTY_TRIE_ROOT: Uint8Array = hashedNode({
  label: ROOT_LABEL,
  value: EMPTY_VALUE,
}).hash;

/** The leaf of a label of 32 bytes. */
export function trieLeaf(label: Uint8Array, value: Uint8Array): HashedNode {
  return hashedNode({ label: { bits: LABEL_BITS, bytes: label }, value });
}

/** Root of a trie from its leaves. */
export function trieRoot(leaves: TrieLeaves): Uint8Array {
  return rootOfTrie(trieNodeOf(leaves));
}

/** Root of a trie whose leaves are all under this node; null: of the empty trie. */
export function rootOfTrie(top: HashedNode | null): Uint8Array {
  if (top === null) return EMPTY_TRIE_ROOT;
  if (top.label.bits === 0) return top.hash;
  return trieParent(top, EMPTY_NODE).hash;
}

/**
 * The lowest node above the leaves [from, to): the leaf itself if it is one, null if there is none.
 *
 * All leaves of a trie make its root, unless they all lie on one side of it: `rootOfTrie` does that.
 */
export function trieNodeOf(
  leaves: TrieLeaves,
  from = 0,
  to: number = leaves.labels.length,
): HashedNode | null {
  if (from === to) return null;
  const first = leaves.labels[from] as Uint8Array;
  if (to - from === 1) return trieLeaf(first, leaves.values[from] as Uint8Array);
  const bits = sharedBits(first, leaves.labels[to - 1] as Uint8Array);
  invariant(bits < LABEL_BITS, 'labels of a trie are sorted, each once');
  const middle = firstWithBit(leaves.labels, { from, to, bit: bits });
  const left = trieNodeOf(leaves, from, middle);
  const right = trieNodeOf(leaves, middle, to);
  invariant(left !== null && right !== null, 'leaves with a first other bit lie on both sides');
  return trieParent(left, right);
}

/**
 * The parent of two nodes of which neither label is a prefix of the other: its label is their common prefix. With
 * `EMPTY_NODE` as `b` it is the root.
 */
export function trieParent(a: HashedNode, b: HashedNode): HashedNode {
  const label = commonPrefix(a.label, b.label);
  invariant(label.bits < a.label.bits, 'a parent is shorter than its children');
  const isLeft = labelBit(a.label.bytes, label.bits) === 0;
  const [left, right] = isLeft ? [a, b] : [b, a];
  pair.set(left.hash);
  pair.set(right.hash, HASH_LENGTH);
  return hashedNode({ label, value: sha256(pair) });
}

/** The longest label that both begin with. Two labels of one bit length or more that differ at once: the root's. */
export function commonPrefix(a: TrieLabel, b: TrieLabel): TrieLabel {
  const bits = Math.min(a.bits, b.bits, sharedBits(a.bytes, b.bytes));
  return prefixOf(a.bytes, bits);
}

/** Does the label begin with this prefix, or equal it? The empty node's label is a prefix of nothing. */
export function hasPrefix(label: TrieLabel, prefix: TrieLabel): boolean {
  if (isEmptyLabel(prefix)) return false;
  return prefix.bits <= label.bits && sharedBits(label.bytes, prefix.bytes) >= prefix.bits;
}

/** Is it the label of the empty node? */
export function isEmptyLabel(label: TrieLabel): boolean {
  return label.bits === 0 && equalBytes(label.bytes, EMPTY_LABEL.bytes);
}

/** The label of the first `bits` bits of 32 bytes. */
export function prefixOf(bytes: Uint8Array, bits: number): TrieLabel {
  const prefix = new Uint8Array(32);
  const whole = Math.floor(bits / 8);
  prefix.set(bytes.subarray(0, whole));
  if (bits % 8 !== 0) prefix[whole] = (bytes[whole] as number) & (0xff00 >> (bits % 8));
  return { bits, bytes: prefix };
}

/** A bit of a label, counted from the left. */
export function labelBit(bytes: Uint8Array, bit: number): 0 | 1 {
  const byte = bytes[Math.floor(bit / 8)] as number;
  return ((byte >> (7 - (bit % 8))) & 1) === 0 ? 0 : 1;
}

/** How many bits two labels of 32 bytes share from the left, 0..256. */
export function sharedBits(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < 32; i++) {
    const difference = (a[i] as number) ^ (b[i] as number);
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24;
  }
  return LABEL_BITS;
}

/** Position of the first of the sorted labels [from, to) that has a 1 at this bit; they share all bits before it. */
export function firstWithBit(
  labels: readonly Uint8Array[],
  range: { readonly from: number; readonly to: number; readonly bit: number },
): number {
  let { from, to } = range;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (labelBit(labels[middle] as Uint8Array, range.bit) === 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Position of a label among sorted ones: where it is, or where it would stand. */
export function positionOfLabel(labels: readonly Uint8Array[], label: Uint8Array): number {
  let from = 0;
  let to = labels.length;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (compareBytes(labels[middle] as Uint8Array, label) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The node with its hash: H(value ‖ H(u32be bits ‖ 32 bytes)). */
export function hashedNode(node: TrieNode): HashedNode {
  const { label, value } = node;
  labelInput[2] = label.bits >> 8;
  labelInput[3] = label.bits & 0xff;
  labelInput.set(label.bytes, 4);
  nodeInput.set(value);
  sha256Into(nodeInput, HASH_LENGTH, labelInput);
  return { label, value, hash: sha256(nodeInput) };
}
