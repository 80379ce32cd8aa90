import { compareBytes } from '../core/bytes.ts';
import { invariant, TransparencyError } from '../core/error.ts';
import type { Change, Condition, KeyRange, Range, Row, Store } from '../log/ports.ts';
import { checkCondition } from './condition.ts';

/** A new empty store that lives as long as the process. Nothing that it does can fail but a condition. */
export function memoryStore(): Store {
  return new MemoryStore();
}

/** More new keys than this in a batch are merged into the order at once, fewer one by one. */
const SINGLE_INSERTS_MAX = 16;

class MemoryStore implements Store {
  /** Rows by their key as text, one UTF-16 unit a byte: texts then have the order of the bytes. */
  readonly #rows = new Map<string, Row>();
  readonly #order: string[] = [];
  #closed = false;

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    return this.#rows.get(textOf(key))?.value.slice();
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.#checkOpen();
    return keys.map((key) => this.#rows.get(textOf(key))?.value.slice());
  }

  async scan(range: Range): Promise<readonly Row[]> {
    invariant(
      Number.isSafeInteger(range.limit) && range.limit >= 1,
      'a scan has a limit of 1 or more',
    );
    this.#checkOpen();
    if (compareBytes(range.from, range.to) >= 0) return [];
    const first = this.#positionOf(textOf(range.from));
    const end = this.#positionOf(textOf(range.to));
    const reverse = range.reverse ?? false;
    const texts = reverse
      ? this.#order.slice(Math.max(first, end - range.limit), end).reverse()
      : this.#order.slice(first, Math.min(end, first + range.limit));
    return texts.map((text) => {
      const row = this.#rows.get(text);
      invariant(row !== undefined, 'every key of the order has a row');
      return { key: row.key.slice(), value: row.value.slice() };
    });
  }

  async write(batch: {
    readonly changes: readonly Change[];
    readonly condition?: Condition;
    readonly flush: boolean;
  }): Promise<void> {
    this.#checkOpen();
    const { condition } = batch;
    if (condition !== undefined) {
      checkCondition(condition, this.#rows.get(textOf(condition.key))?.value);
    }
    const added: string[] = [];
    for (const { key, value } of batch.changes) {
      const text = textOf(key);
      if (value === null) this.#remove(text, added);
      else {
        if (!this.#rows.has(text)) added.push(text);
        this.#rows.set(text, { key: key.slice(), value: value.slice() });
      }
    }
    this.#insert(added);
  }

  /** Nothing is left of what was replaced. */
  async purge(_ranges: readonly KeyRange[]): Promise<void> {
    this.#checkOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Takes a row away. Its key is in the order, or among those that the batch has yet to insert. */
  #remove(text: string, added: string[]): void {
    if (!this.#rows.delete(text)) return;
    const position = this.#positionOf(text);
    if (this.#order[position] === text) this.#order.splice(position, 1);
    else added.splice(added.lastIndexOf(text), 1);
  }

  #insert(texts: readonly string[]): void {
    if (texts.length > SINGLE_INSERTS_MAX) {
      for (const text of texts) this.#order.push(text);
      this.#order.sort();
      return;
    }
    for (const text of texts) {
      if (text > (this.#order.at(-1) ?? '')) this.#order.push(text);
      else this.#order.splice(this.#positionOf(text), 0, text);
    }
  }

  /** Where in the order the text is, or would be. */
  #positionOf(text: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#order[middle] as string) < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #checkOpen(): void {
    if (this.#closed) throw new TransparencyError('store.closed', 'the store in memory is closed');
  }
}

function textOf(key: Uint8Array): string {
  let text = '';
  for (const byte of key) text += String.fromCharCode(byte);
  return text;
}
