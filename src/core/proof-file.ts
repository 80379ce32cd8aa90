import { base64, parseBase64 } from './base64.ts';
import { utf8, utf8Text } from './bytes.ts';
import { openCheckpoint, parseCheckpoint, type VerifiedCheckpoint } from './checkpoint.ts';
import type { MlDsa44Verifier } from './cosignature.ts';
import { isTransparencyError, TransparencyError } from './error.ts';
import { HASH_LENGTH } from './hash.ts';
import { checkInclusion } from './inclusion.ts';
import { isSize } from './integers.ts';
import { NOTE_BYTES_MAX, parseNote } from './note.ts';
import type { Policy } from './policy.ts';
import { type QuorumTime, quorumTime } from './quorum.ts';
import { KEY_TYPE, type VerifierKey } from './vkey.ts';

/** A proof that an entry is in a log, parsed and not trusted. */
export interface ProofFile {
  /** Index of the entry, 0 ≤ leafIndex ≤ 2^53 - 1. */
  readonly leafIndex: number;
  /** From the leaf's sibling up; at most 63 hashes of 32 bytes. */
  readonly path: readonly Uint8Array[];
  /** The signed note, with cosignatures, verbatim. */
  readonly checkpoint: Uint8Array;
  /** Bytes that nobody signed; absent where the line is. Never empty. */
  readonly extra?: Uint8Array;
}

/** What a proof file proves: this entry was at this index of this tree, seen by these witnesses. */
export interface ProvenEntry {
  readonly leafIndex: number;
  readonly checkpoint: VerifiedCheckpoint;
  /** When the quorum saw the tree; nulls with `quorum none`. */
  readonly time: QuorumTime;
  /** Bytes that nobody signed. */
  readonly extra?: Uint8Array;
}

/**
 * Reads a proof file: `formatProofFile(parseProofFile(bytes))` is `bytes`. (C2SP tlog-proof, spec/7-proof-file.md §1)
 *
 * The checkpoint inside is read as a note; nothing is verified.
 *
 * @throws {TransparencyError} proof-file.malformed; checkpoint.too-large
 */
export function parseProofFile(bytes: Uint8Array): ProofFile {
  checkLength(bytes.length);
  const text = proofText(bytes);
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('no blank line before the checkpoint');
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== HEADER) throw malformed(`the first line is not ${HEADER}`);
  const extraLine = lines[0]?.startsWith(EXTRA) === true ? lines.shift() : undefined;
  const indexLine = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '');
  const leafIndex = Number(indexLine?.[1]);
  if (!Number.isSafeInteger(leafIndex)) throw malformed('no index line, or above 2^53 - 1');
  const extra = extraLine === undefined ? undefined : decode(extraLine.slice(EXTRA.length));
  if (extra?.length === 0) throw malformed('an empty extra line');
  const path = lines.map(decode);
  checkPath(path);
  const checkpoint = utf8(text.slice(split + 2));
  checkNote(checkpoint);
  return { leafIndex, path, checkpoint, ...(extra === undefined ? {} : { extra }) };
}

/**
 * The bytes of a proof file, as parseProofFile reads them.
 *
 * @throws {TransparencyError} what parseProofFile throws
 */
export function formatProofFile(file: ProofFile): Uint8Array {
  return utf8(proofTextsOf(file.checkpoint)(file));
}

/**
 * Formats the proof files of one checkpoint, whose note is read once and not for each: a server makes many. As text, whose
 * UTF-8 is the file.
 *
 * @returns  a function that throws what parseProofFile throws
 * @throws {TransparencyError} as parseProofFile of a checkpoint
 */
export function proofTextsOf(
  checkpoint: Uint8Array,
): (proof: Omit<ProofFile, 'checkpoint'>) => string {
  checkNote(checkpoint);
  const note = utf8Text(checkpoint);
  return ({ leafIndex, path, extra }) => {
    if (!isSize(leafIndex)) throw malformed(`index ${leafIndex}`);
    checkPath(path);
    if (extra?.length === 0) throw malformed('an empty extra line');
    let text = extra === undefined ? `${HEADER}\n` : `${HEADER}\n${EXTRA}${base64(extra)}\n`;
    text += `index ${leafIndex}\n`;
    for (const hash of path) text += `${base64(hash)}\n`;
    // All but the note is ASCII.
    checkLength(text.length + 1 + checkpoint.length);
    return `${text}\n${note}`;
  };
}

/**
 * Verifies a proof file with keys alone, and returns what it proves. (C2SP tlog-proof, spec/7-proof-file.md §2)
 *
 * @param bytes            the file
 * @param trust.leafHash   32 bytes: leaf hash of the entry that the caller holds
 * @param trust.policy     which logs are accepted, and whose cosignatures suffice
 * @throws {TransparencyError} proof-file.malformed; note.*, checkpoint.*; checkpoint.wrong-origin if no log of the
 *   policy has that origin; policy.quorum-not-met; inclusion.*
 */
export function openProofFile(
  bytes: Uint8Array,
  trust: {
    readonly leafHash: Uint8Array;
    readonly policy: Policy;
    readonly mlDsa44?: MlDsa44Verifier;
  },
): ProvenEntry {
  const { leafHash, policy, mlDsa44 } = trust;
  const { path, checkpoint: note, ...file } = parseProofFile(bytes);
  const { leafIndex } = file;
  const checkpoint = openCheckpoint(note, {
    logKey: logKeyOf(note, policy),
    policy,
    allowExtensions: true,
    ...(mlDsa44 === undefined ? {} : { mlDsa44 }),
  });
  const { size: treeSize, rootHash } = checkpoint;
  checkInclusion({ leafHash, leafIndex, treeSize, path, rootHash });
  return { ...file, checkpoint, time: quorumTime(policy, checkpoint.cosignatures) };
}

/** The key of the policy's log of that origin; of several, the one that has a line in the note. */
function logKeyOf(note: Uint8Array, policy: Policy): VerifierKey {
  const { text, signatures } = parseNote(note);
  const { origin } = parseCheckpoint(text, { allowExtensions: true });
  const keys = policy.logs
    .map(({ key }) => key)
    .filter((key) => key.name === origin && key.type === KEY_TYPE.ed25519);
  const signed = keys.find((key) => {
    return signatures.some((line) => line.name === key.name && line.keyHash === key.keyHash);
  });
  const key = signed ?? keys[0];
  if (key !== undefined) return key;
  throw new TransparencyError('checkpoint.wrong-origin', `${origin} is no log of the policy`);
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const EXTRA = 'extra ';
/** As many as a tree of 2^63 entries has levels. */
const PATH_LENGTH_MAX = 63;
/** A note, and as much again for what the extra line carries. */
const PROOF_FILE_BYTES_MAX = 2 * NOTE_BYTES_MAX;

function checkLength(bytes: number): void {
  if (bytes > PROOF_FILE_BYTES_MAX) throw malformed(`${bytes} bytes`);
}

function checkPath(path: readonly Uint8Array[]): void {
  if (path.length > PATH_LENGTH_MAX) throw malformed(`${path.length} hashes`);
  if (path.some(({ length }) => length !== HASH_LENGTH)) {
    throw malformed('a hash is not of 32 bytes');
  }
}

function proofText(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes);
  } catch (cause) {
    throw new TransparencyError('proof-file.malformed', 'not UTF-8', { cause });
  }
}

function decode(line: string): Uint8Array {
  try {
    return parseBase64(line);
  } catch (cause) {
    throw new TransparencyError('proof-file.malformed', 'a line is not base64', { cause });
  }
}

function checkNote(note: Uint8Array): void {
  try {
    parseCheckpoint(parseNote(note).text, { allowExtensions: true });
  } catch (cause) {
    if (isTransparencyError(cause, 'checkpoint.too-large')) throw cause;
    const why = isTransparencyError(cause) ? cause.message : 'unreadable';
    throw new TransparencyError('proof-file.malformed', `the checkpoint: ${why}`, { cause });
  }
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('proof-file.malformed', why);
}
