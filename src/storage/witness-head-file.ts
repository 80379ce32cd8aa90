import { sha256 } from '#sha256';
import { concat, equalBytes, utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import type { WitnessedHead } from '../witness/ports.ts';

/**
 * Bytes of a file that holds a head: the lines `varve-witness/1`, `counter`, `sha256` (hex, over the counter's line and
 * the note), a blank line, the note. (spec/10-witness.md §3)
 */
export function formatWitnessHead({ counter, note }: WitnessedHead): Uint8Array {
  return concat(
    utf8(`varve-witness/1\ncounter ${counter}\nsha256 ${sumOf(counter, note)}\n\n`),
    note,
  );
}

/**
 * The head in the bytes of its file; no other spelling of it.
 *
 * @throws {TransparencyError} store.corrupt
 */
export function parseWitnessHead(bytes: Uint8Array): WitnessedHead {
  const header = HEADER.exec(asciiOf(bytes.subarray(0, HEADER_BYTES_MAX)));
  const [whole = '', counter = ''] = header ?? [];
  const head = { counter: Number(counter), note: bytes.slice(whole.length) };
  const isSame = header !== null && equalBytes(formatWitnessHead(head), bytes);
  if (isSame && Number.isSafeInteger(head.counter)) return head;
  throw new TransparencyError('store.corrupt', 'not the head of a witness, or altered');
}

const HEADER = /^varve-witness\/1\ncounter ([1-9][0-9]{0,15})\nsha256 [0-9a-f]{64}\n\n/;
/** The header is ASCII and at most so long; what comes behind it need not be. */
const HEADER_BYTES_MAX = 120;

function sumOf(counter: number, note: Uint8Array): string {
  return hex(sha256(concat(utf8(`counter ${counter}\n`), note)));
}

function asciiOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
