import { base64 } from '../core/base64.ts';
import { leafHash } from '../core/hash.ts';
import { TreeBuilder } from '../core/tree-builder.ts';
import { formatVkey, KEY_TYPE, type VerifierKey, verifierKeyOf } from '../core/vkey.ts';
import { formatGenesis } from '../event/genesis.ts';
import type { Log } from './contract.ts';
import { integrate, type WriterTree } from './integrate.ts';
import { LOG_LIMITS } from './limits.ts';
import type { OpenLogOptions } from './open-options.ts';
import type { GuardState } from './ports.ts';
import { formatMeta, type Recovered, recover } from './recovery.ts';
import { rewriteTail } from './rewrite-tail.ts';
import { META_KEY } from './rows.ts';
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
  const halt = recovered.kind === 'halted' ? recovered.halt : null;
  const log = new RunningLog(options, {
    logKey,
    limits,
    start: {
      tree: recovered.kind === 'new' ? await beginLog(options, logKey) : recovered.tree,
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

/**
 * The head that is shown until there is another. If the guard knows a later one than the store, that one may have been
 * seen: no older one is shown after it, and the log opens with a new one. With witnesses the last head is confirmed
 * before anything else.
 */
function publishedAtStart(
  recovered: Recovered,
  guarded: GuardState | null,
  { cosigner }: OpenLogOptions,
): HeadRow | null {
  if (recovered.kind === 'new') return null;
  if (recovered.kind === 'halted' || cosigner !== undefined) return recovered.published;
  const storedMs = recovered.signed?.timeMs ?? -1;
  return guarded !== null && guarded.timeMs > storedMs ? null : recovered.published;
}

function noRows(): Tallies {
  return { ids: emptyTally('I'), heads: emptyTally('S') };
}

/** Writes the first rows of a log: what it is, and the genesis leaf of an `events` log, in one batch. */
async function beginLog(options: OpenLogOptions, logKey: VerifierKey): Promise<WriterTree> {
  const { store, type } = options;
  const tree: WriterTree = { builder: new TreeBuilder(), sequence: 0, commitRow: undefined };
  const meta = { key: META_KEY, value: formatMeta(options) };
  const condition = { key: META_KEY, value: undefined };
  if (type === 'opaque') {
    await store.write({ changes: [meta], condition, flush: true });
    return tree;
  }
  const entry = formatGenesis({
    v: 'nhi.genesis/1',
    origin: options.origin,
    tenant: options.tenant ?? options.name,
    type,
    keys: { ed25519: formatVkey(logKey), p256: base64(options.signer.p256PublicKey) },
    map: 'nhi.map/1',
    predecessor: null,
    time: options.clock(),
  });
  const genesis = integrate(tree, [{ entry, leafHash: leafHash(entry) }]);
  await store.write({ changes: [meta, ...genesis.changes], condition, flush: true });
  genesis.adopt();
  return tree;
}
