import { sha256 } from '#sha256';
import { base64, parseBase64 } from './base64.ts';
import { concat, utf8 } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { p256PointOf } from './p256.ts';
import { checkEd25519PublicKey } from './signature.ts';

/** Signature types of C2SP signed-note that a verifier key can have here. */
export const KEY_TYPE = {
  /** Ed25519 over the text of the note. */
  ed25519: 0x01,
  /** Timestamped Ed25519 cosignature of a witness. */
  cosignature: 0x04,
  /** RFC 6962 tree head signature; the public key is a DER SubjectPublicKeyInfo. */
  treeHead: 0x05,
  /** ML-DSA-44 cosignature. */
  mlDsa44: 0x06,
} as const;

/** A public key with the name it signs under. */
export interface VerifierKey {
  /** No space of Unicode, no '+', not empty. */
  readonly name: string;
  /** One of KEY_TYPE. */
  readonly type: number;
  /** First four bytes of a hash over name, type and key, as an unsigned number. */
  readonly keyHash: number;
  /** 32 bytes for Ed25519, 1,312 for ML-DSA-44, DER SubjectPublicKeyInfo for a tree head key. */
  readonly publicKey: Uint8Array;
}

/**
 * Reads a verifier key `name+hash+base64(type ‖ key)`. (C2SP signed-note, spec/2-checkpoint.md §2)
 *
 * @throws {TransparencyError} vkey.malformed, also when the hash is not that of name and key; vkey.unknown-type;
 *   vkey.bad-point
 */
export function parseVkey(text: string): VerifierKey {
  const parts =
    text.length <= VKEY_LENGTH_MAX
      ? /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)
      : null;
  const [, name = '', hash = '', encoded = ''] = parts ?? [];
  if (parts === null) throw malformed('not of the form name+hash+key');
  const content = parseBase64(encoded);
  const key = verifierKeyOf(name, content[0] ?? 0, content.slice(1));
  if (formatKeyHash(key.keyHash) !== hash) {
    throw malformed(`the key hash is ${formatKeyHash(key.keyHash)}, the text says ${hash}`);
  }
  return key;
}

/** The text of a verifier key, as parseVkey reads it. */
export function formatVkey(key: VerifierKey): string {
  const content = concat(Uint8Array.of(key.type), key.publicKey);
  return `${key.name}+${formatKeyHash(key.keyHash)}+${base64(content)}`;
}

/**
 * A verifier key of its parts, its hash computed.
 *
 * @throws {TransparencyError} vkey.malformed, vkey.unknown-type, vkey.bad-point
 */
export function verifierKeyOf(name: string, type: number, publicKey: Uint8Array): VerifierKey {
  checkKeyName(name);
  if (type === KEY_TYPE.ed25519 || type === KEY_TYPE.cosignature) checkEd25519PublicKey(publicKey);
  else if (type === KEY_TYPE.treeHead) p256PointOf(publicKey);
  else if (type !== KEY_TYPE.mlDsa44) {
    throw new TransparencyError('vkey.unknown-type', `signature type ${type}`);
  } else if (publicKey.length !== ML_DSA_44_KEY_LENGTH) {
    throw malformed(`an ML-DSA-44 key of ${publicKey.length} bytes`);
  }
  return { name, type, keyHash: keyHashOf(name, type, publicKey), publicKey };
}

/**
 * SHA-256(name ‖ 0x0a ‖ type ‖ key), first four bytes as an unsigned number. For a tree head key, the key is stood for
 * by the log ID, SHA-256 of the SubjectPublicKeyInfo. (C2SP signed-note, static-ct-api)
 */
export function keyHashOf(name: string, type: number, publicKey: Uint8Array): number {
  const identity = type === KEY_TYPE.treeHead ? sha256(publicKey) : publicKey;
  const digest = sha256(concat(utf8(name), Uint8Array.of(0x0a, type), identity));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/**
 * Checks that a text may be the name of a key: not empty, well-formed, without control characters, spaces of Unicode
 * and '+'.
 *
 * @throws {TransparencyError} vkey.malformed
 */
export function checkKeyName(name: string): void {
  if (name === '' || UNFIT_IN_NAME.test(name)) {
    throw malformed('a key name is empty, or has a space, a plus or a control character');
  }
}

/** Control characters, '+', what Unicode calls White_Space, halves of surrogate pairs. */
const UNFIT_IN_NAME =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\p{Cs}]/u;
/** A name of 1,024 characters and an ML-DSA-44 key fit. */
const VKEY_LENGTH_MAX = 4096;
const ML_DSA_44_KEY_LENGTH = 1312;

function formatKeyHash(keyHash: number): string {
  return keyHash.toString(16).padStart(8, '0');
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('vkey.malformed', why);
}
