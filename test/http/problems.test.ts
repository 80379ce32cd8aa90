import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, TransparencyError } from '../../src/core/error.ts';
import { problemOf, retryAfterSeconds, statusOf } from '../../src/http/problems.ts';

const half = (): number => 0.5;

/** Every code of the closed union, read from its source. */
function codes(): ErrorCode[] {
  const source = readFileSync(new URL('../../src/core/error.ts', import.meta.url), 'utf8');
  return [...source.matchAll(/^ {2}\| '([a-z0-9-]+\.[a-z0-9-]+)'/gm)].map(
    ([, code]) => code as ErrorCode,
  );
}

describe('problems', () => {
  it('give every code of the union a status', () => {
    expect(codes().length).toBeGreaterThan(100);
    for (const code of codes()) expect(statusOf(code), code).toBeGreaterThanOrEqual(400);
  });

  it('have every code and its status in spec/9-errors.md', () => {
    const spec = readFileSync(new URL('../../spec/9-errors.md', import.meta.url), 'utf8');
    const told = new Map(
      [...spec.matchAll(/^\| `([a-z0-9.-]+)` \| (\d{3}|–) \|/gm)].map(([, code, status]) => [
        code,
        status,
      ]),
    );
    for (const code of codes()) {
      const status = statusOf(code);
      const shown = status === 500 && code !== 'server.fault' ? '–' : String(status);
      expect(`${code} ${told.get(code)}`).toBe(`${code} ${shown}`);
    }
    expect([...told.keys()].filter((code) => !codes().includes(code as ErrorCode))).toEqual([]);
  });

  it('carry the code, its message and its values', () => {
    const error = new TransparencyError('event.schema', 'src: missing', { details: { at: 7 } });
    expect(problemOf(error, half)).toEqual({
      type: 'urn:varve:problem:event.schema',
      title: 'event: schema',
      status: 422,
      code: 'event.schema',
      detail: 'src: missing',
      details: { at: 7 },
    });
  });

  it('tell nothing of a fault but a name to look for', () => {
    for (const error of [
      new Error('ENOSPC /var/lib/varve'),
      new TransparencyError('store.corrupt', 'row 7 at /var/lib/varve'),
      'text',
      undefined,
    ]) {
      const problem = problemOf(error, half);
      expect(problem).toMatchObject({ status: 500, code: 'server.fault' });
      expect(problem.instance).toMatch(/^urn:varve:fault:[0-9a-f]{12}$/);
      expect(JSON.stringify(problem)).not.toContain('varve/');
      expect(JSON.stringify(problem)).not.toContain('/var');
    }
  });

  it('spread those who were refused together over time', () => {
    const error = new TransparencyError('pool.full', 'full', { details: { retryAfterMs: 4_000 } });
    const waits = [0, 0.25, 0.999].map((r) => problemOf(error, () => r).retryAfterMs);
    expect(waits).toEqual([4_000, 5_000, 7_996]);
    expect(retryAfterSeconds(problemOf(error, () => 0.25))).toBe('5');
  });

  it.each([
    'pool.full',
    'pool.stale',
    'log.closing',
    'log.halted',
    'request.overloaded',
    'request.quota',
    'conflict.too-many',
  ] as const)('say when to come back after %s', (code) => {
    const seconds = retryAfterSeconds(problemOf(new TransparencyError(code, 'no'), half));
    expect(Number(seconds)).toBeGreaterThanOrEqual(1);
  });

  it('say so of no other code', () => {
    for (const code of codes()) {
      const told = retryAfterSeconds(problemOf(new TransparencyError(code, 'no'), half));
      expect(told !== undefined, code).toBe([429, 503].includes(statusOf(code)));
    }
  });
});
