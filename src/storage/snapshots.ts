/** Who reads with a snapshot of the store: many at once, or nobody while one thing runs that must leave none behind. */
export class Snapshots {
  #taken = 0;
  #exclusive: Promise<void> | null = null;
  #whenNone: (() => void) | null = null;

  /** Waits while something runs without snapshots. Call what it answers once, when the snapshot is given back. */
  async take(): Promise<() => void> {
    while (this.#exclusive !== null) await this.#exclusive;
    this.#taken++;
    return () => {
      this.#taken--;
      if (this.#taken === 0) this.#whenNone?.();
    };
  }

  /** Runs something while nobody has a snapshot. One at a time. */
  async without<T>(run: () => Promise<T>): Promise<T> {
    while (this.#exclusive !== null) await this.#exclusive;
    let end = (): void => {};
    this.#exclusive = new Promise((resolve) => {
      end = resolve;
    });
    try {
      if (this.#taken > 0) {
        await new Promise<void>((resolve) => {
          this.#whenNone = resolve;
        });
      }
      return await run();
    } finally {
      this.#whenNone = null;
      this.#exclusive = null;
      end();
    }
  }
}
