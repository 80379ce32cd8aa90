import { describe, expect, it } from 'vitest';
import { type AskedPostings, LookupPages, NOTHING_KNOWN } from '../../src/client/lookup-pages.ts';
import { planCompactRange } from '../../src/core/mini-log.ts';
import type { OpenedIndexAnswer, OpenedIndexHead } from '../../src/event/index-proof.ts';
import { refusal } from '../support/refusal.ts';

/** Pages as they are once each is proven: hashes do not matter here, but for those that are compared. */
const POSTINGS = [2, 3, 5, 8, 13, 21, 34, 55];

const head = (leafIndex = 60, mark = 0): OpenedIndexHead =>
  ({ leafIndex, leaf: Uint8Array.of(mark) }) as unknown as OpenedIndexHead;

function page(
  from: number,
  to: number,
  change: Partial<OpenedIndexAnswer> = {},
): OpenedIndexAnswer {
  const left = planCompactRange(0, from).map(({ level }) => new Uint8Array(32).fill(level));
  return {
    head: head(),
    label: new Uint8Array(32),
    count: POSTINGS.length,
    page: { from, indices: POSTINGS.slice(from, to), left, right: [] },
    ...change,
  };
}

function take(asked: Partial<AskedPostings>, ...answers: OpenedIndexAnswer[]): LookupPages {
  const pages = new LookupPages({ known: NOTHING_KNOWN, range: null, ...asked });
  for (const answer of answers) pages.take(answer);
  return pages;
}

describe('pages of one label', () => {
  it('are complete when they reach the count', () => {
    const pages = take({}, page(0, 3), page(3, 6));
    expect(pages.isComplete).toBe(false);
    pages.take(page(6, 8));
    expect(pages.isComplete).toBe(true);
    expect(pages.indices).toEqual(POSTINGS);
  });

  it('are complete at once for a label that is absent', () => {
    const pages = take({}, page(0, 0, { count: 0, page: null }));
    expect(pages.isComplete).toBe(true);
    expect(pages.indices).toEqual([]);
  });

  it('are refused when the first begins late', () => {
    expect(refusal(() => take({}, page(1, 8)))).toMatch('index.incomplete: from 1, not 0');
  });

  it('are refused with a hole between them, or an overlap', () => {
    expect(refusal(() => take({}, page(0, 3), page(4, 8)))).toMatch('index.incomplete: from 4');
    expect(refusal(() => take({}, page(0, 3), page(2, 8)))).toMatch('index.incomplete: from 2');
  });

  it('are refused when a page is empty before the end', () => {
    expect(refusal(() => take({}, page(0, 0)))).toMatch('a page without postings');
  });

  it('are refused under two heads', () => {
    for (const other of [head(61), head(60, 1)]) {
      const why = refusal(() => take({}, page(0, 3), page(3, 8, { head: other })));
      expect(why).toMatch('under another head');
    }
  });

  it('are refused with two counts', () => {
    expect(refusal(() => take({}, page(0, 3), page(3, 8, { count: 9 })))).toMatch('another count');
  });

  it('are refused when an index of the second is not behind those of the first', () => {
    const second = page(3, 8);
    const changed = { ...second, page: { ...second.page, indices: [5, 13, 21, 34, 55] } };
    expect(refusal(() => take({}, page(0, 3), changed as OpenedIndexAnswer))).toMatch(
      'index 5 is not a later one',
    );
  });
});

describe('the rest behind known postings', () => {
  const edge = page(3, 8).page?.left ?? [];
  const known = { count: 3, lastIndex: 5, edge };

  it('is what comes behind them', () => {
    expect(take({ known }, page(3, 8)).indices).toEqual([8, 13, 21, 34, 55]);
  });

  it('may be nothing', () => {
    const all = { count: 8, lastIndex: 55, edge: page(8, 8).page?.left ?? [] };
    expect(take({ known: all }, page(8, 8)).isComplete).toBe(true);
  });

  it('is refused when the first are not those that were known', () => {
    const other = { ...known, edge: edge.map(() => new Uint8Array(32).fill(9)) };
    expect(refusal(() => take({ known: other }, page(3, 8)))).toMatch('not those that were known');
    for (const length of [edge.slice(1), [...edge, new Uint8Array(32)]]) {
      const why = refusal(() => take({ known: { ...known, edge: length } }, page(3, 8)));
      expect(why).toMatch('not those that were known');
    }
  });

  it('is refused when an index is not behind the last known one', () => {
    expect(refusal(() => take({ known: { ...known, lastIndex: 8 } }, page(3, 8)))).toMatch(
      'index 8 is not a later one',
    );
  });

  it('is refused when there are fewer than were known, or none any more', () => {
    const more = { count: 9, lastIndex: 60, edge: null };
    expect(refusal(() => take({ known: more }, page(8, 8)))).toMatch('8 postings, where 9');
    const gone = page(0, 0, { count: 0, page: null });
    expect(refusal(() => take({ known }, gone))).toMatch('the key is gone');
  });
});

describe('a range', () => {
  const range = { lo: 5, hi: 21 };

  it('is whole with a neighbour on either side, and does not hold them', () => {
    const pages = take({ range }, page(1, 6));
    expect(pages.isComplete).toBe(true);
    expect(pages.indices).toEqual([5, 8, 13]);
  });

  it('is whole where the mini-log begins or ends', () => {
    expect(take({ range: { lo: 0, hi: 4 } }, page(0, 3)).indices).toEqual([2, 3]);
    expect(take({ range: { lo: 30, hi: 99 } }, page(5, 8)).indices).toEqual([34, 55]);
  });

  it('goes on until the neighbour above', () => {
    const pages = take({ range }, page(1, 3));
    expect(pages.isComplete).toBe(false);
    pages.take(page(3, 6));
    expect(pages.isComplete).toBe(true);
  });

  it('is not whole when the last posting is the last of the range', () => {
    expect(take({ range }, page(1, 5)).isComplete).toBe(false);
  });

  it('is refused when its first postings may be left out', () => {
    expect(refusal(() => take({ range }, page(2, 6)))).toMatch('may lie before');
  });
});
