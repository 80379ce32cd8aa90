import { consistencyPathLength, type TwoSizes } from './consistency.ts';
import { invariant, TransparencyError } from './error.ts';
import { HASH_LENGTH, nodeHash } from './hash.ts';
import { bitAt, bitLengthOfXor, isPowerOfTwo, shiftRight, trailingZeros } from './integers.ts';
import { proveConsistency, readNodes } from './prover.ts';
import type { TileSource } from './tile-reader.ts';

/** The roots of both sizes that a path leads to. */
export interface TwoRoots {
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
}

/**
 * The roots of the sizes `first` and `second` of one tree, from a consistency path in explicit form.
 * (spec/7-proof-file.md §6)
 *
 * Explicit: the path begins with the root of the last complete subtree of the first tree, also where that is the whole
 * first tree and RFC 6962 leaves it out. So it says by itself what root the second tree has over its first entries.
 *
 * @param sizes  1 ≤ first < second
 * @throws {TransparencyError} fork-proof.malformed for other sizes, or a path of another length
 */
export function rootsOfForkPath(sizes: TwoSizes, path: readonly Uint8Array[]): TwoRoots {
  const { first, second } = sizes;
  if (first < 1 || first >= second || path.length !== forkPathLength(sizes)) {
    throw malformed(`${path.length} nodes from size ${first} to ${second}`);
  }
  if (path.some((node) => node.length !== HASH_LENGTH))
    throw malformed('a node is not of 32 bytes');
  const [seed, ...siblings] = path;
  invariant(seed !== undefined, 'an explicit path is not empty');
  const level = trailingZeros(first);
  const inner = bitLengthOfXor(first - 1, second - 1) - level;
  const subtree = shiftRight(first - 1, level);
  let firstRoot = seed;
  let secondRoot = seed;
  for (const [i, sibling] of siblings.entries()) {
    // Where the first tree has nothing on the right, the sibling is of the second tree alone.
    if (i >= inner || bitAt(subtree, i) === 1) {
      firstRoot = nodeHash(sibling, firstRoot);
      secondRoot = nodeHash(sibling, secondRoot);
    } else {
      secondRoot = nodeHash(secondRoot, sibling);
    }
  }
  return { firstRoot, secondRoot };
}

/**
 * The explicit path between two sizes of the tree that the source holds.
 *
 * @param sizes  1 ≤ first < second
 * @throws {TransparencyError} what the source throws
 */
export async function proveForkPath(
  source: TileSource,
  sizes: TwoSizes,
  signal?: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const path = await proveConsistency(source, sizes, signal);
  if (!isPowerOfTwo(sizes.first)) return path;
  const seed = { level: trailingZeros(sizes.first), index: 0 };
  const wanted = { nodes: [seed], treeSize: sizes.second };
  return [...(await readNodes(source, wanted, signal)), ...path];
}

function forkPathLength(sizes: TwoSizes): number {
  return consistencyPathLength(sizes) + (isPowerOfTwo(sizes.first) ? 1 : 0);
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('fork-proof.malformed', why);
}
