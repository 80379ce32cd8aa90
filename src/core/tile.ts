import { HASH_LENGTH, pairHashInto } from './hash.ts';
import { isSize, shiftLeft, shiftRight } from './integers.ts';
import type { NodeId } from './tree.ts';

/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 256;

/** Levels of the tree that one tile spans. */
export const TILE_HEIGHT = 8;

/**
 * A tile: `width` neighbouring node hashes of level 8 · `level`, from `index` · 256 on. (tlog-tiles, spec/3-tiles.md)
 *
 * Its bytes are 32 · width. A tile with fewer than 256 hashes is *partial*, and a prefix of its successors.
 */
export interface Tile {
  /** 0..63 */
  readonly level: number;
  readonly index: number;
  /** 1..256 */
  readonly width: number;
}

/** A tile and what it holds. */
export interface TileBytes {
  readonly tile: Tile;
  /** 32 · width bytes. */
  readonly bytes: Uint8Array;
}

/** Is it a tile by its numbers? */
export function isTile(tile: Tile): boolean {
  return (
    isSize(tile.level) &&
    tile.level <= 63 &&
    isSize(tile.index) &&
    isSize(tile.width) &&
    tile.width >= 1 &&
    tile.width <= TILE_WIDTH
  );
}

/** One number for each tile, whatever its width: there are 64 levels, and at most 2^45 tiles on one. */
export function tileNumber(level: number, index: number): number {
  return index * 64 + level;
}

/**
 * How many hashes the tile at (level, index) has in a tree of `treeSize` leaves: 0 (there is no such tile) to 256.
 * Level 0 also tells the width of entry bundles.
 */
export function tileWidth(level: number, index: number, treeSize: number): number {
  const left = shiftRight(treeSize, TILE_HEIGHT * level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, left));
}

/**
 * The partial tiles of a tree, from level 0 up: at most one a level, seven in all, and at least one unless the tree is
 * empty. Everything under them is in full tiles.
 */
export function partialTiles(treeSize: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, count = treeSize; count > 0; level++) {
    const width = count % TILE_WIDTH;
    const index = Math.floor(count / TILE_WIDTH);
    if (width > 0) tiles.push({ level, index, width });
    count = index;
  }
  return tiles;
}

/** All tiles of a tree, level by level from 0 up, each from left to right. */
export function* tilesOfSize(treeSize: number): Generator<Tile, void, undefined> {
  for (let level = 0, count = treeSize; count > 0; level++) {
    for (let index = 0; index * TILE_WIDTH < count; index++) {
      yield { level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) };
    }
    count = Math.floor(count / TILE_WIDTH);
  }
}

/** The tile of a tree of `treeSize` leaves that a node's hash is computed from. The node is complete in that tree. */
export function tileOfNode(node: NodeId, treeSize: number): Tile {
  const level = Math.floor(node.level / TILE_HEIGHT);
  const index = Math.floor(firstHash(node) / TILE_WIDTH);
  return { level, index, width: tileWidth(level, index, treeSize) };
}

/** The hash of a node, computed from the bytes of its tile (`tileOfNode`). */
export function nodeOfTile(node: NodeId, bytes: Uint8Array): Uint8Array {
  const count = shiftLeft(1, node.level % TILE_HEIGHT);
  const start = (firstHash(node) % TILE_WIDTH) * HASH_LENGTH;
  return rootOfHashes(bytes.slice(start, start + count * HASH_LENGTH));
}

/** Root over the 256 hashes of a full tile: the hash that stands for it in the tile above. */
export function tileRoot(bytes: Uint8Array): Uint8Array {
  return rootOfHashes(bytes.slice(0, TILE_WIDTH * HASH_LENGTH));
}

/** Position of the leftmost hash that a node covers, counted in hashes of its tile's level. */
function firstHash(node: NodeId): number {
  return shiftLeft(node.index, node.level % TILE_HEIGHT);
}

/** Root over 2^n hashes, level by level in place: what is written lies left of all that is still to be read. */
function rootOfHashes(hashes: Uint8Array): Uint8Array {
  for (let length = hashes.length; length > HASH_LENGTH; length /= 2) {
    for (let at = 0; at < length; at += 2 * HASH_LENGTH) {
      pairHashInto(hashes, at / 2, hashes, at);
    }
  }
  return hashes.slice(0, HASH_LENGTH);
}
