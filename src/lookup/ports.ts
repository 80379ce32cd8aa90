/** One row: a key and its value. */
export interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Reads of the rows of an index. */
export interface IndexReads {
  /** Values in the order of the keys. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Rows of the half-open range of keys, compared as unsigned bytes, in their order; at most `limit`. */
  scan(range: {
    readonly from: Uint8Array;
    readonly to: Uint8Array;
    readonly limit: number;
  }): Promise<readonly Row[]>;
}

/** Changes that lie apart until they are written, all or none. */
export interface IndexBatch {
  /** Copies both before it returns. */
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /**
   * @param options.flush  true: it is on disk before this answers. Default false: a power cut may undo it, with all that was
   *   written after it; the log has what it was made of, and its own flushes do not wait for these
   */
  write(options?: { readonly flush?: boolean }): Promise<void>;
  /** Drops the changes. */
  drop(): Promise<void>;
}

/** The rows of one index: everything in them can be made again from the log. */
export interface IndexStore extends IndexReads {
  batch(): IndexBatch;
  /** Removes all rows. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A tree: its size and its root hash. */
export interface LogCursor {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** Published entries in order, and the tree that they end. */
export interface LogBatch {
  readonly firstIndex: number;
  readonly entries: readonly Uint8Array[];
  readonly cursor: LogCursor;
}

/** What an index needs of its log. */
export interface IndexedLog {
  readonly origin: string;
  /**
   * The published entries from a cursor on, for ever.
   *
   * @throws {TransparencyError} consistency.mismatch if the log has not the tree of the cursor
   */
  follow(cursor: LogCursor | null, signal: AbortSignal): AsyncIterable<LogBatch>;
  /** The published head; null before the first. */
  published(): Promise<LogCursor | null>;
  /** Entries of the tree, published or not: an index head of an earlier life is among them. */
  integratedSize(): Promise<number>;
  /** Root hash of the published tree at a size. */
  rootAt(size: number): Promise<Uint8Array>;
  /**
   * Appends an index head, a leaf made by the log alone; its leaf index, after the commit.
   *
   * @throws {TransparencyError} pool.full, log.halted, log.closing: it was not appended; any other error: unknown
   */
  appendIndexHead(leaf: Uint8Array): Promise<number>;
}
