import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPolicy, parsePolicy } from '../../src/core/policy.ts';
import { hostileBytes } from './note-arbitraries.ts';
import { bytesOf, type CaseInput, codeOf, vectorsOf } from './note-fixtures.ts';

interface Case extends CaseInput {
  readonly canonical?: { readonly text?: string; readonly hex?: string };
}

const { cases } = vectorsOf<{ cases: Case[] }>('policy-parse');

describe('parsePolicy', () => {
  it.each(cases)('reads or refuses: $name', (one) => {
    if (one.canonical === undefined) {
      expect(codeOf(() => parsePolicy(bytesOf(one)))).toBe(one.error);
      return;
    }
    const policy = parsePolicy(bytesOf(one));
    expect(formatPolicy(policy)).toEqual(bytesOf(one.canonical));
    expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
    if (one.text !== undefined) expect(parsePolicy(one.text)).toEqual(policy);
  });

  it('names the line that is wrong', () => {
    expect(() => parsePolicy('# a\n\nquorum x\n')).toThrow(/line 3: .*not defined/);
  });

  it('throws nothing but refusals, and what it reads it writes and reads again', () => {
    fc.assert(
      fc.property(hostileBytes(cases), (bytes) => {
        const code = codeOf(() => {
          const policy = parsePolicy(bytes);
          expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
        });
        expect(['ok', 'policy.malformed']).toContain(code);
      }),
      { numRuns: 500 },
    );
  });
});
