/** Resolves after `ms`, or sooner when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

const RELEASED = 'released';

/** Lets one loop wait for a call or for time, whichever comes first. A call before the wait is not lost. */
export class Latch {
  #released = false;
  #wake: AbortController | null = null;

  /** Ends the present wait, or the next one at once. */
  release(): void {
    this.#released = true;
    // With a reason of its own: the one that is made otherwise is an exception, with its stack, for every commit.
    this.#wake?.abort(RELEASED);
  }

  /** Resolves when released or after `ms`. One waiter at a time. */
  async wait(ms: number, sleep: Sleep): Promise<void> {
    if (!this.#released) {
      this.#wake = new AbortController();
      await sleep(ms, this.#wake.signal);
      this.#wake = null;
    }
    this.#released = false;
  }
}
