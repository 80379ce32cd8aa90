import { concat, equalBytes, u64be } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { EMPTY_ROOT, HASH_LENGTH } from './hash.ts';
import { verifyP256 } from './p256.ts';

/** A tree head as RFC 6962 signs it: no origin, but a time. */
export interface TreeHead {
  /** 0 ≤ size ≤ 2^53 - 1 */
  readonly size: number;
  /** 32 bytes; EMPTY_ROOT for size 0. */
  readonly rootHash: Uint8Array;
  /** ms since 1970, 0 ≤ timeMs ≤ 2^53 - 1 */
  readonly timeMs: number;
}

/** A tree head, its signature, and the key it is said to be of. */
export interface TreeHeadClaim extends TreeHead {
  /** DER ECDSA-Sig-Value. */
  readonly signature: Uint8Array;
  /** DER SubjectPublicKeyInfo of a P-256 key. */
  readonly p256PublicKey: Uint8Array;
}

/**
 * The 50 bytes that are signed: `00 01 ‖ u64be time ‖ u64be size ‖ root`. (RFC 6962 §3.5, spec/2-checkpoint.md §6)
 *
 * @throws {TransparencyError} tree-head.malformed
 */
export function treeHeadInput(head: TreeHead): Uint8Array {
  const { size, rootHash, timeMs } = head;
  if (!isCount(size) || !isCount(timeMs) || rootHash.length !== HASH_LENGTH) {
    throw malformed(`size ${size}, time ${timeMs}, root hash of ${rootHash.length} bytes`);
  }
  if (size === 0 && !equalBytes(rootHash, EMPTY_ROOT)) {
    throw malformed('size 0 with another root than that of the empty tree');
  }
  // version v1, signature type tree_hash
  return concat(Uint8Array.of(0, 1), u64be(timeMs), u64be(size), rootHash);
}

/**
 * Checks that a tree head is signed by a log. (RFC 6962 §3.5)
 *
 * @throws {TransparencyError} tree-head.malformed, tree-head.bad-signature; vkey.malformed for a key of another form
 */
export function checkTreeHead(claim: TreeHeadClaim): void {
  const message = treeHeadInput(claim);
  const { signature, p256PublicKey: publicKey } = claim;
  if (verifyP256({ signature, message, publicKey })) return;
  throw new TransparencyError(
    'tree-head.bad-signature',
    `size ${claim.size}, time ${claim.timeMs}`,
  );
}

/**
 * The digitally-signed struct of a signature: `04 03 ‖ u16be length ‖ DER`, SHA-256 with ECDSA. (RFC 5246 §4.7)
 *
 * @throws {TransparencyError} tree-head.malformed for an empty signature, or one above 65,535 bytes
 */
export function formatTreeHeadSignature(signature: Uint8Array): Uint8Array {
  if (signature.length === 0 || signature.length > 0xffff) {
    throw malformed(`a signature of ${signature.length} bytes`);
  }
  const head = new Uint8Array(4);
  const view = new DataView(head.buffer);
  view.setUint16(0, SHA256_ECDSA);
  view.setUint16(2, signature.length);
  return concat(head, signature);
}

/**
 * The DER signature in a digitally-signed struct.
 *
 * @throws {TransparencyError} tree-head.malformed, also for other algorithms and for bytes behind it
 */
export function parseTreeHeadSignature(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 5) throw malformed(`a signature struct of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0) !== SHA256_ECDSA) throw malformed('not SHA-256 with ECDSA');
  if (view.getUint16(2) !== bytes.length - 4) throw malformed('the length does not fit');
  return new Uint8Array(bytes.subarray(4));
}

/** hash sha256(4), signature ecdsa(3). (RFC 5246 §7.4.1.4.1) */
const SHA256_ECDSA = 0x0403;

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('tree-head.malformed', why);
}
