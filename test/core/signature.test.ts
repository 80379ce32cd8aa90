import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as noble from '../../src/core/ed25519.noble.ts';
import * as node from '../../src/core/ed25519.node.ts';
import { hex, parseHex } from '../../src/core/hex.ts';
import {
  checkEd25519PublicKey,
  ed25519PublicKey,
  signEd25519,
  verifyEd25519,
} from '../../src/core/signature.ts';
import { codeOf, vectorsOf } from './note-fixtures.ts';

interface Vectors {
  readonly cases: readonly {
    readonly name: string;
    readonly publicKey: string;
    readonly message: string;
    readonly signature: string;
    readonly valid: boolean;
  }[];
  readonly points: readonly {
    readonly name: string;
    readonly point: string;
    readonly sound: boolean;
  }[];
}

const vectors = vectorsOf<Vectors>('ed25519-strict');
const backEnds = [
  ['node', node],
  ['noble', noble],
] as const;

describe('verifyEd25519', () => {
  it.each(vectors.cases)('judges: $name', ({ publicKey, message, signature, valid }) => {
    const claim = {
      publicKey: parseHex(publicKey),
      message: parseHex(message),
      signature: parseHex(signature),
    };
    expect(verifyEd25519(claim)).toBe(valid);
  });

  // What the strict checks let through must not depend on the back end; what they stop may.
  const passed = vectors.cases.filter(({ publicKey, signature }) => {
    const isSound = codeOf(() => checkEd25519PublicKey(parseHex(publicKey))) === 'ok';
    const isSoundR = codeOf(() => checkEd25519PublicKey(parseHex(signature.slice(0, 64)))) === 'ok';
    return (
      isSound && isSoundR && signature.length === 128 && Number(`0x${signature.slice(126)}`) < 16
    );
  });

  it.each(passed)('has both back ends agree: $name', ({ publicKey, message, signature, valid }) => {
    for (const [, backEnd] of backEnds) {
      expect(backEnd.verify(parseHex(signature), parseHex(message), parseHex(publicKey))).toBe(
        valid,
      );
    }
  });

  it('has both back ends agree on changed signatures', () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const flip = fc.option(fc.tuple(fc.nat(95), fc.nat(7)));
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ maxLength: 80 }), flip, (seed, message, change) => {
        const all = Uint8Array.of(...node.sign(message, seed), ...node.publicKeyOf(seed));
        expect(noble.sign(message, seed)).toEqual(all.slice(0, 64));
        expect(noble.publicKeyOf(seed)).toEqual(all.slice(64));
        if (change !== null) all[change[0]] = (all[change[0]] ?? 0) ^ (2 ** change[1]);
        const answers = backEnds.map(([, backEnd]) => {
          return backEnd.verify(all.slice(0, 64), message, all.slice(64));
        });
        const claim = { signature: all.slice(0, 64), message, publicKey: all.slice(64) };
        expect(answers).toEqual([change === null, change === null]);
        expect(verifyEd25519(claim)).toBe(change === null);
      }),
      { numRuns: 60 },
    );
  });
});

describe('with a Buffer, whose slices share its memory', () => {
  const seed = Buffer.alloc(32, 5);
  const message = Buffer.from('message');

  it('changes nothing that it is given', () => {
    const signature = Buffer.from(signEd25519({ message, seed }));
    const publicKey = Buffer.from(ed25519PublicKey(seed));
    const before = [hex(signature), hex(publicKey), hex(seed)];
    for (let i = 0; i < 2; i++) expect(verifyEd25519({ signature, message, publicKey })).toBe(true);
    expect([hex(signature), hex(publicKey), hex(seed)]).toEqual(before);
  });

  it('signs by what is in the seed', () => {
    const first = signEd25519({ message, seed });
    seed.fill(6);
    expect(signEd25519({ message, seed })).toEqual(noble.sign(message, new Uint8Array(32).fill(6)));
    seed.fill(5);
    expect(signEd25519({ message, seed })).toEqual(first);
  });
});

describe('checkEd25519PublicKey', () => {
  it.each(vectors.points)('judges: $name', ({ point, sound }) => {
    const expected = sound ? 'ok' : 'vkey.bad-point';
    expect(codeOf(() => checkEd25519PublicKey(parseHex(point)))).toBe(expected);
  });

  it('refuses keys of another length', () => {
    const key = ed25519PublicKey(new Uint8Array(32));
    expect(codeOf(() => checkEd25519PublicKey(key.slice(1)))).toBe('vkey.bad-point');
    expect(codeOf(() => checkEd25519PublicKey(Uint8Array.of(...key, 0)))).toBe('vkey.bad-point');
  });
});

describe('signEd25519', () => {
  it('follows RFC 8032 §7.1 test 1', () => {
    const seed = parseHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    expect(hex(ed25519PublicKey(seed))).toBe(vectors.cases[0]?.publicKey);
    expect(hex(signEd25519({ message: new Uint8Array(0), seed }))).toBe(
      vectors.cases[0]?.signature,
    );
  });

  it('signs by what is in the seed, not by which array it is', () => {
    const seed = new Uint8Array(32).fill(1);
    const message = new Uint8Array(3);
    const first = signEd25519({ message, seed });
    seed.fill(2);
    expect(signEd25519({ message, seed })).toEqual(noble.sign(message, new Uint8Array(32).fill(2)));
    seed.fill(1);
    expect(signEd25519({ message, seed })).toEqual(first);
  });

  it('verifies under more keys than are kept', () => {
    const message = new Uint8Array(8);
    const keys = Array.from({ length: 300 }, (_, i) => new Uint8Array(32).fill(i).fill(i >> 8, 1));
    const claims = keys.map((seed) => ({
      message,
      signature: node.sign(message, seed),
      publicKey: node.publicKeyOf(seed),
    }));
    for (const { message, signature, publicKey } of [...claims, ...claims]) {
      expect(node.verify(signature, message, publicKey)).toBe(true);
    }
  });
});
