import { utf8 } from '../core/bytes.ts';
import { type FoundKeys, fastKeys } from '../event/fast-keys.ts';
import { labelOfBytes, mapLeaf, type Selector } from '../event/map.ts';
import { submitterOf } from '../event/submitter.ts';
import type { NewPostings } from './index-state.ts';
import { KeyTable } from './key-table.ts';

/** Postings of entries that were read and are under no head yet. */
export class PostingBuffer {
  #selectors = new Map<Selector, KeyPostings>();
  #postings = 0;
  /** How many values there are, of all selectors. */
  #values = 0;
  #first = Number.POSITIVE_INFINITY;
  /** Who submitted the entries that brought a value, by leaf index. */
  #submitters = new Map<number, string | null>();

  /** Number of postings. */
  get postings(): number {
    return this.#postings;
  }

  /** The lowest leaf index in it; infinite if there is none. */
  get first(): number {
    return this.#first;
  }

  /** Maps an entry, which stands behind all those before. */
  add(leafIndex: number, entry: Uint8Array): void {
    const before = this.#values;
    this.#addKeys(leafIndex, entry, fastKeys(entry));
    if (this.#values > before) this.#submitters.set(leafIndex, submitterOf(entry));
  }

  #addKeys(leafIndex: number, entry: Uint8Array, found: FoundKeys | null): void {
    if (found === null) {
      for (const { selector, value } of mapLeaf(entry)) {
        const bytes = utf8(value);
        this.#post(leafIndex, selector, bytes, 0, bytes.length);
      }
      return;
    }
    for (let i = 0; i < found.count; i++) {
      const [start, end] = [found.starts[i] as number, found.ends[i] as number];
      this.#post(leafIndex, found.selectors[i] as Selector, entry, start, end);
    }
  }

  /** Takes out the postings of entries below a size. */
  takeBelow(size: number): NewPostings[] {
    const taken: NewPostings[] = [];
    const before = this.#selectors;
    this.#selectors = new Map();
    const submitters = this.#submitters;
    this.#submitters = new Map();
    this.#postings = 0;
    this.#values = 0;
    this.#first = Number.POSITIVE_INFINITY;
    for (const [selector, { table, indices: all }] of before) {
      for (const [number, indices] of all.entries()) {
        const value = table.valueOf(number);
        const cut = firstAtOrAbove(indices, size);
        const below = cut === indices.length ? indices : indices.slice(0, cut);
        if (cut > 0) {
          const by = submitters.get(below[0] as number) ?? null;
          taken.push({ label: labelOfBytes(selector, value), indices: below, by });
        }
        for (let i = cut; i < indices.length; i++) {
          this.#post(indices[i] as number, selector, value, 0, value.length);
        }
      }
    }
    // Where a value stays, its first entry may be one that brought no other: then it is counted for nobody.
    for (const [leafIndex, by] of submitters) {
      if (leafIndex >= size) this.#submitters.set(leafIndex, by);
    }
    return taken;
  }

  #post(leafIndex: number, selector: Selector, bytes: Uint8Array, from: number, to: number): void {
    let of = this.#selectors.get(selector);
    if (of === undefined) {
      of = { table: new KeyTable(), indices: [] };
      this.#selectors.set(selector, of);
    }
    const number = of.table.numberOf(bytes, from, to);
    const indices = of.indices[number];
    if (indices === undefined) {
      of.indices.push([leafIndex]);
      this.#values += 1;
    }
    // A key that stands twice in an entry has one posting.
    else if (indices.at(-1) === leafIndex) return;
    else indices.push(leafIndex);
    this.#postings += 1;
    if (leafIndex < this.#first) this.#first = leafIndex;
  }
}

/** Values of a selector, and the indices of each by its number. */
interface KeyPostings {
  readonly table: KeyTable;
  readonly indices: number[][];
}

function firstAtOrAbove(indices: readonly number[], size: number): number {
  if ((indices.at(-1) ?? 0) < size) return indices.length;
  let from = 0;
  let to = indices.length;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((indices[middle] as number) < size) from = middle + 1;
    else to = middle;
  }
  return from;
}
