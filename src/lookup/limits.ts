/** Limits of an index, each with its unit and default. */
export interface IndexLimits {
  /** Least time between two heads. An event that comes after a pause gets one at once. */
  readonly headIntervalMs: number;
  /** It grows to four times what the last head took to make, up to this: every head rewrites what it touches. */
  readonly headIntervalMsMax: number;
  /** Entries behind the last head after which the next one does not wait for that time. */
  readonly headEntriesMax: number;
  /** Postings in memory after which they are stored, head or not: while an index is made of an old log. */
  readonly bufferPostingsMax: number;
  /** Keys of those postings after which they are stored. */
  readonly bufferKeysMax: number;
  /** Bytes of rows after which a part of those that are stored without a head is written. */
  readonly flushBytesMax: number;
  /** Heads of earlier lives in memory, some 700 bytes each: while an index is made anew. A year of a log has millions. */
  readonly earlierHeadsMax: number;
  /** Heads before the newest that answer readers who page. */
  readonly pinnedHeadsMax: number;
  /** A head answers this long after it was asked last. */
  readonly pinnedMs: number;
  /** After a failure the follower begins again after this. */
  readonly retryMs: number;
}

export const INDEX_LIMITS: IndexLimits = {
  headIntervalMs: 5_000,
  headIntervalMsMax: 10_000,
  headEntriesMax: 100_000,
  bufferPostingsMax: 2_000_000,
  bufferKeysMax: 250_000,
  flushBytesMax: 8 * 1024 * 1024,
  earlierHeadsMax: 65_536,
  pinnedHeadsMax: 8,
  pinnedMs: 600_000,
  retryMs: 1_000,
};
