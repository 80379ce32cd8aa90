import { base64, parseBase64 } from './base64.ts';
import { concat, utf8, utf8Text } from './bytes.ts';
import { isTransparencyError, TransparencyError } from './error.ts';
import { verifyEd25519 } from './signature.ts';
import { checkKeyName, type VerifierKey } from './vkey.ts';

/** One signature line of a note, parsed and not trusted. */
export interface NoteSignature {
  readonly name: string;
  readonly keyHash: number;
  /** What follows the key hash; at least one byte. */
  readonly signature: Uint8Array;
}

/** A note, parsed and not trusted. */
export interface Note {
  /** What is signed: UTF-8, its last newline included. */
  readonly text: Uint8Array;
  /** In the order of the lines, 1..100, no (name, keyHash) twice. */
  readonly signatures: readonly NoteSignature[];
}

/** A known key: what it is called, and how a signature of it is verified. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyHash: number;
  /** True if `signature` (the bytes behind the key hash) is of `text`. */
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

/** A note with at least one line of a known key that verified. */
export interface OpenedNote extends Note {
  /** The lines of known keys, all verified, in the order of the note. */
  readonly verified: readonly NoteSignature[];
}

/** Longest note that is read, in bytes. */
export const NOTE_BYTES_MAX = 1_000_000;
/** Most signature lines that are read. */
export const NOTE_SIGNATURES_MAX = 100;

/**
 * Reads a signed note: `formatNote(parseNote(bytes))` is `bytes`. (C2SP signed-note, spec/2-checkpoint.md §3)
 *
 * Refused beside what the standard refuses: the same (name, key hash) twice, where Go silently takes the first.
 *
 * @throws {TransparencyError} note.malformed, note.too-large, note.too-many-signatures
 */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > NOTE_BYTES_MAX) {
    throw new TransparencyError(
      'note.too-large',
      `${bytes.length} bytes, at most ${NOTE_BYTES_MAX}`,
    );
  }
  const whole = noteText(bytes);
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw malformed('no blank line before the signatures');
  const lines = whole.slice(split + 2).split('\n');
  if (lines.length < 2 || lines.pop() !== '')
    throw malformed('the last signature line does not end');
  if (lines.length > NOTE_SIGNATURES_MAX) {
    throw new TransparencyError(
      'note.too-many-signatures',
      `${lines.length} signatures, at most ${NOTE_SIGNATURES_MAX}`,
    );
  }
  const signatures = lines.map(parseSignatureLine);
  checkDistinct(signatures);
  return { text: utf8(whole.slice(0, split + 1)), signatures };
}

/**
 * The bytes of a note, as parseNote reads them.
 *
 * @throws {TransparencyError} what parseNote throws, so that nothing is written which it would refuse
 */
export function formatNote(note: Note): Uint8Array {
  const lines = note.signatures.map(formatSignatureLine).join('');
  const bytes = concat(note.text, utf8(`\n${lines}`));
  parseNote(bytes);
  return bytes;
}

/** `— name base64(keyHash ‖ signature)` and a newline. */
export function formatSignatureLine(line: NoteSignature): string {
  const blob = new Uint8Array(4 + line.signature.length);
  new DataView(blob.buffer).setUint32(0, line.keyHash);
  blob.set(line.signature, 4);
  return `${MARK}${line.name} ${base64(blob)}\n`;
}

/**
 * Reads a note and verifies its lines. (C2SP signed-note, spec/2-checkpoint.md §3)
 *
 * Lines of unknown keys are left alone. A line of a known key that does not verify condemns the whole note.
 *
 * @param verifiers  the known keys; no two of one name and key hash
 * @throws {TransparencyError} what parseNote throws; note.bad-signature; note.not-signed if no line is of a known key
 */
export function openNote(bytes: Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  checkDistinct(verifiers);
  const note = parseNote(bytes);
  const known = new Map(verifiers.map((verifier) => [identityOf(verifier), verifier]));
  const verified: NoteSignature[] = [];
  for (const line of note.signatures) {
    const verifier = known.get(identityOf(line));
    if (verifier === undefined) continue;
    if (!verifier.verify(note.text, line.signature)) {
      throw new TransparencyError('note.bad-signature', `the line of ${line.name} does not verify`);
    }
    verified.push(line);
  }
  if (verified.length === 0)
    throw new TransparencyError('note.not-signed', 'no line of a known key');
  return { ...note, verified };
}

/** The verifier of plain Ed25519 lines (type 0x01). */
export function ed25519Verifier(key: VerifierKey): NoteVerifier {
  const { name, keyHash, publicKey } = key;
  return {
    name,
    keyHash,
    verify: (text, signature) => verifyEd25519({ signature, message: text, publicKey }),
  };
}

/** EM DASH and a space. */
const MARK = '\u2014 ';

/** The UTF-8 text of bytes without control characters but newline. */
function noteText(bytes: Uint8Array): string {
  for (const byte of bytes) {
    if (byte < 0x20 && byte !== 0x0a) throw malformed(`control character ${byte}`);
  }
  try {
    return utf8Text(bytes);
  } catch (cause) {
    throw malformed('not UTF-8', cause);
  }
}

function parseSignatureLine(line: string): NoteSignature {
  const space = line.indexOf(' ', MARK.length);
  if (!line.startsWith(MARK) || space < 0)
    throw malformed('a signature line is not "— name base64"');
  const name = line.slice(MARK.length, space);
  try {
    checkKeyName(name);
    const blob = parseBase64(line.slice(space + 1));
    if (blob.length < 5) throw malformed(`a signature line of ${name} has ${blob.length} bytes`);
    return { name, keyHash: new DataView(blob.buffer).getUint32(0), signature: blob.subarray(4) };
  } catch (cause) {
    if (isTransparencyError(cause, 'note.malformed')) throw cause;
    throw malformed('a signature line is not "— name base64"', cause);
  }
}

function checkDistinct(keys: readonly { readonly name: string; readonly keyHash: number }[]): void {
  const seen = new Set(keys.map(identityOf));
  if (seen.size !== keys.length) throw malformed('one name and key hash twice');
}

function identityOf(key: { readonly name: string; readonly keyHash: number }): string {
  return `${key.keyHash} ${key.name}`;
}

function malformed(why: string, cause?: unknown): TransparencyError {
  return new TransparencyError('note.malformed', why, cause === undefined ? {} : { cause });
}
