import { base64, parseBase64 } from '../core/base64.ts';
import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { parseStrictJson } from '../event/strict-json.ts';

/** What is kept, with the keys of a retired log, of how it ended. */
export interface Retirement {
  /** Name and origin of the log that goes on. */
  readonly successor: string;
  readonly successorOrigin: string;
  /** The last published head, which it shows for ever. */
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly reason: string;
  readonly atMs: number;
}

/** The mark of a retired log: one line of JSON. */
export function formatRetirement(retirement: Retirement): Uint8Array {
  const { successor, successorOrigin: origin, size, rootHash, reason, atMs: at } = retirement;
  const value = {
    v: 'varve.retired/1',
    successor,
    origin,
    size,
    root: base64(rootHash),
    reason,
    at,
  };
  return utf8(`${JSON.stringify(value)}\n`);
}

/**
 * Reads the mark. One that cannot be read retires as well: the file is there, and what it says is for people.
 *
 * @throws {TransparencyError} start.refused
 */
export function parseRetirement(text: string): Retirement {
  try {
    const value = parseStrictJson(utf8(text.trimEnd())) as Readonly<Record<string, unknown>>;
    const { v, successor, origin, size, root, reason, at } = value;
    if (
      v === 'varve.retired/1' &&
      typeof successor === 'string' &&
      typeof origin === 'string' &&
      typeof root === 'string' &&
      typeof reason === 'string' &&
      typeof size === 'number' &&
      typeof at === 'number'
    ) {
      const rootHash = parseBase64(root);
      return { successor, successorOrigin: origin, size, rootHash, reason, atMs: at };
    }
  } catch (error) {
    if (!(error instanceof TransparencyError)) throw error;
  }
  throw new TransparencyError(
    'start.refused',
    'the mark of a retired log is not as it was written',
  );
}

/** Why a log is retired, for people. */
export function retiredDetail(text: string): string {
  const { successor, successorOrigin, size, reason } = parseRetirement(text);
  return `at ${size} entries, succeeded by '${successor}' (${successorOrigin}): ${reason}`;
}
