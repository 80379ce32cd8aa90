import { describe, expect, it } from 'vitest';
import {
  type ConsistencyClaim,
  checkConsistency,
  planConsistency,
} from '../../src/core/consistency.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { EMPTY_ROOT } from '../../src/core/hash.ts';
import {
  checkInclusion,
  type InclusionClaim,
  planInclusion,
  rootOfInclusion,
} from '../../src/core/inclusion.ts';
import { assemblePath, nodesOfPlan, type PathPlan } from '../../src/core/path-plan.ts';
import { appendToEdge, EMPTY_EDGE, isEdge, planEdge, rootOfEdge } from '../../src/core/tree.ts';
import { testEntry } from '../reference/tile-store.ts';
import { mth, path, proof, referenceLeafHash } from '../reference/tree.ts';

const SIZE_MAX = 130;
const leaves = Array.from({ length: SIZE_MAX }, (_, i) => referenceLeafHash(testEntry(i)));
const roots = Array.from({ length: SIZE_MAX + 1 }, (_, n) => mth(leaves, 0, n));
const root = (size: number): Uint8Array => roots[size] as Uint8Array;
const other = referenceLeafHash(new Uint8Array(1));

function assembled(plan: PathPlan): Uint8Array[] {
  const hashes = nodesOfPlan(plan).map(({ level, index }) =>
    mth(leaves, index * 2 ** level, (index + 1) * 2 ** level),
  );
  return assemblePath(plan, hashes);
}

function codeOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TransparencyError) return error.code;
    throw error;
  }
  return 'accepted';
}

const inclusionCode = (claim: InclusionClaim): string => codeOf(() => checkInclusion(claim));
const consistencyCode = (claim: ConsistencyClaim): string => codeOf(() => checkConsistency(claim));

/** Every path that differs from this one in its length: each hash left out, one put in at each place. */
function otherLengths(right: readonly Uint8Array[]): Uint8Array[][] {
  const without = right.map((_, i) => right.toSpliced(i, 1));
  const withOne = Array.from({ length: right.length + 1 }, (_, i) => right.toSpliced(i, 0, other));
  return [...without, ...withOne];
}

describe('every tree to size 130, against the recursion of RFC 6962', () => {
  it('grows an edge that has the root', () => {
    let edge = EMPTY_EDGE;
    for (let size = 0; size <= SIZE_MAX; size++) {
      expect(rootOfEdge(edge)).toEqual(root(size));
      expect(isEdge(edge)).toBe(true);
      const planned = planEdge(size).map(({ level, index }) =>
        mth(leaves, index * 2 ** level, (index + 1) * 2 ** level),
      );
      expect(edge.hashes).toEqual(planned);
      if (size < SIZE_MAX) edge = appendToEdge(edge, leaves[size] as Uint8Array);
    }
  });

  it('plans and accepts every inclusion path, and refuses it at any other length', () => {
    for (let treeSize = 1; treeSize <= SIZE_MAX; treeSize++) {
      const tree = leaves.slice(0, treeSize);
      for (let leafIndex = 0; leafIndex < treeSize; leafIndex++) {
        const right = path(leafIndex, tree);
        const plan = planInclusion({ leafIndex, treeSize });
        if (!same(assembled(plan), right)) expect(assembled(plan)).toEqual(right);
        const leafHash = leaves[leafIndex] as Uint8Array;
        const claim = { leafHash, leafIndex, treeSize, path: right, rootHash: root(treeSize) };
        checkInclusion(claim);
        for (const wrong of otherLengths(right)) {
          const code = inclusionCode({ ...claim, path: wrong });
          if (code !== 'inclusion.wrong-length')
            expect.fail(`${leafIndex} in ${treeSize}: ${code}`);
        }
      }
    }
  });

  it('plans and accepts every consistency path, and refuses it at any other length', () => {
    for (let second = 0; second <= SIZE_MAX; second++) {
      for (let first = 0; first <= second; first++) {
        const right = first === 0 ? [] : proof(first, leaves, second);
        const plan = planConsistency({ first, second });
        if (!same(assembled(plan), right)) expect(assembled(plan)).toEqual(right);
        const claim = {
          first,
          second,
          firstRoot: root(first),
          secondRoot: root(second),
          path: right,
        };
        checkConsistency(claim);
        for (const wrong of otherLengths(right)) {
          const code = consistencyCode({ ...claim, path: wrong });
          if (code !== 'consistency.wrong-length') expect.fail(`${first} to ${second}: ${code}`);
        }
      }
    }
  });
});

describe('one thing wrong', () => {
  it('refuses an inclusion path with any one thing altered', () => {
    for (const treeSize of [1, 2, 3, 7, 8, 9, 33, 100]) {
      for (let leafIndex = 0; leafIndex < treeSize; leafIndex++) {
        const right = path(leafIndex, leaves.slice(0, treeSize));
        const leafHash = leaves[leafIndex] as Uint8Array;
        const claim = { leafHash, leafIndex, treeSize, path: right, rootHash: root(treeSize) };
        const wrong: InclusionClaim[] = [
          { ...claim, leafHash: other },
          { ...claim, rootHash: other },
          { ...claim, rootHash: new Uint8Array(0) },
          ...right.map((_, i) => ({ ...claim, path: right.with(i, other) })),
          ...right.slice(1).map((hash, i) => ({
            ...claim,
            path: right.with(i, hash).with(i + 1, right[i] as Uint8Array),
          })),
          ...(leafIndex > 0 ? [{ ...claim, leafIndex: leafIndex - 1 }] : []),
          ...(leafIndex + 1 < treeSize ? [{ ...claim, leafIndex: leafIndex + 1 }] : []),
        ];
        for (const one of wrong) expect(inclusionCode(one)).toMatch(/mismatch|wrong-length/);
      }
    }
  });

  it('refuses a consistency path with any one thing altered', () => {
    for (const second of [2, 3, 7, 8, 9, 33, 100]) {
      for (let first = 1; first < second; first++) {
        const right = proof(first, leaves, second);
        const claim = {
          first,
          second,
          firstRoot: root(first),
          secondRoot: root(second),
          path: right,
        };
        const wrong: ConsistencyClaim[] = [
          { ...claim, firstRoot: other },
          { ...claim, secondRoot: other },
          { ...claim, firstRoot: root(second), secondRoot: root(first) },
          { ...claim, first: first + 1 },
          { ...claim, first: first - 1 },
          ...right.map((_, i) => ({ ...claim, path: right.with(i, other) })),
        ];
        for (const one of wrong) expect(consistencyCode(one)).toMatch(/mismatch|wrong-length/);
      }
    }
  });

  it('refuses indices and sizes that no tree has', () => {
    const none = { leafHash: other, path: [], rootHash: other };
    for (const [leafIndex, treeSize] of [
      [0, 0],
      [1, 1],
      [-1, 1],
      [0.5, 1],
      [0, 2 ** 53],
      [Number.NaN, 5],
    ] as const) {
      const code = inclusionCode({ ...none, leafIndex, treeSize });
      expect(code).toBe('inclusion.out-of-range');
    }
    for (const [first, second] of [
      [2, 1],
      [-1, 1],
      [0.5, 1],
      [1, 2 ** 53],
      [1, Number.NaN],
    ] as const) {
      const roots = { firstRoot: other, secondRoot: other };
      const code = consistencyCode({ first, second, path: [], ...roots });
      expect(code).toBe('consistency.out-of-range');
    }
  });

  it('refuses hashes that have not 32 bytes', () => {
    const short = new Uint8Array(31);
    const long = new Uint8Array(33);
    for (const hash of [short, long, new Uint8Array(0)]) {
      const claim = { leafHash: other, leafIndex: 0, treeSize: 2, path: [hash], rootHash: other };
      expect(inclusionCode(claim)).toBe('inclusion.wrong-length');
      expect(inclusionCode({ ...claim, leafHash: hash, path: [other] })).toBe(
        'inclusion.wrong-length',
      );
      const sizes = { first: 1, second: 2, firstRoot: other, secondRoot: other };
      expect(consistencyCode({ ...sizes, path: [hash] })).toBe('consistency.wrong-length');
      expect(consistencyCode({ ...sizes, firstRoot: hash, path: [other] })).toBe(
        'consistency.wrong-length',
      );
    }
  });

  it('holds empty trees to the root of an empty tree', () => {
    const claim = { first: 0, second: 0, path: [], firstRoot: EMPTY_ROOT, secondRoot: EMPTY_ROOT };
    expect(consistencyCode(claim)).toBe('accepted');
    expect(consistencyCode({ ...claim, firstRoot: other, secondRoot: other })).toMatch(/mismatch/);
    expect(consistencyCode({ ...claim, secondRoot: other })).toMatch(/mismatch/);
    expect(consistencyCode({ ...claim, second: 5, secondRoot: other })).toBe('accepted');
    expect(consistencyCode({ ...claim, second: 5, firstRoot: other })).toMatch(/mismatch/);
  });

  it('accepts equal sizes with equal roots alone', () => {
    const claim = { first: 5, second: 5, path: [], firstRoot: other, secondRoot: other };
    expect(consistencyCode(claim)).toBe('accepted');
    expect(consistencyCode({ ...claim, secondRoot: root(5) })).toMatch(/mismatch/);
  });

  it('takes the leaf hash for the root of a tree of one leaf', () => {
    expect(rootOfInclusion({ leafHash: other, leafIndex: 0, treeSize: 1, path: [] })).toBe(other);
  });
});

function same(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, i) => hash === b[i] || equal(hash, b[i]));
}

function equal(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
