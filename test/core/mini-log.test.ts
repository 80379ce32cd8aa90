import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { u64be } from '../../src/core/bytes.ts';
import {
  checkPage,
  type MiniLogPage,
  miniLogLeafHash,
  miniLogValue,
  planCompactRange,
  rootOfPage,
} from '../../src/core/mini-log.ts';
import { mth, referenceLeafHash } from '../reference/tree.ts';
import { referenceValue } from '../reference/trie.ts';
import { refusal } from '../support/refusal.ts';

const leaves = Array.from({ length: 70 }, (_, i) => 3 * i + 1);
const hashes = leaves.map((index) => referenceLeafHash(u64be(index)));
const MAX = 2 ** 53 - 1;

/** A compact range from the recursion. */
function range(start: number, end: number): Uint8Array[] {
  return planCompactRange(start, end).map(({ level, index }) =>
    mth(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)),
  );
}

function pageOf(from: number, to: number, count: number): MiniLogPage {
  return {
    from,
    indices: leaves.slice(from, to),
    left: range(0, from),
    right: range(to, count),
  };
}

describe('a compact range', () => {
  it('covers its leaves by the largest subtrees that begin where the one before ends', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        let at = start;
        for (const { level, index } of planCompactRange(start, end)) {
          expect(index * 2 ** level).toBe(at);
          const next = at + 2 ** level;
          expect(next).toBeLessThanOrEqual(end);
          // The next larger one does not begin here, or does not fit.
          expect(at % 2 ** (level + 1) !== 0 || at + 2 ** (level + 1) > end).toBe(true);
          at = next;
        }
        expect(at).toBe(end);
      }),
    );
  });
});

describe('a mini-log', () => {
  it('has the value of the recursion', () => {
    for (let count = 1; count <= leaves.length; count++) {
      const root = mth(hashes.slice(0, count));
      expect(miniLogValue(count, root)).toEqual(referenceValue(leaves.slice(0, count)));
    }
    expect(miniLogLeafHash(4)).toEqual(hashes[1]);
  });

  it('has the same root from every page of it', () => {
    for (const count of [1, 2, 3, 7, 8, 21, 64, 70]) {
      const root = mth(hashes.slice(0, count));
      for (let from = 0; from <= count; from++) {
        for (let to = from; to <= count; to++) {
          expect(rootOfPage(pageOf(from, to, count), count)).toEqual(root);
        }
      }
    }
  });

  it('refuses another count', () => {
    const page = pageOf(3, 9, 21);
    const value = referenceValue(leaves.slice(0, 21));
    expect(refusal(() => checkPage(page, 21, value))).toBeNull();
    for (const count of [20, 22, 23, 0, 8]) {
      expect(
        refusal(() => checkPage(page, count, value)),
        `${count}`,
      ).toMatch('index.mismatch');
    }
  });

  it.each<[string, (page: MiniLogPage) => MiniLogPage]>([
    ['drops one', (page) => ({ ...page, indices: page.indices.slice(1) })],
    [
      'drops one and begins later',
      (page) => ({ ...page, from: 4, indices: page.indices.slice(1) }),
    ],
    ['adds one', (page) => ({ ...page, indices: [...page.indices, 1000] })],
    ['changes one', (page) => ({ ...page, indices: page.indices.map((x) => (x === 13 ? 14 : x)) })],
    ['overlaps the left', (page) => ({ ...page, from: 2 })],
    ['has a hash too few on the left', (page) => ({ ...page, left: page.left.slice(1) })],
    [
      'has a hash too many on the right',
      (page) => ({ ...page, right: [...page.right, ...page.left] }),
    ],
    [
      'has another hash',
      (page) => ({ ...page, left: [page.left[1], page.left[0]] as Uint8Array[] }),
    ],
  ])('refuses a page that %s', (_, change) => {
    const page = pageOf(3, 9, 21);
    const value = referenceValue(leaves.slice(0, 21));
    expect(refusal(() => checkPage(change(page), 21, value))).toMatch('index.mismatch');
  });

  it('refuses positions that are no sizes', () => {
    const page = pageOf(0, 3, 3);
    for (const from of [-1, 0.5, MAX + 1]) {
      expect(refusal(() => rootOfPage({ ...page, from }, 9))).toMatch('positions are no sizes');
    }
    expect(refusal(() => rootOfPage(page, MAX + 1))).toMatch('positions are no sizes');
  });

  it('refuses positions beyond the count', () => {
    expect(refusal(() => rootOfPage(pageOf(0, 3, 3), 2))).toMatch('positions 0 to 3 of 2');
  });

  it('refuses to be without leaves', () => {
    const page = { from: 0, indices: [], left: [], right: [] };
    expect(refusal(() => rootOfPage(page, 0))).toMatch('a mini-log without leaves');
  });

  it('refuses indices that do not increase, though the root is made for them', () => {
    for (const indices of [
      [5, 5],
      [6, 5],
    ]) {
      const page = { from: 0, indices, left: [], right: [] };
      const value = referenceValue(indices);
      expect(refusal(() => checkPage(page, 2, value))).toMatch('do not increase');
    }
  });

  it('refuses what is no leaf index', () => {
    for (const index of [-1, 0.5, MAX + 1]) {
      const page = { from: 0, indices: [index], left: [], right: [] };
      expect(refusal(() => rootOfPage(page, 1))).toMatch('no leaf index');
    }
  });

  it('refuses hashes that have not 32 bytes, though the root is made for them', () => {
    const page = { from: 1, indices: [], left: [new Uint8Array(33)], right: [] };
    expect(refusal(() => rootOfPage(page, 1))).toMatch('not 32 bytes');
  });
});
