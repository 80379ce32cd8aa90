import * as fs from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

/**
 * Makes a folder and those above it that are missing, mode 0700, and flushes the folders that name them: a file that
 * was flushed is lost all the same if a power cut takes the name of its folder. Does nothing if the folder exists.
 */
export async function makeFolder(dir: string): Promise<void> {
  const whole = resolve(dir);
  const first = await mkdir(whole, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let at = whole; at !== top; at = dirname(at)) await flushFolder(dirname(at));
}

/** Flushes the names that a folder holds: files made, renamed or removed in it before. */
export async function flushFolder(dir: string): Promise<void> {
  let folder: Awaited<ReturnType<typeof open>>;
  try {
    folder = await open(dir, 'r');
  } catch (error) {
    if (isNeverOpened(error)) return;
    throw error;
  }
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Windows opens no folders as files, and keeps names by itself. */
function isNeverOpened(error: unknown): boolean {
  return codeOf(error) === 'EISDIR' || codeOf(error) === 'EPERM';
}

/** A folder that is held open because it is flushed often. */
export interface OpenFolder {
  /** As `flushFolder`. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a folder, to flush it. */
export async function openFolder(dir: string): Promise<OpenFolder> {
  let fd: number;
  try {
    fd = await openFile(dir, 'r');
  } catch (error) {
    if (isNeverOpened(error)) return { flush: async () => {}, close: async () => {} };
    throw error;
  }
  return { flush: () => flushFile(fd), close: () => closeFile(fd) };
}

/** Files by their numbers: one that is held for long is not closed behind our back, as a handle is that nobody knows. */
export const openFile: (path: string, flags: string, mode?: number) => Promise<number> = promisify(
  fs.open,
);
export const flushFile: (fd: number) => Promise<void> = promisify(fs.fsync);
export const closeFile: (fd: number) => Promise<void> = promisify(fs.close);

/** The names in a folder; none if there is no folder. */
export async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The code of a system's error (`ENOENT`), or of LevelDB's, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
