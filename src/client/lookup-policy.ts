import { TransparencyError } from '../core/error.ts';
import { type Policy, parsePolicy } from '../core/policy.ts';
import { KEY_TYPE, parseVkey, type VerifierKey } from '../core/vkey.ts';

/** How far an answer of the index can be relied on, the least first. (spec/11-index.md §9) */
export const GRADES = ['claimed', 'audited', 'replayed'] as const;
export type Grade = (typeof GRADES)[number];

/** A policy, and what it asks of lookups. */
export interface LookupPolicy {
  readonly policy: Policy;
  /** The least grade. */
  readonly grade: Grade;
  /** Whose audit notes count. */
  readonly auditors: readonly VerifierKey[];
  /** A checkpoint may be this old, s; null: any age. */
  readonly maxAgeSeconds: number | null;
}

/** Is a grade at least as high as another? */
export function isAtLeast(grade: Grade, least: Grade): boolean {
  return GRADES.indexOf(grade) >= GRADES.indexOf(least);
}

/**
 * Reads a policy file with what it says of lookups, in comments that other readers skip: `#varve index-grade`,
 * `#varve index-auditor`, `#varve index-max-age`. Without them: any grade, no auditor, any age. (spec/11-index.md §9)
 *
 * @throws {TransparencyError} policy.malformed
 */
export function parseLookupPolicy(file: Uint8Array): LookupPolicy {
  const policy = parsePolicy(file);
  // The file is a policy: words of another encoding stand in none of these lines.
  const lines = new TextDecoder('latin1').decode(file).split('\n');
  const words = lines
    .map((line) => line.split(/[ \t]+/).filter((word) => word !== ''))
    .filter(([first]) => first === '#varve');
  const values = (name: string): string[] => {
    return words.filter(([, is]) => is === name).map(([, , value = '']) => value);
  };
  for (const [, name = '', ...value] of words) {
    if (!NAMES.includes(name) || value.length !== 1) {
      throw malformed(`#varve ${name}: not a line of one value that is known`);
    }
  }
  return lookupPolicyOf(policy, {
    grades: values('index-grade'),
    auditors: values('index-auditor'),
    maxAges: values('index-max-age'),
  });
}

/**
 * A policy and what is asked of lookups, from texts. Of several grades the highest is asked for, of ages the lowest.
 *
 * @param base  what was asked already
 * @throws {TransparencyError} policy.malformed, also for an auditor whose key is a witness's; vkey.*
 */
export function lookupPolicyOf(
  policy: Policy,
  asked: {
    readonly grades?: readonly string[];
    readonly auditors?: readonly string[];
    readonly maxAges?: readonly string[];
  },
  base: Omit<LookupPolicy, 'policy'> = { grade: 'claimed', auditors: [], maxAgeSeconds: null },
): LookupPolicy {
  const grades = [base.grade, ...(asked.grades ?? []).map(parseGrade)];
  const ages = (asked.maxAges ?? []).map(parseAge);
  if (base.maxAgeSeconds !== null) ages.push(base.maxAgeSeconds);
  const auditors = (asked.auditors ?? []).map((vkey) => parseAuditor(vkey, policy));
  return {
    policy,
    grade: GRADES.findLast((one) => grades.includes(one)) ?? 'claimed',
    auditors: [...base.auditors, ...auditors],
    maxAgeSeconds: ages.length > 0 ? Math.min(...ages) : null,
  };
}

const NAMES = ['index-grade', 'index-auditor', 'index-max-age'];

function parseGrade(text: string): Grade {
  const grade = GRADES.find((one) => one === text);
  if (grade === undefined) throw malformed(`a grade is ${GRADES.join(', ')}`);
  return grade;
}

function parseAge(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw malformed('an age is a number of seconds');
}

/** An auditor replays what a witness only cosigns: one key must not speak for both. */
function parseAuditor(vkey: string, policy: Policy): VerifierKey {
  const key = parseVkey(vkey);
  if (key.type !== KEY_TYPE.ed25519)
    throw malformed(`an auditor signs with type 1, not ${key.type}`);
  const others = [...policy.witnesses, ...policy.logs];
  if (others.some((other) => sameKey(other.key, key))) {
    throw malformed(`the key of auditor ${key.name} is that of a witness or a log`);
  }
  return key;
}

function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return (
    a.publicKey.length === b.publicKey.length && a.publicKey.every((x, i) => x === b.publicKey[i])
  );
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('policy.malformed', why);
}
