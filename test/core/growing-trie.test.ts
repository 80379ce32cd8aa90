import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingTrie } from '../../src/core/growing-trie.ts';
import { EMPTY_TRIE_ROOT } from '../../src/core/prefix-trie.ts';
import { bitsOf, referenceRoot } from '../reference/trie.ts';

const steps = fc.array(
  fc.record({
    // Few labels, with long prefixes in common: most steps change one that is there.
    label: fc.tuple(fc.nat(3), fc.nat(2), fc.nat(3)).map(([first, middle, last]) => {
      const label = new Uint8Array(32);
      label[0] = first * 64;
      label[17] = middle;
      label[31] = last;
      return label;
    }),
    value: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    isLooked: fc.boolean(),
  }),
  { maxLength: 40 },
);

describe('a trie that grows', () => {
  it('is the empty trie before the first label', () => {
    expect(new GrowingTrie().root()).toEqual(EMPTY_TRIE_ROOT);
  });

  it('has the root of the recursion after each change', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const trie = new GrowingTrie();
        const model = new Map<string, Uint8Array>();
        for (const { label, value, isLooked } of changes) {
          trie.set(label, value);
          model.set(bitsOf(label), value);
          expect(trie.keys).toBe(model.size);
          if (isLooked) expect(trie.root()).toEqual(referenceRoot(model));
        }
        expect(trie.root()).toEqual(referenceRoot(model));
      }),
    );
  });
});
