import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { codeOf } from './folder.ts';

/**
 * The refusal or fault that an error of LevelDB, or of the system beneath it, is.
 *
 * @param doing  what failed, with the folder: `open DIR`
 */
export function levelError(error: unknown, doing: string): TransparencyError {
  if (isTransparencyError(error)) return error;
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = codeOf(at);
    if (code === 'LEVEL_LOCKED') {
      return new TransparencyError('store.locked', `cannot ${doing}: it is open elsewhere`, {
        cause: error,
      });
    }
    // Files that are gone, and reads beyond the end of a table that was cut, are I/O errors to LevelDB.
    if (code === 'LEVEL_CORRUPTION' || CUT_OR_GONE.test(at.message)) {
      return new TransparencyError('store.corrupt', `cannot ${doing}: ${at.message}`, {
        cause: error,
      });
    }
    if (code === 'LEVEL_ITERATOR_NOT_OPEN' || (code === 'LEVEL_DATABASE_NOT_OPEN' && !at.cause)) {
      return new TransparencyError('store.closed', `cannot ${doing}: it is closed`, {
        cause: error,
      });
    }
  }
  const why =
    error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : '';
  return new TransparencyError('store.failed', `cannot ${doing}: ${why}`, { cause: error });
}

const CUT_OR_GONE = /^IO error: .*(?:No such file|\.(?:ldb|sst): Invalid argument)/;
