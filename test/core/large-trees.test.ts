import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConsistency, planConsistency } from '../../src/core/consistency.ts';
import { checkInclusion, inclusionPathLength, planInclusion } from '../../src/core/inclusion.ts';
import { proveConsistency, proveInclusion, readRoot } from '../../src/core/prover.ts';
import { authenticatedTiles } from '../../src/core/tile-reader.ts';
import { type NodeId, planEdge } from '../../src/core/tree.ts';
import { referenceLeafHash } from '../reference/tree.ts';
import { type BigRange, bigPath, bigProof, UniformTree } from '../reference/uniform-tree.ts';

const SIZE_MAX = Number.MAX_SAFE_INTEGER;
const tree = new UniformTree(referenceLeafHash(new Uint8Array(0)));

/** Sizes of all magnitudes, most of them beyond 2^32, many next to powers of two and of 256. */
const size = fc.oneof(
  fc.integer({ min: 2 ** 32 - 3, max: SIZE_MAX }),
  fc.integer({ min: 1, max: SIZE_MAX }),
  fc
    .tuple(fc.nat({ max: 53 }), fc.nat({ max: 53 }), fc.integer({ min: -2, max: 2 }))
    .map(([a, b, off]) => Math.min(SIZE_MAX, Math.max(1, 2 ** a + 2 ** b + off))),
);
const leaf = fc
  .tuple(size, fc.oneof(fc.maxSafeNat(), fc.integer({ min: -3, max: 3 })))
  .map(([treeSize, n]) => ({ treeSize, leafIndex: (treeSize + (n % treeSize)) % treeSize }));
const sizes = fc
  .tuple(size, size)
  .map(([a, b]) => ({ first: Math.min(a, b), second: Math.max(a, b) }));

/** The nodes lie side by side, each complete and in its place, and cover the range. */
function expectCover(nodes: readonly NodeId[], range: BigRange): void {
  let at = range.start;
  for (const node of nodes) {
    const span = 1n << BigInt(node.level);
    expect(BigInt(node.index) * span).toBe(at);
    at += span;
  }
  expect(at).toBe(range.end);
}

describe('trees to 2^53 - 1, against the recursion on BigInt', () => {
  it('plans inclusion paths of the right subtrees', () => {
    fc.assert(
      fc.property(leaf, ({ leafIndex, treeSize }) => {
        const right = bigPath(BigInt(leafIndex), { start: 0n, end: BigInt(treeSize) });
        const plan = planInclusion({ leafIndex, treeSize });
        expect(plan.length).toBe(right.length);
        expect(inclusionPathLength({ leafIndex, treeSize })).toBe(right.length);
        for (const [i, nodes] of plan.entries()) expectCover(nodes, right[i] as BigRange);
      }),
      { numRuns: 300 },
    );
  });

  it('plans consistency paths of the right subtrees', () => {
    fc.assert(
      fc.property(sizes, ({ first, second }) => {
        const right = bigProof(BigInt(first), { start: 0n, end: BigInt(second) }, true);
        const plan = planConsistency({ first, second });
        expect(plan.length).toBe(right.length);
        for (const [i, nodes] of plan.entries()) expectCover(nodes, right[i] as BigRange);
        expectCover(planEdge(second), { start: 0n, end: BigInt(second) });
      }),
      { numRuns: 300 },
    );
  });

  it('proves inclusion from tiles, and accepts the proof', async () => {
    await fc.assert(
      fc.asyncProperty(leaf, async ({ leafIndex, treeSize }) => {
        const rootHash = tree.root(BigInt(treeSize));
        const path = await proveInclusion(tree, { leafIndex, treeSize });
        const range = { start: 0n, end: BigInt(treeSize) };
        expect(path).toEqual(tree.hashes(bigPath(BigInt(leafIndex), range)));
        checkInclusion({ leafHash: tree.hashAt(0), leafIndex, treeSize, path, rootHash });
      }),
      { numRuns: 40 },
    );
  });

  it('proves consistency from tiles, and accepts the proof', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ first, second }) => {
        const [firstRoot, secondRoot] = [tree.root(BigInt(first)), tree.root(BigInt(second))];
        const path = await proveConsistency(tree, { first, second });
        const range = { start: 0n, end: BigInt(second) };
        expect(path).toEqual(tree.hashes(bigProof(BigInt(first), range, true)));
        checkConsistency({ first, second, firstRoot, secondRoot, path });
      }),
      { numRuns: 40 },
    );
  });

  it('reads the root from partial tiles, and proves tiles under it', async () => {
    await fc.assert(
      fc.asyncProperty(leaf, async ({ leafIndex, treeSize }) => {
        const rootHash = tree.root(BigInt(treeSize));
        expect(await readRoot(tree, treeSize)).toEqual(rootHash);
        const proven = authenticatedTiles(tree, { size: treeSize, rootHash });
        const path = await proveInclusion(proven, { leafIndex, treeSize });
        checkInclusion({ leafHash: tree.hashAt(0), leafIndex, treeSize, path, rootHash });
      }),
      { numRuns: 20 },
    );
  });
});
