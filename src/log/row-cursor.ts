import { concat } from '../core/bytes.ts';
import type { Row, Store } from './ports.ts';

/** The rows of a range one after the other, read some at a time. */
export class RowCursor {
  readonly #store: Store;
  readonly #to: Uint8Array;
  readonly #rowsPerRead: number;
  #from: Uint8Array;
  #rows: readonly Row[] = [];
  #at = 0;
  #isLast = false;

  constructor(
    store: Store,
    range: { readonly from: Uint8Array; readonly to: Uint8Array },
    rowsPerRead: number,
  ) {
    this.#store = store;
    this.#from = range.from;
    this.#to = range.to;
    this.#rowsPerRead = rowsPerRead;
  }

  /** The next row, which stays the next one; undefined at the end. */
  async peek(): Promise<Row | undefined> {
    if (this.#at === this.#rows.length && !this.#isLast) await this.#read();
    return this.#rows[this.#at];
  }

  /** The next row, which is passed; undefined at the end. */
  async next(): Promise<Row | undefined> {
    const row = await this.peek();
    if (row !== undefined) this.#at++;
    return row;
  }

  /** The rows that are not passed yet, as many at once as are read; each is passed when it is handed out. */
  async *pages(): AsyncGenerator<readonly Row[], void, undefined> {
    while ((await this.peek()) !== undefined) {
      const page = this.#rows.slice(this.#at);
      this.#at = this.#rows.length;
      yield page;
    }
  }

  async #read(): Promise<void> {
    const range = { from: this.#from, to: this.#to, limit: this.#rowsPerRead };
    this.#rows = await this.#store.scan(range);
    this.#at = 0;
    this.#isLast = this.#rows.length < this.#rowsPerRead;
    const last = this.#rows.at(-1);
    // The least key behind it.
    if (last !== undefined) this.#from = concat(last.key, Uint8Array.of(0));
  }
}
