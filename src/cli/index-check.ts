import { IndexReplay, type ReplayedHead } from '../client/index-replay.ts';
import { TransparencyError } from '../core/error.ts';

/** Holds every index head of a log to its entries, while these are read for other ends. */
export class IndexCheck {
  readonly #replay: IndexReplay;
  #heads = 0;
  #last: ReplayedHead | null = null;

  constructor(origin: string) {
    this.#replay = new IndexReplay(origin);
  }

  /** The last head, if there is one; it and all before it are true. */
  get last(): ReplayedHead | null {
    return this.#last;
  }

  /** What was held to the entries, for a person. */
  get also(): readonly string[] {
    const last = this.#last;
    if (last === null) return [];
    const { size, keys, postings } = last.head;
    return [
      `${this.#heads} index heads, the last of ${size} entries with ${keys} keys and ${postings} postings`,
    ];
  }

  /**
   * Takes the next entry.
   *
   * @throws {TransparencyError} index.head-mismatch
   */
  take(entry: Uint8Array): void {
    const head = this.#replay.take(entry);
    if (head === null) return;
    const { leafIndex, difference } = head;
    if (difference !== null) {
      const message = `the index head at leaf ${leafIndex}: ${difference}`;
      throw new TransparencyError('index.head-mismatch', message, { details: { leafIndex } });
    }
    this.#heads += 1;
    this.#last = head;
  }
}
