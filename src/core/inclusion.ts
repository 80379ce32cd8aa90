import { equalBytes } from './bytes.ts';
import { invariant, TransparencyError } from './error.ts';
import { HASH_LENGTH, nodeHash } from './hash.ts';
import {
  bitAt,
  bitLengthOfXor,
  isSize,
  largestPowerOfTwoBelow,
  onesCount,
  shiftRight,
} from './integers.ts';
import { type LeafRange, type PathPlan, planPath } from './path-plan.ts';

/** That a leaf is in a tree, and the path that should show it. */
export interface InclusionPath {
  /** 32 bytes */
  readonly leafHash: Uint8Array;
  /** 0 ≤ leafIndex < treeSize */
  readonly leafIndex: number;
  readonly treeSize: number;
  /** Sibling hashes from the leaf up, 32 bytes each. */
  readonly path: readonly Uint8Array[];
}

/** An inclusion path and the root hash that it should lead to. */
export interface InclusionClaim extends InclusionPath {
  /** 32 bytes */
  readonly rootHash: Uint8Array;
}

/**
 * Checks that a leaf is under the root of a tree. (RFC 9162 §2.1.3.2, spec/1-tree.md §4)
 *
 * The path runs from the leaf up. Its length follows from `leafIndex` and `treeSize` alone, so a path of any other
 * length is refused before anything is hashed.
 *
 * @throws {TransparencyError} inclusion.out-of-range, inclusion.wrong-length, inclusion.mismatch
 */
export function checkInclusion(claim: InclusionClaim): void {
  if (equalBytes(rootOfInclusion(claim), claim.rootHash)) return;
  const { leafIndex, treeSize } = claim;
  const message = `leaf ${leafIndex} is not under the root of size ${treeSize}`;
  throw new TransparencyError('inclusion.mismatch', message, { details: { leafIndex, treeSize } });
}

/**
 * The root hash that a tree must have for the path to be right.
 *
 * @throws {TransparencyError} inclusion.out-of-range, inclusion.wrong-length
 */
export function rootOfInclusion(claim: InclusionPath): Uint8Array {
  const { leafIndex, treeSize, path } = claim;
  const length = inclusionPathLength({ leafIndex, treeSize });
  if (path.length !== length) {
    throw wrongLength(claim, `${path.length} hashes, not ${length}`);
  }
  if (![claim.leafHash, ...path].every((hash) => hash.length === HASH_LENGTH)) {
    throw wrongLength(claim, 'a hash has not 32 bytes');
  }
  // Below this level the leaf and the last leaf have gone apart, so the tree may have a sibling on either side; from
  // there up the leaf is on the right border, and all siblings are on the left.
  const inner = bitLengthOfXor(leafIndex, treeSize - 1);
  return path.reduce(
    (hash, sibling, level) =>
      level < inner && bitAt(leafIndex, level) === 0
        ? nodeHash(hash, sibling)
        : nodeHash(sibling, hash),
    claim.leafHash,
  );
}

/**
 * Number of hashes in the inclusion path of a leaf, at most 53.
 *
 * @throws {TransparencyError} inclusion.out-of-range
 */
export function inclusionPathLength(leaf: {
  readonly leafIndex: number;
  readonly treeSize: number;
}): number {
  const { leafIndex, treeSize } = leaf;
  if (!isSize(leafIndex) || !isSize(treeSize) || leafIndex >= treeSize) {
    const message = `leaf ${leafIndex} of a tree of ${treeSize}`;
    throw new TransparencyError('inclusion.out-of-range', message, {
      details: { leafIndex, treeSize },
    });
  }
  const inner = bitLengthOfXor(leafIndex, treeSize - 1);
  return inner + onesCount(shiftRight(leafIndex, inner));
}

/**
 * The subtrees whose roots are the inclusion path of a leaf. (RFC 6962 §2.1.1)
 *
 * @throws {TransparencyError} inclusion.out-of-range
 */
export function planInclusion(leaf: {
  readonly leafIndex: number;
  readonly treeSize: number;
}): PathPlan {
  const length = inclusionPathLength(leaf);
  const siblings: LeafRange[] = [];
  let start = 0;
  let end = leaf.treeSize;
  while (end - start > 1) {
    const middle = start + largestPowerOfTwoBelow(end - start);
    if (leaf.leafIndex < middle) {
      siblings.push({ start: middle, end });
      end = middle;
    } else {
      siblings.push({ start, end: middle });
      start = middle;
    }
  }
  invariant(siblings.length === length, 'a planned path has the length of a path');
  return planPath(siblings.reverse());
}

function wrongLength(claim: InclusionPath, why: string): TransparencyError {
  const { leafIndex, treeSize } = claim;
  const message = `path of leaf ${leafIndex} in a tree of ${treeSize}: ${why}`;
  return new TransparencyError('inclusion.wrong-length', message, {
    details: { leafIndex, treeSize },
  });
}
