import { utf8 } from '../core/bytes.ts';
import { type FoundKeys, fastKeys } from '../event/fast-keys.ts';
import { labelOfBytes, mapLeaf, type Selector } from '../event/map.ts';
import { submitterOf } from '../event/submitter.ts';
import type { NewPostings } from './index-state.ts';
import { KeyTable } from './key-table.ts';

/** Postings of entries that were read and are under no head yet. */
export class PostingBuffer {
  #selectors = new Map<Selector, KeyPostings>();
  #list = new PostingList();
  /** How many values there are, of all selectors. */
  #keys = 0;
  #first = Number.POSITIVE_INFINITY;
  /** Who submitted the entries that brought a value, by leaf index. */
  #submitters = new Map<number, string | null>();

  /** Number of postings. */
  get postings(): number {
    return this.#list.length;
  }

  /** Number of keys. */
  get keys(): number {
    return this.#keys;
  }

  /** The lowest leaf index in it; infinite if there is none. */
  get first(): number {
    return this.#first;
  }

  /**
   * Maps an entry, which stands behind all those before.
   *
   * @param how.isCounted  are its new keys counted for its submitter?
   */
  add(leafIndex: number, entry: Uint8Array, how: { readonly isCounted: boolean }): void {
    const before = this.#keys;
    this.#addKeys(leafIndex, entry, fastKeys(entry));
    if (how.isCounted && this.#keys > before) this.#submitters.set(leafIndex, submitterOf(entry));
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

  /** Takes out the postings of entries below a size, one key after another: nothing may be added before the last. */
  *takeBelow(size: number): Generator<NewPostings, void> {
    const before = this.#selectors;
    const list = this.#list;
    this.#selectors = new Map();
    const submitters = this.#submitters;
    this.#submitters = new Map();
    this.#list = new PostingList();
    this.#keys = 0;
    this.#first = Number.POSITIVE_INFINITY;
    for (const [selector, { table, last }] of before) {
      for (let number = 0; number < table.size; number++) {
        const value = table.valueOf(number);
        const indices = list.indicesTo(last[number] as number);
        const cut = firstAtOrAbove(indices, size);
        const below = cut === indices.length ? indices : indices.slice(0, cut);
        if (cut > 0) {
          const by = submitters.get(below[0] as number) ?? null;
          yield { label: labelOfBytes(selector, value), indices: below, by };
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
  }

  #post(leafIndex: number, selector: Selector, bytes: Uint8Array, from: number, to: number): void {
    let of = this.#selectors.get(selector);
    if (of === undefined) {
      of = { table: new KeyTable(), last: new Int32Array(64) };
      this.#selectors.set(selector, of);
    }
    const { size } = of.table;
    const number = of.table.numberOf(bytes, from, to);
    const isNew = number === size;
    if (number >= of.last.length) of.last = enlarged(of.last, new Int32Array(2 * number));
    const before = isNew ? NONE : (of.last[number] as number);
    // A key that stands twice in an entry has one posting.
    if (!isNew && this.#list.indexOf(before) === leafIndex) return;
    of.last[number] = this.#list.append(leafIndex, before);
    if (isNew) this.#keys += 1;
    if (leafIndex < this.#first) this.#first = leafIndex;
  }
}

/** Values of a selector, and by the number of each the place of its last posting. */
interface KeyPostings {
  readonly table: KeyTable;
  last: Int32Array;
}

/** Postings as they came, each with the place of the one before it of its key: 12 bytes, where an array took 40. */
class PostingList {
  #indices = new Float64Array(1024);
  #before = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param before  the place of the last posting of its key, or `NONE` */
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
}

const NONE = -1;

function enlarged<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
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
