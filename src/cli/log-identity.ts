import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { checkKeyName } from '../core/vkey.ts';
import type { LogType } from '../log/log.ts';

/** What of a log is fixed at its creation, as `log.json` beside its keys holds it. */
export interface LogIdentity {
  /** `[a-z0-9-]{1,63}`: its path, its folder, by default its tenant. */
  readonly name: string;
  /** Name of its keys: no scheme, no space, no '+', at most 255 bytes. */
  readonly origin: string;
  readonly type: LogType;
  /** When it was made, ms since 1970. */
  readonly createdMs: number;
}

/** Checks the name of a log. @throws {TransparencyError} keys.malformed */
export function checkLogName(name: string): void {
  if (/^[a-z0-9-]{1,63}$/.test(name)) return;
  throw malformed(`log name ${JSON.stringify(name)} is not 1 to 63 of a-z, 0-9 and -`);
}

/** Checks the origin of a log. @throws {TransparencyError} keys.malformed */
export function checkOrigin(origin: string): void {
  const shown = JSON.stringify(origin);
  try {
    checkKeyName(origin);
  } catch (cause) {
    throw malformed(
      `origin ${shown} is empty, or has a space, a plus or a control character`,
      cause,
    );
  }
  if (/^[a-z][a-z0-9.-]*:\/\//i.test(origin))
    throw malformed(`origin ${shown} has a scheme: leave it out`);
  if (origin.endsWith('/')) throw malformed(`origin ${shown} ends in a slash`);
  if (utf8(origin).length > ORIGIN_BYTES_MAX) throw malformed(`origin ${shown} is above 255 bytes`);
}

/**
 * Bytes of `log.json`: members name, origin, type, created, indented by two spaces, a line feed at the end.
 *
 * @throws {TransparencyError} keys.malformed
 */
export function formatLogIdentity(identity: LogIdentity): Uint8Array {
  const { name, origin, type, createdMs } = identity;
  checkLogName(name);
  checkOrigin(origin);
  if (type !== 'events' && type !== 'opaque') throw malformed('the type is not events or opaque');
  if (!Number.isSafeInteger(createdMs) || createdMs < 0) throw malformed('created is not a time');
  return utf8(`${JSON.stringify({ name, origin, type, created: createdMs }, null, 2)}\n`);
}

/**
 * Reads `log.json`, in the one form that formatLogIdentity gives it: nobody but the program writes it.
 *
 * @throws {TransparencyError} keys.malformed
 */
export function parseLogIdentity(bytes: Uint8Array): LogIdentity {
  try {
    const members: unknown = JSON.parse(utf8Text(bytes));
    if (typeof members !== 'object' || members === null) throw malformed('log.json is no object');
    const { name, origin, type, created } = members as Readonly<Record<string, unknown>>;
    const strings = typeof name === 'string' && typeof origin === 'string';
    if (!strings || (type !== 'events' && type !== 'opaque') || typeof created !== 'number') {
      throw malformed('log.json needs name, origin, type (events or opaque) and created (ms)');
    }
    const identity = { name, origin, type, createdMs: created } as const;
    if (!equalBytes(formatLogIdentity(identity), bytes)) {
      throw malformed('log.json is not as it was written: members, order or spaces differ');
    }
    return identity;
  } catch (cause) {
    if (isTransparencyError(cause, 'keys.malformed')) throw cause;
    throw malformed('log.json is not JSON', cause);
  }
}

const ORIGIN_BYTES_MAX = 255;

function malformed(why: string, cause?: unknown): TransparencyError {
  return new TransparencyError('keys.malformed', why, { cause });
}
