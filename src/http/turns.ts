/** Long pieces of synchronous work, one in each round of the event loop: what else waits comes in between. */
export interface Turns {
  /** Resolves when it is the caller's turn; turns are given in the order in which they were asked for. */
  take(): Promise<void>;
}

/** @param nextRound  calls back once what waits in this round is done; `setImmediate` */
export function createTurns(nextRound: (callback: () => void) => void): Turns {
  const waiting: (() => void)[] = [];
  let isSet = false;
  const give = (): void => {
    const next = waiting.shift();
    isSet = waiting.length > 0;
    if (isSet) nextRound(give);
    next?.();
  };
  return {
    take() {
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (isSet) return;
        isSet = true;
        nextRound(give);
      });
    },
  };
}
