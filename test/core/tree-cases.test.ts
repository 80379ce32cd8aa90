import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBase64 } from '../../src/core/base64.ts';
import { checkConsistency } from '../../src/core/consistency.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import {
  formatBundlePath,
  formatTilePath,
  parseBundlePath,
  parseTilePath,
} from '../../src/core/tile-path.ts';

interface Case {
  readonly name: string;
  /** Code of the refusal; absent: accepted. */
  readonly error?: string;
}

interface InclusionCase extends Case {
  readonly leafHash: string;
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly path: readonly string[];
  readonly rootHash: string;
}

interface ConsistencyCase extends Case {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: string;
  readonly secondRoot: string;
  readonly path: readonly string[];
}

interface PathCase extends Case {
  readonly path: string;
  /** Absent: a bundle. */
  readonly level?: number;
  readonly index?: number;
  readonly width?: number;
}

function casesOf<T extends Case>(file: string): readonly T[] {
  const url = new URL(`../../spec/vectors/${file}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: readonly T[] }).cases;
}

function codeOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof TransparencyError ? error.code : String(error);
  }
}

describe('spec/vectors', () => {
  it.each(casesOf<InclusionCase>('tree-inclusion'))('inclusion: $name', (one) => {
    const claim = {
      leafHash: parseBase64(one.leafHash),
      leafIndex: one.leafIndex,
      treeSize: one.treeSize,
      path: one.path.map(parseBase64),
      rootHash: parseBase64(one.rootHash),
    };
    expect(codeOf(() => checkInclusion(claim))).toBe(one.error);
  });

  it.each(casesOf<ConsistencyCase>('tree-consistency'))('consistency: $name', (one) => {
    const claim = {
      first: one.first,
      second: one.second,
      firstRoot: parseBase64(one.firstRoot),
      secondRoot: parseBase64(one.secondRoot),
      path: one.path.map(parseBase64),
    };
    expect(codeOf(() => checkConsistency(claim))).toBe(one.error);
  });

  it.each(casesOf<PathCase>('tree-tile-path'))('tile path: $name', (one) => {
    const { path, level, index = 0, width = 0 } = one;
    const isBundle = path.startsWith('tile/entries');
    if (one.error !== undefined) {
      expect(codeOf(() => (isBundle ? parseBundlePath(path) : parseTilePath(path)))).toBe(
        one.error,
      );
    } else if (level === undefined) {
      expect(parseBundlePath(path)).toEqual({ index, width });
      expect(formatBundlePath(index, width)).toBe(path);
    } else {
      expect(parseTilePath(path)).toEqual({ level, index, width });
      expect(formatTilePath({ level, index, width })).toBe(path);
    }
  });
});
