import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import { formatVkey } from '../core/vkey.ts';
import { codeOf } from '../storage/folder.ts';
import { openWitnessFolder } from '../storage/storage.ts';
import type { WitnessStore } from '../witness/ports.ts';
import {
  createWitnessKeys,
  readWitnessKeys,
  type WitnessIdentity,
  type WitnessKeys,
  witnessKeysExist,
} from './witness-keys.ts';

/** Where the parts of a witness lie. */
export interface WitnessFolders {
  /** Roster, heads, evidence. */
  readonly data: string;
  /** Default `keys` in the data folder. */
  readonly keys: string;
}

/** A witness's folder that is open. */
export interface OpenedWitness extends WitnessKeys {
  readonly store: WitnessStore;
  /** Were its keys made just now? */
  readonly isNew: boolean;
}

/** The folders of `--data` and `--keys`. */
export function witnessFoldersOf(data: string, keys: string | undefined): WitnessFolders {
  return { data: resolve(data), keys: resolve(keys ?? join(data, 'keys')) };
}

/**
 * Opens a witness, and makes it where nothing of it exists.
 *
 * Keys without the memory of what they cosigned are refused: they would cosign a fork.
 *
 * @param wanted  what a new one is made with; an old one has to be the same. null: an old one only
 * @throws {TransparencyError} start.refused, keys.*, store.failed
 */
export async function openWitness(
  folders: WitnessFolders,
  wanted: (Partial<WitnessIdentity> & { readonly defaultName: string }) | null,
): Promise<OpenedWitness> {
  const exists = {
    keys: await witnessKeysExist(folders.keys),
    memory: await folderExists(join(folders.data, 'logs')),
  };
  if (!exists.keys && wanted === null) {
    throw new TransparencyError('keys.missing', `there are no keys in ${folders.keys}`);
  }
  if (exists.keys && !exists.memory) {
    throw new TransparencyError(
      'start.refused',
      `there are keys in ${folders.keys}, but what they cosigned is not in ${folders.data}: a witness that forgets would cosign a fork. ` +
        'Put it back, or name the right folder with --data; or begin another witness, with new keys',
    );
  }
  // The memory first: where keys are, it has been.
  const store = await openWitnessFolder(folders.data);
  if (!exists.keys) {
    const { name = wanted?.defaultName ?? '', hasMlDsa44 = false } = wanted ?? {};
    await createWitnessKeys(folders.keys, { name, hasMlDsa44 });
  }
  const keys = await readWitnessKeys(folders.keys);
  checkSame(keys, wanted);
  return { ...keys, store, isNew: !exists.keys };
}

/** Lines of a policy that name the witness: one for each of its keys. */
export function policyLinesOf({ name, keys }: WitnessKeys, url: string): string {
  return keys
    .map(({ key }, i) => `witness ${name}${i === 0 ? '' : `-${i + 1}`} ${formatVkey(key)} ${url}\n`)
    .join('');
}

function checkSame(keys: WitnessKeys, wanted: Partial<WitnessIdentity> | null): void {
  const name = wanted?.name;
  if (name !== undefined && name !== keys.name) {
    throw new TransparencyError(
      'start.refused',
      `the witness was made with the name '${keys.name}', which never changes; asked for is '${name}'`,
    );
  }
  if (wanted?.hasMlDsa44 === true && keys.keys.length < 2) {
    throw new TransparencyError('start.refused', 'the witness was made without an ML-DSA-44 key');
  }
}

async function folderExists(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
