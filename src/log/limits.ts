/** Limits of the write path, each with its unit and default. The requests' limits stand in `http/limits.ts`. */
export interface LogLimits {
  /** Entries that wait for the writer. */
  readonly poolEntriesMax: number;
  /** Bytes of the entries that wait for the writer. */
  readonly poolBytesMax: number;
  /** Entries of one commit. */
  readonly commitEntriesMax: number;
  /** Bytes of the entries of one commit. */
  readonly commitBytesMax: number;
  /** An entry that waited longer between admission and commit is refused: its `recv.at` would mislead. */
  readonly admissionAgeMaxMs: number;
  /** Least time between two heads when nobody waits for one. */
  readonly headIntervalMs: number;
  /** Least time between two rounds with the witnesses. */
  readonly witnessIntervalMs: number;
  /** A head without a successor is signed anew, with a new time, after this. */
  readonly headRefreshMs: number;
  /** Heads that nothing names are kept this long; the last of each minute for ever. */
  readonly headKeptMs: number;
  /** Conflicting events of one source that are appended in one minute. */
  readonly conflictsPerMinuteMax: number;
  /** `refused` leaves in one minute, all sources together. */
  readonly refusedLeavesPerMinuteMax: number;
  /** A whole scrub of the store begins so long after the last one ended. */
  readonly scrubIntervalMs: number;
  /** The scrub rests so long between two bundles or tiles. */
  readonly scrubPauseMs: number;
  /** Bytes of the filter in front of the idempotency rows. */
  readonly seenFilterBytes: number;
  /** Bytes of verified tiles and bundles that are kept in memory. */
  readonly readCacheBytesMax: number;
}

export const LOG_LIMITS: LogLimits = {
  poolEntriesMax: 65_536,
  poolBytesMax: 64 * 1024 * 1024,
  commitEntriesMax: 4_096,
  commitBytesMax: 8 * 1024 * 1024,
  admissionAgeMaxMs: 30_000,
  headIntervalMs: 100,
  witnessIntervalMs: 1_000,
  headRefreshMs: 600_000,
  headKeptMs: 24 * 3_600_000,
  conflictsPerMinuteMax: 60,
  refusedLeavesPerMinuteMax: 10,
  scrubIntervalMs: 7 * 24 * 3_600_000,
  scrubPauseMs: 10,
  seenFilterBytes: 16 * 1024 * 1024,
  readCacheBytesMax: 16 * 1024 * 1024,
};
