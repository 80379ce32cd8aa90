import { TransparencyError } from '../core/error.ts';
import type { Predecessor } from '../event/genesis.ts';
import { beginLog } from '../log/begin-log.ts';
import type { LogType } from '../log/log.ts';
import { META_KEY } from '../log/rows.ts';
import { initGuard, levelStoreExists, openLevelStore } from '../storage/storage.ts';
import { keysExist, type LogKeys, readKeys } from './key-files.ts';
import { clearMark, guardExists, type LogFolder, readMark } from './log-folder.ts';
import { createLogKeys } from './open-logs.ts';

/**
 * Checks that nothing of a successor exists, or what a run that was cut short began of it.
 *
 * @throws {TransparencyError} keys.exists
 */
export async function checkSuccessorIsNew(folder: LogFolder): Promise<void> {
  const isBegun = (await readMark(folder.newMark)) !== undefined;
  const exists =
    (await keysExist(folder.keys)) ||
    (await guardExists(folder.guard)) ||
    (await levelStoreExists(folder.store));
  if (!exists || isBegun) return;
  throw new TransparencyError('keys.exists', `there is a log '${folder.name}' already`);
}

/** What a successor is begun with. */
export interface Succession {
  readonly origin: string;
  readonly type: LogType;
  readonly tenant: string;
  readonly predecessor: Predecessor;
  readonly now: () => number;
}

/** Makes keys, an empty guard and the first leaf of a successor; nothing is signed before its first start. */
export async function beginSuccessor(folder: LogFolder, begun: Succession): Promise<LogKeys> {
  const { origin, type, tenant, predecessor, now } = begun;
  const wanted = { name: folder.name, type, origin };
  const keys = (await keysExist(folder.keys))
    ? await readKeys(folder.keys)
    : await createLogKeys(folder, wanted, now());
  if (!(await guardExists(folder.guard))) await initGuard(folder.guard);
  const store = await openLevelStore({ dir: folder.store });
  try {
    if ((await store.get(META_KEY)) === undefined) {
      const { signer } = keys;
      await beginLog({ ...wanted, tenant, predecessor, store, signer, clock: now });
    }
  } finally {
    await store.close();
  }
  await clearMark(folder.newMark);
  return keys;
}
