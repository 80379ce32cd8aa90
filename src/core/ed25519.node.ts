import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';

/** Public keys whose KeyObject is kept: a log, its witnesses, and some of their neighbours. */
const PUBLIC_KEYS_KEPT = 256;

/** DER of a PKCS#8 Ed25519 key and of an SPKI one, up to the 32 bytes. (RFC 8410 §7, §4) */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Making a KeyObject costs as much as a verification; both caches hold what follows from their key alone. */
const publicKeys = new Map<string, KeyObject>();
const privateKeys = new WeakMap<
  Uint8Array,
  { readonly seed: Uint8Array; readonly key: KeyObject }
>();

/**
 * The raw verification of node:crypto; `signature.ts` refuses what this and noble would judge differently.
 *
 * @param signature  64 bytes
 * @param publicKey  32 bytes
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return nodeVerify(null, message, publicKeyObject(publicKey), signature);
}

/**
 * The Ed25519 signature of a message: 64 bytes. (RFC 8032 §5.1.6)
 *
 * @param seed  32 bytes; hand in the same array again and the key is not made anew
 */
export function sign(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return new Uint8Array(nodeSign(null, message, privateKeyObject(seed)));
}

/** The 32 bytes of the public key of a seed of 32 bytes. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateKeyObject(seed)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(SPKI_PREFIX.length));
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const id = Buffer.from(publicKey).toString('latin1');
  const kept = publicKeys.get(id);
  if (kept !== undefined) return kept;
  const der = Buffer.concat([SPKI_PREFIX, publicKey]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (publicKeys.size >= PUBLIC_KEYS_KEPT) {
    const oldest = publicKeys.keys().next();
    if (oldest.done !== true) publicKeys.delete(oldest.value);
  }
  publicKeys.set(id, key);
  return key;
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  const kept = privateKeys.get(seed);
  // The array may have been overwritten since: its content decides, not its identity.
  if (kept !== undefined && Buffer.compare(kept.seed, seed) === 0) return kept.key;
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  privateKeys.set(seed, { seed: new Uint8Array(seed), key });
  return key;
}
