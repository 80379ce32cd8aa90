import { IndexReplay, type ReplayedHead } from '../client/index-replay.ts';
import { isTransparencyError } from '../core/error.ts';
import { parseLeaf } from '../event/leaf.ts';

/** Entries with keys that no head came to cover for too long. */
export interface OverdueHead {
  /** The first of them. */
  readonly leafIndex: number;
  readonly what: string;
}

/** What an entry came to. */
export interface Watched {
  /** The index head that it is, and whether that is true. */
  readonly head: ReplayedHead | null;
  /** Told once for each time of waiting. */
  readonly overdue: OverdueHead | null;
}

/** Entries with keys that may lie behind the last head. (spec/11-index.md §10) */
export const OVERDUE_ENTRIES = 200_000;
/** The same, by the clock of the log. */
export const OVERDUE_MS = 600_000;

/** Holds every index head of a log to its entries, which come in their order, and sees whether heads come in time. */
export class IndexWatch {
  readonly replay: IndexReplay;
  #last: ReplayedHead | null = null;
  #heads = 0;
  #waitingSince: { readonly leafIndex: number; readonly atMs: number } | null = null;
  #isOverdueTold = false;

  /** @param origin  of the log */
  constructor(origin: string) {
    this.replay = new IndexReplay(origin);
  }

  /** The last true head; all before it are true. */
  get last(): ReplayedHead | null {
    return this.#last;
  }

  /** True heads. */
  get heads(): number {
    return this.#heads;
  }

  /** Takes the next entry. */
  take(entry: Uint8Array): Watched {
    const index = this.replay.size;
    const head = this.replay.take(entry);
    if (head !== null && head.difference === null) {
      this.#last = head;
      this.#heads += 1;
    }
    return { head, overdue: this.#overdue(index, entry, head) };
  }

  /** Entries with keys wait for their head, but not for ever. */
  #overdue(index: number, entry: Uint8Array, head: ReplayedHead | null): OverdueHead | null {
    const waiting = this.replay.waitingWithKeys;
    if (head !== null || waiting === 0) {
      this.#waitingSince = null;
      this.#isOverdueTold = false;
    }
    if (waiting === 0 || this.#isOverdueTold) return null;
    // The clock is looked at now and then: each look reads a leaf.
    const isLook = this.#waitingSince === null || index % CLOCK_ENTRIES === 0;
    const atMs = isLook ? admissionOf(entry) : null;
    if (this.#waitingSince === null && atMs !== null) {
      this.#waitingSince = { leafIndex: index, atMs };
    }
    const since = this.#waitingSince;
    const waitedMs = since === null || atMs === null ? 0 : atMs - since.atMs;
    if (waiting <= OVERDUE_ENTRIES && waitedMs <= OVERDUE_MS) return null;
    this.#isOverdueTold = true;
    const leafIndex = since?.leafIndex ?? index;
    const what = `${waiting} entries with keys, ${waitedMs} ms by the log's clock, and no index head`;
    return { leafIndex, what };
  }
}

const CLOCK_ENTRIES = 256;

/** When the log says that it admitted an event; null for what is none. */
function admissionOf(entry: Uint8Array): number | null {
  try {
    const leaf = parseLeaf(entry);
    return leaf.v === 'nhi.leaf/1' ? leaf.recv.at : null;
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}
