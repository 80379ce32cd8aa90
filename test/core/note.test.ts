import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { verifierOf } from '../../src/core/cosignature.ts';
import {
  ed25519Verifier,
  formatNote,
  formatSignatureLine,
  NOTE_BYTES_MAX,
  openNote,
  parseNote,
} from '../../src/core/note.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { hostileBytes } from './note-arbitraries.ts';
import {
  bytesOf,
  type CaseInput,
  codeOf,
  expectCanonicalOrRefused,
  vectorsOf,
} from './note-fixtures.ts';

const parse = vectorsOf<{ cases: (CaseInput & { signers?: string[] })[] }>('note-parse');
const open = vectorsOf<{ vkeys: string[]; cases: (CaseInput & { verified?: string[] })[] }>(
  'note-open',
);
const go = vectorsOf<{ note: Record<'log_vkey' | 'checkpoint' | 'cosignature_line', string> }>(
  'go-reference-vectors',
);

/** The example of C2SP signed-note; its key stands in the same document. */
const EXAMPLE = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`;

describe('parseNote', () => {
  it.each(parse.cases)('reads or refuses: $name', (one) => {
    const bytes = bytesOf(one);
    if (one.error !== undefined) {
      expect(codeOf(() => parseNote(bytes))).toBe(one.error);
      return;
    }
    const note = parseNote(bytes);
    expect(note.signatures.map(({ name }) => name)).toEqual(one.signers);
    expect(formatNote(note)).toEqual(bytes);
  });

  it('reads the example of the standard', () => {
    const note = parseNote(utf8(EXAMPLE));
    expect(note.signatures.map(({ name, keyHash }) => [name, keyHash])).toEqual([
      ['quasimodo.example/salvatore', 0x367ba04b],
    ]);
    expect(formatNote(note)).toEqual(utf8(EXAMPLE));
  });

  it('reads a note of 1 MB and refuses one byte more', () => {
    const note = (length: number): Uint8Array => {
      const line = utf8('\n\n— x AQIDBAU=\n');
      return concat(utf8('a'.repeat(length - line.length)), line);
    };
    expect(parseNote(note(NOTE_BYTES_MAX)).signatures.length).toBe(1);
    expect(codeOf(() => parseNote(note(NOTE_BYTES_MAX + 1)))).toBe('note.too-large');
  });

  it('throws nothing but refusals, and reads one spelling only', () => {
    fc.assert(
      fc.property(hostileBytes(parse.cases), (bytes) => {
        expectCanonicalOrRefused(bytes, parseNote, formatNote);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatNote', () => {
  const text = utf8('a\n');
  const line = { name: 'x', keyHash: 1, signature: new Uint8Array(64) };

  it.each([
    ['a text without newline at its end', { text: utf8('a'), signatures: [line] }],
    ['no signatures', { text, signatures: [] }],
    ['a name with a space', { text, signatures: [{ ...line, name: 'x y' }] }],
    ['a name with a newline', { text, signatures: [{ ...line, name: 'x\ny' }] }],
    ['one line twice', { text, signatures: [line, line] }],
    ['an empty signature', { text, signatures: [{ ...line, signature: new Uint8Array(0) }] }],
    ['a text with a carriage return', { text: utf8('a\r\n'), signatures: [line] }],
  ])('refuses %s', (_, note) => {
    expect(codeOf(() => formatNote(note))).toBe('note.malformed');
  });

  it('keeps the key hash unsigned', () => {
    expect(formatSignatureLine({ ...line, keyHash: 0xffffffff })).toContain('— x /////wAA');
  });
});

describe('openNote', () => {
  const verifiers = open.vkeys.map((vkey) => ed25519Verifier(parseVkey(vkey)));

  it.each(open.cases)('verifies or refuses: $name', (one) => {
    if (one.error !== undefined) {
      expect(codeOf(() => openNote(bytesOf(one), verifiers))).toBe(one.error);
      return;
    }
    const opened = openNote(bytesOf(one), verifiers);
    expect(opened.verified.map(({ name }) => name)).toEqual(one.verified);
  });

  it('verifies what the Go libraries signed', () => {
    const opened = openNote(utf8(go.note.checkpoint), [verifierOf(parseVkey(go.note.log_vkey))]);
    expect(opened.verified.length).toBe(1);
  });

  it('refuses when no key is known', () => {
    expect(codeOf(() => openNote(utf8(EXAMPLE), []))).toBe('note.not-signed');
  });

  it('refuses two known keys of one name and key hash', () => {
    expect(codeOf(() => openNote(utf8(EXAMPLE), [...verifiers, ...verifiers]))).toBe(
      'note.malformed',
    );
  });
});
