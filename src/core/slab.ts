/** Gives room for so many bytes, all zero: nobody else writes there. */
export type Room = (length: number) => Uint8Array;

/** Room of its own for each: what is kept long, or alone. */
export const ownRoom: Room = (length) => new Uint8Array(length);

/**
 * Room out of slabs: many small arrays of one short life share the cost of an allocation outside the heap, which the
 * garbage collector has to follow one by one. A slab lives as long as anything in it. (bench/allocations.ts)
 *
 * @param slabBytes  bytes of one slab; what is longer than a quarter of it gets room of its own
 */
export function slabRoom(slabBytes: number): Room {
  let slab = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (length > slabBytes / 4) return new Uint8Array(length);
    if (used + length > slab.length) {
      slab = new Uint8Array(slabBytes);
      used = 0;
    }
    used += length;
    return slab.subarray(used - length, used);
  };
}
