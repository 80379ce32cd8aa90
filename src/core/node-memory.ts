import { HASH_LENGTH, nodeHashInto } from './hash.ts';
import { shiftLeft } from './integers.ts';
import { TILE_HEIGHT, TILE_WIDTH, tileNumber } from './tile.ts';
import type { NodeId } from './tree.ts';

/**
 * Remembers the hashes inside tiles of one growing tree, so that each is computed once and not for every proof: a path
 * through a full tile costs up to 254 hashes without it. The most recently used `tilesMax` tiles are remembered, 8 KiB each.
 *
 * It must be given the bytes of proven tiles of one tree alone: a node that is complete stays as it is.
 */
export class NodeMemory {
  readonly #tilesMax: number;
  readonly #tiles: Map<number, TileNodes> = new Map();
  /** The tile that was used last, and its key: the nodes of a path come tile by tile. */
  #last: TileNodes = new TileNodes();
  #lastKey = -1;

  constructor(tilesMax: number) {
    this.#tilesMax = tilesMax;
  }

  /** The hash of a node, as `nodeOfTile` gives it. @param bytes  of its tile, wide enough for the node */
  nodeOf(node: NodeId, bytes: Uint8Array): Uint8Array {
    const height = node.level % TILE_HEIGHT;
    const level = Math.floor(node.level / TILE_HEIGHT);
    const first = shiftLeft(node.index, height);
    const key = tileNumber(level, Math.floor(first / TILE_WIDTH));
    if (key !== this.#lastKey) this.#use(key);
    return this.#last.hashOf(bytes, height, node.index % (TILE_WIDTH / 2 ** height)).slice();
  }

  #use(key: number): void {
    const nodes = this.#tiles.get(key) ?? new TileNodes();
    this.#tiles.delete(key);
    this.#tiles.set(key, nodes);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= this.#tilesMax) break;
      this.#tiles.delete(oldest);
    }
    this.#last = nodes;
    this.#lastKey = key;
  }
}

/** Nodes inside one tile, in the order of a heap: the children of slot n are 2n and 2n + 1, its hashes are below all. */
class TileNodes {
  readonly #hashes: Uint8Array = new Uint8Array(TILE_WIDTH * HASH_LENGTH);
  readonly #isKnown: Uint8Array = new Uint8Array(TILE_WIDTH);

  /** A view of the hash of the node at a height over the tile's hashes, 0 to 7, and its place among its neighbours. */
  hashOf(bytes: Uint8Array, height: number, place: number): Uint8Array {
    if (height === 0) return bytes.subarray(place * HASH_LENGTH, (place + 1) * HASH_LENGTH);
    const slot = TILE_WIDTH / 2 ** height + place;
    const offset = slot * HASH_LENGTH;
    if (this.#isKnown[slot] !== 1) {
      const left = this.hashOf(bytes, height - 1, 2 * place);
      nodeHashInto(this.#hashes, offset, left, this.hashOf(bytes, height - 1, 2 * place + 1));
      this.#isKnown[slot] = 1;
    }
    return this.#hashes.subarray(offset, offset + HASH_LENGTH);
  }
}
