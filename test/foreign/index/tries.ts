import { createHash } from 'node:crypto';
import { base64 } from '../../../src/core/base64.ts';
import { compareBytes } from '../../../src/core/bytes.ts';
import { isTransparencyError } from '../../../src/core/error.ts';
import { type TrieLeaves, type TrieNode, trieRoot } from '../../../src/core/prefix-trie.ts';
import {
  checkTrieAbsence,
  checkTrieMembership,
  proveTrie,
} from '../../../src/core/prefix-trie-proof.ts';

/** A line for the Go judge: a path of ours, and whether it must hold. */
export interface JudgedTrie {
  readonly name: string;
  readonly holds: boolean;
  readonly mutate: boolean;
  readonly trie: {
    readonly label: string;
    readonly present: boolean;
    readonly value?: string;
    readonly nodes: readonly { bits: number; label: string; value: string }[];
    readonly root: string;
  };
}

/** What our own verifier said of changed paths: how many there were, and which it took. */
export interface OwnMutations {
  tried: number;
  readonly accepted: string[];
}

/** Bytes that follow from a text: every run makes the same ones. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest());
}

/** A trie of ours with paths of keys that are there and not, each to be judged. */
export function* judgedTries(
  sizes: readonly number[],
  options: { readonly mutations: number; readonly own: OwnMutations },
): Generator<JudgedTrie, void, undefined> {
  let mutations = options.mutations;
  for (const { name, leaves, asked } of tries(sizes)) {
    const root = trieRoot(leaves);
    // Of each trie one path of a key that is there, and one of a key that is not.
    const unchanged = new Set([true, false]);
    for (const label of asked) {
      const path = proveTrie(leaves, label);
      const value = leaves.values[leaves.labels.findIndex((one) => compareBytes(one, label) === 0)];
      const line = lineOf({ name, label, value, path: path.nodes, root }, path.present);
      const mutate =
        path.nodes.length > 0 &&
        path.nodes.length <= MUTATED_NODES_MAX &&
        unchanged.has(path.present) &&
        mutations > 0;
      if (mutate) mutations -= 1;
      if (mutate) unchanged.delete(path.present);
      if (mutate) mutateOwn({ label, value, path: path.nodes, root }, options.own, name);
      yield { ...line, holds: true, mutate };
      // The opposite, by the same path.
      const opposite = lineOf(
        { name, label, value: bytesOf('other'), path: path.nodes, root },
        !path.present,
      );
      yield { ...opposite, name: `${name}, the opposite`, holds: false, mutate: false };
    }
  }
}

/** Longer paths take minutes: each of their bits is turned, and each time the whole path is hashed. */
const MUTATED_NODES_MAX = 40;

interface Made {
  readonly name: string;
  readonly leaves: TrieLeaves;
  readonly asked: readonly Uint8Array[];
}

function* tries(sizes: readonly number[]): Generator<Made, void, undefined> {
  const there = (labels: readonly Uint8Array[]): Uint8Array[] =>
    labels.filter((_, i) => i % Math.ceil(labels.length / 12) === 0);
  // Neighbours in every length of prefix.
  const base = bytesOf('base');
  const chain = Array.from({ length: 256 }, (_, bit) => turned(base, bit));
  yield {
    name: 'a chain of all prefixes',
    leaves: leavesOf([base, ...chain.filter((_, bit) => bit % 3 !== 1)]),
    asked: [base, ...chain.filter((_, bit) => bit % 9 < 3)],
  };
  for (const size of sizes) {
    const labels = Array.from({ length: size }, (_, i) => bytesOf(`${size} ${i}`));
    const absent = Array.from({ length: 12 }, (_, i) => bytesOf(`absent ${size} ${i}`));
    yield { name: `${size} keys`, leaves: leavesOf(labels), asked: [...there(labels), ...absent] };
    const left = labels.map((label) => withFirstBit(label, 0));
    yield {
      name: `${size} keys, all on the left`,
      leaves: leavesOf(left),
      asked: [...there(left), ...absent, ...absent.map((label) => withFirstBit(label, 1))],
    };
  }
}

function leavesOf(labels: readonly Uint8Array[]): TrieLeaves {
  const sorted = [...labels].sort(compareBytes);
  return { labels: sorted, values: sorted.map((label) => bytesOf(`value of ${base64(label)}`)) };
}

function withFirstBit(label: Uint8Array, bit: 0 | 1): Uint8Array {
  const copy = label.slice();
  copy[0] = ((copy[0] as number) & 0x7f) | (bit << 7);
  return copy;
}

function turned(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  const at = Math.floor(bit / 8);
  copy[at] = (copy[at] as number) ^ (0x80 >> (bit % 8));
  return copy;
}

interface Claim {
  readonly label: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly path: readonly TrieNode[];
  readonly root: Uint8Array;
}

function lineOf(claim: Claim & { readonly name: string }, present: boolean) {
  const { name, label, value, path, root } = claim;
  return {
    name: `${name}: ${base64(label)}`,
    trie: {
      label: base64(label),
      present,
      ...(present && value !== undefined ? { value: base64(value) } : {}),
      nodes: path.map((node) => ({
        bits: node.label.bits,
        label: base64(node.label.bytes),
        value: base64(node.value),
      })),
      root: base64(root),
    },
  };
}

/** Every one-bit change of a path: 16 bits of each length, 256 of each label, 256 of each value. */
function mutateOwn(claim: Claim, own: OwnMutations, name: string): void {
  const { label, value, path, root } = claim;
  for (const [at, node] of path.entries()) {
    for (let bit = 0; bit < 16 + 512; bit++) {
      const changed = path.with(at, changedNode(node, bit));
      own.tried++;
      try {
        if (value === undefined) checkTrieAbsence({ label, path: changed, root });
        else checkTrieMembership({ label, value, path: changed, root });
        own.accepted.push(`${name}: node ${at}, bit ${bit}`);
      } catch (error) {
        if (!isTransparencyError(error, 'index.mismatch')) throw error;
      }
    }
  }
}

function changedNode(node: TrieNode, bit: number): TrieNode {
  const { label, value } = node;
  if (bit < 16) return { value, label: { ...label, bits: label.bits ^ (1 << bit) } };
  if (bit < 272) return { value, label: { ...label, bytes: turned(label.bytes, bit - 16) } };
  return { label, value: turned(value, bit - 272) };
}
