/**
 * Counts what a suite of real processes found. Every check is a line on stdout; the last line is
 * `N passed, N failed`, alone, for whoever adds suites up.
 */
export class Report {
  readonly #started = performance.now();
  #passed = 0;
  #failed = 0;

  /** Runs one check: it passes if `run` returns; what it returns is told behind its name. */
  async check(
    name: string,
    run: () => Promise<string | undefined> | string | undefined,
  ): Promise<void> {
    try {
      const detail = await run();
      this.pass(name, detail);
    } catch (error) {
      this.fail(name, error);
    }
  }

  pass(name: string, detail?: string): void {
    this.#passed += 1;
    console.log(`ok      ${name}${detail === undefined ? '' : `: ${detail}`}`);
  }

  fail(name: string, reason: unknown): void {
    this.#failed += 1;
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    console.log(`FAILED  ${name}: ${text}`);
  }

  /** Prints the counts and ends the process: with 1 if anything failed, or if nothing was checked at all. */
  finish(): never {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    console.log(`took ${seconds} s`);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    process.exit(this.#failed > 0 || this.#passed === 0 ? 1 : 0);
  }
}
