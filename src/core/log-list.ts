import { utf8, utf8Text } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { formatVkey, KEY_TYPE, parseVkey, type VerifierKey } from './vkey.ts';

/** One log of a list that witnesses read. */
export interface ListedLog {
  /** An Ed25519 log key. */
  readonly key: VerifierKey;
  readonly origin: string;
  /** Most `add-checkpoint` requests a day, 1 to 2^31 - 1. */
  readonly requestsPerDay: number;
  /** Who answers for the log; text for people. */
  readonly contact: string;
}

/** Longest list that is read, in bytes. */
export const LOG_LIST_BYTES_MAX = 4_194_304;

/**
 * Reads a list of logs: `logs/v0`, then for each log `vkey`, perhaps `origin`, `qpd`, `contact`, in this order; blank
 * lines and lines that begin with # are left out. (witness-network log list v0, spec/10-witness.md §4)
 *
 * @throws {TransparencyError} log-list.malformed, naming the line
 */
export function parseLogList(file: Uint8Array): readonly ListedLog[] {
  const lines = linesOf(file);
  const next = (): Line => lines.shift() ?? { at: 0, text: '' };
  if (next().text !== HEADER) throw malformed(1, `the first line is not ${HEADER}`);
  const logs: ListedLog[] = [];
  while (lines.length > 0) {
    const first = next();
    const key = keyOf(first);
    let line = next();
    let origin = key.name;
    if (line.text.startsWith('origin ')) {
      origin = textAfter(line, 'origin');
      line = next();
    }
    const requestsPerDay = countOf(line);
    const contact = textAfter(next(), 'contact');
    const isKnown = logs.some((log) => log.origin === origin && log.key.keyHash === key.keyHash);
    if (isKnown) throw malformed(first.at, 'an origin and key stand there twice');
    logs.push({ key, origin, requestsPerDay, contact });
  }
  return logs;
}

/** A list as parseLogList reads it, the origin told only where it is not the name of the key. */
export function formatLogList(logs: readonly ListedLog[]): Uint8Array {
  const blocks = logs.map(({ key, origin, requestsPerDay, contact }) => {
    const named = origin === key.name ? '' : `origin ${origin}\n`;
    return `vkey ${formatVkey(key)}\n${named}qpd ${requestsPerDay}\ncontact ${contact}\n`;
  });
  const file = utf8([`${HEADER}\n`, ...blocks].join('\n'));
  parseLogList(file);
  return file;
}

const HEADER = 'logs/v0';

interface Line {
  readonly at: number;
  readonly text: string;
}

function linesOf(file: Uint8Array): Line[] {
  if (file.length > LOG_LIST_BYTES_MAX) throw malformed(1, `${file.length} bytes`);
  let text: string;
  try {
    text = utf8Text(file);
  } catch (cause) {
    throw new TransparencyError('log-list.malformed', 'not UTF-8', { cause });
  }
  return text
    .split('\n')
    .map((line, i) => ({ at: i + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}

function keyOf(line: Line): VerifierKey {
  let key: VerifierKey;
  try {
    key = parseVkey(textAfter(line, 'vkey'));
  } catch (cause) {
    const why = cause instanceof TransparencyError ? cause.message : 'unreadable';
    throw new TransparencyError('log-list.malformed', `line ${line.at}: ${why}`, { cause });
  }
  if (key.type !== KEY_TYPE.ed25519) throw malformed(line.at, 'not an Ed25519 key of a log');
  return key;
}

function countOf(line: Line): number {
  const value = textAfter(line, 'qpd');
  const count = /^[1-9][0-9]{0,9}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count >= 2 ** 31) throw malformed(line.at, 'qpd is not 1 to 2^31 - 1');
  return count;
}

function textAfter(line: Line, keyword: string): string {
  const value = line.text.startsWith(`${keyword} `) ? line.text.slice(keyword.length).trim() : '';
  if (value !== '' && !/\p{Cc}/u.test(value)) return value;
  throw malformed(line.at, `not "${keyword} …"`);
}

function malformed(at: number, why: string): TransparencyError {
  return new TransparencyError('log-list.malformed', `line ${at}: ${why}`);
}
