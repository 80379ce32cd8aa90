import type { Tile } from '../../src/core/tile.ts';
import type { TileSource } from '../../src/core/tile-reader.ts';
import { mth } from './tree.ts';

/** Leaves [start, end) of a tree, by the recursion of RFC 6962 on BigInt. */
export interface BigRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** The subtrees of PATH(m, D[start:end]). */
export function bigPath(m: bigint, { start, end }: BigRange): BigRange[] {
  if (end - start === 1n) return [];
  const middle = start + bigSplit(end - start);
  return m < middle
    ? [...bigPath(m, { start, end: middle }), { start: middle, end }]
    : [...bigPath(m, { start: middle, end }), { start, end: middle }];
}

/** The subtrees of SUBPROOF(m, D[start:end], whole), where m counts from leaf 0 of the tree. */
export function bigProof(m: bigint, { start, end }: BigRange, whole: boolean): BigRange[] {
  if (m === end) return whole ? [] : [{ start, end }];
  const middle = start + bigSplit(end - start);
  return m <= middle
    ? [...bigProof(m, { start, end: middle }, whole), { start: middle, end }]
    : [...bigProof(m, { start: middle, end }, false), { start, end: middle }];
}

/** A tree of equal leaves, of any size to 2^53 - 1: one hash a level, so that roots and paths of it are known. */
export class UniformTree implements TileSource {
  readonly #levels: Uint8Array[];

  constructor(leafHash: Uint8Array) {
    this.#levels = [leafHash];
  }

  /** Hash of a complete subtree. */
  hashAt(level: number): Uint8Array {
    for (let i = this.#levels.length; i <= level; i++) {
      const below = this.#levels[i - 1] as Uint8Array;
      this.#levels.push(mth([below, below]));
    }
    return this.#levels[level] as Uint8Array;
  }

  /** MTH of n leaves, n ≥ 1. */
  root(n: bigint): Uint8Array {
    if (n === 1n) return this.hashAt(0);
    const k = bigSplit(n);
    const left = this.hashAt(k.toString(2).length - 1);
    return mth([left, this.root(n - k)]);
  }

  hashes(ranges: readonly BigRange[]): Uint8Array[] {
    return ranges.map(({ start, end }) => this.root(end - start));
  }

  async readTiles(tiles: readonly Tile[]): Promise<Uint8Array[]> {
    return tiles.map((tile) => {
      const bytes = new Uint8Array(32 * tile.width);
      for (let i = 0; i < tile.width; i++) bytes.set(this.hashAt(8 * tile.level), 32 * i);
      return bytes;
    });
  }
}

function bigSplit(n: bigint): bigint {
  return 1n << BigInt((n - 1n).toString(2).length - 1);
}
