import { equalBytes } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { EMPTY_ROOT, HASH_LENGTH } from './hash.ts';
import type { NodeMemory } from './node-memory.ts';
import {
  isTile,
  nodeOfTile,
  partialTiles,
  TILE_WIDTH,
  type Tile,
  tileOfNode,
  tileRoot,
  tileWidth,
} from './tile.ts';
import { formatTilePath } from './tile-path.ts';
import { foldRight, planEdge, type SizedRoot } from './tree.ts';

/** Where tiles come from. */
export interface TileSource {
  /**
   * Bytes of the tiles, in their order: 32 · width each. Nobody writes into what was returned.
   *
   * @throws {TransparencyError} tile.not-found; faults of the transport
   */
  readTiles(tiles: readonly Tile[], signal?: AbortSignal): Promise<readonly Uint8Array[]>;
  /** What a source of one growing tree, all of it proven, remembers of the nodes inside its tiles. */
  readonly nodes?: NodeMemory;
}

/**
 * The tiles of one tree head, each proven to be in it before it is returned. (spec/3-tiles.md §5)
 *
 * The partial tiles of the head's size are proven together by the root, a full tile by its place in the tile above it.
 * What is needed for that is read in the same call of `source.readTiles` as what was asked for. A tile narrower than
 * the head has it is cut from the head's. Verified full tiles are kept: the last `cacheTilesMax` used ones.
 *
 * `readTiles` refuses: tile.not-found (not in this tree), tile.wrong-length, tile.mismatch (a lie, with its path).
 */
export function authenticatedTiles(
  source: TileSource,
  head: SizedRoot,
  options: { readonly cacheTilesMax?: number } = {},
): TileSource {
  const edge = partialTiles(head.size);
  const kept = new VerifiedTiles(options.cacheTilesMax ?? 256);
  let edgeTiles: ReadonlyMap<string, Uint8Array> | undefined;
  if (head.size === 0 && !equalBytes(head.rootHash, EMPTY_ROOT)) {
    throw new TransparencyError('tile.mismatch', 'the empty tree has another root');
  }

  async function readTiles(tiles: readonly Tile[], signal?: AbortSignal): Promise<Uint8Array[]> {
    const known = new Map(edgeTiles);
    const missing = new Map<string, Tile>();
    if (edgeTiles === undefined) for (const tile of edge) missing.set(keyOf(tile), tile);
    for (const asked of tiles) {
      let tile = tileOfHead(asked, head.size);
      // From the asked tile up to the first one that is proven already, or is partial.
      for (; tile.width === TILE_WIDTH; tile = parentOf(tile, head.size)) {
        const key = keyOf(tile);
        if (known.has(key) || missing.has(key)) break;
        const bytes = kept.get(key);
        if (bytes !== undefined) {
          known.set(key, bytes);
          break;
        }
        missing.set(key, tile);
      }
    }
    const wanted = [...missing.values()];
    const found = wanted.length > 0 ? await readExactly(source, wanted, signal) : [];
    const read = new Map(wanted.map((tile, i) => [keyOf(tile), found[i] as Uint8Array]));
    if (edgeTiles === undefined) {
      checkEdgeTiles(head, read);
      edgeTiles = new Map(edge.map((tile) => [keyOf(tile), read.get(keyOf(tile)) as Uint8Array]));
    }
    for (const [key, bytes] of edgeTiles) known.set(key, bytes);
    // From the top down, so that a tile's parent is proven before it.
    for (const tile of wanted.sort((a, b) => b.level - a.level)) {
      const key = keyOf(tile);
      if (known.has(key)) continue;
      const bytes = read.get(key) as Uint8Array;
      checkFullTile(tile, bytes, known.get(keyOf(parentOf(tile, head.size))) as Uint8Array);
      known.set(key, bytes);
      kept.set(key, bytes);
    }
    return tiles.map((tile) =>
      (known.get(keyOf(tile)) as Uint8Array).subarray(0, tile.width * HASH_LENGTH),
    );
  }
  return { readTiles };
}

/**
 * Reads tiles in one call and holds the source to their number and lengths.
 *
 * @throws {TransparencyError} tile.wrong-length; what the source throws
 */
export async function readExactly(
  source: TileSource,
  tiles: readonly Tile[],
  signal?: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const found = await source.readTiles(tiles, signal);
  for (const [i, tile] of tiles.entries()) {
    const length = found[i]?.length;
    if (length === tile.width * HASH_LENGTH) continue;
    const message = `${formatTilePath(tile)} has ${length ?? 'no'} bytes`;
    throw new TransparencyError('tile.wrong-length', message, { details: detailsOf(tile) });
  }
  return found;
}

/** Verified tiles by their key, the least recently used one dropped first. */
class VerifiedTiles {
  readonly #tiles = new Map<string, Uint8Array>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): Uint8Array | undefined {
    const bytes = this.#tiles.get(key);
    if (bytes !== undefined) this.set(key, bytes);
    return bytes;
  }

  set(key: string, bytes: Uint8Array): void {
    this.#tiles.delete(key);
    this.#tiles.set(key, bytes);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= this.#max) break;
      this.#tiles.delete(oldest);
    }
  }
}

/** The tile as wide as the head has it. */
function tileOfHead(tile: Tile, size: number): Tile {
  const width = isTile(tile) ? tileWidth(tile.level, tile.index, size) : 0;
  if (width > 0 && tile.width <= width) return { level: tile.level, index: tile.index, width };
  const message = `tile ${tile.level}/${tile.index} of width ${tile.width} is not in a tree of ${size}`;
  throw new TransparencyError('tile.not-found', message, { details: detailsOf(tile) });
}

function parentOf(tile: Tile, size: number): Tile {
  const level = tile.level + 1;
  const index = Math.floor(tile.index / TILE_WIDTH);
  return { level, index, width: tileWidth(level, index, size) };
}

function checkEdgeTiles(head: SizedRoot, tiles: ReadonlyMap<string, Uint8Array>): void {
  if (head.size === 0) return;
  const hashes = planEdge(head.size).map((node) =>
    nodeOfTile(node, tiles.get(keyOf(tileOfNode(node, head.size))) as Uint8Array),
  );
  if (equalBytes(foldRight(hashes), head.rootHash)) return;
  const paths = partialTiles(head.size).map(formatTilePath).join(', ');
  const message = `not under the root of size ${head.size}, one at least of: ${paths}`;
  throw new TransparencyError('tile.mismatch', message, { details: { size: head.size } });
}

function checkFullTile(tile: Tile, bytes: Uint8Array, parent: Uint8Array): void {
  const offset = (tile.index % TILE_WIDTH) * HASH_LENGTH;
  if (equalBytes(tileRoot(bytes), parent.subarray(offset, offset + HASH_LENGTH))) return;
  const message = `${formatTilePath(tile)} has not the root that the tile above it has`;
  throw new TransparencyError('tile.mismatch', message, { details: detailsOf(tile) });
}

function keyOf(tile: Tile): string {
  return `${tile.level}/${tile.index}`;
}

function detailsOf(tile: Tile): { level: number; index: number; width: number } {
  return { level: tile.level, index: tile.index, width: tile.width };
}
