import {
  type HashedNode,
  LABEL_BITS,
  labelBit,
  rootOfTrie,
  sharedBits,
  trieLeaf,
  trieParent,
} from './prefix-trie.ts';

/** A leaf or a branch. Every label below a branch shares its first `bits` bits with `label`, and no more than those. */
interface Node {
  /** Of a leaf its own; of a branch that of any leaf below it. */
  readonly label: Uint8Array;
  /** 256 for a leaf. */
  readonly bits: number;
  readonly sides: [Node, Node] | null;
  /** Null: something below it has changed. */
  hashed: HashedNode | null;
}

/**
 * A prefix trie in memory whose leaves come and change: its root costs as many hashes as there are nodes above what
 * changed since the last one. (spec/11-index.md §3)
 */
export class GrowingTrie {
  #top: Node | null = null;
  #keys = 0;

  /** Number of labels. */
  get keys(): number {
    return this.#keys;
  }

  /**
   * Gives a label a value, whether it is there or not.
   *
   * @param label  32 bytes, not changed afterwards
   * @param value  32 bytes
   */
  set(label: Uint8Array, value: Uint8Array): void {
    const leaf: Node = { label, bits: LABEL_BITS, sides: null, hashed: trieLeaf(label, value) };
    this.#top = this.#top === null ? this.#counted(leaf) : this.#insert(this.#top, leaf);
  }

  /** Root of the trie. */
  root(): Uint8Array {
    return rootOfTrie(this.#top === null ? null : hashOf(this.#top));
  }

  #insert(node: Node, leaf: Node): Node {
    const shared = sharedBits(node.label, leaf.label);
    if (shared < node.bits) return branch(shared, node, this.#counted(leaf));
    const { sides } = node;
    if (sides === null) return leaf;
    const side = labelBit(leaf.label, node.bits);
    sides[side] = this.#insert(sides[side], leaf);
    node.hashed = null;
    return node;
  }

  #counted(leaf: Node): Node {
    this.#keys += 1;
    return leaf;
  }
}

function branch(bits: number, node: Node, leaf: Node): Node {
  const sides: [Node, Node] = labelBit(leaf.label, bits) === 0 ? [leaf, node] : [node, leaf];
  return { label: leaf.label, bits, sides, hashed: null };
}

function hashOf(node: Node): HashedNode {
  if (node.hashed !== null || node.sides === null) return node.hashed as HashedNode; // A leaf has one.
  const [left, right] = node.sides;
  node.hashed = trieParent(hashOf(left), hashOf(right));
  return node.hashed;
}
