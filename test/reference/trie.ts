/**
 * spec/11-index.md §2 and §3 as they stand there: slow and short. The oracle of tests; nothing of `src/`.
 */
import { createHash } from 'node:crypto';
import { mth, referenceLeafHash } from './tree.ts';

type Bytes = Uint8Array;

const H = (...parts: readonly Bytes[]): Bytes => {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
};

const u64 = (n: number): Bytes => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
};

/** Labels as texts of 0 and 1: the whole label of a key has 256 of them. */
export const bitsOf = (label: Bytes): string =>
  [...label].map((byte) => byte.toString(2).padStart(8, '0')).join('');

export const bytesOfBits = (bits: string): Bytes =>
  Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
  );

const lab = (bits: string): Bytes => {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bits.length);
  return H(length, bytesOfBits(bits));
};

const LAB_EMPTY = H(new Uint8Array(4), new Uint8Array(32).fill(1));
const H00 = H(Uint8Array.of(0));
/** Value and hash of the empty node. */
export const E_VALUE: Bytes = H(H00, LAB_EMPTY);
export const E: Bytes = H(E_VALUE, LAB_EMPTY);

/** VALUE of a mini-log. */
export const referenceValue = (indices: readonly number[]): Bytes =>
  H(
    new TextEncoder().encode('nhi.minilog/1\n'),
    u64(indices.length),
    mth(indices.map((index) => referenceLeafHash(u64(index)))),
  );

/** Keys as bit texts, each with its value. */
export type Model = ReadonlyMap<string, Bytes>;

/** A node: its label as bits (null: EMPTY), its value and hash. */
export interface ReferenceNode {
  readonly bits: string | null;
  readonly value: Bytes;
  readonly hash: Bytes;
}

const nodeOf = (bits: string, value: Bytes) => ({ bits, value, hash: H(value, lab(bits)) });

/** The lowest node above the keys that begin with a prefix; `''`: of all. */
export function nodeOver(
  model: Model,
  prefix: string,
): { bits: string; value: Bytes; hash: Bytes } | null {
  const keys = [...model.keys()].filter((key) => key.startsWith(prefix)).sort();
  const [first] = keys;
  if (first === undefined) return null;
  if (keys.length === 1) return nodeOf(first, model.get(first) as Bytes);
  let bits = first;
  while (!keys.every((key) => key.startsWith(bits))) bits = bits.slice(0, -1);
  const left = nodeOver(model, `${bits}0`) as { hash: Bytes };
  const right = nodeOver(model, `${bits}1`) as { hash: Bytes };
  return nodeOf(bits, H(left.hash, right.hash));
}

/** Root of the trie of a model. */
export function referenceRoot(model: Model): Bytes {
  const top = nodeOver(model, '');
  if (top === null) return H(H00, lab(''));
  if (top.bits === '') return top.hash;
  const [left, right] = top.bits[0] === '0' ? [top.hash, E] : [E, top.hash];
  return H(H(left, right), lab(''));
}

/** Path of a key: nodes from the lowest up, EMPTY written as bits null. */
export function referencePath(
  model: Model,
  key: string,
): { present: boolean; nodes: ReferenceNode[] } {
  const present = model.has(key);
  const nodes: ReferenceNode[] = [];
  const empty = { bits: null, value: E_VALUE, hash: E };
  if (model.size === 0) return { present, nodes: [empty] };
  let at = '';
  for (;;) {
    const own = nodeOver(model, at + key[at.length]);
    const other = nodeOver(model, at + (key[at.length] === '0' ? '1' : '0'));
    // Only the root has one child; elsewhere `at` is the label of a node with two.
    if (own === null) {
      nodes.unshift(other as ReferenceNode, empty);
      break;
    }
    nodes.unshift(other ?? empty);
    if (own.bits === key) break;
    if (!key.startsWith(own.bits)) {
      nodes.unshift(own);
      break;
    }
    at = own.bits;
  }
  return { present, nodes };
}
