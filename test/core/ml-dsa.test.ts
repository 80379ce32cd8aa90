import { describe, expect, it } from 'vitest';
import { parseBase64 } from '../../src/core/base64.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { verifierOf } from '../../src/core/cosignature.ts';
import { mlDsa44Cosigner, verifyMlDsa44 } from '../../src/core/ml-dsa.ts';
import { formatSignatureLine, openNote, parseNote } from '../../src/core/note.ts';
import { formatVkey, parseVkey } from '../../src/core/vkey.ts';
import { codeOf, vectorsOf } from './note-fixtures.ts';

const go = vectorsOf<{
  note: Record<'checkpoint' | 'mldsa_vkey_0x06' | 'mldsa_checkpoint_line' | 'mldsa_skey', string>;
}>('go-reference-vectors').note;
const { text } = parseNote(utf8(go.checkpoint));
const key = parseVkey(go.mldsa_vkey_0x06);
const seed = parseBase64(go.mldsa_skey.split('+')[4] ?? '').subarray(1);

describe('ML-DSA-44 lines', () => {
  it('verifies the line that Go made', () => {
    const note = utf8(`${go.checkpoint}${go.mldsa_checkpoint_line.trimEnd()}\n`);
    expect(openNote(note, [verifierOf(key, verifyMlDsa44)]).verified).toHaveLength(1);
  });

  it('makes lines of the key that Go derives from the seed', () => {
    const cosigner = mlDsa44Cosigner('witness.example/m', seed);
    expect(formatVkey(cosigner.key)).toBe(go.mldsa_vkey_0x06);
    const note = concat(
      text,
      utf8(`\n${formatSignatureLine(cosigner.cosign(text, 1_700_000_000))}`),
    );
    expect(openNote(note, [verifierOf(key, verifyMlDsa44)]).verified).toHaveLength(1);
  });

  it('refuses a line over another text, or of another time', () => {
    const line = mlDsa44Cosigner('witness.example/m', seed).cosign(text, 1_700_000_000);
    const verifier = verifierOf(key, verifyMlDsa44);
    const later = new Uint8Array(line.signature);
    later[7] = (later[7] ?? 0) ^ 1;
    expect(verifier.verify(text, line.signature)).toBe(true);
    expect(verifier.verify(text, later)).toBe(false);
    expect(
      verifier.verify(
        utf8('other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'),
        line.signature,
      ),
    ).toBe(false);
    expect(verifier.verify(text, line.signature.subarray(1))).toBe(false);
  });

  it('signs for no origin that its form has no room for', () => {
    const cosigner = mlDsa44Cosigner('witness.example/m', seed);
    const long = utf8(`${'x'.repeat(256)}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`);
    expect(codeOf(() => cosigner.cosign(long, 1))).toBe('cosignature.malformed');
  });
});
