import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import { codeOf, flushFolder, makeFolder, namesIn } from '../storage/folder.ts';
import { levelStoreExists } from '../storage/storage.ts';
import type { FolderConfig } from './config.ts';
import { keysExist, readKeys } from './key-files.ts';

/** Where the three parts of one log lie, and the marks beside its store. */
export interface LogFolder {
  readonly name: string;
  readonly store: string;
  readonly keys: string;
  readonly guard: string;
  /** Made anew where it is lost. */
  readonly leafIndex: string;
  /** Its verifiable index. */
  readonly index: string;
  readonly evidence: string;
  /** The keys of its openings. Not beside the keys of the log: those may lie where nothing can be written. */
  readonly openingKeys: string;
  /**
   * Holds the verifier key of keys that never signed; gone before they do. It lies beside the store, so that a copy of the
   * keys does not take it along.
   */
  readonly newMark: string;
  /** There while a process has the log open, holding the boot it runs under. */
  readonly runningMark: string;
  /** There after `varve guard init`: what the guard says is not known to be the highest head. */
  readonly unconfirmedMark: string;
  /** There once the log is retired, with its keys: whoever has them has it too. */
  readonly retiredMark: string;
}

/** Where a log of that name lies. */
export function logFolderOf(folders: FolderConfig, name: string): LogFolder {
  return {
    name,
    store: join(folders.store, name),
    keys: join(folders.keys, name),
    guard: join(folders.guard, name),
    leafIndex: join(folders.leafIndex, name),
    index: join(folders.index, name),
    evidence: join(folders.evidence, name),
    openingKeys: join(folders.openings, `${name}.keys`),
    newMark: join(folders.store, `${name}.new`),
    runningMark: join(folders.store, `${name}.running`),
    unconfirmedMark: join(folders.guard, `${name}.unconfirmed`),
    retiredMark: join(folders.keys, name, 'retired'),
  };
}

/** How a log is to be opened. */
export type StartPlan =
  /** Nothing of it exists: it is made. */
  | 'create'
  /** Its keys exist, and never signed: what is missing is made. */
  | 'complete'
  /** All of it exists. */
  | 'open';

/**
 * Decides how a log starts, from which of key, guard and data exist. (forks.md, START)
 *
 * @throws {TransparencyError} start.refused, saying what is missing and what to do; store.corrupt
 */
export async function planStart(folder: LogFolder): Promise<StartPlan> {
  const exists = {
    keys: await keysExist(folder.keys),
    guard: await guardExists(folder.guard),
    store: await levelStoreExists(folder.store),
  };
  if (exists.keys && exists.guard && exists.store) return 'open';
  if (!exists.keys && !exists.guard && !exists.store) return 'create';
  if (exists.keys && (await areUnused(folder))) return 'complete';
  throw new TransparencyError('start.refused', refusalOf(folder, exists), {
    details: { log: folder.name, ...exists },
  });
}

/** Does the folder hold a state of a guard? */
export async function guardExists(dir: string): Promise<boolean> {
  return (await namesIn(dir)).some((name) => name.startsWith('guard-'));
}

/** Names of the logs whose keys lie in a folder, sorted. */
export async function logNames(folders: FolderConfig): Promise<readonly string[]> {
  const names = await namesIn(folders.keys);
  return names.filter((name) => /^[a-z0-9-]{1,63}$/.test(name)).sort();
}

/** Writes a small file, and flushes it and its name. */
export async function setMark(path: string, content: string | Uint8Array = ''): Promise<void> {
  const dir = join(path, '..');
  await makeFolder(dir);
  await writeFile(path, content, { mode: 0o600, flush: true });
  await flushFolder(dir);
}

/** Removes a mark, and flushes that it is gone. */
export async function clearMark(path: string): Promise<void> {
  await rm(path, { force: true });
  await flushFolder(join(path, '..'));
}

/** The content of a mark, or undefined if there is none. */
export async function readMark(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function areUnused(folder: LogFolder): Promise<boolean> {
  const mark = await readMark(folder.newMark);
  return mark !== undefined && mark === (await readKeys(folder.keys)).vkey;
}

/** What is there, what is not, and what to do: a log that starts over with old keys is a fork. */
function refusalOf(
  folder: LogFolder,
  exists: { readonly keys: boolean; readonly guard: boolean; readonly store: boolean },
): string {
  const parts = [
    { what: `its keys in ${folder.keys}`, is: exists.keys },
    { what: `its guard in ${folder.guard}`, is: exists.guard },
    { what: `its data in ${folder.store}`, is: exists.store },
  ];
  const list = (is: boolean): string =>
    parts
      .filter((part) => part.is === is)
      .map((part) => part.what)
      .join(' and ');
  return `of the log '${folder.name}', ${list(true)} exist, but not ${list(false)}. ${adviceOf(folder, exists)}`;
}

function adviceOf(
  folder: LogFolder,
  exists: { readonly keys: boolean; readonly guard: boolean; readonly store: boolean },
): string {
  if (!exists.keys) {
    return (
      'Only its own keys can go on with this log: put them back, or name the right folder with --keys ' +
      '(deploy/runbooks/start-refused.md).'
    );
  }
  if (!exists.store) {
    return (
      'These keys may have signed heads of a tree that is not here, and signing another one would be a fork: name the right ' +
      `folder with --data, or get the entries back with 'varve restore --log ${folder.name} --from URL|DIR' ` +
      '(deploy/runbooks/start-refused.md). To begin anew, begin another log, under another name and with new keys.'
    );
  }
  return (
    'Put the guard back, or name the right folder with --guard. If it is lost for good, and you know that this is the newest copy of the data, ' +
    `'varve guard init --log ${folder.name}' makes one from the highest head that the data holds (deploy/runbooks/guard-missing.md).`
  );
}
