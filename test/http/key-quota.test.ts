import { describe, expect, it } from 'vitest';
import { isTransparencyError } from '../../src/core/error.ts';
import { createKeyQuotas } from '../../src/http/key-quota.ts';

/** The wait that a token is told, ms; 0: it may submit. */
function waitOf(check: () => void): number {
  try {
    check();
    return 0;
  } catch (error) {
    if (!isTransparencyError(error, 'request.quota')) throw error;
    return Number(error.details['retryAfterMs']);
  }
}

describe('the quota of a token on new keys', () => {
  it('is a minute of its share at once, and then what fills again', () => {
    let now = 0;
    const quotas = createKeyQuotas({ limits: { tokenNewKeysPerMinuteMax: 600 }, now: () => now });
    const wait = (): number => waitOf(() => quotas.check('gw'));
    expect(wait()).toBe(0);
    quotas.charge('gw', 600);
    expect(wait()).toBe(0);
    quotas.charge('gw', 30);
    expect(wait()).toBe(3_000);
    expect(waitOf(() => quotas.check('other'))).toBe(0);
    now += 2_999;
    expect(wait()).toBe(1);
    now += 1;
    expect(wait()).toBe(0);
    now += 3_600_000;
    quotas.charge('gw', 601);
    expect(wait()).toBe(100);
  });

  it('makes no token wait more than ten minutes, and no clock that jumps back longer', () => {
    let now = 1_000_000;
    const quotas = createKeyQuotas({ limits: { tokenNewKeysPerMinuteMax: 600 }, now: () => now });
    quotas.charge('gw', 10_000_000);
    expect(waitOf(() => quotas.check('gw'))).toBe(600_000);
    now = 0;
    expect(waitOf(() => quotas.check('gw'))).toBe(600_000);
  });
});
