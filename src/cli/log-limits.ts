import type { LogLimits } from '../log/limits.ts';

const MEBIBYTE = 1_048_576;
const HOUR_MS = 3_600_000;

/** What a configuration may set the limits of a log to: least and most. What they mean stands in `log/limits.ts`. */
export const LOG_LIMIT_RANGES: Readonly<Record<keyof LogLimits, readonly [number, number]>> = {
  poolEntriesMax: [1, 1_048_576],
  // Room for one entry of the largest size, at least.
  poolBytesMax: [65_536, 1_024 * MEBIBYTE],
  commitEntriesMax: [1, 65_536],
  commitBytesMax: [65_536, 256 * MEBIBYTE],
  admissionAgeMaxMs: [100, 600_000],
  headIntervalMs: [1, 60_000],
  witnessIntervalMs: [10, HOUR_MS],
  headRefreshMs: [1_000, 24 * HOUR_MS],
  headKeptMs: [60_000, 10 * 365 * 24 * HOUR_MS],
  conflictsPerMinuteMax: [0, 1_000_000],
  refusedLeavesPerMinuteMax: [0, 1_000_000],
  scrubIntervalMs: [60_000, 365 * 24 * HOUR_MS],
  scrubPauseMs: [0, 60_000],
  seenFilterBytes: [1_024, 1_024 * MEBIBYTE],
  readCacheBytesMax: [0, 4_096 * MEBIBYTE],
};
