import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import {
  EMPTY_LABEL,
  EMPTY_NODE,
  EMPTY_TRIE_ROOT,
  type HashedNode,
  hashedNode,
  prefixOf,
  ROOT_LABEL,
  type TrieLeaves,
  type TrieNode,
  trieLeaf,
  trieParent,
  trieRoot,
} from '../../src/core/prefix-trie.ts';
import {
  checkTrieAbsence,
  checkTrieMembership,
  proveTrie,
} from '../../src/core/prefix-trie-proof.ts';
import {
  bitsOf,
  bytesOfBits,
  E,
  type Model,
  referencePath,
  referenceRoot,
} from '../reference/trie.ts';
import { refusal } from '../support/refusal.ts';

const VALUE = new Uint8Array(32).fill(7);

/** A trie of labels, all with one value. */
function trieOf(labels: readonly Uint8Array[]): { leaves: TrieLeaves; model: Model } {
  const sorted = [...labels].sort(compareBytes);
  return {
    leaves: { labels: sorted, values: sorted.map(() => VALUE) },
    model: new Map(sorted.map((label) => [bitsOf(label), VALUE])),
  };
}

/** Labels that share long prefixes: a few free bits at the start, a few at the end. */
const labelArbitrary = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(255)).map(([first, middle, last]) => {
  const label = new Uint8Array(32);
  label[0] = first * 64;
  label[17] = middle;
  label[31] = last;
  return label;
});
const labelsArbitrary = fc.uniqueArray(labelArbitrary, { selector: hex, maxLength: 24 });

const label = (bits: string): Uint8Array => bytesOfBits(bits);

describe('a prefix trie', () => {
  it('has the root of the recursion', () => {
    fc.assert(
      fc.property(labelsArbitrary, (labels) => {
        const { leaves, model } = trieOf(labels);
        expect(trieRoot(leaves)).toEqual(referenceRoot(model));
      }),
    );
  });

  it('proves of any label that it is there or not, with the path of the recursion', () => {
    fc.assert(
      fc.property(labelsArbitrary, labelArbitrary, (labels, asked) => {
        const { leaves, model } = trieOf(labels);
        const root = trieRoot(leaves);
        const { present, nodes } = proveTrie(leaves, asked);
        const expected = referencePath(model, bitsOf(asked));
        expect(present).toBe(expected.present);
        const shown = nodes.map((node) => ({
          bits:
            node.label === EMPTY_LABEL ? null : bitsOf(node.label.bytes).slice(0, node.label.bits),
          value: node.value,
        }));
        expect(shown).toEqual(expected.nodes.map(({ bits, value }) => ({ bits, value })));
        const claim = { label: asked, path: nodes, root };
        if (present) checkTrieMembership({ ...claim, value: VALUE });
        else checkTrieAbsence(claim);
        const other = present
          ? () => checkTrieAbsence(claim)
          : () => checkTrieMembership({ ...claim, value: VALUE });
        expect(refusal(other)).toMatch(/^index\.mismatch/);
      }),
    );
  });

  it('knows the hash of the empty node and the root of the empty trie', () => {
    expect(EMPTY_NODE.hash).toEqual(E);
    expect(EMPTY_TRIE_ROOT).toEqual(referenceRoot(new Map()));
    expect(hex(EMPTY_TRIE_ROOT)).toHaveLength(64);
  });

  it('refuses a path in which any one bit is another', () => {
    const { leaves } = trieOf(['00', '0101', '0110', '1000'].map(label));
    const root = trieRoot(leaves);
    for (const asked of ['00', '0111', '11'].map(label)) {
      const { present, nodes } = proveTrie(leaves, asked);
      for (let at = 0; at < nodes.length; at++) {
        for (let bit = 0; bit < 2 * 256; bit++) {
          const path = flip(nodes, at, bit);
          const claim = { label: asked, path, root };
          const check = present
            ? () => checkTrieMembership({ ...claim, value: VALUE })
            : () => checkTrieAbsence(claim);
          expect(refusal(check), `${at} ${bit}`).toMatch(/^index\.mismatch/);
        }
      }
    }
  });
});

describe('the check of a trie path', () => {
  const { leaves } = trieOf(['000', '010', '101', '110'].map(label));
  const root = trieRoot(leaves);
  const membership = (asked: string, change: (nodes: TrieNode[]) => TrieNode[], top = root) =>
    refusal(() =>
      checkTrieMembership({
        label: label(asked),
        value: VALUE,
        path: change([...proveTrie(leaves, label(asked)).nodes]),
        root: top,
      }),
    );
  const absence = (asked: string, path: readonly TrieNode[], top = root) =>
    refusal(() => checkTrieAbsence({ label: label(asked), path, root: top }));
  const pathOf = (asked: string): readonly TrieNode[] => proveTrie(leaves, label(asked)).nodes;
  const leaf = (bits: string): HashedNode => trieLeaf(label(bits), VALUE);

  it('accepts what is true', () => {
    expect(membership('000', (nodes) => nodes)).toBeNull();
    expect(absence('011', pathOf('011'))).toBeNull();
  });

  it('refuses the forged empty node: the absence of a key that is there', () => {
    // The other child of the root, and the real one under the label of the empty node.
    const [left, right] = [pathOf('101').at(-1), pathOf('000').at(-1)] as [TrieNode, TrieNode];
    const forged = { label: EMPTY_LABEL, value: left.value };
    expect(absence('000', [right, forged])).toMatch('the empty node has another value');
  });

  it('refuses the absence of a key that is there beside a child under another label', () => {
    // torchwood's proofs hold the hash of a child and not its parts: there this is accepted.
    const [left, right] = [pathOf('101').at(-1), pathOf('000').at(-1)] as [TrieNode, TrieNode];
    const renamed = { label: { bits: 256, bytes: label('001') }, value: left.value };
    expect(absence('000', [renamed, right])).toMatch('another root');
  });

  it('refuses more than 257 nodes', () => {
    const many = Array.from({ length: 258 }, () => leaf('1'));
    expect(absence('000', many)).toMatch('258 nodes');
  });

  it('refuses the same of a membership: an empty node with another value, and too many nodes', () => {
    const { leaves: one } = trieOf([label('01')]);
    const claim = { label: label('01'), value: VALUE, root: trieRoot(one) };
    const other = { label: EMPTY_LABEL, value: VALUE };
    expect(refusal(() => checkTrieMembership({ ...claim, path: [EMPTY_NODE] }))).toBeNull();
    expect(refusal(() => checkTrieMembership({ ...claim, path: [other] }))).toMatch(
      'another value',
    );
  });

  it('refuses labels and hashes that have not 32 bytes', () => {
    const node = leaf('11');
    const short = { ...node, value: new Uint8Array(31) };
    expect(absence('000', [leaf('01'), short])).toMatch('not 32 bytes');
    const long = { ...node, label: { bits: 256, bytes: new Uint8Array(33) } };
    expect(absence('000', [leaf('01'), long])).toMatch('not 32 bytes');
  });

  it('refuses a length that is none', () => {
    for (const bits of [-1, 0.5, Number.NaN]) {
      const node = { label: { bits, bytes: label('1') }, value: VALUE };
      expect(absence('000', [leaf('01'), node])).toMatch('bits is no length');
    }
  });

  it('refuses more than 256 bits', () => {
    const node = { label: { bits: 257, bytes: label('1') }, value: VALUE };
    expect(absence('000', [leaf('01'), node])).toMatch('257 bits');
  });

  it('refuses unused bits that are not 0', () => {
    const [first, second] = pathOf('011') as [TrieNode, TrieNode, ...TrieNode[]];
    const bytes = second.label.bytes.slice();
    bytes[31] = 1;
    const changed = { ...second, label: { bits: 3, bytes } };
    expect(absence('011', [first, changed, ...pathOf('011').slice(2)])).toMatch('unused bits');
  });

  it('refuses a label without bits that is not the empty one', () => {
    const node = { label: ROOT_LABEL, value: EMPTY_NODE.value };
    expect(absence('000', [leaf('01'), node])).toMatch('not the empty one');
  });

  it('refuses the empty node below the root', () => {
    const { leaves: one } = trieOf([label('01')]);
    const path = [leaf('01'), EMPTY_NODE, EMPTY_NODE];
    expect(absence('1', path, trieRoot(one))).toMatch('the empty node below the root');
  });

  it('refuses a path without nodes', () => {
    expect(absence('000', [], EMPTY_TRIE_ROOT)).toMatch('a path without nodes');
  });

  it('refuses one node that is not the empty one', () => {
    expect(absence('000', [leaf('01')], EMPTY_TRIE_ROOT)).toMatch('one node proves no absence');
  });

  it('refuses the path of the empty trie under another root', () => {
    expect(absence('000', [EMPTY_NODE])).toMatch('the trie is not empty');
  });

  it('refuses an absence beside a child that is a prefix of the label, on either place', () => {
    const top = pathOf('000').at(-1) as TrieNode;
    const left = pathOf('101').at(-1) as TrieNode;
    expect(absence('000', [left, top])).toMatch('the first child is a prefix');
    expect(absence('000', [top, left])).toMatch('the second child is a prefix');
  });

  it('refuses an absence from another place of the trie', () => {
    // The two leaves under 1 leave no room for keys under 1, and say nothing of those under 0.
    const path = pathOf('1000');
    expect(absence('1000', path)).toBeNull();
    expect(absence('0001', path)).toMatch('the parent is no prefix');
  });

  it('refuses the two children in the other order', () => {
    const [first, second, ...above] = pathOf('011') as [TrieNode, TrieNode, ...TrieNode[]];
    expect(absence('011', [second, first, ...above])).toMatch('the other order');
  });

  it('refuses a parent that is not shorter than its child, though the root is made for it', () => {
    const twice = refusal(() =>
      checkTrieMembership({
        label: label('000'),
        value: VALUE,
        path: [leaf('000')],
        root,
      }),
    );
    expect(twice).toMatch('a parent is not shorter than its child');
  });

  it('refuses a sibling that is a prefix of the node, though the root is made for it', () => {
    const sibling = hashedNode({ label: prefixOf(label('0'), 1), value: VALUE });
    const top = trieParent(madeParent(leaf('000'), sibling), leaf('111'));
    expect(membership('000', () => [sibling, leaf('111')], top.hash)).toMatch(
      'a parent is not shorter than the sibling',
    );
  });

  it('refuses a path that ends below the root, though the root is made for it', () => {
    const sibling = leaf('010');
    const below = trieParent(leaf('000'), sibling);
    expect(membership('000', () => [sibling], below.hash)).toMatch('ends below the root');
  });

  it('refuses another root', () => {
    expect(membership('000', (nodes) => nodes, VALUE)).toMatch('another root');
  });
});

/** The parent of a node and a prefix of it, as a verifier without its checks would make it. */
function madeParent(node: HashedNode, prefix: HashedNode): HashedNode {
  const [left, right] = node.label.bytes[0] === 0 ? [node, prefix] : [prefix, node];
  const value = createHash('sha256').update(left.hash).update(right.hash).digest();
  return hashedNode({ label: prefix.label, value });
}

/** The path with one bit of one node's value (0..255) or label (256..511) turned. */
function flip(nodes: readonly TrieNode[], at: number, bit: number): TrieNode[] {
  return nodes.map((node, i) => {
    if (i !== at) return node;
    const value = node.value.slice();
    const bytes = node.label.bytes.slice();
    const target = bit < 256 ? value : bytes;
    const place = Math.floor((bit % 256) / 8);
    target[place] = (target[place] as number) ^ (1 << (bit % 8));
    return { value, label: { ...node.label, bytes } };
  });
}
