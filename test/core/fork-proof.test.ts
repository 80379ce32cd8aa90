import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { proveForkPath, rootsOfForkPath } from '../../src/core/fork-path.ts';
import { checkForkProof, proveFork } from '../../src/core/fork-proof.ts';
import { formatForkProof, parseForkProof } from '../../src/core/fork-proof-file.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { tileStore } from '../reference/tile-store.ts';
import { mth } from '../reference/tree.ts';
import { hostileBytes } from './note-arbitraries.ts';
import {
  bytesOf,
  type CaseInput,
  codeOf,
  expectCanonicalOrRefused,
  vectorsOf,
} from './note-fixtures.ts';

const vectors = vectorsOf<{ vkey: string; p256PublicKey: string; cases: CaseInput[] }>(
  'fork-proof-check',
);
const keys = {
  logKey: parseVkey(vectors.vkey),
  p256PublicKey: parseBase64(vectors.p256PublicKey),
};
const good = vectors.cases.filter(({ error }) => error === undefined);

describe('checkForkProof', () => {
  it.each(vectors.cases)('convicts or refuses: $name', (one) => {
    expect(codeOf(() => checkForkProof(bytesOf(one), keys))).toBe(one.error ?? 'ok');
  });

  it('does not judge a tree head without the P-256 key', () => {
    for (const one of good.filter(({ text }) => text?.includes('tree-head'))) {
      const code = codeOf(() => checkForkProof(bytesOf(one), { logKey: keys.logKey }));
      expect(code).toBe('fork-proof.proves-nothing');
    }
  });

  it('refuses a proof of which one byte is changed', () => {
    for (const name of [
      'size 5 is no prefix of size 9',
      'a checkpoint and a tree head of one size',
    ]) {
      const bytes = bytesOf(good.find((one) => one.name === name) ?? {});
      expect(bytes.length).toBeGreaterThan(0);
      for (let i = 0; i < bytes.length; i += 3) {
        const changed = bytes.map((byte, at) => (at === i ? byte ^ 1 : byte));
        expect(
          codeOf(() => checkForkProof(changed, keys)),
          `byte ${i}`,
        ).not.toBe('ok');
      }
    }
  });
});

describe('parseForkProof', () => {
  it.each(good)('reads and writes: $name', (one) => {
    const bytes = bytesOf(one);
    expect(formatForkProof(parseForkProof(bytes))).toEqual(bytes);
  });

  it('throws nothing but refusals, and reads one spelling only', () => {
    fc.assert(
      fc.property(hostileBytes(vectors.cases), (bytes) => {
        expectCanonicalOrRefused(bytes, parseForkProof, formatForkProof);
      }),
      { numRuns: 500 },
    );
  });
});

describe('proveFork', () => {
  it.each(good)('makes the same proof of the same heads, in either order: $name', (one) => {
    const { first, second, path, binding } = parseForkProof(bytesOf(one));
    const more = { path, ...(binding === undefined ? {} : { binding }) };
    expect(proveFork({ heads: [first, second], ...more }, keys)).toEqual(bytesOf(one));
    expect(proveFork({ heads: [second, first], ...more }, keys)).toEqual(bytesOf(one));
  });

  it('refuses heads that fit', () => {
    const fork = good.find(({ name }) => name === 'size 5 is no prefix of size 9');
    const { first } = parseForkProof(bytesOf(fork ?? {}));
    expect(codeOf(() => proveFork({ heads: [first, first] }, keys))).toBe(
      'fork-proof.proves-nothing',
    );
  });

  it('needs a path where the sizes differ', () => {
    const fork = good.find(({ name }) => name === 'size 5 is no prefix of size 9');
    const { first, second } = parseForkProof(bytesOf(fork ?? {}));
    expect(codeOf(() => proveFork({ heads: [first, second] }, keys))).toBe(
      'fork-proof.proves-nothing',
    );
  });

  it('needs the genesis leaf where the faces differ', () => {
    const fork = good.find(({ name }) => name === 'a checkpoint and a tree head of one size');
    const { first, second } = parseForkProof(bytesOf(fork ?? {}));
    expect(codeOf(() => proveFork({ heads: [first, second] }, keys))).toBe('fork-proof.malformed');
  });
});

describe('proveForkPath', () => {
  it('leads to the roots of both sizes, for all sizes to 40', async () => {
    for (let second = 2; second <= 40; second++) {
      const store = tileStore(second);
      for (let first = 1; first < second; first++) {
        const path = await proveForkPath(store, { first, second });
        const roots = rootsOfForkPath({ first, second }, path);
        expect(base64(roots.firstRoot)).toBe(base64(mth(store.leafHashes.slice(0, first))));
        expect(base64(roots.secondRoot)).toBe(base64(store.rootHash));
      }
    }
  });

  it.each([
    [0, 5],
    [5, 5],
    [6, 5],
    [1.5, 5],
    [1, 2 ** 53],
  ])('refuses the sizes %d and %d', (first, second) => {
    const code = codeOf(() => rootsOfForkPath({ first, second }, [utf8('x')]));
    expect(['fork-proof.malformed', 'consistency.out-of-range']).toContain(code);
  });
});
