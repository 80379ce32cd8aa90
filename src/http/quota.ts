import { TransparencyError } from '../core/error.ts';
import type { Clock } from '../log/ports.ts';

/** Items that one sender may submit, on average over a second. */
export interface Quota {
  /**
   * Takes items out of what has gathered since the last ones.
   *
   * @throws {TransparencyError} request.quota, with the time after which they would fit; nothing is taken then
   */
  take(count: number): void;
}

/**
 * A bucket that fills with `perSecond` and holds one second's worth, and at least `burst`: what one request may carry is
 * never refused for ever.
 */
export function createQuota(options: {
  readonly perSecond: number;
  readonly burst: number;
  readonly now: Clock;
}): Quota {
  const { perSecond, now } = options;
  const capacity = Math.max(perSecond, options.burst);
  let held = capacity;
  let at = now();
  return {
    take(count) {
      const time = now();
      // A clock that jumped back fills nothing, and one that jumped ahead fills the bucket once.
      held = Math.min(capacity, held + (Math.max(0, time - at) * perSecond) / 1_000);
      at = time;
      if (count > held) {
        const retryAfterMs = Math.ceil(((count - held) * 1_000) / perSecond);
        throw new TransparencyError('request.quota', `${count} items, ${Math.floor(held)} left`, {
          details: { items: count, left: Math.floor(held), retryAfterMs },
        });
      }
      held -= count;
    },
  };
}
