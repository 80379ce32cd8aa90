import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { concat, utf8, utf8Text } from '../../src/core/bytes.ts';
import {
  type CheckpointSigner,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from '../../src/core/checkpoint.ts';
import { EMPTY_ROOT } from '../../src/core/hash.ts';
import { parseHex } from '../../src/core/hex.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { formatVkey, parseVkey } from '../../src/core/vkey.ts';
import { hostileBytes } from './note-arbitraries.ts';
import {
  bytesOf,
  type CaseInput,
  codeOf,
  expectCanonicalOrRefused,
  vectorsOf,
} from './note-fixtures.ts';

interface ParseCase extends CaseInput {
  readonly origin?: string;
  readonly size?: number;
  readonly rootHash?: string;
  readonly extensions?: readonly string[];
}
interface OpenCase extends CaseInput {
  readonly cosignatures?: readonly (readonly [string, number])[];
}

const { cases } = vectorsOf<{ cases: ParseCase[] }>('checkpoint-parse');
const open = vectorsOf<{ vkey: string; policy: string; cases: OpenCase[] }>('checkpoint-open');
const go = vectorsOf<{
  note: Record<
    'log_vkey' | 'log_seed_hex' | 'checkpoint' | 'cosignature_line' | 'witness_vkey_0x04',
    string
  > & { cosignature_time: number };
}>('go-reference-vectors').note;

const seed = parseHex(go.log_seed_hex);
const signer: CheckpointSigner = {
  origin: 'log.example/v',
  ed25519PublicKey: ed25519PublicKey(seed),
  signNote: (message) => signEd25519({ message, seed }),
};

describe('parseCheckpoint', () => {
  it.each(cases)('reads or refuses: $name', (one) => {
    const bytes = bytesOf(one);
    if (one.error !== undefined) {
      expect(codeOf(() => parseCheckpoint(bytes, { allowExtensions: true }))).toBe(one.error);
      return;
    }
    const checkpoint = parseCheckpoint(bytes, { allowExtensions: true });
    expect([checkpoint.origin, checkpoint.size]).toEqual([one.origin, one.size]);
    expect(base64(checkpoint.rootHash)).toBe(one.rootHash);
    expect(checkpoint.extensions ?? []).toEqual(one.extensions);
    expect(formatCheckpoint(checkpoint)).toEqual(bytes);
    const isExtended = one.extensions?.length !== 0;
    expect(codeOf(() => parseCheckpoint(bytes))).toBe(
      isExtended ? 'checkpoint.has-extension' : 'ok',
    );
  });

  it('throws nothing but refusals, and reads one spelling only', () => {
    fc.assert(
      fc.property(hostileBytes(cases), (bytes) => {
        const parse = (text: Uint8Array) => parseCheckpoint(text, { allowExtensions: true });
        expectCanonicalOrRefused(bytes, parse, formatCheckpoint);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatCheckpoint', () => {
  const good = { origin: 'a', size: 1, rootHash: new Uint8Array(32) };
  it.each([
    ['no origin', { ...good, origin: '' }],
    ['an origin of two lines', { ...good, origin: 'a\nb' }],
    ['an origin with half of a surrogate pair', { ...good, origin: 'a\ud800' }],
    ['a fraction for a size', { ...good, size: 1.5 }],
    ['a negative size', { ...good, size: -1 }],
    ['no number for a size', { ...good, size: Number.NaN }],
    ['a root hash of 31 bytes', { ...good, rootHash: new Uint8Array(31) }],
    ['another root for the empty tree', { ...good, size: 0 }],
    ['an empty extension line', { ...good, extensions: [''] }],
    ['an extension line that is two', { ...good, extensions: ['a\nb'] }],
  ])('refuses %s', (_, checkpoint) => {
    expect(codeOf(() => formatCheckpoint(checkpoint))).toBe('checkpoint.malformed');
  });
});

describe('signCheckpoint', () => {
  it('writes the bytes that the Go libraries write', () => {
    const { origin, size, rootHash } = openCheckpoint(utf8(go.checkpoint), {
      logKey: parseVkey(go.log_vkey),
    });
    expect(utf8Text(signCheckpoint({ origin, size, rootHash }, signer))).toBe(go.checkpoint);
  });

  it('signs the empty tree', () => {
    const note = signCheckpoint({ origin: signer.origin, size: 0, rootHash: EMPTY_ROOT }, signer);
    expect(openCheckpoint(note, { logKey: parseVkey(go.log_vkey) }).size).toBe(0);
  });

  it('refuses the origin of another log', () => {
    const checkpoint = { origin: 'other', size: 0, rootHash: EMPTY_ROOT };
    expect(codeOf(() => signCheckpoint(checkpoint, signer))).toBe('checkpoint.wrong-origin');
  });

  it('refuses extension lines', () => {
    const checkpoint = { origin: signer.origin, size: 0, rootHash: EMPTY_ROOT, extensions: ['x'] };
    expect(codeOf(() => signCheckpoint(checkpoint, signer))).toBe('checkpoint.has-extension');
  });
});

describe('openCheckpoint', () => {
  const logKey = parseVkey(open.vkey);
  const policy = parsePolicy(open.policy);

  it.each(open.cases)('verifies or refuses: $name', (one) => {
    const bytes = bytesOf(one);
    if (one.error !== undefined) {
      expect(codeOf(() => openCheckpoint(bytes, { logKey, policy }))).toBe(one.error);
      return;
    }
    const checkpoint = openCheckpoint(bytes, { logKey, policy });
    const cosignatures = checkpoint.cosignatures.map((c) => [c.name, c.timestampSeconds]);
    expect(cosignatures).toEqual(one.cosignatures);
    expect(checkpoint.note).toEqual(bytes);
  });

  it('verifies the log and the witness of the Go libraries', () => {
    const checkpoint = openCheckpoint(concat(utf8(go.checkpoint), utf8(go.cosignature_line)), {
      logKey: parseVkey(go.log_vkey),
      policy: parsePolicy(`witness w ${go.witness_vkey_0x04}\nquorum w\n`),
    });
    expect(checkpoint.cosignatures).toEqual([{ name: 'w', timestampSeconds: go.cosignature_time }]);
  });

  it('keeps the note apart from the bytes that it came in', () => {
    const bytes = Buffer.from(bytesOf(open.cases[0] ?? {}));
    const checkpoint = openCheckpoint(bytes, { logKey, policy });
    bytes.fill(0);
    expect(utf8Text(checkpoint.note)).toBe(open.cases[0]?.text);
  });

  it('verifies named witnesses without asking for a quorum', () => {
    const [one] = open.cases;
    const { witnesses } = policy;
    expect(openCheckpoint(bytesOf(one ?? {}), { logKey, witnesses }).cosignatures.length).toBe(1);
    const none = open.cases.find(({ name }) => name === 'no cosignature');
    expect(openCheckpoint(bytesOf(none ?? {}), { logKey, witnesses }).cosignatures).toEqual([]);
  });

  it('takes an origin other than the key name only if told so', () => {
    const text = utf8(
      `elsewhere\n1\n${base64(parseBase64(open.cases[0]?.text?.split('\n')[2] ?? ''))}\n`,
    );
    const line = { name: signer.origin, keyHash: parseVkey(go.log_vkey).keyHash };
    const note = concat(
      text,
      utf8(
        `\n— ${line.name} ${base64(concat(keyHashBytes(line.keyHash), signer.signNote(text)))}\n`,
      ),
    );
    const trust = { logKey: parseVkey(go.log_vkey) };
    expect(codeOf(() => openCheckpoint(note, trust))).toBe('checkpoint.wrong-origin');
    expect(openCheckpoint(note, { ...trust, origin: 'elsewhere' }).origin).toBe('elsewhere');
  });

  it('refuses a note whose every byte is changed in turn', () => {
    const bytes = bytesOf(open.cases[0] ?? {});
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.map((byte, at) => (at === i ? byte ^ 1 : byte));
      expect(
        codeOf(() => openCheckpoint(changed, { logKey, policy })),
        `byte ${i}`,
      ).not.toBe('ok');
    }
  });

  it('refuses to judge by a key of a type that it cannot verify', () => {
    const key = { ...parseVkey(go.log_vkey), type: 6 };
    expect(formatVkey(key)).not.toBe(go.log_vkey);
    expect(codeOf(() => openCheckpoint(utf8(go.checkpoint), { logKey: key }))).toBe(
      'vkey.unknown-type',
    );
  });
});

function keyHashBytes(keyHash: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, keyHash);
  return bytes;
}
