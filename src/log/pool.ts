import { TransparencyError } from '../core/error.ts';
import type { Recv } from '../event/leaf.ts';
import type { Opening } from '../event/opening.ts';
import type { Change, Row } from './ports.ts';

/** What became of a pooled entry. Everything but `refused` is in the tree and on disk. */
export type Settlement =
  | {
      /** `appended`: by this call. `duplicate`: before. `conflict`: as another content of its id. */
      readonly kind: 'appended' | 'duplicate' | 'conflict';
      readonly leafIndex: number;
      readonly leafHash: Uint8Array;
      /** Null for opaque entries and the log's own leaves. */
      readonly recv: Recv | null;
      /** A conflict that was appended before, by an earlier call. */
      readonly repeated: boolean;
    }
  | { readonly kind: 'refused'; readonly error: TransparencyError };

/** What the writer needs to recognise an event that it has seen. */
export interface EventIdentity {
  /** 20 bytes: of source and id. */
  readonly key: Uint8Array;
  /** 16 bytes: MAC of the content. */
  readonly sameness: Uint8Array;
  readonly sourceId: string;
  readonly recv: Recv;
}

/** A head that an entry names: it is kept for ever. */
export interface NamedHead {
  readonly size: number;
  /** SHA-256 of its note; null: every head of that size. */
  readonly noteHash: Uint8Array | null;
}

/** What an entry of the log's own does to rows, in its own commit. */
export type Effect = (leafIndex: number) => {
  readonly changes: readonly Change[];
  /** Idempotency rows that are replaced, as they are and as they will be. */
  readonly blanked: readonly { readonly before: Row; readonly after: Row }[];
};

/** An entry that was admitted and waits for the writer. */
export interface PooledEntry {
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
  /** Admission clock, ms. */
  readonly atMs: number;
  /** Null for opaque entries and the log's own leaves. */
  readonly identity: EventIdentity | null;
  readonly names: NamedHead | null;
  /** What is kept sealed beside the entry if it becomes one; null: nothing. */
  readonly openings: readonly Opening[] | null;
  /** What its commit changes beside it; null: nothing. */
  readonly effect: Effect | null;
  /** Called once, after the commit that decides. */
  settle(settlement: Settlement): void;
}

/** Limits of the pool. */
export interface PoolLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/** Entries between admission and commit, in order of admission. Full, it refuses; it never blocks. */
export class Pool {
  readonly #limits: PoolLimits;
  #entries: PooledEntry[] = [];
  #bytes = 0;
  /** Set by the writer: called when something arrives. */
  onArrival: () => void = () => {};

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What is taken of it, from 0 to 1: of the entries or of the bytes, whichever is more. */
  get fill(): number {
    const { entriesMax, bytesMax } = this.#limits;
    return Math.min(1, Math.max(this.#entries.length / entriesMax, this.#bytes / bytesMax));
  }

  /**
   * Takes all entries or none. An empty pool takes one entry of any length: with its openings it may be longer than all
   * that the pool is given, and it must come in some day.
   *
   * @throws {TransparencyError} pool.full; submission.too-many-items for more than would fit if it were empty
   */
  put(entries: readonly PooledEntry[]): void {
    let bytes = 0;
    for (const entry of entries) bytes += bytesOf(entry);
    const { entriesMax, bytesMax } = this.#limits;
    if (entries.length > entriesMax || (entries.length > 1 && bytes > bytesMax)) {
      throw new TransparencyError(
        'submission.too-many-items',
        `${entries.length} entries of ${bytes} bytes at once: the pool holds ${entriesMax} and ${bytesMax}`,
      );
    }
    const isFull = this.#entries.length + entries.length > entriesMax;
    if (isFull || (this.#entries.length > 0 && this.#bytes + bytes > bytesMax)) {
      throw new TransparencyError(
        'pool.full',
        `the pool holds ${this.#entries.length} entries and ${this.#bytes} bytes`,
      );
    }
    for (const entry of entries) this.#entries.push(entry);
    this.#bytes += bytes;
    if (entries.length > 0) this.onArrival();
  }

  /** Takes out the oldest entries: at most `count`, and at most `bytes` of them but at least one. */
  take(count: number, bytes: number): PooledEntry[] {
    let taken = 0;
    let takenBytes = 0;
    while (taken < this.#entries.length && taken < count) {
      const length = bytesOf(this.#entries[taken] as PooledEntry);
      if (taken > 0 && takenBytes + length > bytes) break;
      takenBytes += length;
      taken++;
    }
    const batch = this.#entries.slice(0, taken);
    this.#entries = taken === this.#entries.length ? [] : this.#entries.slice(taken);
    this.#bytes -= takenBytes;
    return batch;
  }
}

/** What an entry weighs, with what is kept beside it. */
function bytesOf({ entry, openings }: PooledEntry): number {
  let bytes = entry.length;
  if (openings !== null) for (const opening of openings) bytes += opening.bytes.length;
  return bytes;
}
