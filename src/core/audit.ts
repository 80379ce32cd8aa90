import { type BundleSource, parseBundle } from './bundle.ts';
import { equalBytes } from './bytes.ts';
import { type ErrorDetails, isTransparencyError, TransparencyError } from './error.ts';
import { EMPTY_TREE, type GrowingTree, growTree, openGrowingTree } from './growing-tree.ts';
import { HASH_LENGTH, leafHash } from './hash.ts';
import { partialTiles, TILE_WIDTH, type Tile, type TileBytes, tileWidth } from './tile.ts';
import { formatBundlePath, formatTilePath } from './tile-path.ts';
import { authenticatedTiles, readExactly, type TileSource } from './tile-reader.ts';
import { type Edge, rootOfEdge, type SizedRoot } from './tree.ts';

/** What is audited. */
export interface AuditSource {
  readonly tiles: TileSource;
  /** null: the entries are not to be had, and the leaf hashes of the tiles are taken for given. */
  readonly bundles: BundleSource | null;
}

/** How an audit is run. */
export interface AuditOptions {
  /** The edge of a tree whose entries are known to be good: only what lies behind it is read. Default: the empty one. */
  readonly from?: Edge;
  /** Told after each read. */
  readonly onProgress?: (report: AuditReport) => void;
  /** Told of all entries behind `from` in order, each time those of one bundle, before the root is known to hold. */
  readonly onEntries?: (firstIndex: number, entries: readonly Uint8Array[]) => void;
  /** Bundles, and tiles of level 0, that are read at once. Default 8, which is at most 128 MiB. */
  readonly bundlesPerRead?: number;
  readonly signal?: AbortSignal;
}

/** What was derived anew and compared. */
export interface AuditReport {
  /** Leaves reached, from 0 on. */
  readonly size: number;
  readonly entries: number;
  readonly entryBytes: number;
  readonly bundles: number;
  /** Tiles of all levels, partial ones included. */
  readonly tiles: number;
}

/**
 * Derives every tile of every level and the root anew from the entries, and holds the source and the head to them.
 * (spec/3-tiles.md §7)
 *
 * Reads from left to right in bounded memory. The first difference ends it, with its place: if the tile is proven
 * under the head, the entry is the lie, else the tile is.
 *
 * @throws {TransparencyError} audit.mismatch with `path` and, of an entry, `entryIndex`; consistency.out-of-range if
 *   `from` is larger than the head; what the sources throw (tile.not-found, bundle.not-found, faults)
 */
export async function auditTree(
  source: AuditSource,
  head: SizedRoot,
  options: AuditOptions = {},
): Promise<AuditReport> {
  const audit = new Audit(source, head, options);
  let tree = await audit.start(options.from);
  const from = tree.edge.size;
  const perRead = options.bundlesPerRead ?? 8;
  const end = Math.ceil(head.size / TILE_WIDTH);
  for (let first = Math.floor(from / TILE_WIDTH); first < end; first += perRead) {
    tree = await audit.step(tree, { from, first, end: Math.min(end, first + perRead) });
  }
  await audit.finish(tree);
  return audit.report(head.size);
}

/** One run of an audit: what it counted, and what it compares with. */
class Audit {
  readonly #source: AuditSource;
  readonly #head: SizedRoot;
  readonly #options: AuditOptions;
  #entries = 0;
  #entryBytes = 0;
  #bundles = 0;
  #tiles = 0;

  constructor(source: AuditSource, head: SizedRoot, options: AuditOptions) {
    this.#source = source;
    this.#head = head;
    this.#options = options;
  }

  report(size: number): AuditReport {
    return {
      size,
      entries: this.#entries,
      entryBytes: this.#entryBytes,
      bundles: this.#bundles,
      tiles: this.#tiles,
    };
  }

  /** The tree of the edge, with its unfinished tiles from the source, proven by the edge. */
  async start(from: Edge | undefined): Promise<GrowingTree> {
    if (from === undefined || from.size === 0) return EMPTY_TREE;
    const [first, second] = [from.size, this.#head.size];
    if (first > second) {
      const message = `audit from size ${first} of a tree of ${second}`;
      throw new TransparencyError('consistency.out-of-range', message, {
        details: { first, second },
      });
    }
    const tiles = partialTiles(from.size);
    const bytes = await readExactly(this.#source.tiles, tiles, this.#options.signal);
    try {
      return openGrowingTree({ size: from.size, rootHash: rootOfEdge(from) }, bytes);
    } catch (cause) {
      throw mismatch(
        `tiles before entry ${from.size} are not those of the edge`,
        { size: first },
        cause,
      );
    }
  }

  /** Reads the bundles [first, end) with their tiles and grows the tree by the entries that it has not yet. */
  async step(
    tree: GrowingTree,
    range: { readonly from: number; readonly first: number; readonly end: number },
  ): Promise<GrowingTree> {
    const { signal } = this.#options;
    const tiles = Array.from({ length: range.end - range.first }, (_, i): Tile => {
      const index = range.first + i;
      return { level: 0, index, width: tileWidth(0, index, this.#head.size) };
    });
    const [found, bundles] = await Promise.all([
      readExactly(this.#source.tiles, tiles, signal),
      this.#source.bundles?.readBundles(tiles, signal),
    ]);
    let grown = tree;
    const above: TileBytes[] = [];
    for (const [i, tile] of tiles.entries()) {
      const stored = found[i] as Uint8Array;
      const derived =
        bundles === undefined ? stored : this.#leafHashes(tile, bundles[i], range.from);
      await this.#compare({ tile, bytes: derived }, stored);
      const known = grown.edge.size - tile.index * TILE_WIDTH;
      const growth = growTree(grown, derived.subarray(known * HASH_LENGTH));
      above.push(...growth.fullTiles.filter((full) => full.tile.level > 0));
      grown = growth.tree;
    }
    await this.#compareAll(above);
    this.#options.onProgress?.(this.report(grown.edge.size));
    return grown;
  }

  /** Holds the partial tiles above level 0 and the root to the tree that was derived. */
  async finish(tree: GrowingTree): Promise<void> {
    await this.#compareAll(tree.partialTiles.filter(({ tile }) => tile.level > 0));
    if (equalBytes(rootOfEdge(tree.edge), this.#head.rootHash)) return;
    const { size } = this.#head;
    throw mismatch(`tiles and entries agree, but not with the root of size ${size}`, { size });
  }

  /** The leaf hashes of a bundle's entries. */
  #leafHashes(tile: Tile, bytes: Uint8Array | undefined, from: number): Uint8Array {
    const path = formatBundlePath(tile.index, tile.width);
    const entries = parsed(path, bytes ?? new Uint8Array(0), tile.width);
    const hashes = new Uint8Array(entries.length * HASH_LENGTH);
    for (const [i, entry] of entries.entries()) {
      hashes.set(leafHash(entry), i * HASH_LENGTH);
      this.#entryBytes += entry.length;
    }
    this.#entries += entries.length;
    this.#bundles++;
    const firstIndex = Math.max(from, tile.index * TILE_WIDTH);
    if (firstIndex < tile.index * TILE_WIDTH + tile.width) {
      this.#options.onEntries?.(firstIndex, entries.slice(firstIndex - tile.index * TILE_WIDTH));
    }
    return hashes;
  }

  async #compareAll(derived: readonly TileBytes[]): Promise<void> {
    if (derived.length === 0) return;
    const tiles = derived.map(({ tile }) => tile);
    const found = await readExactly(this.#source.tiles, tiles, this.#options.signal);
    for (const [i, one] of derived.entries()) await this.#compare(one, found[i] as Uint8Array);
  }

  /** Holds a stored tile to the derived one, and finds out which of them is the lie if they differ. */
  async #compare(derived: TileBytes, stored: Uint8Array): Promise<void> {
    const { tile, bytes } = derived;
    this.#tiles++;
    if (equalBytes(bytes, stored)) return;
    const at = bytes.findIndex((byte, i) => byte !== stored[i]);
    const place = tile.index * TILE_WIDTH + Math.floor(at / HASH_LENGTH);
    const path = formatTilePath(tile);
    try {
      const proven = authenticatedTiles(this.#source.tiles, this.#head);
      await proven.readTiles([tile], this.#options.signal);
    } catch (cause) {
      if (!isTransparencyError(cause)) throw cause;
      const message = `${path} has another hash in place ${place % TILE_WIDTH} than what lies under it`;
      throw mismatch(message, { path, level: tile.level, index: tile.index }, cause);
    }
    if (tile.level === 0) {
      const bundle = formatBundlePath(tile.index, tile.width);
      const message = `entry ${place} in ${bundle} has not the leaf hash that the tree has`;
      throw mismatch(message, { path: bundle, entryIndex: place });
    }
    const below = formatTilePath({ level: tile.level - 1, index: place, width: TILE_WIDTH });
    const message = `${below} and what lies under it are not those of the tree`;
    throw mismatch(message, { path: below, level: tile.level - 1, index: place });
  }
}

function parsed(path: string, bytes: Uint8Array, width: number): Uint8Array[] {
  try {
    return parseBundle(bytes, width);
  } catch (cause) {
    throw mismatch(`${path} is not a bundle of ${width} entries`, { path }, cause);
  }
}

function mismatch(message: string, details: ErrorDetails, cause?: unknown): TransparencyError {
  return new TransparencyError('audit.mismatch', message, { details, cause });
}
