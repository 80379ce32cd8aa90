import type { Clock } from '../../src/log/ports.ts';

/** A clock that a test sets. */
export interface TestClock {
  readonly now: Clock;
  /** Moves on, or back if `ms` is negative. */
  advance(ms: number): void;
  set(ms: number): void;
}

/** A clock that stands until the test moves it. Default 2026-01-01T00:00:00Z. */
export function testClock(startMs = 1_767_225_600_000): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
    set(ms) {
      nowMs = ms;
    },
  };
}
