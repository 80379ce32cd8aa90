import type { Latencies } from './order.ts';

/** Times of operations, as they come: counted in steps of 2 %, so that a run of any length takes the same room. */
export class LatencyCounts {
  readonly #counts: Uint32Array = new Uint32Array(BUCKETS);
  #total = 0;
  #maxMs = 0;

  add(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / STEP);
    const at = Math.min(BUCKETS - 1, bucket);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total++;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  get latencies(): Latencies {
    return {
      p50: this.#percentile(0.5),
      p90: this.#percentile(0.9),
      p99: this.#percentile(0.99),
      p999: this.#percentile(0.999),
      max: round(this.#maxMs),
    };
  }

  /** Upper ends in steps of 10 % and their counts, empty ones left out. */
  get histogram(): (readonly [number, number])[] {
    const found: (readonly [number, number])[] = [];
    for (let from = 0; from < BUCKETS; from += 5) {
      const count = this.#counts.subarray(from, from + 5).reduce((sum, one) => sum + one, 0);
      if (count > 0) found.push([round(upperMs(from + 4)), count]);
    }
    return found;
  }

  #percentile(fraction: number): number {
    let left = Math.max(1, Math.ceil(fraction * this.#total));
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return round(Math.min(upperMs(bucket), this.#maxMs));
    }
    return 0;
  }
}

const LEAST_MS = 0.01;
const STEP = Math.log(1.02);
/** Up to 100 s. */
const BUCKETS = Math.ceil(Math.log(1e7) / STEP) + 1;

function upperMs(bucket: number): number {
  return LEAST_MS * Math.exp(bucket * STEP);
}

function round(ms: number): number {
  return Number(ms.toPrecision(3));
}
