import { invariant } from './error.ts';
import { EMPTY_ROOT, HASH_LENGTH, nodeHash } from './hash.ts';
import { bitAt, bitLength, isSize, onesCount, shiftLeft, shiftRight } from './integers.ts';

/** A complete subtree: the hash of the leaves [index · 2^level, (index + 1) · 2^level). */
export interface NodeId {
  /** 0 for leaf hashes, at most 53. */
  readonly level: number;
  readonly index: number;
}

/**
 * The edge of a tree: all that is needed of it to grow. (spec/1-tree.md §3)
 *
 * `hashes` are the roots of the complete subtrees that make up the tree, one for each one bit of `size`, from the left
 * (largest) to the right.
 */
export interface Edge {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

/** What commits to a tree: its size and its root hash. */
export interface SizedRoot {
  readonly size: number;
  /** 32 bytes */
  readonly rootHash: Uint8Array;
}

/** The edge of the tree without leaves. */
export const EMPTY_EDGE: Edge = { size: 0, hashes: [] };

/** The complete subtrees that an edge of this size holds, left to right. */
export function planEdge(size: number): readonly NodeId[] {
  return planRange(0, size);
}

/**
 * The complete subtrees that make up the leaves [start, end), left to right, if the range is a subtree: start is 0 or a
 * multiple of the least power of two that is at least end - start. Their fold (`foldRight`) is its root.
 */
export function planRange(start: number, end: number): readonly NodeId[] {
  const nodes: NodeId[] = [];
  for (let from = start; from < end; ) {
    const level = bitLength(end - from) - 1;
    nodes.push({ level, index: shiftRight(from, level) });
    from += shiftLeft(1, level);
  }
  return nodes;
}

/** Is it an edge by its shape: one hash of 32 bytes for each one bit of the size? */
export function isEdge(edge: Edge): boolean {
  return (
    isSize(edge.size) &&
    edge.hashes.length === onesCount(edge.size) &&
    edge.hashes.every((hash) => hash.length === HASH_LENGTH)
  );
}

/** The edge of the tree with one leaf more. Costs one node hash on average. */
export function appendToEdge(edge: Edge, leafHash: Uint8Array): Edge {
  invariant(edge.hashes.length === onesCount(edge.size), 'an edge has a hash per one bit of size');
  invariant(leafHash.length === HASH_LENGTH, 'a leaf hash has 32 bytes');
  const hashes = edge.hashes.slice();
  let hash = leafHash;
  for (let level = 0; bitAt(edge.size, level) === 1; level++) {
    hash = nodeHash(hashes.pop() as Uint8Array, hash);
  }
  hashes.push(hash);
  return { size: edge.size + 1, hashes };
}

/** Root hash of the tree of an edge; `EMPTY_ROOT` for size 0. (RFC 6962 §2.1) */
export function rootOfEdge(edge: Edge): Uint8Array {
  return edge.size === 0 ? EMPTY_ROOT : foldRight(edge.hashes);
}

/** The root over subtrees of falling size: node(a, node(b, … node(y, z))). At least one hash. */
export function foldRight(hashes: readonly Uint8Array[]): Uint8Array {
  invariant(hashes.length > 0, 'a fold has a hash at least');
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}
