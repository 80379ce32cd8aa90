import { parseBase64 } from '../core/base64.ts';
import { utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import {
  AUDIT_NOTE_BYTES_MAX,
  auditSpeaksFor,
  type OpenedAudit,
  openIndexAudit,
} from '../event/index-audit.ts';
import { parseIndexHead } from '../event/index-leaf.ts';
import type { OpenedIndexHead } from '../event/index-proof.ts';
import { parseStrictJson } from '../event/strict-json.ts';
import { readResource } from './http-tiles.ts';
import { IndexReplay } from './index-replay.ts';
import type { Found, LookupOptions } from './lookup-client.ts';
import { readAllEntries, readEntries } from './lookup-entries.ts';
import type { Grade } from './lookup-policy.ts';

/** The grade of an answer, and by whom. */
export interface GradeOf {
  readonly grade: Grade;
  /** The auditors, if audited; sorted. */
  readonly auditors: readonly string[];
}

/** Audit notes that a log shows, at most. */
export const AUDITS_MAX = 100;

/**
 * Step 7: how far the head can be relied on. It is replayed if that is asked for; else audited if a named auditor
 * signed it, or a later one. (spec/11-index.md §9)
 *
 * @throws {TransparencyError} index.head-mismatch: replayed, and false; what reads throw
 */
export async function gradeOf(options: LookupOptions, found: Found): Promise<GradeOf> {
  const { head } = found.last;
  const auditors = await auditorsOf(options, found);
  if (options.replay === true || options.policy.grade === 'replayed') {
    await replay(options, found, head);
    return { grade: 'replayed', auditors };
  }
  return { grade: auditors.length > 0 ? 'audited' : 'claimed', auditors };
}

async function replay(options: LookupOptions, found: Found, head: OpenedIndexHead): Promise<void> {
  const replayed = new IndexReplay(head.head.origin);
  const to = head.tree.size;
  for await (const { entry } of readAllEntries(found.source, { from: 0, to })) {
    replayed.add(entry);
    if (replayed.size % 4096 !== 0) continue;
    // No head before this one matters: what is read need not wait for one.
    replayed.settle();
    options.onProgress?.('replay', replayed.size, to);
  }
  replayed.check(head.leafIndex, head.head);
}

async function auditorsOf(options: LookupOptions, found: Found): Promise<readonly string[]> {
  const { policy, location, signal } = options;
  if (policy.auditors.length === 0) return [];
  const bytesMax = 2 * AUDITS_MAX * AUDIT_NOTE_BYTES_MAX;
  const bytes = await readResource(location, { path: 'audits', bytesMax }, signal);
  const speaking = new Set<string>();
  for (const note of bytes === undefined ? [] : notesOf(bytes)) {
    const audit = openedOrNull(note, policy);
    if (audit === null || !(await speaksFor(audit, found))) continue;
    for (const auditor of audit.auditors) speaking.add(auditor);
  }
  return [...speaking].sort();
}

/** A note of nobody who counts is passed over; so is one that is none. */
function openedOrNull(note: Uint8Array, policy: LookupOptions['policy']): OpenedAudit | null {
  try {
    return openIndexAudit(note, policy.auditors);
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

/** Of a later head, what stands at its leaf in this tree has to be that head. */
async function speaksFor(audit: OpenedAudit, found: Found): Promise<boolean> {
  const { head } = found.last;
  if (audit.leafIndex <= head.leafIndex) return auditSpeaksFor(audit, head);
  if (audit.leafIndex >= found.checkpoint.size) return false;
  for await (const { entry } of readEntries(found.source, [audit.leafIndex])) {
    const own = headAt(entry, audit.leafIndex);
    if (own !== null && own.head.origin === head.head.origin) {
      return auditSpeaksFor(audit, head, own);
    }
  }
  return false;
}

/** The head of an entry that was verified in this tree. What it says of its own tree is the auditor's to check. */
function headAt(leaf: Uint8Array, leafIndex: number): OpenedIndexHead | null {
  try {
    const head = parseIndexHead(leaf);
    const tree = { size: head.size, rootHash: parseBase64(head.root) };
    return { leafIndex, leaf, head, tree, trieRoot: parseBase64(head.index) };
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

function notesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const value = parseStrictJson(bytes);
  if (!Array.isArray(value) || value.length > AUDITS_MAX) {
    throw new TransparencyError('reply.malformed', 'not a list of audit notes');
  }
  return value.filter((note) => typeof note === 'string').map(utf8);
}
