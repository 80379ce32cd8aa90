import { equalBytes } from '../core/bytes.ts';
import { lie } from './check-lie.ts';
import type { Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import { keysOf, PUBLISHED_KEY, signedHeadKey } from './rows.ts';
import { type HeadKeys, type HeadRow, openHeadRow } from './signed-head.ts';
import { emptyTally, readTally, type Tally, tallied } from './tally.ts';

const HEADS_PER_READ = 256;

/** The stored heads of a log in the order in which they were signed, each verified, both faces. */
export class HeadCheck {
  readonly #store: Store;
  readonly #keys: HeadKeys;
  readonly #cursor: RowCursor;
  #next: HeadRow | null | undefined;
  #newest: HeadRow | null = null;
  #published: HeadRow | null = null;
  #tally: Tally = emptyTally('S');

  constructor(store: Store, keys: HeadKeys) {
    this.#store = store;
    this.#keys = keys;
    this.#cursor = new RowCursor(store, keysOf('S'), HEADS_PER_READ);
  }

  get count(): number {
    return this.#tally.count;
  }

  get newest(): HeadRow | null {
    return this.#newest;
  }

  /** The next head, which stays the next one; null at the end. @throws {TransparencyError} store.corrupt; audit.mismatch */
  async peek(): Promise<HeadRow | null> {
    this.#next ??= await this.#read();
    return this.#next;
  }

  /** Passes the next head. */
  pass(): void {
    this.#next = undefined;
  }

  /**
   * After the last: are these all that were stored, and is the last that was published the one that is said to be?
   *
   * @throws {TransparencyError} audit.mismatch; store.corrupt
   */
  async finish(): Promise<void> {
    const wanted = await readTally(this.#store, 'S');
    if (wanted.count !== this.count) {
      lie(`${this.count} signed heads are stored, and not the ${wanted.count} that were`);
    }
    if (!equalBytes(wanted.sum, this.#tally.sum)) {
      lie('a signed head is missing, and another one was not there before');
    }
    const named = await this.#store.get(PUBLISHED_KEY);
    const { size, timeMs } = this.#published ?? { size: 0, timeMs: 0 };
    // A restored store shows none until the head that it came back to is published.
    const mayBeNone = this.#published === null || this.#newest?.publication === 'none';
    const is =
      named === undefined
        ? mayBeNone
        : this.#published !== null && equalBytes(named, signedHeadKey(size, timeMs));
    if (!is) lie(`the row of the head that was published last does not name that of size ${size}`);
  }

  async #read(): Promise<HeadRow | null> {
    const row = await this.#cursor.next();
    if (row === undefined) return null;
    const head = openHeadRow(row, this.#keys);
    const before = this.#newest;
    if (before !== null && head.timeMs <= before.timeMs) {
      lie(`the head of size ${head.size} has time ${head.timeMs}, one before it ${before.timeMs}`);
    }
    this.#tally = tallied('S', this.#tally, { added: [row] });
    this.#newest = head;
    if (head.publication !== 'none') this.#published = head;
    return head;
  }
}
