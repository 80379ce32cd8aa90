import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';
import type { CommandIo } from './command.ts';
import { readNamedFile } from './named-file.ts';

/**
 * The items of files, or of stdin where none is named or the name is `-`: each file one item, an array of items, or
 * lines. Items are views of what was read, byte for byte; they are not judged here.
 *
 * @throws {TransparencyError} config.malformed if a file cannot be read, or holds nothing
 */
export async function readItems(
  names: readonly string[],
  io: Pick<CommandIo, 'stdin'>,
): Promise<Uint8Array[]> {
  const items: Uint8Array[] = [];
  for (const name of names.length > 0 ? names : ['-']) {
    const bytes = name === '-' ? await readAll(io.stdin) : await readNamedFile(name);
    const found = splitItems(bytes, name);
    if (found.length === 0) throw malformed(name, 'holds no item');
    for (const item of found) items.push(item);
  }
  return items;
}

function splitItems(bytes: Uint8Array, name: string): readonly Uint8Array[] {
  const start = bytes.findIndex((byte) => !isSpace(byte));
  if (start < 0) return [];
  if (bytes[start] === OPEN_BRACKET) {
    try {
      return scanArrayItems(bytes);
    } catch (error) {
      if (isTransparencyError(error)) throw malformed(name, error.message);
      throw error;
    }
  }
  const lines = linesOf(bytes);
  const [first] = lines;
  // A value that ends with its line makes it lines; else it is one item that is spread over several.
  return first !== undefined && isJson(first) ? lines : [bytes];
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    const line = bytes.subarray(start, end);
    if (!line.every(isSpace)) lines.push(line);
    start = end + 1;
  }
  return lines;
}

function isJson(line: Uint8Array): boolean {
  try {
    JSON.parse(utf8Text(line));
    return true;
  } catch {
    return false;
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

const OPEN_BRACKET = 0x5b;
const LINE_FEED = 0x0a;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === 0x0d;
}

function malformed(name: string, why: string): TransparencyError {
  return new TransparencyError('config.malformed', `${name === '-' ? 'stdin' : name} ${why}`);
}
