import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of the bytes: 32 new bytes. (FIPS 180-4) */
export function sha256(data: Uint8Array): Uint8Array {
  return nobleSha256(data);
}

/** Writes the SHA-256 of `data` to `target[offset, offset + 32)`. */
export function sha256Into(target: Uint8Array, offset: number, data: Uint8Array): void {
  target.set(nobleSha256(data), offset);
}

/** SHA-256 of the concatenation of the parts, without building it. */
export function sha256Of(parts: readonly Uint8Array[]): Uint8Array {
  const state = nobleSha256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}
