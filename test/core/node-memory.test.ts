import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeMemory } from '../../src/core/node-memory.ts';
import { proveConsistency, proveInclusion } from '../../src/core/prover.ts';
import { nodeOfTile, tileOfNode } from '../../src/core/tile.ts';
import type { NodeId } from '../../src/core/tree.ts';
import { tileStore } from '../reference/tile-store.ts';

const LEAVES = 70_000;

describe('the memory of nodes', () => {
  it('gives what is computed, in any order, whatever the width of the tile and however few tiles it keeps', async () => {
    const store = tileStore(LEAVES);
    const level = fc.nat({ max: 16 });
    const wanted = fc.tuple(level, fc.nat(), fc.integer({ min: 1, max: LEAVES }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(wanted, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (asked, tilesMax) => {
          const memory = new NodeMemory(tilesMax);
          for (const [nodeLevel, number, treeSize] of asked) {
            const count = Math.floor(treeSize / 2 ** nodeLevel);
            if (count === 0) continue;
            const node: NodeId = { level: nodeLevel, index: number % count };
            const [bytes = new Uint8Array(0)] = await store.readTiles([tileOfNode(node, treeSize)]);
            expect(memory.nodeOf(node, bytes)).toEqual(nodeOfTile(node, bytes));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('hands out copies: what a caller writes into one is not in the next', async () => {
    const store = tileStore(256);
    const memory = new NodeMemory(1);
    const node = { level: 3, index: 1 };
    const [bytes = new Uint8Array(0)] = await store.readTiles([{ level: 0, index: 0, width: 256 }]);
    memory.nodeOf(node, bytes).fill(0);
    memory.nodeOf({ level: 0, index: 0 }, bytes).fill(0);
    expect(memory.nodeOf(node, bytes)).toEqual(nodeOfTile(node, bytes));
    expect(memory.nodeOf({ level: 0, index: 0 }, bytes)).toEqual(bytes.slice(0, 32));
  });

  it('changes no proof of a growing tree', async () => {
    const store = tileStore(LEAVES);
    const remembering = { ...store, nodes: new NodeMemory(64) };
    for (const treeSize of [1, 2, 255, 256, 257, 700, 65_536, 66_000, LEAVES]) {
      for (const leafIndex of [0, Math.floor(treeSize / 3), treeSize - 1]) {
        const leaf = { leafIndex, treeSize };
        expect(await proveInclusion(remembering, leaf)).toEqual(await proveInclusion(store, leaf));
        const sizes = { first: leafIndex, second: treeSize };
        expect(await proveConsistency(remembering, sizes)).toEqual(
          await proveConsistency(store, sizes),
        );
      }
    }
  });
});
