import { createHash } from 'node:crypto';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createKeys, type LogKeys, readKeys } from '../../../src/cli/key-files.ts';
import { KEY_TYPE, verifierKeyOf } from '../../../src/core/vkey.ts';
import { checkStore, type StoreReport } from '../../../src/log/check-store.ts';
import { type Log, type LogType, openLog } from '../../../src/log/log.ts';
import { initGuard, openGuardFile, openLevelStore } from '../../../src/storage/storage.ts';

/** One log in a folder, laid out as `varve serve` lays it out; its clock is the caller's. */
export interface DataFolder {
  readonly dir: string;
  readonly store: string;
  readonly guard: string;
  readonly keys: string;
}

export const LOG_NAME = 'main';

export function dataFolderOf(dir: string): DataFolder {
  return {
    dir,
    store: join(dir, 'store', LOG_NAME),
    guard: join(dir, 'guard', LOG_NAME),
    keys: join(dir, 'keys', LOG_NAME),
  };
}

/** Makes keys and guard of a new log. */
export async function createFolder(
  folder: DataFolder,
  type: LogType,
  nowMs: number,
): Promise<void> {
  const origin = `localhost:6962/${LOG_NAME}`;
  await createKeys(folder.keys, { name: LOG_NAME, origin, type, createdMs: nowMs });
  await initGuard(folder.guard);
}

/** A copy of a folder, in a folder that is made anew. */
export function copyFolder(from: DataFolder, to: DataFolder): void {
  rmSync(to.dir, { recursive: true, force: true });
  cpSync(from.dir, to.dir, { recursive: true });
}

/** How a folder is opened. */
export interface FolderOptions {
  readonly clock: () => number;
  /** Bytes of LevelDB's write buffer: small ones make many tables. Default: that of the server. */
  readonly writeBufferSize?: number;
  readonly onFault: (error: unknown) => void;
}

/** Opens the log of a folder as the server does after a clean stop. */
export async function openFolder(folder: DataFolder, options: FolderOptions): Promise<Log> {
  const { writeBufferSize, clock, onFault } = options;
  const wasClosed = existsSync(folder.store);
  const keys = await readKeys(folder.keys);
  const store = await openLevelStore({
    dir: folder.store,
    ...(writeBufferSize === undefined ? {} : { writeBufferSize }),
  });
  let draws = 0;
  const salts = `${clock()}`;
  return openLog({
    name: LOG_NAME,
    origin: keys.origin,
    type: keys.type,
    store,
    guard: await openGuardFile(folder.guard),
    signer: keys.signer,
    samenessSecret: keys.samenessSecret,
    clock,
    random: (length) => bytesOf(`${salts} ${draws++}`, length),
    limits: { headIntervalMs: 3_600_000 },
    wasClosed,
    onFault,
  });
}

/** `varve check` of a folder, guard and keys at hand. @throws what the check finds */
export async function checkFolder(folder: DataFolder, wasClosed: boolean): Promise<StoreReport> {
  const { origin, type, signer, samenessSecret }: LogKeys = await readKeys(folder.keys);
  const guard = await openGuardFile(folder.guard);
  const guarded = await guard.read();
  await guard.close();
  const log = verifierKeyOf(origin, KEY_TYPE.ed25519, signer.ed25519PublicKey);
  const keys = { log, p256PublicKey: signer.p256PublicKey };
  const store = await openLevelStore({ dir: folder.store });
  try {
    return await checkStore(store, { origin, type, keys, samenessSecret, guarded, wasClosed });
  } finally {
    await store.close();
  }
}

/** Bytes that a text decides. */
function bytesOf(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    const block = createHash('sha256').update(`${text} ${at}`).digest();
    bytes.set(block.subarray(0, Math.min(32, length - at)), at);
  }
  return bytes;
}
