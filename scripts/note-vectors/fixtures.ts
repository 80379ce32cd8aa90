import { p256 } from '@noble/curves/nist.js';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { concat, utf8, utf8Text } from '../../src/core/bytes.ts';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { cosign } from '../../src/core/cosignature.ts';
import { leafHash } from '../../src/core/hash.ts';
import { hex } from '../../src/core/hex.ts';
import { formatSignatureLine } from '../../src/core/note.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { type TreeHead, treeHeadInput } from '../../src/core/tree-head.ts';
import { formatVkey, KEY_TYPE, type VerifierKey, verifierKeyOf } from '../../src/core/vkey.ts';
import { mth } from '../../test/reference/tree.ts';

/** Keys and trees that all vectors are made of; every seed is a byte repeated. */
export interface Party {
  readonly name: string;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly key: VerifierKey;
  readonly vkey: string;
}

/** A log (type 1) or a witness (type 4) whose seed is `byte` repeated. */
export function party(name: string, type: number, byte: number): Party {
  const seed = new Uint8Array(32).fill(byte);
  const publicKey = ed25519PublicKey(seed);
  const key = verifierKeyOf(name, type, publicKey);
  return { name, seed, publicKey, key, vkey: formatVkey(key) };
}

export const LOG: Party = party('log.example/main', KEY_TYPE.ed25519, 0x11);
export const OTHER_LOG: Party = party('other.example/log', KEY_TYPE.ed25519, 0x12);
export const WITNESSES: readonly Party[] = [1, 2, 3, 4].map((i) => {
  return party(`witness${i}.example`, KEY_TYPE.cosignature, 0x20 + i);
});

/** Leaf hashes of the entries leaf-0, leaf-1, … */
export function leaves(count: number, word = 'leaf'): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => leafHash(utf8(`${word}-${i}`)));
}

/** The Ed25519 signature of a party. */
export function signedBy(who: Party, message: Uint8Array): Uint8Array {
  return signEd25519({ message, seed: who.seed });
}

/** The signed note of a checkpoint. */
export function checkpointOf(who: Party, size: number, rootHash: Uint8Array): string {
  const signer = {
    origin: who.name,
    ed25519PublicKey: who.publicKey,
    signNote: (text: Uint8Array) => signedBy(who, text),
  };
  return utf8Text(signCheckpoint({ origin: who.name, size, rootHash }, signer));
}

/** The plain signature line of a party over any text. */
export function lineOf(who: Party, text: string): string {
  const signature = signedBy(who, utf8(text));
  return formatSignatureLine({ name: who.name, keyHash: who.key.keyHash, signature });
}

/** The cosignature line of a witness over the text of a note. */
export function cosignatureLineOf(who: Party, text: string, timestampSeconds: number): string {
  const cosigner = {
    name: who.name,
    ed25519PublicKey: who.publicKey,
    sign: (message: Uint8Array) => signedBy(who, message),
  };
  return formatSignatureLine(cosign(utf8(text), cosigner, timestampSeconds));
}

/** Text of a note: what stands before its signatures. */
export function textOf(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1);
}

/** The note with cosignatures of witness i at the given time, for each pair. */
export function cosigned(note: string, ...times: readonly (readonly [number, number])[]): string {
  const lines = times.map(([i, seconds]) => {
    const witness = WITNESSES[i];
    if (witness === undefined) throw new RangeError(`witness ${i}`);
    return cosignatureLineOf(witness, textOf(note), seconds);
  });
  return note + lines.join('');
}

const P256_SECRET = new Uint8Array(32).fill(0x31);
const SPKI_PREFIX = 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE';

/** DER SubjectPublicKeyInfo of the P-256 key of the log. */
export const P256_KEY: Uint8Array = concat(
  parseBase64(SPKI_PREFIX),
  p256.getPublicKey(P256_SECRET, false).slice(1),
);

/** DER signature of the log's P-256 key over a tree head. */
export function treeHeadSignatureOf(head: TreeHead): Uint8Array {
  return p256.sign(treeHeadInput(head), P256_SECRET, { format: 'der', prehash: true, lowS: false });
}

/** Root hash of the first `size` of some leaf hashes. */
export function rootOf(hashes: readonly Uint8Array[], size: number = hashes.length): Uint8Array {
  return mth(hashes.slice(0, size));
}

/** Bytes as JSON holds them: text where they are UTF-8, else hexadecimal. */
export function asText(bytes: Uint8Array): { text: string } | { hex: string } {
  try {
    return { text: utf8Text(bytes) };
  } catch {
    return { hex: hex(bytes) };
  }
}

/** The text with one bit of the base64 in the last word of a line changed. */
export function corruptLine(line: string): string {
  const [start, blob] = [
    line.slice(0, line.lastIndexOf(' ') + 1),
    line.slice(line.lastIndexOf(' ') + 1),
  ];
  const bytes = parseBase64(blob.trimEnd());
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return `${start}${base64(bytes)}\n`;
}
