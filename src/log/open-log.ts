import { TransparencyError } from '../core/error.ts';
import { KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import { beginLog } from './begin-log.ts';
import type { Log } from './contract.ts';
import { LOG_LIMITS } from './limits.ts';
import type { OpenLogOptions } from './open-options.ts';
import type { GuardState } from './ports.ts';
import { type Halt, type Recovered, recover } from './recovery.ts';
import { rewriteTail } from './rewrite-tail.ts';
import { RunningLog } from './running-log.ts';
import type { HeadRow } from './signed-head.ts';
import { emptyTally, type Tallies } from './tally.ts';

/**
 * Opens a log over its store: proves what the store holds, holds it against the guard, begins it if it is new, and
 * starts to write and sign. A log that cannot go on safely is opened halted: it says why, and reads what it can.
 * (forks.md, START; spec/6-publication.md)
 *
 * @throws {TransparencyError} start.refused, guard.missing, guard.corrupt; faults of the store and guard
 */
export async function openLog(options: OpenLogOptions): Promise<Log> {
  const { origin, type, store, guard, signer } = options;
  const logKey = verifierKeyOf(origin, KEY_TYPE.ed25519, signer.ed25519PublicKey);
  const limits = { ...LOG_LIMITS, ...options.limits };
  const guarded = await guard.read();
  if (options.rewriteTail === true) await rewriteTail(store);
  const recovered = await recover(store, guarded, {
    origin,
    type,
    keys: { log: logKey, p256PublicKey: signer.p256PublicKey },
    wasClosed: options.wasClosed === true,
  });
  const halt = haltOf(recovered, options);
  const log = new RunningLog(options, {
    logKey,
    limits,
    start: {
      tree: recovered.kind === 'new' ? await beginLog(options) : recovered.tree,
      signed: recovered.kind === 'ready' ? recovered.signed : null,
      published: publishedAtStart(recovered, guarded, options),
      guarded,
      tallies: recovered.kind === 'ready' ? recovered.tallies : noRows(),
      state: halt === null ? { kind: 'running' } : { kind: 'halted', ...halt },
    },
  });
  await log.start();
  return log;
}

/** Retired comes first: whatever else is wrong with it, nothing is to be mended. */
function haltOf(recovered: Recovered, { retired }: OpenLogOptions): Halt | null {
  if (retired !== undefined) {
    if (recovered.kind !== 'new') return { reason: 'retired', detail: retired };
    throw new TransparencyError('start.refused', 'the log is retired, and its store is empty');
  }
  return recovered.kind === 'halted' ? recovered.halt : null;
}

/**
 * The head that is shown until there is another. If the guard knows a later one than the store, that one may have been
 * seen: no older one is shown after it, and the log opens with a new one. With witnesses the last head is confirmed
 * before anything else.
 */
function publishedAtStart(
  recovered: Recovered,
  guarded: GuardState | null,
  { cosigner, retired }: OpenLogOptions,
): HeadRow | null {
  if (recovered.kind === 'new') return null;
  const stays = recovered.kind === 'halted' || retired !== undefined || cosigner !== undefined;
  if (stays) return recovered.published;
  const storedMs = recovered.signed?.timeMs ?? -1;
  return guarded !== null && guarded.timeMs > storedMs ? null : recovered.published;
}

function noRows(): Tallies {
  return { ids: emptyTally('I'), heads: emptyTally('S') };
}
