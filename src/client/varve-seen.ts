import { base64url } from '../core/base64.ts';
import { formatNote, parseNote } from '../core/note.ts';
import type { VerifierKey } from '../core/vkey.ts';

/** Longest value of `Varve-Seen`, in characters. */
const SEEN_LENGTH_MAX = 2_048;

/**
 * The header by which a request tells a log the highest checkpoint of it that its sender has verified: the note with the
 * log's own line alone, as unpadded base64url. A log that went back, or shows others another tree, meets what it signed.
 * (forks.md, spec/8-http.md §12)
 *
 * @param note  a checkpoint that opened with `logKey`; null: none was seen
 * @returns no header where there is nothing to tell, or it would be too long
 */
export function varveSeen(
  note: Uint8Array | null,
  logKey: VerifierKey,
): Readonly<Record<string, string>> {
  if (note === null) return {};
  const { text, signatures } = parseNote(note);
  const own = signatures.filter(
    ({ name, keyHash }) => name === logKey.name && keyHash === logKey.keyHash,
  );
  if (own.length === 0) return {};
  const value = base64url(formatNote({ text, signatures: own }));
  return value.length > SEEN_LENGTH_MAX ? {} : { 'varve-seen': value };
}
