import { equalBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { OpenedIndexAnswer } from '../event/index-proof.ts';

/** Leaf indices lo ≤ x < hi. */
export interface IndexRange {
  readonly lo: number;
  readonly hi: number;
}

/** What a reader knows of the mini-log of a label from before. */
export interface KnownPostings {
  readonly count: number;
  /** Its last leaf index; null: not known. */
  readonly lastIndex: number | null;
  /** The compact range of its first `count` leaves; null: not known. */
  readonly edge: readonly Uint8Array[] | null;
}

/** What is asked for: all postings, those behind known ones, or those of a range. */
export interface AskedPostings {
  readonly known: KnownPostings;
  readonly range: IndexRange | null;
}

/** Nothing is known. */
export const NOTHING_KNOWN: KnownPostings = { count: 0, lastIndex: null, edge: [] };

/**
 * Joins verified pages of one label until they hold all that was asked for. (spec/11-index.md §7.4)
 *
 * Each page is proven on its own; this is what makes them complete.
 */
export class LookupPages {
  readonly #asked: AskedPostings;
  readonly #indices: number[] = [];
  #first: OpenedIndexAnswer | null = null;
  #next: number;
  #lastIndex: number;
  #isComplete = false;

  constructor(asked: AskedPostings) {
    this.#asked = asked;
    this.#next = asked.known.count;
    this.#lastIndex = asked.known.lastIndex ?? -1;
  }

  /** Position at which the next page has to begin. */
  get next(): number {
    return this.#next;
  }

  /** Is everything there that was asked for? */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** What was asked for, without the neighbours of a range; strictly increasing. */
  get indices(): readonly number[] {
    const { range } = this.#asked;
    if (range === null) return this.#indices;
    return this.#indices.filter((index) => index >= range.lo && index < range.hi);
  }

  /**
   * Takes the next page.
   *
   * @throws {TransparencyError} index.incomplete, index.mismatch
   */
  take(answer: OpenedIndexAnswer): void {
    const first = this.#first ?? answer;
    this.#checkSameHead(first, answer);
    const { page, count } = answer;
    const isFirst = this.#first === null;
    this.#first = first;
    if (page === null) {
      if (this.#asked.known.count > 0) throw mismatch('the key is gone, which was there before');
      this.#isComplete = true;
      return;
    }
    if (isFirst) this.#checkBeginning(answer);
    else if (page.from !== this.#next) throw incomplete(`from ${page.from}, not ${this.#next}`);
    const [firstIndex = this.#lastIndex + 1] = page.indices;
    if (firstIndex <= this.#lastIndex) throw mismatch(`index ${firstIndex} is not a later one`);
    for (const index of page.indices) this.#indices.push(index);
    this.#lastIndex = page.indices.at(-1) ?? this.#lastIndex;
    this.#next = page.from + page.indices.length;
    this.#isComplete =
      this.#next === count ||
      this.#lastIndex >= (this.#asked.range?.hi ?? Number.POSITIVE_INFINITY);
    if (!this.#isComplete && page.indices.length === 0) throw incomplete('a page without postings');
  }

  #checkSameHead(first: OpenedIndexAnswer, answer: OpenedIndexAnswer): void {
    const isSameLeaf =
      first.head.leafIndex === answer.head.leafIndex &&
      equalBytes(first.head.leaf, answer.head.leaf);
    if (!isSameLeaf) throw incomplete('a page under another head than the first');
    if (first.count !== answer.count) throw mismatch('a page with another count than the first');
  }

  #checkBeginning({ page, count }: OpenedIndexAnswer): void {
    const { known, range } = this.#asked;
    if (page === null) return;
    if (range !== null) {
      const [below = Number.POSITIVE_INFINITY] = page.indices;
      if (page.from > 0 && below >= range.lo)
        throw incomplete('postings of the range may lie before');
      return;
    }
    if (count < known.count) throw mismatch(`${count} postings, where ${known.count} were known`);
    if (page.from !== known.count) throw incomplete(`from ${page.from}, not ${known.count}`);
    if (known.edge !== null && !sameHashes(page.left, known.edge)) {
      throw mismatch('the first postings are not those that were known');
    }
  }
}

function sameHashes(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, i) => equalBytes(hash, b[i] as Uint8Array));
}

function mismatch(why: string): TransparencyError {
  return new TransparencyError('index.mismatch', why);
}

function incomplete(why: string): TransparencyError {
  return new TransparencyError('index.incomplete', why);
}
