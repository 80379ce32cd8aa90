import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetch } from '../client/client.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import type { Policy } from '../core/policy.ts';
import { parseLeaf } from '../event/leaf.ts';
import { readStoredBundle, splitEntries } from '../log/entries.ts';
import type { Evidence } from '../log/evidence.ts';
import type { Log } from '../log/log.ts';
import type { LogObserver } from '../log/observer.ts';
import { openLog } from '../log/open-log.ts';
import type { Store } from '../log/ports.ts';
import { META_KEY } from '../log/rows.ts';
import { initGuard, openGuardFile, openLevelStore } from '../storage/storage.ts';
import type { LogConfig, ServeConfig } from './config.ts';
import { cosignerOf } from './cosigner.ts';
import { createKeys, type LogKeys, readKeys } from './key-files.ts';
import {
  clearMark,
  type LogFolder,
  logFolderOf,
  logNames,
  planStart,
  readMark,
  setMark,
} from './log-folder.ts';
import { openKeysOfOpenings } from './opening-keys.ts';
import { retiredDetail } from './retirement.ts';

/** What logs need of their process, and whom they tell what happens while they run. */
export interface LogEvents {
  readonly now: () => number;
  /** Reaches the witnesses. Default: that of the process */
  readonly fetch?: Fetch;
  /** Who is told how long the work of a log takes, measured by `stopwatch`. */
  readonly observerOf?: (name: string) => LogObserver;
  /** Milliseconds that only grow. */
  readonly stopwatch?: () => number;
  /** A write whose outcome is unknown: the process must end. */
  readonly onFault: (error: unknown, name: string) => void;
  /** A log became read-only. */
  readonly onHalt: (log: Log) => void;
  /** Somebody showed a head of a log's key that its tree does not contain; it lies in the folder of evidence. */
  readonly onEvidence?: (name: string, evidence: Evidence) => void;
}

/** A log that is open, and what closes it. */
export interface OpenedLog {
  readonly log: Log;
  readonly keys: LogKeys;
  /** Its witnesses and their quorum; null: none. */
  readonly policy: Policy | null;
  /** Was it made just now? */
  readonly isNew: boolean;
  /** Commits, answers and publishes what is pooled, then closes it. */
  close(): Promise<void>;
}

/**
 * Opens the logs of a configuration, each by the rules of START; all of them, or none.
 *
 * @throws {TransparencyError} start.refused, keys.*, guard.*, store.*
 */
export async function openLogs(
  config: ServeConfig,
  events: LogEvents,
): Promise<readonly OpenedLog[]> {
  const opened: OpenedLog[] = [];
  try {
    for (const log of await logsOf(config)) opened.push(await openOne(config, log, events));
    return opened;
  } catch (error) {
    for (const one of opened) await one.close();
    throw error;
  }
}

/** Those named; else those whose keys are there; else one named `main`. */
async function logsOf(config: ServeConfig): Promise<readonly LogConfig[]> {
  if (config.logs !== null) return config.logs;
  const names = await logNames(config.folders);
  return (names.length > 0 ? names : ['main']).map((name) => {
    return {
      name,
      type: null,
      origin: null,
      tenant: null,
      policy: null,
      monitoring: new Map(),
      limits: {},
    };
  });
}

async function openOne(
  config: ServeConfig,
  wanted: LogConfig,
  events: LogEvents,
): Promise<OpenedLog> {
  const folder = logFolderOf(config.folders, wanted.name);
  const plan = await planStart(folder);
  const keys =
    plan === 'create'
      ? await createLogKeys(folder, wanted, events.now())
      : await readKeys(folder.keys);
  checkSameLog(wanted, keys);
  const policy = wanted.policy ?? config.policy;
  const cosigner = await cosignerOf(policy, {
    vkey: keys.vkey,
    fetch: events.fetch ?? fetch,
    monitoringUrls: wanted.policy === null ? config.monitoring : wanted.monitoring,
  });
  const hasQuorum = typeof policy?.quorum === 'string';
  // With a quorum the witnesses are asked before anything new is signed.
  if (!hasQuorum) await checkConfirmed(folder, config.startUnconfirmed);
  if (plan !== 'open') await initGuardOnce(folder);
  const guard = await openGuardFile(folder.guard);
  const store = await openLevelStore({ dir: folder.store });
  let leafIndexStore: Store | undefined;
  try {
    leafIndexStore = await openDerivedStore(folder.leafIndex);
    // From here on the keys sign. Before, not after: keys that may have signed must never again pass for new.
    if (plan !== 'open') await clearMark(folder.newMark);
    const boot = await bootId();
    const before = await readMark(folder.runningMark);
    const retired = await readMark(folder.retiredMark);
    await setMark(folder.runningMark, boot);
    const log = await openLog({
      name: wanted.name,
      origin: keys.origin,
      type: keys.type,
      tenant: await tenantOf(store, wanted, keys),
      store,
      guard,
      leafIndexStore,
      signer: keys.signer,
      ...(keys.type === 'opaque' ? {} : { openingKeys: await openKeysOfOpenings(folder) }),
      samenessSecret: keys.samenessSecret,
      clock: events.now,
      random: (length) => new Uint8Array(randomBytes(length)),
      ...(cosigner === undefined ? {} : { cosigner }),
      ...(retired === undefined ? {} : { retired: retiredDetail(retired) }),
      failOpen: config.failOpen && hasQuorum,
      startUnconfirmed: config.startUnconfirmed,
      limits: wanted.limits,
      ...(events.observerOf === undefined ? {} : { observer: events.observerOf(wanted.name) }),
      ...(events.stopwatch === undefined ? {} : { stopwatch: events.stopwatch }),
      wasClosed: plan === 'open' && before === undefined,
      // Whoever had it open did not close it, and the machine has not started since: a flush may have failed.
      rewriteTail: before !== undefined && before === boot,
      onFault: (error) => events.onFault(error, wanted.name),
      onHalt: events.onHalt,
      onEvidence: (evidence) => {
        keepEvidence(folder, evidence)
          .then(() => events.onEvidence?.(wanted.name, evidence))
          .catch((error) => events.onFault(error, wanted.name));
      },
    });
    // While witnesses are asked, nobody has confirmed it yet.
    if (log.state.kind === 'running') await clearMark(folder.unconfirmedMark);
    const close = async (): Promise<void> => {
      const { kind } = log.state;
      const closed = await log.close();
      // What was signed and is not stored is no loss to be told of: the next start knows of it by the mark.
      if (closed === 'whole') await clearMark(folder.runningMark);
      if (kind === 'running') await clearMark(folder.unconfirmedMark);
    };
    return { log, keys, policy, isNew: plan !== 'open', close };
  } catch (error) {
    await leafIndexStore?.close();
    await store.close();
    await guard.close();
    throw error;
  }
}

/** A store of what can be derived anew: where it is damaged, it is thrown away. */
async function openDerivedStore(dir: string): Promise<Store> {
  // Its rows are of 17 bytes: a buffer of a log's size would hold a million of them, and cost more for each.
  const writeBufferSize = 4 * 1024 * 1024;
  try {
    return await openLevelStore({ dir, writeBufferSize });
  } catch (error) {
    if (!isTransparencyError(error, 'store.corrupt')) throw error;
    await rm(dir, { recursive: true, force: true });
    return await openLevelStore({ dir, writeBufferSize });
  }
}

/** Keeps what convicts this log, where an operator finds it. */
async function keepEvidence(folder: LogFolder, evidence: Evidence): Promise<void> {
  const name = `${evidence.size}-${hex(evidence.rootHash).slice(0, 16)}`;
  const kind = evidence.face === 'checkpoint' ? 'note' : 'tree-head';
  await setMark(join(folder.evidence, `${name}.${kind}`), evidence.bytes);
  if (evidence.forkProof === null) return;
  await setMark(join(folder.evidence, `${name}.fork-proof`), evidence.forkProof);
}

/**
 * Makes the keys of a log that does not exist, and marks them as never used.
 *
 * @throws {TransparencyError} keys.exists, keys.malformed
 */
export async function createLogKeys(
  folder: LogFolder,
  wanted: Pick<LogConfig, 'name' | 'type' | 'origin'>,
  nowMs: number,
): Promise<LogKeys> {
  await createKeys(folder.keys, {
    name: wanted.name,
    origin: wanted.origin ?? `localhost:6962/${wanted.name}`,
    type: wanted.type ?? 'events',
    createdMs: nowMs,
  });
  const keys = await readKeys(folder.keys);
  // After the keys, and with their name: no mark ever says of keys that signed that they did not.
  await setMark(folder.newMark, keys.vkey);
  return keys;
}

async function initGuardOnce(folder: LogFolder): Promise<void> {
  try {
    await initGuard(folder.guard);
  } catch (error) {
    // A start that was cut short has made it.
    if (!isTransparencyError(error, 'guard.moved')) throw error;
  }
}

/** Name, origin and type are fixed at creation; what else is asked for is another log. */
function checkSameLog(wanted: LogConfig, keys: LogKeys): void {
  const differences = [
    ['name', wanted.name, keys.name],
    ['origin', wanted.origin ?? keys.origin, keys.origin],
    ['type', wanted.type ?? keys.type, keys.type],
  ] as const;
  for (const [what, asked, is] of differences) {
    if (asked === is) continue;
    throw new TransparencyError(
      'start.refused',
      `the log '${wanted.name}' was created with ${what} '${is}', which never changes; asked for is '${asked}'`,
    );
  }
}

async function checkConfirmed(folder: LogFolder, startUnconfirmed: boolean): Promise<void> {
  if (startUnconfirmed || (await readMark(folder.unconfirmedMark)) === undefined) return;
  throw new TransparencyError(
    'start.refused',
    `the guard of '${folder.name}' was made from the data by 'varve guard init', and no witness confirms that nothing newer was signed. ` +
      'If you know it, start once with --start-unconfirmed',
  );
}

/** The tenant of the genesis leaf; of a new log the one asked for, by default its name. */
async function tenantOf(store: Store, wanted: LogConfig, keys: LogKeys): Promise<string> {
  const asked = wanted.tenant ?? wanted.name;
  if (keys.type === 'opaque' || (await store.get(META_KEY)) === undefined) return asked;
  const genesis = await readGenesis(store);
  if (genesis === undefined) return asked;
  if (wanted.tenant === null || wanted.tenant === genesis) return genesis;
  throw new TransparencyError(
    'start.refused',
    `the log '${wanted.name}' was created for tenant '${genesis}', which never changes; asked for is '${wanted.tenant}'`,
  );
}

/** Unverified, as everything is before `openLog`, which finds out and says so if the store is damaged. */
async function readGenesis(store: Store): Promise<string | undefined> {
  try {
    const [entry] = splitEntries(await readStoredBundle(store, 0, 1), 1) ?? [];
    const leaf = entry === undefined ? undefined : parseLeaf(entry);
    return leaf?.v === 'nhi.genesis/1' ? leaf.tenant : undefined;
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}

/** Names the time since the machine started; where that cannot be had, every time is the same. */
async function bootId(): Promise<string> {
  try {
    return await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return 'unknown';
  }
}
