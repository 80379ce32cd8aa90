import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBundle, openBundle, parseBundle } from '../../src/core/bundle.ts';
import { concat } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { leafHash } from '../../src/core/hash.ts';

const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });

describe('entry bundles', () => {
  it('read back what they were written from', () => {
    fc.assert(
      fc.property(entries, (all) => {
        expect(parseBundle(formatBundle(all), all.length)).toEqual(all);
      }),
    );
  });

  it('have a length of two bytes before each entry', () => {
    const long = new Uint8Array(65_535).fill(7);
    const bytes = formatBundle([Uint8Array.of(1, 2, 3), new Uint8Array(0), long]);
    expect([...bytes.subarray(0, 7)]).toEqual([0, 3, 1, 2, 3, 0, 0]);
    expect([...bytes.subarray(7, 9)]).toEqual([255, 255]);
    expect(parseBundle(bytes, 3)[2]).toEqual(long);
  });

  it('hold no entry above 65,535 bytes and no more than 256 entries', () => {
    expect(() => formatBundle([new Uint8Array(65_536)])).toThrow('bundle.malformed');
    const many = Array.from({ length: 257 }, () => new Uint8Array(0));
    expect(() => formatBundle(many)).toThrow('bundle.malformed');
  });

  it('are refused with fewer or more entries than they should have', () => {
    const bytes = formatBundle([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(() => parseBundle(bytes, 1)).toThrow('bundle.wrong-length');
    expect(() => parseBundle(bytes, 3)).toThrow('bundle.wrong-length');
    expect(() => parseBundle(new Uint8Array(0), 1)).toThrow('bundle.wrong-length');
  });

  it('are refused when they end inside an entry, wherever that is', () => {
    const bytes = formatBundle([Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)]);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => parseBundle(bytes.subarray(0, end), 3)).toThrow(/malformed|wrong-length/);
    }
    expect(() => parseBundle(concat(bytes, Uint8Array.of(0)), 3)).toThrow('bundle.wrong-length');
  });

  it('are canonical, and any bytes are read or refused', () => {
    const width = fc.integer({ min: 1, max: 5 });
    const bytes = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 255), { maxLength: 12 });
    fc.assert(
      fc.property(bytes, width, (any, count) => {
        try {
          expect([...formatBundle(parseBundle(Uint8Array.from(any), count))]).toEqual(any);
        } catch (error) {
          if (!isTransparencyError(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('open under their tile, and under no other', () => {
    const all = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)];
    const bytes = formatBundle(all);
    const tile = concat(...all.map(leafHash));
    const bundle = { index: 5, width: 3 };
    expect(openBundle({ bundle, bytes, tile })).toEqual(all);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const altered = bytes.slice();
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openBundle({ bundle, bytes: altered, tile })).toThrow(/^bundle\./);
    }
    const wrong = concat(
      leafHash(Uint8Array.of(1, 2, 3)),
      leafHash(Uint8Array.of(9)),
      leafHash(Uint8Array.of(4)),
    );
    expect(() => openBundle({ bundle, bytes, tile: wrong })).toThrow(
      expect.objectContaining({
        code: 'bundle.mismatch',
        details: { bundle: 5, entryIndex: 5 * 256 + 1 },
      }),
    );
    expect(() => openBundle({ bundle, bytes, tile: tile.subarray(32) })).toThrow(
      'bundle.wrong-length',
    );
  });
});
