import { base64, parseBase64 } from '../core/base64.ts';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { ed25519Verifier, formatNote, openNote } from '../core/note.ts';
import { KEY_TYPE, keyHashOf, type VerifierKey } from '../core/vkey.ts';
import { reading } from './index-answer.ts';
import type { OpenedIndexHead } from './index-proof.ts';
import { MAP } from './map.ts';

/** What an auditor says of an index head: he replayed the log up to it, and it and all heads before it are true. */
export interface IndexAudit {
  readonly origin: string;
  /** Leaf index of the head. */
  readonly leafIndex: number;
  /** Entries that it covers. */
  readonly size: number;
  /** Root of its trie, 32 bytes. */
  readonly trieRoot: Uint8Array;
}

/** Who signs audits: a key that signs nothing else, and no witness key. */
export interface AuditSigner {
  /** Name of the key. */
  readonly name: string;
  /** 32 bytes of the Ed25519 public key. */
  readonly ed25519PublicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes, over the text of a note. */
  signNote(text: Uint8Array): Uint8Array;
}

/** An audit note that was verified, and by whose key. */
export interface OpenedAudit extends IndexAudit {
  /** Names of the keys that signed it. */
  readonly auditors: readonly string[];
}

/** Bytes of an audit note, at most. */
export const AUDIT_NOTE_BYTES_MAX = 8_192;

/** The signed note of an audit. (spec/11-index.md §10) */
export function signIndexAudit(audit: IndexAudit, signer: AuditSigner): Uint8Array {
  const text = formatAudit(audit);
  const { name, ed25519PublicKey } = signer;
  const keyHash = keyHashOf(name, KEY_TYPE.ed25519, ed25519PublicKey);
  return formatNote({ text, signatures: [{ name, keyHash, signature: signer.signNote(text) }] });
}

/**
 * Verifies an audit note and returns what it says.
 *
 * @param keys  of the auditors who count; Ed25519 note keys
 * @throws {TransparencyError} index-audit.malformed; note.*; note.not-signed if none of them signed it
 */
export function openIndexAudit(note: Uint8Array, keys: readonly VerifierKey[]): OpenedAudit {
  if (note.length > AUDIT_NOTE_BYTES_MAX) throw malformed(`${note.length} bytes`);
  const opened = openNote(note, keys.map(ed25519Verifier));
  const auditors = opened.verified.map(({ name }) => name);
  return { ...parseAudit(opened.text), auditors };
}

/** The text of an audit note. @throws {TransparencyError} index-audit.malformed */
export function parseAudit(text: Uint8Array): IndexAudit {
  return reading(() => {
    const [, origin = '', , leafIndex, size, root = ''] = utf8Text(text).split('\n');
    const audit = {
      origin,
      leafIndex: Number(leafIndex),
      size: Number(size),
      trieRoot: parseBase64(root),
    };
    // One text for one audit: whatever is written otherwise comes out differently.
    if (!equalBytes(formatAudit(audit), text)) throw malformed('not the text of an audit');
    return audit;
  }, 'index-audit.malformed');
}

/**
 * Does an audit speak for a head? For its own, and for those before it: their leaves are in the tree that its head
 * commits to, so it cannot be an audit of another history.
 *
 * @param own  the head at the audit's leaf index, if it is another: in the same tree, and verified
 */
export function auditSpeaksFor(
  audit: IndexAudit,
  head: OpenedIndexHead,
  own: OpenedIndexHead = head,
): boolean {
  const isOwn =
    audit.origin === own.head.origin &&
    audit.leafIndex === own.leafIndex &&
    audit.size === own.tree.size &&
    equalBytes(audit.trieRoot, own.trieRoot);
  return isOwn && (own.leafIndex === head.leafIndex || head.leafIndex < own.tree.size);
}

function formatAudit(audit: IndexAudit): Uint8Array {
  const { origin, leafIndex, size, trieRoot } = audit;
  if (!Number.isSafeInteger(leafIndex) || !Number.isSafeInteger(size) || size < 0) {
    throw malformed('not a leaf index and a size');
  }
  if (!/^[!-*,-~]{1,255}$/.test(origin) || size > leafIndex || trieRoot.length !== 32) {
    throw malformed('not an origin, a head and a root');
  }
  const lines = ['varve.index-audit/1', origin, MAP, leafIndex, size, base64(trieRoot)];
  return utf8(`${lines.join('\n')}\n`);
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('index-audit.malformed', why);
}
