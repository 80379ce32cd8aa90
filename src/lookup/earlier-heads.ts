import { isTransparencyError } from '../core/error.ts';
import { type IndexHead, parseIndexHead } from '../event/index-leaf.ts';
import type { IndexedLog, LogCursor } from './ports.ts';
import type { HeadLeaf } from './rows.ts';

/** Where heads are looked for. */
export interface EarlierHeadsOptions {
  readonly log: Pick<IndexedLog, 'follow'>;
  /** Entries behind this tree; null: all. */
  readonly from: LogCursor | null;
  /** Leaf indices above this one. */
  readonly above: number;
  /** Leaf indices below this size. */
  readonly to: number;
  /** Heads that are held at a time, about: the batch of entries that has the last of them is read to its end. */
  readonly heldMax: number;
  readonly pause: () => Promise<void>;
}

/**
 * The heads of earlier lives, oldest first: they say at which sizes an index that is made again has to pass. A head stands
 * behind the entries that it covers, so the log is read ahead of the index.
 */
export class EarlierHeads {
  readonly #options: EarlierHeadsOptions;
  #held: HeadLeaf[] = [];
  /** How many of those are dropped already. */
  #dropped = 0;
  #cursor: LogCursor | null;
  #isDone: boolean;

  constructor(options: EarlierHeadsOptions) {
    this.#options = options;
    this.#cursor = options.from;
    this.#isDone = (options.from?.size ?? 0) >= options.to;
  }

  /**
   * The oldest that is left; null if there is none.
   *
   * @throws the signal's reason when it aborts first: it is not known then
   */
  async first(signal: AbortSignal): Promise<HeadLeaf | null> {
    if (this.#dropped === this.#held.length && !this.#isDone) await this.#readOn(signal);
    return this.#held[this.#dropped] ?? null;
  }

  /** Drops the oldest. */
  drop(): void {
    this.#dropped += 1;
  }

  async #readOn(signal: AbortSignal): Promise<void> {
    const { log, above, to, heldMax, pause } = this.#options;
    this.#held = [];
    this.#dropped = 0;
    for await (const batch of log.follow(this.#cursor, signal)) {
      for (const [i, entry] of batch.entries.entries()) {
        const leafIndex = batch.firstIndex + i;
        if (leafIndex > above && leafIndex < to && parseHead(entry) !== null) {
          this.#held.push({ leafIndex, leaf: entry.slice() });
        }
      }
      this.#cursor = batch.cursor;
      this.#isDone = batch.cursor.size >= to;
      await pause();
      if (this.#isDone || this.#held.length >= heldMax) return;
    }
    signal.throwIfAborted();
  }
}

/** The head of an entry's bytes; null if it is another leaf, or none. */
export function parseHead(entry: Uint8Array): IndexHead | null {
  if (!endsWith(entry, HEAD_END)) return null;
  try {
    return parseIndexHead(entry);
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

/** `v` sorts last in every leaf. */
const HEAD_END = new TextEncoder().encode('"v":"nhi.index/1"}');

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const start = bytes.length - end.length;
  if (start < 0) return false;
  for (let i = end.length - 1; i >= 0; i--) if (bytes[start + i] !== end[i]) return false;
  return true;
}
