import { expect, test } from 'vitest';
import { ownRoom, slabRoom } from '../../src/core/slab.ts';

test('gives zeroed room that no other room overlaps', () => {
  const room = slabRoom(1_024);
  const lengths = Array.from({ length: 200 }, (_, i) => (i * 37) % 300);
  const rooms = lengths.map((length, i) => {
    const bytes = room(length);
    expect(bytes).toEqual(new Uint8Array(length));
    return bytes.fill(i + 1);
  });
  for (const [i, bytes] of rooms.entries()) {
    expect(bytes).toEqual(new Uint8Array(lengths[i] as number).fill(i + 1));
  }
});

test('shares an array between small rooms, and not with large ones', () => {
  const room = slabRoom(1_024);
  expect(room(100).buffer).toBe(room(100).buffer);
  expect(room(257).buffer.byteLength).toBe(257);
  expect(ownRoom(3).buffer).not.toBe(ownRoom(3).buffer);
});
