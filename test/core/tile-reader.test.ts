import { describe, expect, it } from 'vitest';
import { isTransparencyError } from '../../src/core/error.ts';
import { EMPTY_ROOT } from '../../src/core/hash.ts';
import { proveInclusion } from '../../src/core/prover.ts';
import { type Tile, tilesOfSize } from '../../src/core/tile.ts';
import { authenticatedTiles, type TileSource } from '../../src/core/tile-reader.ts';
import { type TileStore, tileStore } from '../reference/tile-store.ts';

/** Three levels: 258 full tiles of level 0, one of level 1, a partial one at each level. */
const large = tileStore(66_100);
const keyOf = (tile: Tile): string => `${tile.level}/${tile.index}`;

async function codeOf(reading: Promise<unknown>): Promise<string> {
  try {
    await reading;
  } catch (error) {
    if (isTransparencyError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

function flip(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
}

describe('authenticated tiles', () => {
  for (const size of [1, 2, 255, 256, 257, 511, 512, 700]) {
    it(`returns every tile of a tree of ${size} at every width`, async () => {
      const store = tileStore(size);
      const source = authenticatedTiles(store, store);
      for (const tile of tilesOfSize(size)) {
        const stored = store.rows.get(keyOf(tile)) as Uint8Array;
        for (const width of new Set([1, tile.width >> 1 || 1, tile.width])) {
          const [bytes] = await source.readTiles([{ ...tile, width }]);
          expect(Buffer.compare(bytes as Uint8Array, stored.subarray(0, 32 * width))).toBe(0);
        }
      }
    });
  }

  it('reads all that it needs in one call, and nothing that it has proven before', async () => {
    const source = authenticatedTiles(large, large);
    const calls = large.calls.length;
    const tiles = [
      { level: 0, index: 3, width: 256 },
      { level: 0, index: 200, width: 5 },
      { level: 0, index: 3, width: 7 },
    ];
    const first = await source.readTiles(tiles);
    expect(first.map((bytes) => bytes.length / 32)).toEqual([256, 5, 7]);
    expect(large.calls.slice(calls).map((call) => call.map(keyOf).sort())).toEqual([
      ['0/200', '0/258', '0/3', '1/0', '1/1', '2/0'],
    ]);
    await source.readTiles(tiles);
    await source.readTiles([{ level: 2, index: 0, width: 1 }]);
    expect(large.calls.length).toBe(calls + 1);
    await source.readTiles([{ level: 0, index: 4, width: 256 }]);
    expect(large.calls.at(-1)?.map(keyOf)).toEqual(['0/4']);
  });

  it('keeps no more tiles than it may, and works with none', async () => {
    for (const cacheTilesMax of [0, 1, 2]) {
      const source = authenticatedTiles(large, large, { cacheTilesMax });
      for (let index = 0; index < 6; index++) {
        await source.readTiles([{ level: 0, index, width: 256 }]);
      }
      const calls = large.calls.length;
      await source.readTiles([{ level: 0, index: 5, width: 256 }]);
      expect(large.calls.length - calls).toBe(cacheTilesMax > 0 ? 0 : 1);
      await source.readTiles([{ level: 0, index: 0, width: 256 }]);
      expect(large.calls.at(-1)?.map(keyOf)).toContain('0/0');
    }
  });

  it('refuses a bit changed anywhere in what it reads', async () => {
    const store = tileStore(700);
    for (const tile of tilesOfSize(700)) {
      const bytes = store.rows.get(keyOf(tile)) as Uint8Array;
      for (let bit = 0; bit < 8 * bytes.length; bit += 8 * bytes.length > 2000 ? 1237 : 1) {
        flip(bytes, bit);
        const code = await codeOf(authenticatedTiles(store, store).readTiles([tile]));
        if (code !== 'tile.mismatch') expect.fail(`${keyOf(tile)} bit ${bit}: ${code}`);
        flip(bytes, bit);
      }
      expect(await codeOf(authenticatedTiles(store, store).readTiles([tile]))).toBe('accepted');
    }
  });

  it('refuses a changed tile that stands above the one asked for', async () => {
    for (const above of ['1/0', '1/1', '2/0']) {
      const bytes = large.rows.get(above) as Uint8Array;
      flip(bytes, 77);
      const asked = { level: 0, index: 9, width: 256 };
      const code = await codeOf(authenticatedTiles(large, large).readTiles([asked]));
      flip(bytes, 77);
      expect(code).toBe('tile.mismatch');
    }
  });

  it('refuses another root, another size, and a root of the empty tree that is none', async () => {
    const store = tileStore(300);
    const asked = [{ level: 0, index: 0, width: 256 }];
    const otherRoot = { size: 300, rootHash: new Uint8Array(32) };
    expect(await codeOf(authenticatedTiles(store, otherRoot).readTiles(asked))).toBe(
      'tile.mismatch',
    );
    const otherSize = { size: 299, rootHash: store.rootHash };
    expect(await codeOf(authenticatedTiles(store, otherSize).readTiles(asked))).toBe(
      'tile.mismatch',
    );
    expect(() => authenticatedTiles(store, { ...otherRoot, size: 0 })).toThrow('tile.mismatch');
    const empty = authenticatedTiles(store, { size: 0, rootHash: EMPTY_ROOT });
    expect(await empty.readTiles([])).toEqual([]);
    expect(await codeOf(empty.readTiles(asked))).toBe('tile.not-found');
  });

  it('does not find what lies beyond the tree, and reads nothing for it', async () => {
    const store = tileStore(700);
    const source = authenticatedTiles(store, store);
    for (const tile of [
      { level: 0, index: 3, width: 1 },
      { level: 0, index: 2, width: 189 },
      { level: 1, index: 0, width: 3 },
      { level: 2, index: 0, width: 1 },
      { level: 0, index: 0, width: 0 },
      { level: 0, index: 0, width: 257 },
      { level: -1, index: 0, width: 1 },
      { level: 64, index: 0, width: 1 },
      { level: 0, index: Number.NaN, width: 1 },
    ]) {
      expect(await codeOf(source.readTiles([tile]))).toBe('tile.not-found');
    }
    expect(store.calls.length).toBe(0);
  });

  it('holds a source to the number and the lengths of its answers', async () => {
    const store = tileStore(700);
    const asked = [{ level: 0, index: 0, width: 256 }];
    const alter = (change: (found: Uint8Array[]) => Uint8Array[]): TileSource => ({
      readTiles: async (tiles) => change([...(await store.readTiles(tiles))]),
    });
    for (const change of [
      (found: Uint8Array[]) => found.slice(1),
      (found: Uint8Array[]) => found.map((bytes) => bytes.subarray(1)),
      (found: Uint8Array[]) => found.map((bytes) => Uint8Array.of(...bytes, 0)),
      () => [],
    ]) {
      const code = await codeOf(authenticatedTiles(alter(change), store).readTiles(asked));
      expect(code).toBe('tile.wrong-length');
    }
  });

  it('remembers nothing of a lie: the honest answer after it is accepted', async () => {
    const store: TileStore = tileStore(700);
    const source = authenticatedTiles(store, store);
    const bytes = store.rows.get('0/0') as Uint8Array;
    const asked = { leafIndex: 7, treeSize: 700 };
    flip(bytes, 4000);
    expect(await codeOf(proveInclusion(source, asked))).toBe('tile.mismatch');
    flip(bytes, 4000);
    expect(await codeOf(proveInclusion(source, asked))).toBe('accepted');
  });
});
