import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { formatBundle } from '../../src/core/bundle.ts';
import { checkConsistency } from '../../src/core/consistency.ts';
import { leafHash } from '../../src/core/hash.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import { proveConsistency, proveInclusion, readRoot } from '../../src/core/prover.ts';
import { TILE_WIDTH, type Tile, tilesOfSize, tileWidth } from '../../src/core/tile.ts';
import {
  formatBundlePath,
  formatTilePath,
  parseBundlePath,
  parseTilePath,
} from '../../src/core/tile-path.ts';
import type { TileSource } from '../../src/core/tile-reader.ts';
import { TreeBuilder } from '../../src/core/tree-builder.ts';
import { testEntry } from '../reference/tile-store.ts';

interface GoVectors {
  readonly roots: Readonly<Record<string, string>>;
  readonly inclusion: readonly { index: number; size: number; proof: readonly string[] }[];
  readonly consistency: readonly { first: number; second: number; proof: readonly string[] }[];
  readonly tiles_len_sha256_by_size: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const file = new URL('../../spec/vectors/go-reference-vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as GoVectors;
const SIZE = 70_000;

/** The tree of the vectors, grown in batches of odd sizes; tiles by `level/index`. */
const leafHashes = new Uint8Array(32 * SIZE);
const tiles = new Map<string, Uint8Array>();
const source: TileSource = {
  readTiles: async (wanted) => wanted.map(tileBytes),
};

function tileBytes({ level, index, width }: Tile): Uint8Array {
  return tiles.get(`${level}/${index}`)?.subarray(0, 32 * width) ?? new Uint8Array(0);
}

beforeAll(() => {
  for (let i = 0; i < SIZE; i++) leafHashes.set(leafHash(testEntry(i)), 32 * i);
  const builder = new TreeBuilder();
  for (let batch = 1; builder.size < SIZE; batch = (batch * 7) % 1009) {
    const from = builder.size;
    const appended = builder.append(leafHashes.subarray(32 * from, 32 * (from + batch)));
    for (const { tile, bytes } of [...appended.fullTiles, ...appended.partialTiles]) {
      tiles.set(`${tile.level}/${tile.index}`, bytes);
    }
    appended.adopt();
  }
});

describe('vectors of the Go reference libraries', () => {
  it('has their roots of all sizes', async () => {
    const sizes = Object.entries(vectors.roots);
    expect(sizes.length).toBe(86);
    for (const [size, root] of sizes) {
      expect(base64(await readRoot(source, Number(size)))).toBe(root);
    }
  });

  it('has their tiles and bundles, byte for byte, and no others', () => {
    const bySize = Object.entries(vectors.tiles_len_sha256_by_size);
    expect(bySize.length).toBe(6);
    for (const [text, expected] of bySize) {
      const size = Number(text);
      const found: Record<string, string> = {};
      for (const tile of tilesOfSize(size)) {
        const path = formatTilePath(tile);
        expect(parseTilePath(path)).toEqual(tile);
        found[path] = lengthAndHash(tileBytes(tile));
      }
      for (let index = 0; index * TILE_WIDTH < size; index++) {
        const width = tileWidth(0, index, size);
        const path = formatBundlePath(index, width);
        expect(parseBundlePath(path)).toEqual({ index, width });
        const entries = Array.from({ length: width }, (_, i) => testEntry(index * 256 + i));
        found[path] = lengthAndHash(formatBundle(entries));
      }
      expect(found).toEqual(expected);
    }
  });

  it('proves and accepts their inclusion proofs', async () => {
    expect(vectors.inclusion.length).toBe(673);
    for (const { index, size, proof } of vectors.inclusion) {
      const path = await proveInclusion(source, { leafIndex: index, treeSize: size });
      expect(path.map(base64)).toEqual(proof);
      checkInclusion({
        leafHash: leafHash(testEntry(index)),
        leafIndex: index,
        treeSize: size,
        path: proof.map(parseBase64),
        rootHash: await rootOf(size),
      });
    }
  });

  it('proves and accepts their consistency proofs', async () => {
    expect(vectors.consistency.length).toBe(777);
    for (const { first, second, proof } of vectors.consistency) {
      const path = await proveConsistency(source, { first, second });
      expect(path.map(base64)).toEqual(proof);
      checkConsistency({
        first,
        second,
        firstRoot: await rootOf(first),
        secondRoot: await rootOf(second),
        path: proof.map(parseBase64),
      });
    }
  });
});

async function rootOf(size: number): Promise<Uint8Array> {
  const root = vectors.roots[String(size)];
  return root === undefined ? readRoot(source, size) : parseBase64(root);
}

function lengthAndHash(bytes: Uint8Array): string {
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('hex')}`;
}
