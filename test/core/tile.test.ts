import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isTile,
  nodeOfTile,
  partialTiles,
  tileOfNode,
  tileRoot,
  tilesOfSize,
  tileWidth,
} from '../../src/core/tile.ts';
import { planEdge } from '../../src/core/tree.ts';
import { tileStore } from '../reference/tile-store.ts';
import { mth } from '../reference/tree.ts';

const size = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 70_000 }), fc.nat({ max: 600 }));

describe('tiles of a tree', () => {
  it('are those of the standard at sizes 256 and 70,000', () => {
    expect([...tilesOfSize(0)]).toEqual([]);
    expect([...tilesOfSize(256)]).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
    const large = [...tilesOfSize(70_000)];
    expect(large.length).toBe(274 + 2 + 1);
    expect(large.filter(({ width }) => width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  it('have the width that the size gives them', () => {
    fc.assert(
      fc.property(size, fc.nat({ max: 63 }), fc.nat({ max: 300 }), (treeSize, level, index) => {
        const count = BigInt(treeSize) / 256n ** BigInt(level) - BigInt(index) * 256n;
        const width = count < 0n ? 0n : count > 256n ? 256n : count;
        expect(tileWidth(level, index, treeSize)).toBe(Number(width));
      }),
    );
  });

  it('are partial at the edge alone, at most once a level', () => {
    fc.assert(
      fc.property(size, (treeSize) => {
        const partial = partialTiles(treeSize);
        for (const tile of partial) {
          expect(tile.width).toBe(tileWidth(tile.level, tile.index, treeSize));
          expect(tile.width < 256 && isTile(tile)).toBe(true);
        }
        if (treeSize < 70_000) {
          expect(partial).toEqual([...tilesOfSize(treeSize)].filter(({ width }) => width < 256));
        }
        const edgeTiles = planEdge(treeSize).map((node) => tileOfNode(node, treeSize));
        expect(partial).toEqual(expect.arrayContaining(edgeTiles));
      }),
      { numRuns: 60 },
    );
  });

  it('give the hash of every node of a tree', () => {
    const store = tileStore(700);
    for (let level = 0; 2 ** level <= 700; level++) {
      for (let index = 0; (index + 1) * 2 ** level <= 700; index++) {
        const node = { level, index };
        const tile = tileOfNode(node, 700);
        const bytes = (store.rows.get(`${tile.level}/${tile.index}`) as Uint8Array).slice();
        const right = mth(store.leafHashes, index * 2 ** level, (index + 1) * 2 ** level);
        const before = bytes.slice();
        expect(Buffer.compare(nodeOfTile(node, bytes), right)).toBe(0);
        expect(Buffer.compare(bytes, before)).toBe(0);
      }
    }
    const full = store.rows.get('0/1') as Uint8Array;
    expect(tileRoot(full)).toEqual(mth(store.leafHashes, 256, 512));
  });

  it('hold the nodes of the largest trees in their place', () => {
    const node = fc
      .tuple(fc.nat({ max: 52 }), fc.maxSafeNat())
      .map(([level, n]) => ({ level, index: Math.floor(n / 2 ** level) % 2 ** (53 - level) }));
    fc.assert(
      fc.property(node, ({ level, index }) => {
        fc.pre(BigInt(index + 1) << BigInt(level) <= BigInt(Number.MAX_SAFE_INTEGER));
        const tile = tileOfNode({ level, index }, Number.MAX_SAFE_INTEGER);
        const count = 2 ** (level % 8);
        const first = (BigInt(index) * BigInt(count)) % 256n;
        expect(tile.level).toBe(Math.floor(level / 8));
        expect(BigInt(tile.index)).toBe((BigInt(index) * BigInt(count)) / 256n);
        expect(tile.width).toBeGreaterThanOrEqual(Number(first) + count);
        const hashes = Array.from({ length: 256 }, (_, i) => new Uint8Array(32).fill(i));
        const bytes = Uint8Array.from(hashes.flatMap((hash) => [...hash]));
        const covered = hashes.slice(Number(first), Number(first) + count);
        expect(nodeOfTile({ level, index }, bytes)).toEqual(mth(covered));
      }),
    );
  });

  it('are refused by their numbers', () => {
    const tile = { level: 0, index: 0, width: 1 };
    expect(isTile(tile)).toBe(true);
    for (const wrong of [
      { level: 64 },
      { level: -1 },
      { level: 0.5 },
      { index: -1 },
      { index: 2 ** 53 },
      { index: Number.NaN },
      { width: 0 },
      { width: 257 },
      { width: 1.5 },
    ]) {
      expect(isTile({ ...tile, ...wrong })).toBe(false);
    }
  });
});
