import { planConsistency, type TwoSizes } from './consistency.ts';
import { planInclusion } from './inclusion.ts';
import { assemblePath, nodesOfPlan, type PathPlan } from './path-plan.ts';
import { nodeOfTile, type Tile, tileOfNode } from './tile.ts';
import { readExactly, type TileSource } from './tile-reader.ts';
import { type Edge, type NodeId, planEdge, rootOfEdge } from './tree.ts';

/**
 * The inclusion path of a leaf, from one call of `source.readTiles`. (RFC 6962 §2.1.1)
 *
 * Right if the tiles are: give it `authenticatedTiles`, or check what it returns.
 *
 * @param leaf.leafIndex  0 ≤ leafIndex < treeSize
 * @param leaf.treeSize   at most the size that the source has
 * @throws {TransparencyError} inclusion.out-of-range, tile.wrong-length; what the source throws
 */
export async function proveInclusion(
  source: TileSource,
  leaf: { readonly leafIndex: number; readonly treeSize: number },
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  return provePath(source, { plan: planInclusion(leaf), treeSize: leaf.treeSize }, signal);
}

/**
 * The consistency path of two sizes, 0 ≤ first ≤ second, from at most one call of `source.readTiles`; empty for
 * first = 0 and for equal sizes. (RFC 6962 §2.1.2)
 *
 * @param sizes.second  at most the size that the source has
 * @throws {TransparencyError} consistency.out-of-range, tile.wrong-length; what the source throws
 */
export async function proveConsistency(
  source: TileSource,
  sizes: TwoSizes,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  return provePath(source, { plan: planConsistency(sizes), treeSize: sizes.second }, signal);
}

/** The edge of the tree of that size, from one call of `source.readTiles` of its partial tiles. */
export async function readEdge(
  source: TileSource,
  size: number,
  signal?: AbortSignal,
): Promise<Edge> {
  const nodes = planEdge(size);
  return { size, hashes: await readNodes(source, { nodes, treeSize: size }, signal) };
}

/** The root hash of the tree of that size. */
export async function readRoot(
  source: TileSource,
  size: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return rootOfEdge(await readEdge(source, size, signal));
}

/**
 * The hashes of nodes that are complete in a tree of `treeSize` leaves, in their order, from one call of
 * `source.readTiles` that asks for each tile once.
 */
export async function readNodes(
  source: TileSource,
  wanted: { readonly nodes: readonly NodeId[]; readonly treeSize: number },
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  if (wanted.nodes.length === 0) return [];
  const tiles: Tile[] = [];
  const placeOfNode = wanted.nodes.map((node) => {
    const tile = tileOfNode(node, wanted.treeSize);
    // Nodes of one tile come one after another, and a path has few tiles.
    const place = tiles.findLastIndex(
      ({ level, index }) => level === tile.level && index === tile.index,
    );
    return place < 0 ? tiles.push(tile) - 1 : place;
  });
  const bytes = await readExactly(source, tiles, signal);
  return wanted.nodes.map((node, i) => {
    const tile = bytes[placeOfNode[i] as number] as Uint8Array;
    return source.nodes?.nodeOf(node, tile) ?? nodeOfTile(node, tile);
  });
}

async function provePath(
  source: TileSource,
  path: { readonly plan: PathPlan; readonly treeSize: number },
  signal: AbortSignal | undefined,
): Promise<Uint8Array[]> {
  const nodes = nodesOfPlan(path.plan);
  return assemblePath(
    path.plan,
    await readNodes(source, { nodes, treeSize: path.treeSize }, signal),
  );
}
