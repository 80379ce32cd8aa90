/** Times what a log does. */
export interface Timing {
  readonly observer: LogObserver | null;
  /** Milliseconds that only grow. */
  readonly stopwatch: () => number;
}

/**
 * Whom a log tells how long its work takes, for metrics. Each call is short and throws nothing; the log waits for none.
 */
export interface LogObserver {
  /** A commit is on disk. */
  committed(commit: { readonly entries: number; readonly durationMs: number }): void;
  /** The guard has recorded a head. */
  guarded(durationMs: number): void;
  /** Both faces of a head are signed. */
  signed(durationMs: number): void;
  /** A head is published, this long after it was begun: guard, signatures, row, cosignatures. */
  published(durationMs: number): void;
  /** A follower has read so far, behind the published size. */
  followed(follower: string, lagEntries: number): void;
}
