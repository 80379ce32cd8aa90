/** The place before the first posting of a key. */
export const NONE = -1;

/** Postings as they came, each with the place of the one before it of its key: 12 bytes, where an array took 40. */
export class PostingList {
  #indices = new Float64Array(1024);
  #before = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /**
   * Appends a posting; its place.
   *
   * @param before  the place of the last posting of its key, or `NONE`
   */
  append(leafIndex: number, before: number): number {
    const place = this.#length;
    if (place === this.#indices.length) {
      this.#indices = enlarged(this.#indices, new Float64Array(2 * place));
      this.#before = enlarged(this.#before, new Int32Array(2 * place));
    }
    this.#indices[place] = leafIndex;
    this.#before[place] = before;
    this.#length += 1;
    return place;
  }

  indexOf(place: number): number {
    return this.#indices[place] as number;
  }

  /** Indices of a key from its first posting to the one at a place. */
  indicesTo(place: number): number[] {
    const indices: number[] = [];
    for (let at = place; at !== NONE; at = this.#before[at] as number) {
      indices.push(this.#indices[at] as number);
    }
    return indices.reverse();
  }

  /** The last place of a key below an index, or `NONE`; and its indices from that one on. */
  cut(last: number, index: number): { readonly place: number; readonly later: readonly number[] } {
    const later: number[] = [];
    let place = last;
    while (place !== NONE && this.indexOf(place) >= index) {
      later.push(this.indexOf(place));
      place = this.#before[place] as number;
    }
    return { place, later: later.reverse() };
  }
}

/** The longer array, with what was in the shorter one. */
export function enlarged<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
