import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { hex } from '../../src/core/hex.ts';
import { formatVkey, KEY_TYPE, parseVkey, verifierKeyOf } from '../../src/core/vkey.ts';
import { codeOf, vectorsOf } from './note-fixtures.ts';

interface Case {
  readonly name: string;
  readonly vkey: string;
  readonly error?: string;
  readonly keyName?: string;
  readonly type?: number;
  readonly keyHash?: number;
  readonly publicKey?: string;
}

const { cases } = vectorsOf<{ cases: Case[] }>('note-vkey');
const go = vectorsOf<{
  note: Record<'log_vkey' | 'witness_vkey_0x04' | 'mldsa_vkey_0x06', string>;
  rfc6962: Record<'note_vkey_0x05' | 'spki_b64', string>;
}>('go-reference-vectors');

describe('parseVkey', () => {
  it.each(cases)('reads or refuses: $name', (one) => {
    if (one.error !== undefined) {
      expect(codeOf(() => parseVkey(one.vkey))).toBe(one.error);
      return;
    }
    const key = parseVkey(one.vkey);
    expect(formatVkey(key)).toBe(one.vkey);
    expect({ ...key, publicKey: hex(key.publicKey) }).toEqual({
      name: one.keyName,
      type: one.type,
      keyHash: one.keyHash,
      publicKey: one.publicKey,
    });
  });

  it.each([
    ['Ed25519', go.note.log_vkey, KEY_TYPE.ed25519],
    ['a witness', go.note.witness_vkey_0x04, KEY_TYPE.cosignature],
    ['ML-DSA-44', go.note.mldsa_vkey_0x06, KEY_TYPE.mlDsa44],
    ['RFC 6962, whose hash is over the log ID', go.rfc6962.note_vkey_0x05, KEY_TYPE.treeHead],
  ])('reads what the Go libraries write for %s', (_, vkey, type) => {
    const key = parseVkey(vkey);
    expect(key.type).toBe(type);
    expect(formatVkey(key)).toBe(vkey);
  });

  it('finds the SubjectPublicKeyInfo in an RFC 6962 key', () => {
    expect(base64(parseVkey(go.rfc6962.note_vkey_0x05).publicKey)).toBe(go.rfc6962.spki_b64);
  });

  it('throws nothing but refusals', () => {
    const edited = fc
      .tuple(
        fc.constantFrom(...cases.map(({ vkey }) => vkey)),
        fc.nat(),
        fc.string({ maxLength: 3 }),
      )
      .map(([vkey, at, insert]) => {
        const cut = at % (vkey.length + 1);
        return vkey.slice(0, cut) + insert + vkey.slice(cut + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), edited), (text) => {
        try {
          expect(formatVkey(parseVkey(text))).toBe(text);
        } catch (error) {
          expect(isTransparencyError(error)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('verifierKeyOf', () => {
  it('refuses a name with half of a surrogate pair, which UTF-8 cannot hold', () => {
    const { publicKey } = parseVkey(go.note.log_vkey);
    expect(codeOf(() => verifierKeyOf('a\ud800', 1, publicKey))).toBe('vkey.malformed');
  });
});
