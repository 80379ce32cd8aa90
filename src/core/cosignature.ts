import { concat, readU64be, u64be, utf8 } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { ed25519Verifier, type NoteSignature, type NoteVerifier } from './note.ts';
import { verifyEd25519 } from './signature.ts';
import { KEY_TYPE, keyHashOf, type VerifierKey } from './vkey.ts';

/** The content of a cosignature line: when the witness signed, and its signature. */
export interface Cosignature {
  /** POSIX seconds, 1..2^53-1. */
  readonly timestampSeconds: number;
  /** 64 bytes (Ed25519) or 2,420 (ML-DSA-44). */
  readonly signature: Uint8Array;
}

/** Verifies an ML-DSA-44 cosignature line over the text of a checkpoint; `mldsa.ts` has one. */
export type MlDsa44Verifier = (claim: {
  readonly text: Uint8Array;
  readonly cosignature: Cosignature;
  readonly key: VerifierKey;
}) => boolean;

/** Who cosigns: a key of its own, used for nothing else. */
export interface Cosigner {
  readonly name: string;
  /** 32 bytes of the Ed25519 public key. */
  readonly ed25519PublicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes, over a message. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * What a witness signs for a checkpoint. (C2SP tlog-cosignature, cosignature/v1)
 *
 * @param text  whole text of the checkpoint, extension lines and last newline included
 */
export function cosignatureMessage(text: Uint8Array, timestampSeconds: number): Uint8Array {
  return concat(utf8(`cosignature/v1\ntime ${timestampSeconds}\n`), text);
}

/**
 * Reads the bytes behind the key hash of a cosignature line: u64be time ‖ signature.
 *
 * @throws {TransparencyError} cosignature.malformed, also for time 0 (no claim of when) and above 2^53 - 1
 */
export function parseCosignature(bytes: Uint8Array): Cosignature {
  if (bytes.length !== 8 + 64 && bytes.length !== 8 + ML_DSA_44_SIGNATURE_LENGTH) {
    throw new TransparencyError('cosignature.malformed', `${bytes.length} bytes`);
  }
  const timestampSeconds = readU64be(bytes) ?? 0;
  if (timestampSeconds === 0) {
    throw new TransparencyError('cosignature.malformed', 'the time is 0 or above 2^53 - 1');
  }
  return { timestampSeconds, signature: new Uint8Array(bytes.subarray(8)) };
}

/** The bytes behind the key hash of a cosignature line, as parseCosignature reads them. */
export function formatCosignature(cosignature: Cosignature): Uint8Array {
  return concat(u64be(cosignature.timestampSeconds), cosignature.signature);
}

/** The signature line by which a witness cosigns the text of a checkpoint that it has checked. */
export function cosign(
  text: Uint8Array,
  cosigner: Cosigner,
  timestampSeconds: number,
): NoteSignature {
  const signature = cosigner.sign(cosignatureMessage(text, timestampSeconds));
  return {
    name: cosigner.name,
    keyHash: keyHashOf(cosigner.name, KEY_TYPE.cosignature, cosigner.ed25519PublicKey),
    signature: formatCosignature({ timestampSeconds, signature }),
  };
}

/**
 * How lines of a key are verified: plain Ed25519, cosignature/v1, and ML-DSA-44 where a verifier for it is handed in.
 *
 * @throws {TransparencyError} vkey.unknown-type for a key whose lines cannot be verified here
 */
export function verifierOf(key: VerifierKey, mlDsa44?: MlDsa44Verifier): NoteVerifier {
  if (key.type === KEY_TYPE.ed25519) return ed25519Verifier(key);
  const { name, keyHash } = key;
  if (key.type === KEY_TYPE.cosignature) {
    return { name, keyHash, verify: (text, bytes) => verifyCosignature(text, bytes, key) };
  }
  if (key.type === KEY_TYPE.mlDsa44 && mlDsa44 !== undefined) {
    return {
      name,
      keyHash,
      verify: (text, bytes) => {
        const cosignature = cosignatureOf(bytes, ML_DSA_44_SIGNATURE_LENGTH);
        return cosignature !== undefined && mlDsa44({ text, cosignature, key });
      },
    };
  }
  throw new TransparencyError('vkey.unknown-type', `no verifier for type ${key.type} of ${name}`);
}

const ML_DSA_44_SIGNATURE_LENGTH = 2420;

function verifyCosignature(text: Uint8Array, bytes: Uint8Array, key: VerifierKey): boolean {
  const cosignature = cosignatureOf(bytes, 64);
  if (cosignature === undefined) return false;
  const message = cosignatureMessage(text, cosignature.timestampSeconds);
  return verifyEd25519({ signature: cosignature.signature, message, publicKey: key.publicKey });
}

function cosignatureOf(bytes: Uint8Array, signatureLength: number): Cosignature | undefined {
  if (bytes.length !== 8 + signatureLength || (readU64be(bytes) ?? 0) === 0) return undefined;
  return parseCosignature(bytes);
}
