import { invariant } from './error.ts';
import { EMPTY_TREE, type GrowingTree, growTree } from './growing-tree.ts';
import type { Tile, TileBytes } from './tile.ts';
import { type Edge, rootOfEdge } from './tree.ts';

/** An unfinished tile and what it holds so far. */
export interface GrowingTile extends Tile {
  /** 32 · width bytes. They stay as they are: the next append makes new ones. */
  readonly bytes: Uint8Array;
}

/** An append that has not happened yet. */
export interface Appended {
  /** Size and root hash of the tree with it. */
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly edge: Edge;
  /** Tiles that it finishes, lower levels first, each level from left to right. */
  readonly fullTiles: readonly TileBytes[];
  /** Partial tiles of the grown tree that it changes, lower levels first. */
  readonly partialTiles: readonly TileBytes[];
  /** Makes it so. At most one of several appends to the same tree is adopted. */
  adopt(): void;
}

/**
 * The tree of a writer, in memory: its edge and its unfinished tiles. (spec/3-tiles.md §6)
 *
 * `append` leaves the tree as it is; what it returns is written first and adopted then, or dropped.
 */
export class TreeBuilder {
  #tree: GrowingTree;
  /** Asked for much more often than the tree grows. */
  #rootHash: Uint8Array;

  /** @param tree  from `openGrowingTree`, which proves it under a root; default: without leaves */
  constructor(tree: GrowingTree = EMPTY_TREE) {
    this.#tree = tree;
    this.#rootHash = rootOfEdge(tree.edge);
  }

  get size(): number {
    return this.#tree.edge.size;
  }

  get edge(): Edge {
    return this.#tree.edge;
  }

  get rootHash(): Uint8Array {
    return this.#rootHash;
  }

  /** The unfinished tile of a level, or undefined if all tiles of that level are full. */
  growingTile(level: number): GrowingTile | undefined {
    const found = this.#tree.partialTiles.find(({ tile }) => tile.level === level);
    return found === undefined ? undefined : { ...found.tile, bytes: found.bytes };
  }

  /** The tree with more leaves. @param leafHashes  32 bytes each, in order */
  append(leafHashes: Uint8Array): Appended {
    const before = this.#tree;
    const { tree, fullTiles, changedTiles } = growTree(before, leafHashes);
    const rootHash = rootOfEdge(tree.edge);
    return {
      size: tree.edge.size,
      rootHash,
      edge: tree.edge,
      fullTiles,
      partialTiles: changedTiles,
      adopt: () => {
        invariant(this.#tree === before, 'an append is adopted by the tree that it was made for');
        this.#tree = tree;
        this.#rootHash = rootHash;
      },
    };
  }
}
