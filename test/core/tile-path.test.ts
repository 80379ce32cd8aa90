import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTransparencyError, TransparencyError } from '../../src/core/error.ts';
import {
  formatBundlePath,
  formatTilePath,
  parseBundlePath,
  parseTilePath,
} from '../../src/core/tile-path.ts';

const SIZE_MAX = Number.MAX_SAFE_INTEGER;
const tile = fc.record({
  level: fc.nat({ max: 63 }),
  index: fc.oneof(fc.maxSafeNat(), fc.nat({ max: 2000 }), fc.constantFrom(0, 999, 1000, SIZE_MAX)),
  width: fc.integer({ min: 1, max: 256 }),
});

/** Tails of paths that name nothing, at a level or in `entries`. */
const WRONG_TAILS = [
  '',
  '0',
  '00',
  '0000',
  '1234',
  '/000',
  '000/',
  'x000',
  'x001',
  'x000/000',
  'x000/001',
  '001/234',
  'x001/x234',
  'x001/234/567',
  'x001//234',
  'x1/234',
  'X001/234',
  'x001/23',
  'x001/2345',
  '0x1',
  '-01',
  '+01',
  ' 001',
  '001 ',
  '001\n',
  '1e3',
  '٠٠١',
  '%30%30%30',
  '%78001/234',
  'x001%2f234',
  '000.p',
  '000.p/',
  '000.p/0',
  '000.p/00',
  '000.p/01',
  '000.p/256',
  '000.p/300',
  '000.p/1000',
  '000.p/-1',
  '000.p/1.5',
  '000.p/1/',
  '000.p/1.p/1',
  '000.P/1',
  '000p/1',
  '000/p/1',
  '000?x=1',
  // 2^53, and far beyond.
  'x009/x007/x199/x254/x740/992',
  `${'x999/'.repeat(20)}999`,
  `${'x000/'.repeat(1000)}000`,
];

const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof TransparencyError ? error.code : error;
  }
};

describe('tile paths', () => {
  it('are those of the standard', () => {
    for (const [path, level, index, width] of [
      ['tile/0/000', 0, 0, 256],
      ['tile/0/000.p/1', 0, 0, 1],
      ['tile/63/999.p/255', 63, 999, 255],
      ['tile/1/x001/000', 1, 1000, 256],
      ['tile/2/x001/x234/067', 2, 1_234_067, 256],
      ['tile/0/x009/x007/x199/x254/x740/991.p/7', 0, SIZE_MAX, 7],
    ] as const) {
      expect(parseTilePath(path)).toEqual({ level, index, width });
      expect(formatTilePath({ level, index, width })).toBe(path);
    }
    expect(formatBundlePath(1_234_067, 256)).toBe('tile/entries/x001/x234/067');
    expect(parseBundlePath('tile/entries/x001/234.p/5')).toEqual({ index: 1234, width: 5 });
  });

  it('read back what they were written from', () => {
    fc.assert(
      fc.property(tile, (one) => {
        expect(parseTilePath(formatTilePath(one))).toEqual(one);
        const { index, width } = one;
        expect(parseBundlePath(formatBundlePath(index, width))).toEqual({ index, width });
      }),
    );
  });

  it('refuse every other spelling', () => {
    for (const tail of WRONG_TAILS) {
      expect(
        codeOf(() => parseTilePath(`tile/0/${tail}`)),
        tail,
      ).toBe('tile.bad-path');
      expect(
        codeOf(() => parseBundlePath(`tile/entries/${tail}`)),
        tail,
      ).toBe('tile.bad-path');
    }
    for (const path of [
      '',
      'tile',
      'tile/',
      'tile/0',
      'tile/64/000',
      'tile/99/000',
      'tile/100/000',
      'tile/00/000',
      'tile/01/000',
      'tile/-1/000',
      'tile/1.0/000',
      'tile/x/000',
      'tile//000',
      '/tile/0/000',
      'tile/0/000/',
      'Tile/0/000',
      'tile/entries/000',
      'tile/data/000',
      'tile/8/0/000',
      'x/tile/0/000',
    ]) {
      expect(
        codeOf(() => parseTilePath(path)),
        path,
      ).toBe('tile.bad-path');
    }
    expect(codeOf(() => parseBundlePath('tile/0/000'))).toBe('tile.bad-path');
  });

  it('are canonical: what is read is written the same, all else is refused', () => {
    const pieces = fc.constantFrom(
      ...['tile', '/', 'entries', '0', '000', 'x', '001', '.p', '.p/', '1', '256', '%78', ' '],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 9 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (path) => {
        for (const [parse, format] of [
          [parseTilePath, formatTilePath],
          [
            parseBundlePath,
            (b: { index: number; width: number }) => formatBundlePath(b.index, b.width),
          ],
        ] as const) {
          try {
            expect(format(parse(path) as never)).toBe(path);
          } catch (error) {
            if (!isTransparencyError(error, 'tile.bad-path')) throw error;
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
