import { HASH_LENGTH } from '../core/hash.ts';

/** An entry that was read and is not yet in the index: its leaf hash, and what it carries. */
export interface WaitingEntry<Key> {
  readonly hash: Uint8Array;
  readonly keys: readonly Key[];
}

/** Entries of one piece. */
const PIECE = 1_024;

/**
 * A queue of entries in order, some fifty bytes each: an index that is hours behind its log leaves millions of them
 * between one head and the next.
 */
export class WaitingEntries<Key> {
  #pieces: Piece<Key>[] = [];
  /** Entries of the first piece that were taken out. */
  #taken = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(hash: Uint8Array, keys: readonly Key[]): void {
    let last = this.#pieces.at(-1);
    if (last === undefined || last.ends.length === PIECE) {
      last = { hashes: new Uint8Array(PIECE * HASH_LENGTH), keys: [], ends: [] };
      this.#pieces.push(last);
    }
    last.hashes.set(hash, last.ends.length * HASH_LENGTH);
    for (const key of keys) last.keys.push(key);
    last.ends.push(last.keys.length);
    this.#length += 1;
  }

  /** Takes out the first entry; what it returns is good until its piece is taken out whole. */
  shift(): WaitingEntry<Key> {
    const [first] = this.#pieces;
    if (first === undefined || this.#length === 0) throw new Error('bug: nothing waits');
    const at = this.#taken;
    const start = at * HASH_LENGTH;
    const entry = {
      hash: first.hashes.slice(start, start + HASH_LENGTH),
      keys: first.keys.slice(first.ends[at - 1] ?? 0, first.ends[at]),
    };
    this.#length -= 1;
    this.#taken += 1;
    if (this.#taken === PIECE) {
      this.#pieces = this.#pieces.slice(1);
      this.#taken = 0;
    }
    return entry;
  }
}

interface Piece<Key> {
  readonly hashes: Uint8Array;
  readonly keys: Key[];
  /** Where the keys of each entry end. */
  readonly ends: number[];
}
