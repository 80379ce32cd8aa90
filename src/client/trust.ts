import { TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import { KEY_TYPE, parseVkey, type VerifierKey } from '../core/vkey.ts';

/**
 * The policy that trusts the key of one log and asks for no witness: `log <vkey>`, `quorum none`.
 *
 * @throws {TransparencyError} vkey.*, also for a key that is not an Ed25519 log key
 */
export function policyOfVkey(vkey: string): Policy {
  const key = parseVkey(vkey);
  if (key.type !== KEY_TYPE.ed25519) {
    throw new TransparencyError('vkey.unknown-type', `a log signs with type 1, not ${key.type}`);
  }
  return { logs: [{ key, url: null }], witnesses: [], groups: [], quorum: null };
}

/**
 * The key of the one log that a policy names, or of the one with that origin.
 *
 * @throws {TransparencyError} policy.malformed if there is none, or more than one
 */
export function logKeyOfPolicy(policy: Policy, origin?: string): VerifierKey {
  const keys = policy.logs
    .map(({ key }) => key)
    .filter((key) => key.type === KEY_TYPE.ed25519)
    .filter((key) => origin === undefined || key.name === origin);
  const [key] = keys;
  if (key !== undefined && keys.length === 1) return key;
  const which = origin === undefined ? 'logs' : `logs of origin ${origin}`;
  throw new TransparencyError(
    'policy.malformed',
    `${keys.length} ${which} in it, where one is read`,
  );
}
