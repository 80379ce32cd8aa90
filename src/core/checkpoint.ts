import { base64, parseBase64 } from './base64.ts';
import { equalBytes, utf8, utf8Text } from './bytes.ts';
import { type MlDsa44Verifier, parseCosignature, verifierOf } from './cosignature.ts';
import { TransparencyError } from './error.ts';
import { EMPTY_ROOT, HASH_LENGTH } from './hash.ts';
import { formatNote, NOTE_BYTES_MAX, type OpenedNote, openNote } from './note.ts';
import type { Policy, PolicyWitness } from './policy.ts';
import { checkQuorum } from './quorum.ts';
import { KEY_TYPE, keyHashOf, type VerifierKey } from './vkey.ts';

/** What a checkpoint says: a tree head of a log. */
export interface Checkpoint {
  /** Which log: schema-less, without '+' and spaces where it is ours. */
  readonly origin: string;
  /** Number of entries, 0 ≤ size ≤ 2^53 - 1. */
  readonly size: number;
  /** 32 bytes; EMPTY_ROOT for size 0. */
  readonly rootHash: Uint8Array;
  /** Lines behind the root, of other logs; absent where there are none. Ours never have any. */
  readonly extensions?: readonly string[];
}

/** A cosignature that verified, by a witness of the policy. */
export interface VerifiedCosignature {
  /** Name of the witness in the policy. */
  readonly name: string;
  readonly timestampSeconds: number;
}

declare const verified: unique symbol;

/** A checkpoint whose log signature verified, and whose cosignatures satisfy the policy it was opened with. */
export interface VerifiedCheckpoint extends Checkpoint {
  readonly [verified]: true;
  /** The signed note as it came. */
  readonly note: Uint8Array;
  /** In the order of the note; empty where no witnesses were named. */
  readonly cosignatures: readonly VerifiedCosignature[];
}

/** What signs checkpoints: the Ed25519 half of a log's keys. */
export interface CheckpointSigner {
  /** Key name, and origin of what it signs. */
  readonly origin: string;
  /** 32 bytes. */
  readonly ed25519PublicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes, over the text of a note. */
  signNote(text: Uint8Array): Uint8Array;
}

/** What a checkpoint is held against. */
export interface CheckpointTrust {
  readonly logKey: VerifierKey;
  /** Default: the name of the log's key. */
  readonly origin?: string;
  /** Its witnesses are verified and its quorum is required. Its logs do not matter here. */
  readonly policy?: Policy;
  /** Witnesses to verify without requiring any; default: those of the policy. */
  readonly witnesses?: readonly PolicyWitness[];
  /** Default false: a checkpoint with extension lines is refused. */
  readonly allowExtensions?: boolean;
  /** Verifies lines of ML-DSA-44 witnesses; without it they are unknown lines. */
  readonly mlDsa44?: MlDsa44Verifier;
}

/**
 * Reads the text of a checkpoint: `formatCheckpoint(parseCheckpoint(text))` is `text`. (C2SP tlog-checkpoint,
 * spec/2-checkpoint.md §4)
 *
 * @throws {TransparencyError} checkpoint.malformed; checkpoint.too-large for a size above 2^53 - 1;
 *   checkpoint.has-extension unless allowed
 */
export function parseCheckpoint(
  text: Uint8Array,
  options: {
    readonly allowExtensions?: boolean;
    /** Default false. A witness answers a wrong root of size 0 as one that does not fit, not as one that it cannot read. */
    readonly allowAnyEmptyRoot?: boolean;
  } = {},
): Checkpoint {
  const lines = checkpointText(text).split('\n');
  const [origin = '', size = '', root = '', ...extensions] = lines.slice(0, -1);
  if (lines.length < 4 || lines.at(-1) !== '' || origin === '') {
    throw malformed('not origin, size and root hash, a line each');
  }
  const checkpoint = { origin, size: parseSize(size), rootHash: parseRoot(root) };
  if (options.allowAnyEmptyRoot !== true) checkEmptyRoot(checkpoint);
  if (extensions.length === 0) return checkpoint;
  if (extensions.includes('')) throw malformed('an empty extension line');
  if (options.allowExtensions === true) return { ...checkpoint, extensions };
  throw new TransparencyError('checkpoint.has-extension', `${extensions.length} extension lines`);
}

/**
 * The text of a checkpoint, as parseCheckpoint reads it.
 *
 * @throws {TransparencyError} checkpoint.malformed, so that nothing is written which parseCheckpoint would refuse
 */
export function formatCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { origin, size, rootHash, extensions = [] } = checkpoint;
  const lines = [origin, `${size}`, base64(rootHash), ...extensions];
  if (lines.some((line) => /[\n\p{Cs}]/u.test(line))) throw malformed('a line that is not one');
  const text = utf8(`${lines.join('\n')}\n`);
  parseCheckpoint(text, { allowExtensions: true });
  return text;
}

/**
 * The signed note of a checkpoint: one Ed25519 line, no extension lines.
 *
 * It signs whatever it is given: only the holder of the guard may call it. (spec/6-publication.md)
 *
 * @throws {TransparencyError} checkpoint.malformed; checkpoint.wrong-origin if the signer is another log's;
 *   checkpoint.has-extension
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: CheckpointSigner): Uint8Array {
  const { origin, ed25519PublicKey } = signer;
  checkOrigin(checkpoint, origin);
  const text = formatCheckpoint(checkpoint);
  parseCheckpoint(text);
  const keyHash = keyHashOf(origin, KEY_TYPE.ed25519, ed25519PublicKey);
  return formatNote({
    text,
    signatures: [{ name: origin, keyHash, signature: signer.signNote(text) }],
  });
}

/**
 * Verifies a checkpoint and returns it. (C2SP tlog-checkpoint, tlog-cosignature, spec/2-checkpoint.md §4)
 *
 * @param note  the signed note, whole
 * @throws {TransparencyError} note.*, checkpoint.malformed, checkpoint.too-large, checkpoint.has-extension;
 *   note.not-signed without a line of the log's key, whoever else signed; note.bad-signature if the line of the log
 *   or of a witness does not verify; checkpoint.wrong-origin; policy.quorum-not-met
 */
export function openCheckpoint(note: Uint8Array, trust: CheckpointTrust): VerifiedCheckpoint {
  const { logKey, policy, mlDsa44 } = trust;
  const witnesses = (trust.witnesses ?? policy?.witnesses ?? []).filter(({ key }) => {
    return (
      key.type === KEY_TYPE.cosignature || (key.type === KEY_TYPE.mlDsa44 && mlDsa44 !== undefined)
    );
  });
  const opened = openNote(
    note,
    [logKey, ...witnesses.map(({ key }) => key)].map((key) => verifierOf(key, mlDsa44)),
  );
  if (!opened.verified.some((line) => isLineOf(line, logKey))) {
    throw new TransparencyError('note.not-signed', `no line of the log's key ${logKey.name}`);
  }
  const checkpoint = parseCheckpoint(opened.text, {
    allowExtensions: trust.allowExtensions ?? false,
  });
  checkOrigin(checkpoint, trust.origin ?? logKey.name);
  const cosignatures = cosignaturesOf(opened, witnesses);
  if (policy !== undefined)
    checkQuorum(
      policy,
      cosignatures.map(({ name }) => name),
    );
  // The brand is given here and nowhere else: all that it promises has been checked above.
  return {
    ...checkpoint,
    note: new Uint8Array(note),
    cosignatures,
  } as unknown as VerifiedCheckpoint;
}

function cosignaturesOf(
  opened: OpenedNote,
  witnesses: readonly PolicyWitness[],
): readonly VerifiedCosignature[] {
  return opened.verified.flatMap((line) => {
    const witness = witnesses.find(({ key }) => isLineOf(line, key));
    if (witness === undefined) return [];
    const { timestampSeconds } = parseCosignature(line.signature);
    return [{ name: witness.name, timestampSeconds }];
  });
}

function isLineOf(
  line: { readonly name: string; readonly keyHash: number },
  key: VerifierKey,
): boolean {
  return line.name === key.name && line.keyHash === key.keyHash;
}

function checkOrigin(checkpoint: Checkpoint, origin: string): void {
  if (checkpoint.origin === origin) return;
  throw new TransparencyError(
    'checkpoint.wrong-origin',
    `${checkpoint.origin}, expected ${origin}`,
  );
}

function checkpointText(text: Uint8Array): string {
  if (text.length > NOTE_BYTES_MAX) throw malformed(`${text.length} bytes`);
  if (text.some((byte) => byte < 0x20 && byte !== 0x0a)) throw malformed('a control character');
  try {
    return utf8Text(text);
  } catch (cause) {
    throw new TransparencyError('checkpoint.malformed', 'not UTF-8', { cause });
  }
}

function parseSize(line: string): number {
  if (!/^(?:0|[1-9][0-9]*)$/.test(line)) throw malformed('the size is not a canonical decimal');
  const size = Number(line);
  if (Number.isSafeInteger(size)) return size;
  throw new TransparencyError('checkpoint.too-large', 'the size is above 2^53 - 1');
}

function parseRoot(line: string): Uint8Array {
  try {
    const root = parseBase64(line);
    if (root.length === HASH_LENGTH) return root;
  } catch (cause) {
    throw new TransparencyError('checkpoint.malformed', 'the root hash is not base64', { cause });
  }
  throw malformed('the root hash is not of 32 bytes');
}

function checkEmptyRoot(checkpoint: Checkpoint): void {
  if (checkpoint.size > 0 || equalBytes(checkpoint.rootHash, EMPTY_ROOT)) return;
  throw malformed('size 0 with another root than that of the empty tree');
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('checkpoint.malformed', why);
}
