import { invariant } from '../core/error.ts';
import type { IndexBatch } from './ports.ts';
import { versionOfKey } from './rows.ts';

/**
 * Keys of rows that newer ones took the place of, and that only heads of up to a size are read from. Packed: a head may
 * bring a hundred thousand.
 */
export class RetiredRows {
  /** Entries under the newest head that was served then; 0: none was. */
  readonly servedSize: number;
  #bytes = new Uint8Array(64);
  #ends: number[] = [];

  constructor(servedSize: number) {
    this.servedSize = servedSize;
  }

  get size(): number {
    return this.#ends.length;
  }

  add(key: Uint8Array): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + key.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(key, start);
    this.#ends.push(end);
  }

  /** The keys in the order in which they came, as views. */
  *keys(): Generator<Uint8Array, void> {
    let start = 0;
    for (const end of this.#ends) {
      yield this.#bytes.subarray(start, end);
      start = end;
    }
  }
}

/** A batch that keeps back what it is told to delete, if a head that is served may be read from it. */
export class RetiringBatch implements IndexBatch {
  /** What it kept back. */
  readonly retired: RetiredRows;
  readonly #batch: IndexBatch;

  /** @param servedSize  entries under the newest head that is served; 0: none is */
  constructor(batch: IndexBatch, servedSize: number) {
    this.retired = new RetiredRows(servedSize);
    this.#batch = batch;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(key, value);
  }

  delete(key: Uint8Array): void {
    const version = versionOfKey(key);
    invariant(version > 0, 'rows are of a tree that has entries');
    if (version <= this.retired.servedSize) this.retired.add(key);
    else this.#batch.delete(key);
  }

  write(): Promise<void> {
    return this.#batch.write();
  }

  drop(): Promise<void> {
    return this.#batch.drop();
  }
}
