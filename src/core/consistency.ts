import { equalBytes } from './bytes.ts';
import { invariant, TransparencyError } from './error.ts';
import { EMPTY_ROOT, HASH_LENGTH, nodeHash } from './hash.ts';
import {
  bitAt,
  bitLengthOfXor,
  isPowerOfTwo,
  isSize,
  largestPowerOfTwoBelow,
  onesCount,
  shiftRight,
  trailingZeros,
} from './integers.ts';
import { type LeafRange, type PathPlan, planPath } from './path-plan.ts';

/** Two tree sizes, 0 ≤ first ≤ second. */
export interface TwoSizes {
  readonly first: number;
  readonly second: number;
}

/** That the first tree is a prefix of the second, and the path that should show it. */
export interface ConsistencyClaim extends TwoSizes {
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * Checks that a tree grew from another by appending alone. (RFC 9162 §2.1.4.2, spec/1-tree.md §5)
 *
 * The length of the path follows from the sizes alone, so a path of any other length is refused before anything is
 * hashed. For first = 0 and for equal sizes it is empty; an empty tree must have the root of an empty tree.
 *
 * @throws {TransparencyError} consistency.out-of-range, consistency.wrong-length, consistency.mismatch
 */
export function checkConsistency(claim: ConsistencyClaim): void {
  const { first, second, path } = claim;
  const length = consistencyPathLength(claim);
  if (path.length !== length) throw wrongLength(claim, `${path.length} hashes, not ${length}`);
  if (![claim.firstRoot, claim.secondRoot, ...path].every((h) => h.length === HASH_LENGTH)) {
    throw wrongLength(claim, 'a hash has not 32 bytes');
  }
  if (first === 0) checkRoot(claim, 0, EMPTY_ROOT, claim.firstRoot);
  if (first === second) checkRoot(claim, second, claim.firstRoot, claim.secondRoot);
  if (first === 0 || first === second) return;
  const [firstHash, secondHash] = rootsOfConsistency(claim);
  checkRoot(claim, first, firstHash, claim.firstRoot);
  checkRoot(claim, second, secondHash, claim.secondRoot);
}

/**
 * Number of hashes in the consistency path of two sizes, at most 54.
 *
 * @throws {TransparencyError} consistency.out-of-range
 */
export function consistencyPathLength(sizes: TwoSizes): number {
  const { first, second } = sizes;
  if (!isSize(first) || !isSize(second) || first > second) {
    throw new TransparencyError('consistency.out-of-range', `from size ${first} to ${second}`, {
      details: { first, second },
    });
  }
  if (first === 0 || first === second) return 0;
  const meeting = bitLengthOfXor(first - 1, second - 1);
  const siblings = meeting - trailingZeros(first) + onesCount(shiftRight(first - 1, meeting));
  return siblings + (isPowerOfTwo(first) ? 0 : 1);
}

/**
 * The subtrees whose roots are the consistency path of two sizes; empty for first = 0. (RFC 6962 §2.1.2)
 *
 * @throws {TransparencyError} consistency.out-of-range
 */
export function planConsistency(sizes: TwoSizes): PathPlan {
  const { first } = sizes;
  const length = consistencyPathLength(sizes);
  if (length === 0) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = sizes.second;
  while (end !== first) {
    const middle = start + largestPowerOfTwoBelow(end - start);
    if (first <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // What is left is the last complete subtree of the first tree. A verifier has it if it is the whole first tree.
  if (start > 0) ranges.push({ start, end });
  invariant(ranges.length === length, 'a planned path has the length of a path');
  return planPath(ranges.reverse());
}

/**
 * Both roots, built from the last complete subtree of the first tree up: the first one of the siblings on the left
 * alone. If that subtree is the whole first tree, its root stands for the first hash of the path.
 */
function rootsOfConsistency(claim: ConsistencyClaim): [Uint8Array, Uint8Array] {
  const { first, second, path } = claim;
  const [seed, siblings] = isPowerOfTwo(first)
    ? [claim.firstRoot, path]
    : [path[0] as Uint8Array, path.slice(1)];
  const level = trailingZeros(first);
  const inner = bitLengthOfXor(first - 1, second - 1) - level;
  const subtree = shiftRight(first - 1, level);
  let firstHash = seed;
  let secondHash = seed;
  for (const [i, sibling] of siblings.entries()) {
    if (i < inner && bitAt(subtree, i) === 0) {
      secondHash = nodeHash(secondHash, sibling);
    } else {
      firstHash = nodeHash(sibling, firstHash);
      secondHash = nodeHash(sibling, secondHash);
    }
  }
  return [firstHash, secondHash];
}

function checkRoot(sizes: TwoSizes, size: number, root: Uint8Array, claimed: Uint8Array): void {
  if (equalBytes(root, claimed)) return;
  const { first, second } = sizes;
  const message = `from size ${first} to ${second}: the root of size ${size} is another`;
  throw new TransparencyError('consistency.mismatch', message, { details: { first, second } });
}

function wrongLength(sizes: TwoSizes, why: string): TransparencyError {
  const { first, second } = sizes;
  const message = `path from size ${first} to ${second}: ${why}`;
  return new TransparencyError('consistency.wrong-length', message, { details: { first, second } });
}
