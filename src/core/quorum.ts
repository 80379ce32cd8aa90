import { TransparencyError } from './error.ts';
import type { Policy } from './policy.ts';

/** Which witness of a policy cosigned, and when. */
export interface WitnessTime {
  /** Name in the policy. */
  readonly name: string;
  readonly timestampSeconds: number;
}

/** What the cosignatures of one checkpoint prove of time, in POSIX seconds; null: nothing. */
export interface QuorumTime {
  /** Smallest t such that the cosignatures with time ≤ t satisfy the policy: the checkpoint existed by then. */
  readonly notAfterSeconds: number | null;
  /** Largest t such that the cosignatures with time ≥ t satisfy the policy: what names the checkpoint was made since. */
  readonly notBeforeSeconds: number | null;
}

/**
 * Checks that the witnesses with these names satisfy the quorum of a policy; `quorum none` always is satisfied.
 *
 * @param names  names in the policy; others count for nothing
 * @throws {TransparencyError} policy.quorum-not-met
 */
export function checkQuorum(policy: Policy, names: Iterable<string>): void {
  const cosigners = new Set(names);
  if (isSatisfied(policy, cosigners)) return;
  const counted = policy.witnesses.filter(({ name }) => cosigners.has(name)).length;
  throw new TransparencyError(
    'policy.quorum-not-met',
    `${counted} of ${policy.witnesses.length} witnesses do not make the quorum ${policy.quorum}`,
    { details: { cosigned: counted, witnesses: policy.witnesses.length } },
  );
}

/**
 * The bounds of time that a set of verified cosignatures gives. (spec/7-proof-file.md §4)
 *
 * With `quorum none`, or without a quorum among the cosignatures, both are null.
 */
export function quorumTime(policy: Policy, cosignatures: readonly WitnessTime[]): QuorumTime {
  if (policy.quorum === null) return { notAfterSeconds: null, notBeforeSeconds: null };
  const times = cosignatures.map((one) => one.timestampSeconds).sort((a, b) => a - b);
  const isEnough = (counts: (time: number) => boolean): boolean => {
    const counted = cosignatures.filter((one) => counts(one.timestampSeconds));
    return isSatisfied(policy, new Set(counted.map((one) => one.name)));
  };
  return {
    notAfterSeconds: times.find((t) => isEnough((time) => time <= t)) ?? null,
    notBeforeSeconds: times.reverse().find((t) => isEnough((time) => time >= t)) ?? null,
  };
}

/**
 * True if no quorum of the policy can be formed without one of these witnesses: whatever a quorum cosigned, one of them
 * has seen. False for `quorum none`. (spec/6-publication.md, CONFIRMED)
 *
 * @param confirmers  names in the policy
 */
export function everyQuorumContains(policy: Policy, confirmers: Iterable<string>): boolean {
  const others = new Set(policy.witnesses.map(({ name }) => name));
  for (const name of confirmers) others.delete(name);
  return !isSatisfied(policy, others);
}

/** Do the witnesses with these names satisfy the quorum? `quorum none` always is satisfied. */
export function isSatisfied(policy: Policy, cosigners: ReadonlySet<string>): boolean {
  if (policy.quorum === null) return true;
  const witnessed = new Set(
    policy.witnesses.map(({ name }) => name).filter((name) => cosigners.has(name)),
  );
  // Groups name only what stands before them: one pass settles all.
  for (const group of policy.groups) {
    const count = group.members.filter((member) => witnessed.has(member)).length;
    if (count >= group.threshold) witnessed.add(group.name);
  }
  return witnessed.has(policy.quorum);
}
