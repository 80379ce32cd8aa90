import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  endOfContainer,
  endOfString,
  isSpace,
  malformedJson,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from '../event/json-scan.ts';

/** Members of an object, as views of its bytes. */
export interface ScannedMembers {
  /** Those that were asked for. */
  readonly wanted: ReadonlyMap<string, Uint8Array>;
  /**
   * The others.
   *
   * @throws {TransparencyError} ingest.malformed for more than `OTHERS_MAX`, json.duplicate-member
   */
  others(): ReadonlyMap<string, Uint8Array>;
}

/** Members that stand beside those that are known, at most, where they are kept. */
const OTHERS_MAX = 64;

/**
 * Members of a JSON object, without reading their values; undefined for what is no object.
 *
 * @param names  of the members that are wanted
 * @throws {TransparencyError} json.malformed, json.too-deep; json.duplicate-member for one of those
 */
export function scanMembers(
  bytes: Uint8Array,
  names: readonly string[],
): ScannedMembers | undefined {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  const wanted = new Map<string, Uint8Array>();
  const others = new Others();
  const scanned = { wanted, others: () => others.checked() };
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACE) return scanned;
  for (;;) {
    at = skipSpace(bytes, at);
    if (bytes[at] !== QUOTE) throw malformedJson('expected the name of a member', at);
    const nameEnd = endOfString(bytes, at);
    const name = nameOf(bytes.subarray(at, nameEnd), at);
    at = skipSpace(bytes, nameEnd);
    if (bytes[at] !== COLON) throw malformedJson('expected a colon', at);
    const start = skipSpace(bytes, at + 1);
    const end = endOfValue(bytes, start);
    const value = bytes.subarray(start, end);
    if (!names.includes(name)) others.add(name, value);
    else if (wanted.has(name)) throw again();
    else wanted.set(name, value);
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return scanned;
    if (bytes[at] !== COMMA) throw malformedJson('expected a comma', at);
    at += 1;
  }
}

/** Members that nobody asked for: what is wrong with them is told to whoever wants them after all. */
class Others {
  readonly #members = new Map<string, Uint8Array>();
  #fault: TransparencyError | undefined;

  add(name: string, value: Uint8Array): void {
    if (this.#fault !== undefined) return;
    if (this.#members.has(name)) this.#fault = again();
    else if (this.#members.size === OTHERS_MAX) {
      this.#fault = new TransparencyError(
        'ingest.malformed',
        `more than ${OTHERS_MAX} unknown members`,
      );
    } else this.#members.set(name, value);
  }

  checked(): ReadonlyMap<string, Uint8Array> {
    if (this.#fault !== undefined) throw this.#fault;
    return this.#members;
  }
}

function again(): TransparencyError {
  return new TransparencyError('json.duplicate-member', 'a name again');
}

/**
 * Offset behind the JSON value at `start`: brackets and quotes are followed, nothing else is judged.
 *
 * @throws {TransparencyError} json.malformed, json.too-deep
 */
export function endOfValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return endOfString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfContainer(bytes, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
  if (at === start) throw malformedJson('expected a value', at);
  return at;
}

/** The lines of a text as views, without their ends; empty ones are left out. */
export function linesOf(bytes: Uint8Array, take: () => void): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    let end = feed < 0 ? bytes.length : feed;
    const next = end + 1;
    while (end > start && isSpace(bytes[end - 1])) end -= 1;
    if (end > start) {
      take();
      lines.push(bytes.subarray(start, end));
    }
    start = next;
  }
  return lines;
}

const LINE_FEED = 0x0a;

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
}

function nameOf(quoted: Uint8Array, at: number): string {
  try {
    const name: unknown = JSON.parse(utf8Text(quoted));
    return String(name);
  } catch {
    throw malformedJson('a name that is no string', at);
  }
}
