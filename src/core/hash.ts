import { sha256, sha256Into } from '#sha256';

/** Bytes of a hash of the tree. */
export const HASH_LENGTH = 32;

/** Hash of the tree without leaves: SHA-256 of nothing. (RFC 6962 §2.1) */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Leaf hash of an entry: SHA-256(0x00 ‖ entry). (RFC 6962 §2.1) */
export function leafHash(entry: Uint8Array): Uint8Array {
  const hash = new Uint8Array(HASH_LENGTH);
  leafHashInto(hash, 0, entry);
  return hash;
}

/** Writes the leaf hash of an entry to `target[offset, offset + 32)`. */
export function leafHashInto(target: Uint8Array, offset: number, entry: Uint8Array): void {
  const length = 1 + entry.length;
  if (length > leafInput.length) leafInput = new Uint8Array(length);
  leafInput.set(entry, 1);
  sha256Into(target, offset, leafInput.subarray(0, length));
}

/** Room for the input of a leaf hash: 0x00 and an entry. */
let leafInput = new Uint8Array(0x1_0000);

/** Node hash of two hashes of 32 bytes: SHA-256(0x01 ‖ left ‖ right). (RFC 6962 §2.1) */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const hash = new Uint8Array(HASH_LENGTH);
  nodeHashInto(hash, 0, left, right);
  return hash;
}

const nodeInput = new Uint8Array(1 + 2 * HASH_LENGTH);
nodeInput[0] = 0x01;

/** Writes the node hash of two hashes to `target[offset, offset + 32)`. */
export function nodeHashInto(
  target: Uint8Array,
  offset: number,
  left: Uint8Array,
  right: Uint8Array,
): void {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_LENGTH);
  sha256Into(target, offset, nodeInput);
}

/** Writes the node hash of the neighbours `hashes[at, at + 64)` to `target[offset, offset + 32)`. They may overlap. */
export function pairHashInto(
  target: Uint8Array,
  offset: number,
  hashes: Uint8Array,
  at: number,
): void {
  // No views of them: making two costs more than the copy.
  for (let i = 0; i < 2 * HASH_LENGTH; i++) nodeInput[1 + i] = hashes[at + i] as number;
  sha256Into(target, offset, nodeInput);
}
