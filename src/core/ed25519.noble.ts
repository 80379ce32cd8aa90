import {
  getPublicKey,
  hashes,
  sign as nobleSign,
  verify as nobleVerify,
  Point,
} from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equalBytes } from './bytes.ts';

hashes.sha512 = sha512;

/** Order of the base point. (RFC 8032 §5.1) */
const L = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;

/**
 * The raw verification of noble, made as strict as node:crypto; `signature.ts` refuses the rest that they would judge
 * differently.
 *
 * Noble multiplies the equation by the cofactor, node:crypto compares the bytes of R: a signer could make signatures
 * that hold in browsers only. So R is computed and compared here as well.
 *
 * @param signature  64 bytes
 * @param publicKey  32 bytes
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (!nobleVerify(signature, message, publicKey, { zip215: false })) return false;
  const r = signature.subarray(0, 32);
  const challenge = littleEndian(sha512(concat(r, publicKey, message))) % L;
  const s = littleEndian(signature.subarray(32));
  const minusA = Point.fromBytes(publicKey, false).negate();
  const expected = Point.BASE.multiply(s, false).add(minusA.multiply(challenge, false));
  return equalBytes(expected.toBytes(), r);
}

/** The Ed25519 signature of a message: 64 bytes. (RFC 8032 §5.1.6) @param seed 32 bytes */
export function sign(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return nobleSign(message, seed);
}

/** The 32 bytes of the public key of a seed of 32 bytes. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return getPublicKey(seed);
}

function littleEndian(bytes: Uint8Array): bigint {
  let n = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) n = n * 256n + BigInt(bytes[i] ?? 0);
  return n;
}
