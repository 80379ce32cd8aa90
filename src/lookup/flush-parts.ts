import type { IndexBatch, IndexStore, LogCursor } from './ports.ts';
import { FLUSH_KEY, formatFlushMark } from './rows.ts';

/**
 * The changes of a flush, written some at a time: all of them in one batch were 70 MiB, and LevelDB held them three times
 * over. A mark says in each part how far the parts reach, so that a run that comes after a crash goes on from there. The
 * last part, with the row of what the index is of, takes the mark away.
 */
export class FlushParts implements IndexBatch {
  readonly #store: IndexStore;
  /** What the index is of when all parts are written. */
  readonly #tree: LogCursor;
  readonly #bytesMax: number;
  #part: IndexBatch;
  #bytes = 0;

  /** @param bytesMax  bytes of keys and values after which a part is written */
  constructor(store: IndexStore, tree: LogCursor, bytesMax: number) {
    this.#store = store;
    this.#tree = tree;
    this.#bytesMax = bytesMax;
    this.#part = store.batch();
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#bytes += key.length + value.length;
    this.#part.put(key, value);
  }

  delete(key: Uint8Array): void {
    this.#part.delete(key);
  }

  /**
   * Writes what there is, if it is enough. All rows of the labels up to this one are in it, and none of those behind.
   *
   * @param postings  of the index as it is stored then
   */
  async reach(label: Uint8Array, postings: number): Promise<void> {
    if (this.#bytes < this.#bytesMax) return;
    const part = this.#part;
    part.put(FLUSH_KEY, formatFlushMark({ ...this.#tree, postings, label }));
    this.#part = this.#store.batch();
    this.#bytes = 0;
    await part.write();
  }

  write(): Promise<void> {
    this.#part.delete(FLUSH_KEY);
    return this.#part.write();
  }

  drop(): Promise<void> {
    return this.#part.drop();
  }
}
