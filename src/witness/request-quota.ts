/** How many requests logs may still send: a bucket for each that fills evenly over the day. */
export class RequestQuota {
  readonly #buckets: Map<string, Bucket> = new Map();
  readonly #clock: () => number;

  /** @param clock  ms; a step back costs nobody more than the bucket holds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Takes one request from a log's bucket.
   *
   * @param perDay  requests a day; the bucket holds a minute of them, and 60 at least
   * @returns 0, or the ms until there is one again
   */
  take(log: string, perDay: number): number {
    const most = Math.max(LEAST_HELD, Math.ceil(perDay / 1_440));
    const now = this.#clock();
    const before = this.#buckets.get(log) ?? { left: most, atMs: now };
    const filled = (Math.max(0, now - before.atMs) * perDay) / DAY_MS;
    const left = Math.min(most, before.left + filled);
    const taken = left >= 1 ? 1 : 0;
    this.#buckets.set(log, { left: left - taken, atMs: now });
    return taken === 1 ? 0 : Math.ceil(((1 - left) * DAY_MS) / perDay);
  }
}

const DAY_MS = 86_400_000;
const LEAST_HELD = 60;

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}
