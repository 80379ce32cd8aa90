import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { compareBytes } from '../../src/core/bytes.ts';
import { type TrieLeaves, type TrieNode, trieRoot } from '../../src/core/prefix-trie.ts';
import {
  checkTrieAbsence,
  checkTrieMembership,
  proveTrie,
} from '../../src/core/prefix-trie-proof.ts';
import { codeOf } from '../support/refusal.ts';

interface NodeText {
  readonly bits: number;
  readonly label: string;
  readonly value: string;
}
interface TrieVector {
  readonly name: string;
  readonly keys: readonly { readonly label: string; readonly value: string }[];
  readonly root: string;
  readonly lookups: readonly { label: string; present: boolean; nodes: readonly NodeText[] }[];
  readonly refused?: readonly {
    readonly name: string;
    readonly label: string;
    readonly present: boolean;
    readonly value?: string;
    readonly nodes: readonly NodeText[];
    readonly root: string;
    readonly acceptedByTorchwood: boolean;
  }[];
}

const file = new URL('../../spec/vectors/index-trie.json', import.meta.url);
const vectors: readonly TrieVector[] = JSON.parse(readFileSync(file, 'utf8')).vectors;

const nodeOf = (node: NodeText): TrieNode => ({
  label: { bits: node.bits, bytes: parseBase64(node.label) },
  value: parseBase64(node.value),
});

describe('tries made by torchwood', () => {
  for (const vector of vectors) {
    const keys = vector.keys
      .map(({ label, value }) => ({ label: parseBase64(label), value: parseBase64(value) }))
      .sort((a, b) => compareBytes(a.label, b.label));
    const leaves: TrieLeaves = {
      labels: keys.map(({ label }) => label),
      values: keys.map(({ value }) => value),
    };
    const root = parseBase64(vector.root);
    const values = new Map(vector.keys.map(({ label, value }) => [label, parseBase64(value)]));

    it(`have our root: ${vector.name}`, () => {
      expect(base64(trieRoot(leaves))).toBe(vector.root);
    });

    it.each(vector.lookups)(`have our path: ${vector.name}: $label`, (lookup) => {
      const label = parseBase64(lookup.label);
      const { present, nodes } = proveTrie(leaves, label);
      expect(present).toBe(lookup.present);
      const shown = nodes.map((node) => ({
        bits: node.label.bits,
        label: base64(node.label.bytes),
        value: base64(node.value),
      }));
      expect(shown).toEqual(lookup.nodes);
      const path = lookup.nodes.map(nodeOf);
      if (!present) checkTrieAbsence({ label, path, root });
      else
        checkTrieMembership({ label, value: values.get(lookup.label) as Uint8Array, path, root });
    });

    it.each(vector.refused ?? [])(`have no path: ${vector.name}: $name`, (refused) => {
      const claim = {
        label: parseBase64(refused.label),
        path: refused.nodes.map(nodeOf),
        root: parseBase64(refused.root),
      };
      const check = (): void =>
        refused.present
          ? checkTrieMembership({ ...claim, value: parseBase64(refused.value ?? '') })
          : checkTrieAbsence(claim);
      expect(codeOf(check)).toBe('index.mismatch');
    });
  }

  it('hold forgeries that its own verifier accepts, of both kinds', () => {
    const accepted = vectors
      .flatMap(({ refused = [] }) => refused)
      .filter(({ acceptedByTorchwood }) => acceptedByTorchwood);
    expect(new Set(accepted.map(({ name }) => name))).toEqual(
      new Set([
        'absent: the child above the label under the name of the empty node',
        'absent: the child above the label under the name of another',
      ]),
    );
  });
});
