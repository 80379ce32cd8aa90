import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { parseBase64 } from '../core/base64.ts';
import { TransparencyError } from '../core/error.ts';

/** Keys of emitters who sign what they send: what a configuration names, and nothing that a body brings along. */
export interface IngestTrust {
  /** Issuer of tokens → its keys, as a JWK set has them. */
  readonly issuers: ReadonlyMap<string, readonly SigningKey[]>;
  /** Fingerprint of an RSA key, as a CloudTrail digest names it → the key. */
  readonly digestKeys: ReadonlyMap<string, KeyObject>;
  /** Keys of those who sign attestations. */
  readonly attesters: readonly SigningKey[];
}

/** A public key and what it is called. */
export interface SigningKey {
  /** null: it has no name, and is tried for every one. */
  readonly kid: string | null;
  readonly key: KeyObject;
}

/** Nobody's keys. */
export const NO_TRUST: IngestTrust = {
  issuers: new Map(),
  digestKeys: new Map(),
  attesters: [],
};

/**
 * A key of a JWK: RSA of 2,048 bits at least, P-256, P-384, P-521 or Ed25519.
 *
 * @throws {TransparencyError} config.malformed
 */
export function signingKeyOf(jwk: JsonWebKey & { readonly kid?: string }): SigningKey {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new TransparencyError('config.malformed', 'a JWK that is no public key', { cause });
  }
  checkStrength(key);
  return { kid: jwk.kid ?? null, key };
}

/** The key of `ListPublicKeys`: base64 of a PKCS #1 RSAPublicKey. @throws {TransparencyError} config.malformed */
export function digestKeyOf(base64Key: string): KeyObject {
  let key: KeyObject;
  try {
    // The system's type of bytes is asked for, and no other is made of ours.
    const der = Buffer.from(parseBase64(base64Key));
    key = createPublicKey({ key: der, format: 'der', type: 'pkcs1' });
  } catch (cause) {
    throw new TransparencyError('config.malformed', 'not an RSA public key', { cause });
  }
  checkStrength(key);
  return key;
}

const RSA_BITS_MIN = 2_048;
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function checkStrength({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): void {
  const isKnown =
    type === 'ed25519' ||
    (type === 'rsa' && (details?.modulusLength ?? 0) >= RSA_BITS_MIN) ||
    (type === 'ec' && CURVES.has(details?.namedCurve ?? ''));
  if (isKnown) return;
  throw new TransparencyError(
    'config.malformed',
    `a key of type ${type}: RSA of ${RSA_BITS_MIN} bits, P-256, P-384, P-521 or Ed25519 is asked for`,
  );
}

/** What a signature is worth: nobody's key was asked, or one of them made it. */
export type SignatureResult = 'verified' | 'unverified';

/**
 * Holds a signature against the keys that may have made it.
 *
 * @param claim.algorithm  as JOSE names it; undefined: that of the key
 * @returns `unverified` where no key is known
 * @throws {TransparencyError} ingest.bad-signature where keys are known and none of them made it
 */
export function judgeSignature(claim: {
  readonly keys: readonly SigningKey[];
  readonly kid: string | undefined;
  readonly algorithm: string | undefined;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}): SignatureResult {
  if (claim.keys.length === 0) return 'unverified';
  const made = claim.keys.some(
    ({ kid, key }) =>
      (kid === null || claim.kid === undefined || claim.kid === '' || kid === claim.kid) &&
      isMadeBy(key, claim),
  );
  if (made) return 'verified';
  throw new TransparencyError('ingest.bad-signature', 'no known key made this signature');
}

/** Algorithms by name, each with the type of its keys: a key of another type makes none. */
const ALGORITHMS: Readonly<
  Record<string, { readonly type: string; readonly hash: string | null }>
> = {
  ES256: { type: 'ec', hash: 'sha256' },
  ES384: { type: 'ec', hash: 'sha384' },
  ES512: { type: 'ec', hash: 'sha512' },
  RS256: { type: 'rsa', hash: 'sha256' },
  RS384: { type: 'rsa', hash: 'sha384' },
  RS512: { type: 'rsa', hash: 'sha512' },
  EdDSA: { type: 'ed25519', hash: null },
  Ed25519: { type: 'ed25519', hash: null },
};

function isMadeBy(
  key: KeyObject,
  claim: {
    readonly algorithm: string | undefined;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  },
): boolean {
  const { algorithm, message, signature } = claim;
  const named = algorithm === undefined ? undefined : ALGORITHMS[algorithm];
  if (algorithm !== undefined && named?.type !== key.asymmetricKeyType) return false;
  const hash = named === undefined ? hashOf(key) : named.hash;
  // JOSE writes r and s side by side, everybody else in DER.
  const encoding = algorithm === undefined ? 'der' : 'ieee-p1363';
  return verify(hash, message, { key, dsaEncoding: encoding }, signature);
}

function hashOf(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
