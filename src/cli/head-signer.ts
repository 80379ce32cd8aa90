import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import type { HeadSigner } from '../log/ports.ts';

/**
 * The signer of a log whose private keys are PKCS#8 PEM files: Ed25519 for face 1, P-256 for face 2.
 *
 * @throws {TransparencyError} keys.malformed if a text is not one private key of its kind, unencrypted
 */
export function headSignerOf(keys: {
  readonly origin: string;
  readonly ed25519Pem: Uint8Array;
  readonly p256Pem: Uint8Array;
}): HeadSigner {
  const ed25519 = ed25519KeyOf(keys.ed25519Pem, 'ed25519.pem');
  const p256 = privateKeyOf(keys.p256Pem, 'p256.pem', 'a P-256');
  if (p256.asymmetricKeyType !== 'ec' || p256.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw wrongKey('p256.pem', 'a P-256');
  }
  return {
    origin: keys.origin,
    ed25519PublicKey: ed25519.publicKey,
    p256PublicKey: spkiOf(p256),
    signNote: ed25519.sign,
    signTreeHead: (input) => bytesOf(sign('sha256', input, { key: p256, dsaEncoding: 'der' })),
  };
}

/**
 * The public key of an Ed25519 private key in PKCS#8 PEM, and what signs with it.
 *
 * @param file  its name, for the refusal
 * @throws {TransparencyError} keys.malformed
 */
export function ed25519KeyOf(
  pem: Uint8Array,
  file: string,
): { readonly publicKey: Uint8Array; sign(message: Uint8Array): Uint8Array } {
  const key = privateKeyOf(pem, file, 'an Ed25519');
  if (key.asymmetricKeyType !== 'ed25519') throw wrongKey(file, 'an Ed25519');
  // A SubjectPublicKeyInfo of Ed25519 ends in the key itself. (RFC 8410 §4)
  return {
    publicKey: spkiOf(key).slice(-32),
    sign: (message) => bytesOf(sign(null, message, key)),
  };
}

function privateKeyOf(pem: Uint8Array, file: string, kind: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: utf8Text(pem), format: 'pem' });
  } catch {
    // No cause: what OpenSSL says of a private key stays out of logs.
    throw wrongKey(file, kind);
  }
  // One spelling: no second key behind it, no text around it, no older form of private keys.
  if (key.export({ type: 'pkcs8', format: 'pem' }) !== utf8Text(pem)) throw wrongKey(file, kind);
  return key;
}

function spkiOf(key: KeyObject): Uint8Array {
  return bytesOf(createPublicKey(key).export({ type: 'spki', format: 'der' }));
}

function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

function wrongKey(file: string, kind: string): TransparencyError {
  return new TransparencyError(
    'keys.malformed',
    `${file} is not ${kind} private key in PKCS#8 PEM`,
  );
}
