import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { concat, u64be, utf8 } from './bytes.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { type Cosignature, formatCosignature, type MlDsa44Verifier } from './cosignature.ts';
import { TransparencyError } from './error.ts';
import type { NoteSignature } from './note.ts';
import { KEY_TYPE, type VerifierKey, verifierKeyOf } from './vkey.ts';

/**
 * Verifies ML-DSA-44 lines over checkpoints: hand it to `openCheckpoint`, `verifierOf` and the like.
 *
 * EXPERIMENTAL: the library behind it has not been audited. Nothing imports this file but who asks for it.
 * (FIPS 204 without context, C2SP tlog-cosignature 1.1, spec/10-witness.md §8)
 */
export const verifyMlDsa44: MlDsa44Verifier = ({ text, cosignature, key }) => {
  const message = messageOf(text, cosignature.timestampSeconds, key.name);
  return message !== undefined && ml_dsa44.verify(cosignature.signature, message, key.publicKey);
};

/** A witness's ML-DSA-44 key. EXPERIMENTAL. */
export interface MlDsa44Cosigner {
  readonly key: VerifierKey;
  /** The line by which it cosigns the text of a checkpoint. @throws {TransparencyError} cosignature.malformed */
  cosign(text: Uint8Array, timestampSeconds: number): NoteSignature;
}

/**
 * The cosigner of a seed. Its signatures depend on nothing but seed and message.
 *
 * @param seed  32 bytes
 * @throws {TransparencyError} vkey.malformed for a name that is none
 */
export function mlDsa44Cosigner(name: string, seed: Uint8Array): MlDsa44Cosigner {
  const { publicKey, secretKey } = ml_dsa44.keygen(seed);
  const key = verifierKeyOf(name, KEY_TYPE.mlDsa44, publicKey);
  return {
    key,
    cosign(text, timestampSeconds) {
      const message = messageOf(text, timestampSeconds, name);
      if (message === undefined) {
        throw new TransparencyError('cosignature.malformed', 'a name or origin above 255 bytes');
      }
      const signature = ml_dsa44.sign(message, secretKey, { extraEntropy: false });
      const cosignature: Cosignature = { timestampSeconds, signature };
      return { name, keyHash: key.keyHash, signature: formatCosignature(cosignature) };
    },
  };
}

/**
 * `subtree/v1 LF NUL`, u8 length ‖ cosigner's name, u64 time, u8 length ‖ origin, u64 start, u64 end, root hash.
 * Undefined where a name does not fit. Lines behind the root are not signed.
 */
function messageOf(text: Uint8Array, time: number, cosigner: string): Uint8Array | undefined {
  const { origin, size, rootHash } = parseCheckpoint(text, {
    allowExtensions: true,
    allowAnyEmptyRoot: true,
  });
  const [name, of] = [utf8(cosigner), utf8(origin)];
  if (name.length > 255 || of.length > 255) return undefined;
  return concat(
    utf8('subtree/v1\n\0'),
    Uint8Array.of(name.length),
    name,
    u64be(time),
    Uint8Array.of(of.length),
    of,
    u64be(0),
    u64be(size),
    rootHash,
  );
}
