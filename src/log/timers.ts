/** Resolves after `ms`, or sooner when the signal aborts. */
export function sleepByTimer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.min(ms, 0x7fff_ffff));
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** Resolves once the requests that have arrived by now were read. */
export function gatherByTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
