import { describe, expect, it } from 'vitest';
import { checkConsistency } from '../../src/core/consistency.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import { proveConsistency, proveInclusion, readEdge, readRoot } from '../../src/core/prover.ts';
import { authenticatedTiles } from '../../src/core/tile-reader.ts';
import { tileStore } from '../reference/tile-store.ts';
import { mth, path, proof } from '../reference/tree.ts';

const SIZE = 66_100;
const store = tileStore(SIZE);
const root = (size: number): Uint8Array => mth(store.leafHashes, 0, size);
const sizes = [1, 2, 255, 256, 257, 600, 65_535, 65_536, 65_537, 66_100];

describe('the prover', () => {
  it('reads tiles once for a proof of inclusion, each tile once', async () => {
    for (const treeSize of sizes) {
      for (const leafIndex of new Set([0, treeSize >> 1, treeSize - 1])) {
        const calls = store.calls.length;
        const found = await proveInclusion(store, { leafIndex, treeSize });
        expect(store.calls.length - calls).toBe(treeSize > 1 ? 1 : 0);
        const asked = treeSize > 1 ? (store.calls.at(-1) ?? []) : [];
        expect(new Set(asked.map(({ level, index }) => `${level}/${index}`)).size).toBe(
          asked.length,
        );
        expect(found).toEqual(path(leafIndex, store.leafHashes, 0, treeSize));
        const leafHash = store.leafHashes[leafIndex] as Uint8Array;
        checkInclusion({ leafHash, leafIndex, treeSize, path: found, rootHash: root(treeSize) });
      }
    }
  });

  it('reads tiles once for a proof of consistency, from any size to any size', async () => {
    for (const second of [0, ...sizes]) {
      for (const first of [0, ...sizes].filter((size) => size <= second)) {
        const calls = store.calls.length;
        const found = await proveConsistency(store, { first, second });
        const empty = first === 0 || first === second;
        expect(store.calls.length - calls).toBe(empty ? 0 : 1);
        expect(found).toEqual(empty ? [] : proof(first, store.leafHashes, second));
        checkConsistency({
          first,
          second,
          firstRoot: root(first),
          secondRoot: root(second),
          path: found,
        });
      }
    }
  });

  it('proves older and smaller trees from the tiles of a larger head', async () => {
    const source = authenticatedTiles(store, store);
    for (const treeSize of sizes) {
      const leafIndex = treeSize >> 1;
      const found = await proveInclusion(source, { leafIndex, treeSize });
      expect(found).toEqual(path(leafIndex, store.leafHashes, 0, treeSize));
      expect(await readRoot(source, treeSize)).toEqual(root(treeSize));
    }
  });

  it('reads roots and edges of any size', async () => {
    for (const size of [0, ...sizes]) {
      expect(await readRoot(store, size)).toEqual(root(size));
      expect((await readEdge(store, size)).size).toBe(size);
    }
  });

  it('refuses what no tree has before it reads', async () => {
    const calls = store.calls.length;
    await expect(proveInclusion(store, { leafIndex: 5, treeSize: 5 })).rejects.toThrow(
      'inclusion.out-of-range',
    );
    await expect(proveConsistency(store, { first: 6, second: 5 })).rejects.toThrow(
      'consistency.out-of-range',
    );
    expect(store.calls.length).toBe(calls);
  });

  it('hands the signal on to the source', async () => {
    const { signal } = new AbortController();
    let seen: AbortSignal | undefined;
    const source = {
      readTiles: (tiles: Parameters<typeof store.readTiles>[0], given?: AbortSignal) => {
        seen = given;
        return store.readTiles(tiles);
      },
    };
    await proveInclusion(source, { leafIndex: 0, treeSize: 700 }, signal);
    expect(seen).toBe(signal);
  });
});
