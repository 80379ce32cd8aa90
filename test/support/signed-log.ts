import { formatAddCheckpoint } from '../../src/core/add-checkpoint.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { type Checkpoint, formatCheckpoint } from '../../src/core/checkpoint.ts';
import { EMPTY_ROOT } from '../../src/core/hash.ts';
import { formatNote, type NoteSignature } from '../../src/core/note.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { formatVkey, KEY_TYPE, type VerifierKey, verifierKeyOf } from '../../src/core/vkey.ts';
import { referenceLeafHash } from '../reference/tree.ts';
import { bigProof, UniformTree } from '../reference/uniform-tree.ts';

/** A log that has every size to 2^53 - 1 at once, signs whatever a test wants, and knows the proofs. */
export interface SignedLog {
  readonly origin: string;
  readonly key: VerifierKey;
  readonly vkey: string;
  root(size: number): Uint8Array;
  /** Consistency path by the recursion of RFC 6962; empty where none is needed. */
  proof(from: number, to: number): readonly Uint8Array[];
  /** The signature line of this log's key over a text. */
  line(text: Uint8Array): NoteSignature;
  checkpoint(size: number): Checkpoint;
  /** The signed note of a size, or of another checkpoint. */
  note(head: number | Checkpoint): Uint8Array;
  /** The body of a right request from one size to another. */
  request(from: number, to: number): Uint8Array;
}

/**
 * @param name  last part of the origin; the key follows from it
 * @param fork  a log of the same key and another tree
 */
export function signedLog(name: string, fork = 0): SignedLog {
  const origin = `witnessed.test/${name}`;
  const seed = referenceLeafHash(utf8(`seed of ${name}`));
  const key = verifierKeyOf(origin, KEY_TYPE.ed25519, ed25519PublicKey(seed));
  const tree = new UniformTree(referenceLeafHash(utf8(`entry ${fork}`)));
  const log: SignedLog = {
    origin,
    key,
    vkey: formatVkey(key),
    root: (size) => (size === 0 ? EMPTY_ROOT : tree.root(BigInt(size))),
    proof(from, to) {
      if (from === 0 || from === to) return [];
      return tree.hashes(bigProof(BigInt(from), { start: 0n, end: BigInt(to) }, true));
    },
    line(text) {
      const signature = signEd25519({ message: text, seed });
      return { name: origin, keyHash: key.keyHash, signature };
    },
    checkpoint: (size) => ({ origin, size, rootHash: log.root(size) }),
    note(head) {
      const text = formatCheckpoint(typeof head === 'number' ? log.checkpoint(head) : head);
      return formatNote({ text, signatures: [log.line(text)] });
    },
    request(from, to) {
      return formatAddCheckpoint({ oldSize: from, proof: log.proof(from, to), note: log.note(to) });
    },
  };
  return log;
}
