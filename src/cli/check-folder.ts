import { readdir } from 'node:fs/promises';
import { logKeyOfPolicy } from '../client/client.ts';
import { parseBase64 } from '../core/base64.ts';
import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import { formatVkey, type VerifierKey } from '../core/vkey.ts';
import { parseGenesis } from '../event/genesis.ts';
import { checkStore, type StoreClaim, type StoreReport } from '../log/check-store.ts';
import { readStoredBundle, splitEntries } from '../log/entries.ts';
import type { GuardState, Store } from '../log/ports.ts';
import { META_KEY } from '../log/rows.ts';
import { codeOf } from '../storage/folder.ts';
import { levelStoreExists, openGuardFile, openLevelStore } from '../storage/storage.ts';
import type { CheckResult } from './check-result.ts';
import type { CommandIo } from './command.ts';
import type { FolderConfig } from './config.ts';
import { IndexCheck } from './index-check.ts';
import { type LogKeys, readKeys } from './key-files.ts';
import { guardExists, type LogFolder, logFolderOf, readMark } from './log-folder.ts';
import { checkLogName } from './log-identity.ts';
import { openKeysOfOpenings } from './opening-keys.ts';

/** Which folder is checked, and against what. */
export interface FolderCheck {
  readonly folders: FolderConfig;
  readonly policy: Policy;
  /** Default: the log of the policy's key. */
  readonly name: string | undefined;
  readonly io: CommandIo;
  /** Told of every entry. Default: one of its own. */
  readonly index?: IndexCheck;
}

/**
 * Derives a log anew from its stopped data folder: entries, tiles, the root of every commit and of every signed head,
 * the rows by which events are recognised; holds the guard to them where it is at hand.
 *
 * @throws {TransparencyError} audit.mismatch, store.corrupt, guard.corrupt: the first lie; store.locked while a server
 *   runs; config.malformed if it is not clear which log is meant
 */
export async function checkFolder(check: FolderCheck): Promise<CheckResult> {
  const { folders, policy, io } = check;
  const logKey = logKeyOfPolicy(policy);
  const folder = logFolderOf(folders, check.name ?? (await nameOf(folders, logKey)));
  if (!(await levelStoreExists(folder.store))) {
    throw new TransparencyError('config.malformed', `there is no data in ${folder.store}`);
  }
  const keys = await keysAtHand(folder, logKey);
  const guarded = await guardAtHand(folder);
  const wasClosed = (await readMark(folder.runningMark)) === undefined;
  const store = await openLevelStore({ dir: folder.store });
  try {
    const claim: StoreClaim = {
      ...(await claimOf(store, logKey, keys)),
      wasClosed,
      openingKeys: await openKeysOfOpenings(folder),
      ...(guarded === undefined ? {} : { guarded }),
    };
    const index = check.index ?? new IndexCheck(claim.origin);
    const report = await checkStore(store, claim, {
      signal: io.stop,
      onEntry: (entry) => index.take(entry),
      onProgress: (size, total) => io.progress(`${size} of ${total} entries`),
    });
    return resultOf(claim, report, index);
  } finally {
    await store.close();
  }
}

/** The only log of a folder, or the one whose keys there are the key's. */
async function nameOf(folders: FolderConfig, logKey: VerifierKey): Promise<string> {
  const names = await storeNames(folders.store);
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  for (const name of names) {
    const keys = await keysAtHand(logFolderOf(folders, name), null);
    if (keys !== null && keys.vkey === formatVkey(logKey)) return name;
  }
  throw new TransparencyError(
    'config.malformed',
    names.length === 0
      ? `there is no data in ${folders.store}`
      : `--log has to say which of ${names.join(', ')} is the log of ${logKey.name}`,
  );
}

async function storeNames(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The keys beside the data, if they are there; `logKey`, if given, is theirs. */
async function keysAtHand(folder: LogFolder, logKey: VerifierKey | null): Promise<LogKeys | null> {
  try {
    checkLogName(folder.name);
    const keys = await readKeys(folder.keys);
    // Keys of another log say nothing of this one.
    return logKey === null || keys.vkey === formatVkey(logKey) ? keys : null;
  } catch (error) {
    if (isTransparencyError(error, 'keys.missing')) return null;
    throw error;
  }
}

async function guardAtHand(folder: LogFolder): Promise<GuardState | null | undefined> {
  if (!(await guardExists(folder.guard))) return undefined;
  const guard = await openGuardFile(folder.guard);
  try {
    return await guard.read();
  } finally {
    await guard.close();
  }
}

/** What the store must be. Where the keys are elsewhere, type and second key are what it says itself. */
async function claimOf(
  store: Store,
  logKey: VerifierKey,
  keys: LogKeys | null,
): Promise<StoreClaim> {
  const origin = logKey.name;
  if (keys !== null) {
    const { type, samenessSecret } = keys;
    const { p256PublicKey } = keys.signer;
    return { origin, type, keys: { log: logKey, p256PublicKey }, samenessSecret };
  }
  const [, , type] = utf8Text((await store.get(META_KEY)) ?? new Uint8Array(0)).split('\n');
  if (type === 'opaque') {
    throw new TransparencyError(
      'config.malformed',
      'an opaque log does not hold its second public key: --keys DIR has to say where its keys are',
    );
  }
  const p256PublicKey = await p256OfGenesis(store);
  return { origin, type: 'events', keys: { log: logKey, p256PublicKey }, samenessSecret: null };
}

/** The genesis leaf is under the root that the first key signed: it may name the second one. */
async function p256OfGenesis(store: Store): Promise<Uint8Array> {
  const [entry] = splitEntries(await readStoredBundle(store, 0, 1), 1) ?? [];
  return parseBase64(parseGenesis(entry ?? new Uint8Array(0)).keys.p256);
}

function resultOf(claim: StoreClaim, report: StoreReport, index: IndexCheck): CheckResult {
  const { size, rootHash, entryBytes, bundles, tiles, newestHead } = report;
  const signed = newestHead?.size ?? 0;
  return {
    origin: claim.origin,
    size,
    signed,
    rootHash,
    derived: { entries: size, entryBytes, bundles, tiles },
    also: [
      `${report.commits} commits in their chain, ${report.heads} signed heads, the last of ${signed} entries`,
      `${report.ids} rows by which events are recognised, ${report.conflicts} of conflicts`,
      ...index.also,
      ...(report.openings === 0
        ? []
        : [
            `${report.openings} sealed openings, ${report.opened} of them opened and held to their entries`,
          ]),
      ...(claim.guarded === undefined
        ? []
        : [`the guard, whose highest head is of ${claim.guarded?.size ?? 'no'} entries`]),
    ],
    notChecked: [
      ...(claim.guarded === undefined ? ['the guard: it is not in this folder (--guard DIR)'] : []),
      ...(claim.samenessSecret === null && claim.type === 'events'
        ? ['sameness of events: their MAC key is not in this folder (--keys DIR)']
        : []),
      ...(signed < size
        ? [`signatures over the last ${size - signed} entries: none was stored`]
        : []),
    ],
  };
}
