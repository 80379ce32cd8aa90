import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes, utf8, utf8Text } from '../../src/core/bytes.ts';
import {
  cosign,
  cosignatureMessage,
  formatCosignature,
  parseCosignature,
  verifierOf,
} from '../../src/core/cosignature.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { parseHex } from '../../src/core/hex.ts';
import { formatSignatureLine, openNote, parseNote } from '../../src/core/note.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { codeOf, vectorsOf } from './note-fixtures.ts';

interface Case {
  readonly name: string;
  readonly seed: string;
  readonly vkey: string;
  readonly text: string;
  readonly timestampSeconds: number;
  readonly message: string;
  readonly line: string;
}

const { cases } = vectorsOf<{ cases: Case[] }>('cosignature-line');
const go = vectorsOf<{
  note: Record<
    | 'checkpoint'
    | 'cosignature_line'
    | 'cosigned_message'
    | 'witness_seed_hex'
    | 'witness_vkey_0x04'
    | 'mldsa_vkey_0x06'
    | 'mldsa_checkpoint_line',
    string
  > & { cosignature_time: number };
}>('go-reference-vectors').note;
const goText = parseNote(utf8(go.checkpoint)).text;

function cosignerOf(name: string, seed: Uint8Array): Parameters<typeof cosign>[1] {
  const sign = (message: Uint8Array): Uint8Array => signEd25519({ message, seed });
  return { name, ed25519PublicKey: ed25519PublicKey(seed), sign };
}

describe('cosign', () => {
  it.each(cases)('writes and verifies the line of $name', (one) => {
    const text = utf8(one.text);
    expect(utf8Text(cosignatureMessage(text, one.timestampSeconds))).toBe(one.message);
    const line = cosign(text, cosignerOf(one.name, parseHex(one.seed)), one.timestampSeconds);
    expect(formatSignatureLine(line)).toBe(one.line);
    const note = utf8(`${one.text}\n${one.line}`);
    expect(openNote(note, [verifierOf(parseVkey(one.vkey))]).verified.length).toBe(1);
  });

  it('writes the message and the line that the Go libraries write', () => {
    expect(utf8Text(cosignatureMessage(goText, go.cosignature_time))).toBe(go.cosigned_message);
    const cosigner = cosignerOf('witness.example/w', parseHex(go.witness_seed_hex));
    const line = cosign(goText, cosigner, go.cosignature_time);
    expect(formatSignatureLine(line)).toBe(go.cosignature_line);
  });
});

describe('parseCosignature', () => {
  const bytes = (time: readonly number[], length: number): Uint8Array => {
    return Uint8Array.of(...time, ...new Uint8Array(length));
  };
  it.each([
    ['nothing', new Uint8Array(0)],
    ['63 bytes behind the time', bytes([0, 0, 0, 0, 0, 0, 0, 1], 63)],
    ['65 bytes behind the time', bytes([0, 0, 0, 0, 0, 0, 0, 1], 65)],
    ['time 0', bytes([0, 0, 0, 0, 0, 0, 0, 0], 64)],
    ['time 2^53', bytes([0, 0x20, 0, 0, 0, 0, 0, 0], 64)],
    ['time 2^63', bytes([0x80, 0, 0, 0, 0, 0, 0, 0], 64)],
  ])('refuses %s', (_, content) => {
    expect(codeOf(() => parseCosignature(content))).toBe('cosignature.malformed');
  });

  it('throws nothing but refusals, and reads one spelling only', () => {
    const lengths = fc.constantFrom(0, 8, 71, 72, 73, 2428);
    const some = lengths.chain((n) => fc.uint8Array({ minLength: n, maxLength: n }));
    fc.assert(
      fc.property(some, (content) => {
        try {
          expect(equalBytes(formatCosignature(parseCosignature(content)), content)).toBe(true);
        } catch (error) {
          expect(isTransparencyError(error)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('verifierOf', () => {
  const mlDsaKey = parseVkey(go.mldsa_vkey_0x06);

  it('hands ML-DSA-44 lines to the verifier that it is given', () => {
    const note = utf8(`${go.checkpoint}${go.mldsa_checkpoint_line}`);
    const line = parseNote(note).signatures[1];
    const seen: number[] = [];
    const verifier = verifierOf(mlDsaKey, ({ text, cosignature, key }) => {
      seen.push(cosignature.timestampSeconds, cosignature.signature.length);
      return equalBytes(text, goText) && key === mlDsaKey;
    });
    expect(openNote(note, [verifier]).verified.map(({ name }) => name)).toEqual([
      'witness.example/m',
    ]);
    expect(seen).toEqual([
      parseCosignature(line?.signature ?? new Uint8Array(0)).timestampSeconds,
      2420,
    ]);
    expect(seen[0]).toBeGreaterThan(go.cosignature_time);
    const refusing = verifierOf(mlDsaKey, () => false);
    expect(codeOf(() => openNote(note, [refusing]))).toBe('note.bad-signature');
  });

  it('refuses ML-DSA-44 keys without a verifier for them', () => {
    expect(codeOf(() => verifierOf(mlDsaKey))).toBe('vkey.unknown-type');
  });
});
