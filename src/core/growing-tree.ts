import { concat, equalBytes } from './bytes.ts';
import { invariant, TransparencyError } from './error.ts';
import { HASH_LENGTH, pairHashInto } from './hash.ts';
import { bitAt, bitLength, isSize } from './integers.ts';
import {
  nodeOfTile,
  partialTiles,
  TILE_HEIGHT,
  TILE_WIDTH,
  type Tile,
  type TileBytes,
  tileOfNode,
} from './tile.ts';
import { type Edge, EMPTY_EDGE, planEdge, rootOfEdge, type SizedRoot } from './tree.ts';

/**
 * A tree and its unfinished tiles: all that a writer needs to make the tiles of a bigger one. (spec/3-tiles.md §6)
 *
 * A value: growing it gives another one and leaves it as it was, so an append that was not committed is dropped by
 * keeping the old one.
 */
export interface GrowingTree {
  /** Its size is the size of the tree. */
  readonly edge: Edge;
  /** The partial tiles of this size, from level 0 up (`partialTiles`). */
  readonly partialTiles: readonly TileBytes[];
}

/** What became of an append. */
export interface Growth {
  readonly tree: GrowingTree;
  /** The tiles that this append finished, lower levels first, each level from left to right. */
  readonly fullTiles: readonly TileBytes[];
  /** Those of `tree.partialTiles` that this append changed: each is longer, or has another index. */
  readonly changedTiles: readonly TileBytes[];
}

/** The tree without leaves. */
export const EMPTY_TREE: GrowingTree = { edge: EMPTY_EDGE, partialTiles: [] };

/**
 * Appends leaves. One node hash a leaf, and one array for each level that grows.
 *
 * @param leafHashes  32 bytes each, in order; none is allowed
 */
export function growTree(tree: GrowingTree, leafHashes: Uint8Array): Growth {
  invariant(leafHashes.length % HASH_LENGTH === 0, 'leaf hashes have 32 bytes each');
  const size = tree.edge.size;
  const grownSize = size + leafHashes.length / HASH_LENGTH;
  invariant(isSize(grownSize), 'a tree has at most 2^53 - 1 leaves');
  const edge = hashesByLevel(tree.edge);
  const tiles: TileBytes[] = [];
  // Level by level: all the new hashes of one, then of them all the new hashes of the level above.
  let hashes = leafHashes;
  for (let level = 0; hashes.length > 0; level++) {
    if (level % TILE_HEIGHT === 0) tiles.push(...extendTile(tree, level / TILE_HEIGHT, hashes));
    const waiting = edge[level];
    const nodes = waiting === undefined ? hashes : concat(waiting, hashes);
    const even = nodes.length - (nodes.length % (2 * HASH_LENGTH));
    edge[level] = even < nodes.length ? nodes.slice(even) : undefined;
    hashes = hashPairs(nodes.subarray(0, even));
  }
  const changedTiles = tiles.filter(({ tile }) => tile.width < TILE_WIDTH);
  return {
    tree: {
      edge: { size: grownSize, hashes: edge.filter((hash) => hash !== undefined).reverse() },
      partialTiles: partialTiles(grownSize).map(({ level }) =>
        tileOfLevel(
          tiles.some((t) => t.tile.level === level) ? changedTiles : tree.partialTiles,
          level,
        ),
      ),
    },
    fullTiles: tiles.filter(({ tile }) => tile.width === TILE_WIDTH),
    changedTiles,
  };
}

/**
 * The growing tree of a head, from the bytes of its partial tiles, proven by the root.
 *
 * @param bytes  of `partialTiles(head.size)`, in that order
 * @throws {TransparencyError} tile.wrong-length, tile.mismatch
 */
export function openGrowingTree(head: SizedRoot, bytes: readonly Uint8Array[]): GrowingTree {
  const { size, rootHash } = head;
  const tiles = partialTiles(size).map((tile, i) => ({ tile, bytes: bytesOf(tile, bytes[i]) }));
  const hashes = planEdge(size).map((node) => {
    const { level } = tileOfNode(node, size);
    return nodeOfTile(node, tileOfLevel(tiles, level).bytes);
  });
  const edge = { size, hashes };
  if (equalBytes(rootOfEdge(edge), rootHash)) return { edge, partialTiles: tiles };
  const message = `the partial tiles of size ${size} do not lead to its root`;
  throw new TransparencyError('tile.mismatch', message, { details: { size } });
}

/** The hashes of an edge in the place of their levels. */
function hashesByLevel(edge: Edge): (Uint8Array | undefined)[] {
  let next = edge.hashes.length;
  return Array.from({ length: bitLength(edge.size) }, (_, level) =>
    bitAt(edge.size, level) === 1 ? edge.hashes[--next] : undefined,
  );
}

/** The tiles of a level from its unfinished one on, with the new hashes in them. */
function extendTile(tree: GrowingTree, level: number, hashes: Uint8Array): TileBytes[] {
  const index = Math.floor(tree.edge.size / TILE_WIDTH ** (level + 1));
  const partial = tree.partialTiles.find(({ tile }) => tile.level === level);
  const all = partial === undefined ? hashes : concat(partial.bytes, hashes);
  const tiles: TileBytes[] = [];
  for (let at = 0; at < all.length; at += TILE_WIDTH * HASH_LENGTH) {
    const bytes = all.slice(at, at + TILE_WIDTH * HASH_LENGTH);
    const tile = { level, index: index + tiles.length, width: bytes.length / HASH_LENGTH };
    tiles.push({ tile, bytes });
  }
  return tiles;
}

/** The node hashes of neighbours: half as many. */
function hashPairs(nodes: Uint8Array): Uint8Array {
  const hashes = new Uint8Array(nodes.length / 2);
  for (let at = 0; at < hashes.length; at += HASH_LENGTH) {
    pairHashInto(hashes, at, nodes, 2 * at);
  }
  return hashes;
}

function tileOfLevel(tiles: readonly TileBytes[], level: number): TileBytes {
  const found = tiles.find(({ tile }) => tile.level === level);
  invariant(found !== undefined, 'each level with an unfinished tile has its bytes');
  return found;
}

function bytesOf(tile: Tile, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes?.length === tile.width * HASH_LENGTH) return bytes;
  const { level, index, width } = tile;
  const message = `partial tile ${level}/${index} of width ${width} has ${bytes?.length ?? 'no'} bytes`;
  throw new TransparencyError('tile.wrong-length', message, { details: { level, index, width } });
}
