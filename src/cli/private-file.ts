import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import { codeOf, flushFolder, makeFolder } from '../storage/folder.ts';

/** Bytes that a file of keys may have. */
const PRIVATE_FILE_BYTES_MAX = 16_384;

/**
 * Reads a file that its owner alone may read or write, in a folder that its owner alone may enter. Windows has no such
 * modes: there, they are not looked at.
 *
 * @throws {TransparencyError} keys.missing; keys.malformed, with the command that mends the mode
 */
export async function readPrivateFile(dir: string, path: string): Promise<Uint8Array> {
  try {
    checkMode(dir, (await stat(dir)).mode, '700');
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      checkMode(path, mode, '600');
      if (size > PRIVATE_FILE_BYTES_MAX) {
        throw new TransparencyError('keys.malformed', `${path} has ${size} bytes`);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') {
      throw new TransparencyError('keys.missing', `there is no ${path}`);
    }
    throw error;
  }
}

/** Checks that its owner alone may read or write a file, if there is one. @throws {TransparencyError} keys.malformed */
export async function checkPrivateFile(path: string): Promise<void> {
  try {
    checkMode(path, (await stat(path)).mode, '600');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Makes a folder of private files, flushed: all of them or nothing. The folder has mode 0700, its files 0600.
 *
 * @param dir    missing or empty; its name begins with no dot
 * @param files  name and content of each
 * @throws {TransparencyError} keys.exists
 */
export async function createPrivateFolder(
  dir: string,
  files: readonly (readonly [string, Uint8Array])[],
): Promise<void> {
  const parent = dirname(resolve(dir));
  await makeFolder(parent);
  // A dot begins no name of a log, so what a crash leaves behind is taken for none.
  const draft = await mkdtemp(join(parent, `.${basename(dir)}-`));
  try {
    for (const [name, content] of files) await writeFlushed(join(draft, name), content);
    await flushFolder(draft);
    // It replaces no folder but an empty one.
    await rename(draft, dir);
    await flushFolder(parent);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    throw new TransparencyError('keys.exists', `${dir} holds something already`);
  }
}

async function writeFlushed(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

function checkMode(path: string, mode: number, wanted: string): void {
  const open = mode & 0o077;
  if (open === 0 || process.platform === 'win32') return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new TransparencyError(
    'keys.malformed',
    `${path} is open to others (mode ${shown}): chmod ${wanted} '${path}'`,
  );
}
