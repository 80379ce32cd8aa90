import { formatLookupKey, labelOf, mapLeaf } from '../event/map.ts';
import type { NewPostings } from './index-state.ts';

/** Postings of entries that were read and are under no head yet. */
export class PostingBuffer {
  #byKey = new Map<string, { readonly label: Uint8Array; readonly indices: number[] }>();
  #labels = new Map<string, Uint8Array>();
  #postings = 0;
  #first = Number.POSITIVE_INFINITY;

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
    for (const key of mapLeaf(entry)) {
      const text = formatLookupKey(key);
      const known = this.#byKey.get(text);
      if (known === undefined) {
        this.#byKey.set(text, { label: this.#labelOf(text, key), indices: [leafIndex] });
      } else {
        known.indices.push(leafIndex);
      }
      this.#postings += 1;
      if (leafIndex < this.#first) this.#first = leafIndex;
    }
  }

  /** Takes out the postings of entries below a size. */
  takeBelow(size: number): NewPostings[] {
    const taken: NewPostings[] = [];
    const rest = new Map<string, { readonly label: Uint8Array; readonly indices: number[] }>();
    this.#postings = 0;
    this.#first = Number.POSITIVE_INFINITY;
    for (const [text, { label, indices }] of this.#byKey) {
      const cut = firstAtOrAbove(indices, size);
      if (cut > 0)
        taken.push({ label, indices: cut === indices.length ? indices : indices.slice(0, cut) });
      if (cut === indices.length) continue;
      const later = indices.slice(cut);
      rest.set(text, { label, indices: later });
      this.#postings += later.length;
      this.#first = Math.min(this.#first, later[0] as number);
    }
    this.#byKey = rest;
    return taken;
  }

  /** A key that comes again is not hashed again. */
  #labelOf(text: string, key: Parameters<typeof labelOf>[0]): Uint8Array {
    const known = this.#labels.get(text);
    if (known !== undefined) return known;
    if (this.#labels.size >= LABELS_KEPT) this.#labels = new Map();
    const label = labelOf(key);
    this.#labels.set(text, label);
    return label;
  }
}

/** Labels whose hash is kept, at most. */
const LABELS_KEPT = 262_144;

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
