import { type ErrorDetails, isTransparencyError, TransparencyError } from '../core/error.ts';

/** A row that is not what everything else says that it is. */
export function lie(what: string, details: ErrorDetails = {}, cause?: unknown): never {
  throw new TransparencyError('audit.mismatch', what, { details, cause });
}

/** Runs a parser; what it refuses is a lie of the row. */
export function heldTo<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!isTransparencyError(cause)) throw cause;
    return lie(`${what}: ${cause.message}`, {}, cause);
  }
}
