import { TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import type { CheckResult } from './check.ts';
import type { CommandIo } from './command.ts';

/**
 * Derives a log anew from its stopped data folder, its rows included.
 *
 * @throws {TransparencyError} audit.mismatch, store.corrupt; store.locked while a server runs
 */
export async function checkFolder(
  dir: string,
  _options: {
    readonly policy: Policy;
    readonly name: string | undefined;
    readonly io: CommandIo;
  },
): Promise<CheckResult> {
  throw new TransparencyError('config.malformed', `${dir}: folders are not checked yet`);
}
