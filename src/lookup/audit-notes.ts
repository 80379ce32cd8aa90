import { utf8, utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { parseNote } from '../core/note.ts';
import { AUDIT_NOTE_BYTES_MAX, type IndexAudit, parseAudit } from '../event/index-audit.ts';
import type { IndexReads, IndexStore, Row } from './ports.ts';

/** An audit note as it was posted. Whose key signed it, and whether it counts, is for its readers to say. */
export interface PostedAudit extends IndexAudit {
  /** Name and hash of the first key that signed it. */
  readonly auditor: string;
}

/** Audit notes that are kept, at most: the newest of each auditor that each poster has posted. */
export const AUDITS_KEPT_MAX = 100;
/** Auditors of one poster, at most. */
export const AUDITORS_OF_POSTER_MAX = 25;

/**
 * Reads an audit note without verifying it: a log does not know the keys of its auditors.
 *
 * @throws {TransparencyError} index-audit.malformed, note.*
 */
export function parsePostedAudit(note: Uint8Array): PostedAudit {
  if (note.length > AUDIT_NOTE_BYTES_MAX) {
    throw new TransparencyError('index-audit.malformed', `${note.length} bytes`);
  }
  const { text, signatures } = parseNote(note);
  const [first] = signatures;
  if (first === undefined) throw new TransparencyError('index-audit.malformed', 'not signed');
  return { ...parseAudit(text), auditor: `${first.name}+${first.keyHash}` };
}

/** The rows of the kept notes. */
export function auditRows(rows: IndexReads): Promise<readonly Row[]> {
  return rows.scan({ ...AUDIT_KEYS, limit: AUDITS_KEPT_MAX });
}

/** The kept notes, those of the latest heads first. */
export async function readAudits(rows: IndexReads): Promise<readonly Uint8Array[]> {
  const found = await auditRows(rows);
  return found
    .map(({ value }) => ({ value, leafIndex: parsePostedAudit(value).leafIndex }))
    .sort((a, b) => b.leafIndex - a.leafIndex)
    .map(({ value }) => value);
}

/**
 * Keeps a note in the place of the auditor's last one, unless that is of a later head. Nobody's note takes the place of
 * one that another has posted: its signature is not verified, and it may be no note of that auditor at all.
 *
 * @param by  name of the token that posts it; null: none was shown
 * @throws {TransparencyError} index-audit.malformed, also for one auditor too many; note.*
 */
export async function keepAudit(
  store: IndexStore,
  note: Uint8Array,
  by: string | null,
): Promise<void> {
  const audit = parsePostedAudit(note);
  // No name holds a line feed.
  const own = `A${by ?? ''}\n`;
  const key = utf8(`${own}${audit.auditor}`);
  const [kept] = await store.getMany([key]);
  if (kept !== undefined && parsePostedAudit(kept).leafIndex > audit.leafIndex) return;
  if (kept === undefined) {
    const all = await auditRows(store);
    const ofPoster = all.filter((row) => utf8Text(row.key).startsWith(own)).length;
    if (all.length === AUDITS_KEPT_MAX || ofPoster >= AUDITORS_OF_POSTER_MAX) {
      const message = `notes of ${ofPoster} auditors are there already, ${all.length} in all`;
      throw new TransparencyError('index-audit.malformed', message);
    }
  }
  const batch = store.batch();
  batch.put(key, note);
  await batch.write({ flush: true });
}

const AUDIT_KEYS = { from: utf8('A'), to: utf8('B') };
