import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS, type LimitName, limitsOf } from '../../src/http/limits.ts';

describe('limits', () => {
  it('have their defaults without a configuration', () => {
    const limits = limitsOf();
    for (const [name, limit] of Object.entries(LIMITS)) {
      expect(limits[name as LimitName], name).toBe(limit.default);
      expect(limit.doc.length, name).toBeGreaterThan(10);
      expect(limit.range[0] <= limit.default && limit.default <= limit.range[1], name).toBe(true);
    }
  });

  it('take the values of a configuration and leave the others', () => {
    expect(limitsOf({ connectionsMax: 7 })).toEqual({ ...limitsOf(), connectionsMax: 7 });
  });

  it.each([0, -1, 1.5, Number.NaN, 1e9])('refuse %s connections', (connectionsMax) => {
    expect(() => limitsOf({ connectionsMax })).toThrow(/^config.malformed: limit connectionsMax/);
  });
});

describe('spec/8-http.md', () => {
  it('lists every limit with its default', () => {
    const spec = readFileSync(new URL('../../spec/8-http.md', import.meta.url), 'utf8');
    for (const [name, limit] of Object.entries(LIMITS)) {
      const told = limit.default.toLocaleString('en-US');
      expect(spec).toContain(`| \`${name}\` | ${told} | ${limit.doc} |`);
    }
  });
});
