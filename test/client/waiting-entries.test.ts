import { describe, expect, it } from 'vitest';
import { WaitingEntries } from '../../src/client/waiting-entries.ts';

const entry = (i: number): { hash: Uint8Array; keys: number[] } => ({
  hash: new Uint8Array(32).fill(i % 251),
  keys: Array.from({ length: i % 4 }, (_, key) => 10 * i + key),
});

describe('entries that wait', () => {
  it('come out as they went in, however many wait', () => {
    const waiting = new WaitingEntries<number>();
    let put = 0;
    let taken = 0;
    for (const [puts, takes] of [
      [1, 1],
      [1_024, 1_000],
      [3_000, 24],
      [0, 3_000],
      [2_047, 2_047],
      [5, 5],
    ] as const) {
      for (let i = 0; i < puts; i++, put++) {
        const { hash, keys } = entry(put);
        waiting.push(hash, keys);
      }
      for (let i = 0; i < takes; i++, taken++) expect(waiting.shift()).toEqual(entry(taken));
      expect(waiting.length).toBe(put - taken);
    }
    expect(() => waiting.shift()).toThrow('bug');
  });
});
