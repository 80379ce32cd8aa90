import { TransparencyError } from '../core/error.ts';
import type { Clock } from '../log/ports.ts';
import type { Limits } from './limits.ts';

/** Quotas of tokens on keys that the index of a log did not have: each takes room in it for ever. */
export interface KeyQuotas {
  /** Counts new keys that came with events of a token: the index saw them after the events were admitted. */
  charge(token: string, keys: number): void;
  /**
   * May a token submit?
   *
   * @throws {TransparencyError} request.quota while it has brought more than its share, with the time that is left
   */
  check(token: string): void;
}

/** A token that brought far too many at once waits this long at most. */
const DEBT_MINUTES_MAX = 10;

/**
 * A bucket for each token that fills with its share and holds a minute's worth. The index tells which keys are new, and it
 * alone knows: so a token is charged after the fact, and refused while it is in debt.
 */
export function createKeyQuotas(options: {
  readonly limits: Pick<Limits, 'tokenNewKeysPerMinuteMax'>;
  readonly now: Clock;
}): KeyQuotas {
  const { limits, now } = options;
  const perMinute = limits.tokenNewKeysPerMinuteMax;
  const perMs = perMinute / 60_000;
  /** Only tokens that have been charged, by their names: as many as there are tokens. */
  const buckets = new Map<string, { held: number; atMs: number }>();
  const filled = (token: string): { held: number; atMs: number } => {
    const time = now();
    const { held, atMs } = buckets.get(token) ?? { held: perMinute, atMs: time };
    return { held: Math.min(perMinute, held + Math.max(0, time - atMs) * perMs), atMs: time };
  };
  return {
    charge(token, keys) {
      const { held, atMs } = filled(token);
      buckets.set(token, { held: Math.max(-DEBT_MINUTES_MAX * perMinute, held - keys), atMs });
    },
    check(token) {
      if (!buckets.has(token)) return;
      const { held } = filled(token);
      if (held >= 0) return;
      const retryAfterMs = Math.max(1, Math.ceil(-held / perMs));
      const message = `${Math.ceil(-held)} new keys too many for the index`;
      throw new TransparencyError('request.quota', message, { details: { retryAfterMs } });
    },
  };
}
