import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/core/policy.ts';
import { checkQuorum, everyQuorumContains, quorumTime } from '../../src/core/quorum.ts';
import { codeOf, vectorsOf } from './note-fixtures.ts';

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly met: readonly (readonly string[])[];
  readonly unmet: readonly (readonly string[])[];
  readonly times: readonly {
    readonly at: Readonly<Record<string, number>>;
    readonly notAfter: number | null;
    readonly notBefore: number | null;
  }[];
  readonly confirmed: readonly (readonly string[])[];
  readonly unconfirmed: readonly (readonly string[])[];
}

const { cases } = vectorsOf<{ cases: Case[] }>('policy-quorum');
const NAMES = ['a', 'b', 'c', 'd'];
const subsets = Array.from({ length: 16 }, (_, i) =>
  NAMES.filter((_, bit) => (i >> bit) % 2 === 1),
);

describe.each(cases)('with the quorum $name', (one) => {
  const policy = parsePolicy(one.policy);
  const isMet = (names: Iterable<string>): boolean =>
    codeOf(() => checkQuorum(policy, names)) === 'ok';

  it('says who suffices', () => {
    for (const names of one.met) expect(isMet(names), names.join()).toBe(true);
    for (const names of one.unmet) {
      expect(
        codeOf(() => checkQuorum(policy, names)),
        names.join(),
      ).toBe('policy.quorum-not-met');
    }
  });

  it('counts nobody twice', () => {
    for (const names of one.unmet) expect(isMet([...names, ...names])).toBe(false);
  });

  it('says what the times prove', () => {
    for (const { at, notAfter, notBefore } of one.times) {
      const times = Object.entries(at).map(([name, timestampSeconds]) => ({
        name,
        timestampSeconds,
      }));
      expect(quorumTime(policy, times)).toEqual({
        notAfterSeconds: notAfter,
        notBeforeSeconds: notBefore,
      });
    }
  });

  it('has a quorum at its bounds and none beyond them', () => {
    const times = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...NAMES),
        timestampSeconds: fc.integer({ min: 1, max: 9 }),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(times, (cosignatures) => {
        const { notAfterSeconds, notBeforeSeconds } = quorumTime(policy, cosignatures);
        const meets = (counts: (t: number) => boolean): boolean => {
          return isMet(cosignatures.filter((c) => counts(c.timestampSeconds)).map((c) => c.name));
        };
        const hasBounds = policy.quorum !== null && meets(() => true);
        expect([notAfterSeconds !== null, notBeforeSeconds !== null]).toEqual([
          hasBounds,
          hasBounds,
        ]);
        if (notAfterSeconds === null || notBeforeSeconds === null) return;
        expect(meets((t) => t <= notAfterSeconds)).toBe(true);
        expect(meets((t) => t < notAfterSeconds)).toBe(false);
        expect(meets((t) => t >= notBeforeSeconds)).toBe(true);
        expect(meets((t) => t > notBeforeSeconds)).toBe(false);
      }),
    );
  });

  it('says whom every quorum contains, as trying all of them does', () => {
    for (const names of one.confirmed) expect(everyQuorumContains(policy, names)).toBe(true);
    for (const names of one.unconfirmed) expect(everyQuorumContains(policy, names)).toBe(false);
    for (const names of subsets) {
      const quorums = subsets.filter(isMet);
      const expected = quorums.every((quorum) => quorum.some((name) => names.includes(name)));
      expect(everyQuorumContains(policy, names), names.join()).toBe(expected);
    }
  });
});
