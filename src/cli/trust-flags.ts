import { policyOfVkey } from '../client/client.ts';
import { TransparencyError } from '../core/error.ts';
import { type Policy, parsePolicy } from '../core/policy.ts';
import type { Flags } from './flags.ts';
import { readNamedFile } from './named-file.ts';

/** The two flags that say what is trusted; one of them is given. */
export const TRUST_FLAGS: readonly string[] = ['policy', 'vkey'];

/**
 * What a command line trusts: `--policy FILE`, or `--vkey V` for one log without witnesses. Undefined if neither is
 * given.
 *
 * @throws {TransparencyError} config.malformed for both, or an unreadable file; policy.malformed, vkey.*
 */
export async function readTrust(flags: Flags): Promise<Policy | undefined> {
  const file = flags.text('policy');
  const vkey = flags.text('vkey');
  if (file !== undefined && vkey !== undefined) {
    throw new TransparencyError(
      'config.malformed',
      '--policy and --vkey: one of them says whom to trust',
    );
  }
  if (vkey !== undefined) return policyOfVkey(vkey);
  return file === undefined ? undefined : parsePolicy(await readNamedFile(file));
}

/**
 * As `readTrust`, where nothing can be verified without it.
 *
 * @throws {TransparencyError} config.malformed if neither flag is given
 */
export async function requireTrust(flags: Flags): Promise<Policy> {
  const policy = await readTrust(flags);
  if (policy !== undefined) return policy;
  throw new TransparencyError(
    'config.malformed',
    "--policy FILE or --vkey KEY has to say whom to trust ('varve keys' prints the key of a log)",
  );
}
