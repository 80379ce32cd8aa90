import { p256 } from '@noble/curves/nist.js';
import { compareBytes } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { parseHex } from './hex.ts';

/** A P-256 signature and what it is said to be of. */
export interface P256Claim {
  /** DER ECDSA-Sig-Value. */
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  /** DER SubjectPublicKeyInfo, uncompressed point. */
  readonly publicKey: Uint8Array;
}

/**
 * True if the signature is ECDSA with SHA-256 over the message by this P-256 key. (FIPS 186-5, RFC 6962 §2.1.4)
 *
 * Either of the two values of S is good, as in RFC 6962; other encodings of the signature than DER are false.
 *
 * @throws {TransparencyError} vkey.malformed when the key is not of the one accepted form
 */
export function verifyP256(claim: P256Claim): boolean {
  const point = p256PointOf(claim.publicKey);
  try {
    return p256.verify(claim.signature, claim.message, point, {
      format: 'der',
      prehash: true,
      lowS: false,
    });
  } catch {
    return false;
  }
}

/**
 * The uncompressed point, 65 bytes, in a DER SubjectPublicKeyInfo of a P-256 key; the one encoding that X.509 gives it.
 *
 * @throws {TransparencyError} vkey.malformed
 */
export function p256PointOf(publicKey: Uint8Array): Uint8Array {
  const head = publicKey.subarray(0, SPKI_PREFIX.length);
  const point = new Uint8Array(publicKey.subarray(SPKI_PREFIX.length));
  if (compareBytes(head, SPKI_PREFIX) !== 0 || point.length !== 65 || point[0] !== 0x04) {
    throw new TransparencyError('vkey.malformed', 'not the SubjectPublicKeyInfo of a P-256 key');
  }
  return point;
}

/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of 66 bytes, no unused bits }. (RFC 5480 §2) */
const SPKI_PREFIX = parseHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
