import { compareBytes } from '../core/bytes.ts';
import type { NewPostings } from './index-state.ts';
import type { PostingList } from './posting-list.ts';

/**
 * Postings by label, taken out of a buffer. A key takes 36 bytes until its turn comes: as objects, all keys of a batch
 * were 60 MiB. (bench/index.ts)
 */
export class TakenPostings {
  readonly #list: PostingList;
  /** Who submitted the entries that brought a key, by leaf index. */
  readonly #submitters: ReadonlyMap<number, string | null>;
  readonly #labels: Uint8Array;
  /** The last posting of each label. */
  readonly #places: Int32Array;
  #size = 0;

  constructor(of: {
    readonly list: PostingList;
    readonly submitters: ReadonlyMap<number, string | null>;
    readonly keysMax: number;
  }) {
    this.#list = of.list;
    this.#submitters = of.submitters;
    this.#labels = new Uint8Array(LABEL_BYTES * of.keysMax);
    this.#places = new Int32Array(of.keysMax);
  }

  add(label: Uint8Array, place: number): void {
    this.#labels.set(label, LABEL_BYTES * this.#size);
    this.#places[this.#size] = place;
    this.#size += 1;
  }

  /**
   * In the order of the labels.
   *
   * @param above  those behind this label alone; null: all
   */
  *sorted(above: Uint8Array | null = null): Generator<NewPostings, void> {
    for (const part of this.#parts()) {
      const labels = [...part]
        .map((number) => ({ number, label: this.#labelOf(number) }))
        .filter(({ label }) => above === null || compareBytes(label, above) > 0);
      labels.sort((a, b) => compareBytes(a.label, b.label));
      for (const { number, label } of labels) {
        const indices = this.#list.indicesTo(this.#places[number] as number);
        yield { label, indices, by: this.#submitters.get(indices[0] as number) ?? null };
      }
    }
  }

  /** Numbers of the labels by their first twelve bits: to sort all at once would take a tenth of a second. */
  *#parts(): Generator<Uint32Array, void> {
    const ends = new Uint32Array(PARTS);
    for (let i = 0; i < this.#size; i++) ends[this.#partOf(i)] = (ends[this.#partOf(i)] ?? 0) + 1;
    for (let i = 1; i < PARTS; i++) ends[i] = (ends[i] ?? 0) + (ends[i - 1] ?? 0);
    const starts = ends.slice();
    const numbers = new Uint32Array(this.#size);
    for (let i = 0; i < this.#size; i++) {
      const part = this.#partOf(i);
      const place = (starts[part] ?? 0) - 1;
      starts[part] = place;
      numbers[place] = i;
    }
    for (let i = 0; i < PARTS; i++) yield numbers.subarray(starts[i], ends[i]);
  }

  #partOf(number: number): number {
    const at = LABEL_BYTES * number;
    return (this.#labels[at] as number) * 16 + Math.floor((this.#labels[at + 1] as number) / 16);
  }

  #labelOf(number: number): Uint8Array {
    return this.#labels.slice(LABEL_BYTES * number, LABEL_BYTES * (number + 1));
  }
}

const LABEL_BYTES = 32;
const PARTS = 4096;
