import { utf8 } from '../core/bytes.ts';
import { type FoundKeys, fastKeys } from '../event/fast-keys.ts';
import { labelOfBytes, mapLeaf, type Selector } from '../event/map.ts';
import { submitterOf } from '../event/submitter.ts';
import { KeyTable } from './key-table.ts';
import { enlarged, NONE, PostingList } from './posting-list.ts';
import { TakenPostings } from './taken-postings.ts';

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

  /**
   * Takes out the postings of entries below a size. Nothing may be added before it is done.
   *
   * @param pause  lets others run; called every few milliseconds
   */
  async takeBelow(size: number, pause: () => Promise<void>): Promise<TakenPostings> {
    const before = this.#selectors;
    const submitters = this.#submitters;
    const list = this.#list;
    const taken = new TakenPostings({ list, submitters, keysMax: this.#keys });
    this.#selectors = new Map();
    this.#submitters = new Map();
    this.#list = new PostingList();
    this.#keys = 0;
    this.#first = Number.POSITIVE_INFINITY;
    let seen = 0;
    for (const [selector, { table, last }] of before) {
      for (let number = 0; number < table.size; number++) {
        if (++seen % PAUSE_KEYS === 0) await pause();
        const value = table.valueOf(number);
        const { place, later } = list.cut(last[number] as number, size);
        if (place !== NONE) taken.add(labelOfBytes(selector, value), place);
        for (const index of later) this.#post(index, selector, value, 0, value.length);
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

/** Keys between two pauses. */
const PAUSE_KEYS = 512;
