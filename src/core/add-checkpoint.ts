import { sha256 } from '#sha256';
import { base64, parseBase64 } from './base64.ts';
import { concat, utf8, utf8Text } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { HASH_LENGTH } from './hash.ts';
import { hex } from './hex.ts';

/** What a log asks of a witness, parsed and not trusted. (C2SP tlog-witness, spec/10-witness.md §2) */
export interface AddCheckpoint {
  /** The size that the proof begins with, 0 ≤ oldSize ≤ 2^53 - 1. */
  readonly oldSize: number;
  /** Consistency path from oldSize to the checkpoint: 0 to 63 hashes of 32 bytes. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint, as it stands in the body: at least one byte. */
  readonly note: Uint8Array;
}

/** Most lines of a proof. */
export const PROOF_LINES_MAX = 63;
/** Longest body that is read: a proof of 63 lines, and a note with room for sixteen ML-DSA-44 lines. */
export const ADD_CHECKPOINT_BYTES_MAX = 65_536;
/** Content type of a 409 that names a size. */
export const SIZE_CONTENT_TYPE = 'text/x.tlog.size';

/**
 * Reads the body of `add-checkpoint`: `formatAddCheckpoint(parseAddCheckpoint(body))` is `body`. What the note says is
 * not looked at.
 *
 * @throws {TransparencyError} add-checkpoint.malformed
 */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint {
  if (body.length > ADD_CHECKPOINT_BYTES_MAX) throw malformed(`${body.length} bytes`);
  const end = endOfHeader(body);
  const [old = '', ...lines] = textOf(body.subarray(0, end)).split('\n');
  if (lines.length > PROOF_LINES_MAX) throw malformed(`${lines.length} proof lines, at most 63`);
  const note = body.slice(end + 2);
  if (note.length === 0) throw malformed('no checkpoint behind the blank line');
  return { oldSize: parseOld(old), proof: lines.map(parseProofLine), note };
}

/** The body of `add-checkpoint`, as parseAddCheckpoint reads it. @throws {TransparencyError} add-checkpoint.malformed */
export function formatAddCheckpoint(request: AddCheckpoint): Uint8Array {
  const { oldSize, proof, note } = request;
  const lines = [`old ${oldSize}`, ...proof.map(base64)];
  const body = concat(utf8(`${lines.join('\n')}\n\n`), note);
  parseAddCheckpoint(body);
  return body;
}

/**
 * The size in the body of a 409: a canonical decimal and a newline.
 *
 * @throws {TransparencyError} add-checkpoint.malformed, also above 2^53 - 1
 */
export function parseNamedSize(body: Uint8Array): number {
  const digits = body.length <= 17 ? /^(0|[1-9][0-9]*)\n$/.exec(textOf(body))?.[1] : undefined;
  if (digits === undefined || !Number.isSafeInteger(Number(digits))) {
    throw malformed('the size is not a canonical decimal up to 2^53 - 1');
  }
  return Number(digits);
}

/** The body of a 409, as parseNamedSize reads it. */
export function formatNamedSize(size: number): Uint8Array {
  const body = utf8(`${size}\n`);
  parseNamedSize(body);
  return body;
}

/** SHA-256 of an origin in lower-case hexadecimal: how a log is called on monitoring endpoints. */
export function originHash(origin: string): string {
  return hex(sha256(utf8(origin)));
}

/** Where in the body the first blank line is: the index of the newline before it. */
function endOfHeader(body: Uint8Array): number {
  const most = Math.min(body.length - 1, HEADER_BYTES_MAX);
  for (let i = 0; i < most; i++) if (body[i] === 0x0a && body[i + 1] === 0x0a) return i;
  throw malformed('no blank line behind the proof');
}

/** A line `old`, 64 lines of base64 and more: what is longer has another fault anyway. */
const HEADER_BYTES_MAX = 8192;

function textOf(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes);
  } catch (cause) {
    throw new TransparencyError('add-checkpoint.malformed', 'not UTF-8', { cause });
  }
}

function parseOld(line: string): number {
  const digits = /^old (0|[1-9][0-9]{0,15})$/.exec(line)?.[1];
  if (digits === undefined || !Number.isSafeInteger(Number(digits))) {
    throw malformed('the first line is not "old" and a canonical decimal up to 2^53 - 1');
  }
  return Number(digits);
}

function parseProofLine(line: string): Uint8Array {
  let node: Uint8Array;
  try {
    node = parseBase64(line);
  } catch (cause) {
    throw new TransparencyError('add-checkpoint.malformed', 'a proof line is not base64', {
      cause,
    });
  }
  if (node.length !== HASH_LENGTH) throw malformed(`a proof line of ${node.length} bytes`);
  return node;
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('add-checkpoint.malformed', why);
}
