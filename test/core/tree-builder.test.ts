import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.ts';
import { EMPTY_TREE, openGrowingTree } from '../../src/core/growing-tree.ts';
import { EMPTY_ROOT } from '../../src/core/hash.ts';
import { partialTiles, type Tile, type TileBytes, tilesOfSize } from '../../src/core/tile.ts';
import { rootOfEdge } from '../../src/core/tree.ts';
import { TreeBuilder } from '../../src/core/tree-builder.ts';
import { tileStore } from '../reference/tile-store.ts';
import { mth } from '../reference/tree.ts';

const SIZE = 66_400;
const store = tileStore(SIZE);
const all = concat(...store.leafHashes);
const leaves = (start: number, end: number): Uint8Array => all.subarray(32 * start, 32 * end);
const keyOf = (tile: Tile): string => `${tile.level}/${tile.index}`;
const stored = (tile: Tile): Uint8Array =>
  (store.rows.get(keyOf(tile)) as Uint8Array).subarray(0, 32 * tile.width);

function expectTiles(tiles: readonly TileBytes[]): void {
  for (const { tile, bytes } of tiles) {
    if (Buffer.compare(bytes, stored(tile)) !== 0) expect.fail(`${keyOf(tile)} of ${tile.width}`);
  }
}

/** Partial tiles and root of the builder are those of its size. */
function expectTree(builder: TreeBuilder): void {
  expect(builder.rootHash).toEqual(mth(store.leafHashes, 0, builder.size));
  expect(rootOfEdge(builder.edge)).toEqual(builder.rootHash);
  const partial = partialTiles(builder.size);
  for (let level = 0; level < 8; level++) {
    const growing = builder.growingTile(level);
    const right = partial.find((tile) => tile.level === level);
    expect(growing === undefined).toBe(right === undefined);
    if (growing === undefined || right === undefined) continue;
    expect({ ...growing, bytes: null }).toEqual({ ...right, bytes: null });
    expectTiles([{ tile: growing, bytes: growing.bytes }]);
  }
}

function reopened(size: number): TreeBuilder {
  const head = { size, rootHash: mth(store.leafHashes, 0, size) };
  return new TreeBuilder(openGrowingTree(head, partialTiles(size).map(stored)));
}

describe('the tree builder', () => {
  it('starts with the empty tree', () => {
    const builder = new TreeBuilder();
    expect(builder.size).toBe(0);
    expect(builder.rootHash).toEqual(EMPTY_ROOT);
    expect(builder.growingTile(0)).toBeUndefined();
    expect(openGrowingTree({ size: 0, rootHash: EMPTY_ROOT }, [])).toEqual(EMPTY_TREE);
  });

  it('has root and tiles of every size to 600, leaf by leaf', () => {
    const builder = new TreeBuilder();
    for (let size = 0; size < 600; size++) {
      const appended = builder.append(leaves(size, size + 1));
      expectTiles([...appended.fullTiles, ...appended.partialTiles]);
      expect(appended.fullTiles.length).toBe((size + 1) % 256 === 0 ? 1 : 0);
      expect(appended.size).toBe(size + 1);
      appended.adopt();
      expectTree(builder);
    }
  });

  it('makes every tile once and exactly, in batches of any size', () => {
    const batches = fc.array(
      fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 300 }), fc.nat({ max: 9000 })),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(batches, (counts) => {
        const builder = new TreeBuilder();
        const full: string[] = [];
        for (const count of counts) {
          const end = Math.min(SIZE, builder.size + count);
          const appended = builder.append(leaves(builder.size, end));
          expectTiles([...appended.fullTiles, ...appended.partialTiles]);
          full.push(...appended.fullTiles.map(({ tile }) => keyOf(tile)));
          appended.adopt();
          expectTree(builder);
        }
        const right = [...tilesOfSize(builder.size)].filter(({ width }) => width === 256);
        expect(full.sort()).toEqual(right.map(keyOf).sort());
      }),
      { numRuns: 25 },
    );
  });

  it('tells which partial tiles an append changed, and leaves the others as they were', () => {
    const builder = reopened(65_536 + 256);
    const one = builder.append(leaves(builder.size, builder.size + 1));
    expect(one.partialTiles.map(({ tile }) => tile)).toEqual([{ level: 0, index: 257, width: 1 }]);
    one.adopt();
    const more = builder.append(leaves(builder.size, builder.size + 255));
    expect(more.fullTiles.map(({ tile }) => tile)).toEqual([{ level: 0, index: 257, width: 256 }]);
    expect(more.partialTiles.map(({ tile }) => tile)).toEqual([{ level: 1, index: 1, width: 2 }]);
    const none = builder.append(new Uint8Array(0));
    expect([none.fullTiles, none.partialTiles, none.size]).toEqual([[], [], builder.size]);
  });

  it('stays as it is until an append is adopted, also when one is dropped', () => {
    const builder = reopened(65_500);
    const before = { root: builder.rootHash, tile: builder.growingTile(0)?.bytes.slice() };
    const dropped = builder.append(leaves(0, 300));
    expect(builder.size).toBe(65_500);
    expect(builder.rootHash).toEqual(before.root);
    expect(builder.growingTile(0)?.bytes).toEqual(before.tile);
    const bytes = dropped.partialTiles.map((one) => one.bytes.slice());
    const adopted = builder.append(leaves(65_500, 65_800));
    adopted.adopt();
    expectTree(builder);
    expectTiles([...adopted.fullTiles, ...adopted.partialTiles]);
    // What was dropped is untouched: it may still be in the hands of a writer that failed.
    expect(dropped.partialTiles.map((one) => one.bytes)).toEqual(bytes);
    expect(() => dropped.adopt()).toThrow('bug');
  });

  it('does not keep the bytes that it was given', () => {
    const builder = new TreeBuilder();
    const given = leaves(0, 301).slice();
    builder.append(given).adopt();
    given.fill(0);
    expectTree(builder);
  });

  it('goes on from a head and its partial tiles as if it had never stopped', () => {
    for (const size of [1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 66_000]) {
      const builder = reopened(size);
      expectTree(builder);
      const appended = builder.append(leaves(size, size + 400));
      expectTiles([...appended.fullTiles, ...appended.partialTiles]);
      appended.adopt();
      expectTree(builder);
    }
  });

  it('refuses partial tiles that are not those of the root', () => {
    const size = 66_000;
    const head = { size, rootHash: mth(store.leafHashes, 0, size) };
    const right = partialTiles(size).map(stored);
    for (const [i, bytes] of right.entries()) {
      for (let at = 0; at < bytes.length; at += 31) {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ 1;
        expect(() => openGrowingTree(head, right.with(i, altered))).toThrow('tile.mismatch');
      }
      const short = right.with(i, bytes.subarray(32));
      expect(() => openGrowingTree(head, short)).toThrow('tile.wrong-length');
    }
    expect(() => openGrowingTree(head, right.slice(1))).toThrow('tile.wrong-length');
    expect(() => openGrowingTree(head, [])).toThrow('tile.wrong-length');
    const other = { size, rootHash: EMPTY_ROOT };
    expect(() => openGrowingTree(other, right)).toThrow('tile.mismatch');
  });
});
