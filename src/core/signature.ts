import { publicKeyOf, sign, verify } from '#ed25519';
import { compareBytes } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { parseHex } from './hex.ts';

/** A signature and what it is said to be of. */
export interface SignatureClaim {
  /** 64 bytes; any other length does not verify. */
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  /** 32 bytes; any other length does not verify. */
  readonly publicKey: Uint8Array;
}

/**
 * True if the Ed25519 signature is of this message by this key. (RFC 8032 §5.1.7, spec/2-checkpoint.md §1)
 *
 * Stricter than the RFC, so that every back end gives the same answer: a public key or an R that is of small order or
 * not canonically encoded, an S ≥ L, and a signature that holds only after multiplication by the cofactor, are false.
 */
export function verifyEd25519(claim: SignatureClaim): boolean {
  const { signature, message, publicKey } = claim;
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  if (!isSoundPoint(publicKey) || !isSoundPoint(signature.subarray(0, 32))) return false;
  if (compareBytes(new Uint8Array(signature.subarray(32)).reverse(), ORDER) >= 0) return false;
  return verify(signature, message, publicKey);
}

/**
 * The Ed25519 signature of a message: 64 bytes, the same for the same input. (RFC 8032 §5.1.6)
 *
 * @param input.seed  32 bytes, the private key; hand in the same array each time: the key made of it is kept with it
 */
export function signEd25519(input: {
  readonly message: Uint8Array;
  readonly seed: Uint8Array;
}): Uint8Array {
  return sign(input.message, input.seed);
}

/** The public key, 32 bytes, of a private key of 32 bytes. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return publicKeyOf(seed);
}

/**
 * Checks that 32 bytes may stand as an Ed25519 public key: canonical and not of small order.
 *
 * Whether they are on the curve shows when a signature is verified: none ever holds for a point that is not.
 *
 * @throws {TransparencyError} vkey.bad-point
 */
export function checkEd25519PublicKey(publicKey: Uint8Array): void {
  if (publicKey.length === 32 && isSoundPoint(publicKey)) return;
  throw new TransparencyError(
    'vkey.bad-point',
    'not the canonical encoding of an Ed25519 point of large order',
  );
}

/** L, the order of the base point, big-endian. (RFC 8032 §5.1) */
const ORDER = parseHex('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed');
/** p = 2^255 - 19, big-endian. */
const PRIME = parseHex(`7f${'ff'.repeat(30)}ed`);
/** The y of the points whose order divides 8, big-endian: their x have both signs. */
const SMALL_ORDER_Y = [
  `${'00'.repeat(32)}`, // order 4
  `${'00'.repeat(31)}01`, // order 1
  `7f${'ff'.repeat(30)}ec`, // order 2
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7', // order 8
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826', // order 8
].map(parseHex);

/** True unless the encoded y is ≥ p or belongs to a point of small order. The sign of x is the top bit. */
function isSoundPoint(encoded: Uint8Array): boolean {
  // A copy by constructor: the slice of a Buffer shares its memory.
  const y = new Uint8Array(encoded).reverse();
  y[0] = (y[0] ?? 0) & 0x7f;
  if (compareBytes(y, PRIME) >= 0) return false;
  return !SMALL_ORDER_Y.some((small) => compareBytes(y, small) === 0);
}
