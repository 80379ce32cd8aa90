import { readFile } from 'node:fs/promises';
import { TransparencyError } from '../core/error.ts';

/**
 * Bytes of a file that was named on the command line.
 *
 * @throws {TransparencyError} config.malformed with the system's own words
 */
export async function readNamedFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransparencyError('config.malformed', `cannot read ${path}: ${why}`, { cause });
  }
}
