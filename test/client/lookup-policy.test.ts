import { describe, expect, it } from 'vitest';
import { isAtLeast, lookupPolicyOf, parseLookupPolicy } from '../../src/client/lookup-policy.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { refusal } from '../support/refusal.ts';
import { testSigner } from '../support/test-signer.ts';

const keys = new Map<string, Uint8Array>();

/** Verifier key of a name; with the public key of another, if one is named. */
function vkeyOf(name: string, of = name, type: number = KEY_TYPE.ed25519): string {
  const publicKey = keys.get(of) ?? testSigner().ed25519PublicKey;
  keys.set(of, publicKey);
  return formatVkey(verifierKeyOf(name, type, publicKey));
}

const LOG = vkeyOf('log.test/a');
const WITNESS = vkeyOf('witness.test/w', 'witness.test/w', KEY_TYPE.cosignature);
const AUDITOR = vkeyOf('auditor.test/a');
const BASE = `log ${LOG}\nwitness w ${WITNESS}\nquorum w\n`;

describe('what a policy asks of lookups', () => {
  it('is any grade, no auditor and any age where it says nothing', () => {
    const { grade, auditors, maxAgeSeconds } = parseLookupPolicy(utf8(BASE));
    expect([grade, auditors, maxAgeSeconds]).toEqual(['claimed', [], null]);
  });

  it('stands in comments, of which the strictest counts', () => {
    const lines = [
      '#varve index-grade audited',
      '#varve  index-grade\tclaimed',
      `#varve index-auditor ${AUDITOR}`,
      '#varve index-max-age 600',
      '#varve index-max-age 3600',
      '# varve index-grade nonsense, which is a comment like any other',
    ];
    const policy = parseLookupPolicy(utf8(`${BASE}${lines.join('\n')}\n`));
    expect([policy.grade, policy.maxAgeSeconds]).toEqual(['audited', 600]);
    expect(policy.auditors.map(formatVkey)).toEqual([AUDITOR]);
    const more = lookupPolicyOf(policy.policy, { grades: ['replayed'], maxAges: ['60'] }, policy);
    expect([more.grade, more.maxAgeSeconds, more.auditors.length]).toEqual(['replayed', 60, 1]);
    const less = lookupPolicyOf(policy.policy, { grades: ['claimed'], maxAges: ['900'] }, policy);
    expect([less.grade, less.maxAgeSeconds]).toEqual(['audited', 600]);
  });

  it('orders the grades', () => {
    expect(isAtLeast('audited', 'claimed')).toBe(true);
    expect(isAtLeast('audited', 'audited')).toBe(true);
    expect(isAtLeast('claimed', 'audited')).toBe(false);
    expect(isAtLeast('audited', 'replayed')).toBe(false);
  });

  it.each([
    ['a name that is not known', '#varve index-garde audited', 'index-garde'],
    ['no name', '#varve', 'not a line of one value'],
    ['no value', '#varve index-grade', 'not a line of one value'],
    ['two values', '#varve index-grade audited now', 'not a line of one value'],
    ['a grade that is none', '#varve index-grade sure', 'a grade is'],
    ['an age of nothing', '#varve index-max-age 0', 'a number of seconds'],
    ['an age with a unit', '#varve index-max-age 60s', 'a number of seconds'],
    ['an auditor that is no key', '#varve index-auditor somebody', 'vkey'],
    ['an auditor who cosigns', `#varve index-auditor ${WITNESS}`, 'signs with type 1'],
  ])('refuses %s', (_, line, why) => {
    const text = refusal(() => parseLookupPolicy(utf8(`${BASE}${line}\n`)));
    expect(text).toMatch(why);
  });

  it('refuses an auditor whose key is that of a witness or of the log, under any name', () => {
    const policy = parsePolicy(utf8(BASE));
    for (const of of ['witness.test/w', 'log.test/a']) {
      const auditors = [vkeyOf('auditor.test/x', of)];
      expect(refusal(() => lookupPolicyOf(policy, { auditors }))).toMatch(
        'is that of a witness or a log',
      );
    }
    expect(refusal(() => lookupPolicyOf(policy, { auditors: [AUDITOR] }))).toBeNull();
  });
});
