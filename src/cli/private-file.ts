import { open, stat } from 'node:fs/promises';
import { TransparencyError } from '../core/error.ts';
import { codeOf } from '../storage/folder.ts';

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

function checkMode(path: string, mode: number, wanted: string): void {
  const open = mode & 0o077;
  if (open === 0 || process.platform === 'win32') return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new TransparencyError(
    'keys.malformed',
    `${path} is open to others (mode ${shown}): chmod ${wanted} '${path}'`,
  );
}
