import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { OpeningKeys } from '../log/ports.ts';
import { keyFile, openOpeningKeys } from '../storage/storage.ts';
import type { LogFolder } from './log-folder.ts';
import { checkPrivateFile } from './private-file.ts';
import { runbookOf } from './runbook.ts';

/**
 * The keys of openings of a log, where they lie; none are made before one is needed. Its store is open: nobody else
 * changes them.
 *
 * @throws {TransparencyError} keys.malformed: written over, every opening would be lost
 */
export async function openKeysOfOpenings({ openingKeys }: LogFolder): Promise<OpeningKeys> {
  try {
    await checkPrivateFile(openingKeys);
    return await openOpeningKeys(keyFile(openingKeys));
  } catch (error) {
    if (!isTransparencyError(error, 'keys.malformed')) throw error;
    const message = `${openingKeys}: ${error.message} (${runbookOf('erasures')})`;
    throw new TransparencyError('keys.malformed', message, { cause: error });
  }
}
