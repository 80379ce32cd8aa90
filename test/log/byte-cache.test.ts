import { describe, expect, test } from 'vitest';
import { ByteCache } from '../../src/log/byte-cache.ts';

const bytes = (length: number): Uint8Array => new Uint8Array(length);

/** The keys of 0 to 9 that a cache holds. Asking marks them as used. */
function keysIn(cache: ByteCache): number[] {
  return Array.from({ length: 10 }, (_, key) => key).filter((key) => cache.get(key) !== undefined);
}

describe('a byte cache', () => {
  test('holds as much as it may, and drops the oldest first', () => {
    const cache = new ByteCache(30);
    for (const key of [0, 1, 2, 3]) cache.set(key, bytes(10));
    expect(keysIn(cache)).toEqual([1, 2, 3]);
  });

  test('spares what was used, once', () => {
    const cache = new ByteCache(30);
    for (const key of [0, 1, 2]) cache.set(key, bytes(10));
    cache.get(0);
    cache.set(3, bytes(10));
    cache.set(4, bytes(10));
    cache.set(5, bytes(10));
    expect(keysIn(cache)).toEqual([3, 4, 5]);
    cache.set(6, bytes(10));
    // All were used: the oldest goes all the same.
    expect(keysIn(cache)).toEqual([4, 5, 6]);
  });

  test('counts what takes the place of something else', () => {
    const cache = new ByteCache(30);
    cache.set(0, bytes(10));
    cache.set(1, bytes(10));
    cache.set(0, bytes(20));
    expect(keysIn(cache)).toEqual([0, 1]);
    expect(cache.get(0)).toHaveLength(20);
    cache.set(0, bytes(5));
    cache.set(2, bytes(15));
    expect(keysIn(cache)).toEqual([0, 1, 2]);
  });

  test('holds nothing that is larger than itself', () => {
    const cache = new ByteCache(30);
    cache.set(0, bytes(31));
    expect(keysIn(cache)).toEqual([]);
    cache.set(1, bytes(30));
    expect(keysIn(cache)).toEqual([1]);
    const none = new ByteCache(0);
    none.set(0, bytes(1));
    expect(keysIn(none)).toEqual([]);
  });
});
