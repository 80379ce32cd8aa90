import type { Latencies, LoadReport } from './load/order.ts';

/** One system in one cell in one round: a raw sample. */
export interface Measurement {
  /** 0: the trial of the peer's settings. */
  readonly round: number;
  readonly cell: string;
  /** `varve`, `tessera 64/5ms`, `library 1024/20ms`, `hono`, `node` */
  readonly system: string;
  readonly at: string;
  readonly seconds: number;
  readonly operations: number;
  /** Events or entries in one operation. */
  readonly itemsPerOperation: number;
  readonly bodyBytes: number;
  readonly latencyMs: Latencies;
  readonly histogram: LoadReport['histogram'];
  readonly errors: Readonly<Record<string, number>>;
  /** How much of what was answered was verified; null where there is nothing to verify. */
  readonly verified: number | null;
  readonly cpuSeconds: LoadReport['cpuSeconds'];
  readonly rssMiB: number;
  readonly rssPeakMiB: number;
  readonly rssAnonPeakMiB: number;
}

/** Items a second. */
export function rateOf({ operations, itemsPerOperation, seconds }: Measurement): number {
  return (operations * itemsPerOperation) / seconds;
}

/** Processor time of the server for one item, µs. */
export function cpuMicrosOf({ cpuSeconds, operations, itemsPerOperation }: Measurement): number {
  return (cpuSeconds.server * 1e6) / Math.max(1, operations * itemsPerOperation);
}

export function errorCountOf({ errors }: Measurement): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}

/** The middle one; of an even number the lower of both. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
