import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { equalBytes, readU64be, utf8 } from '../../src/core/bytes.ts';
import { parseCheckpoint } from '../../src/core/checkpoint.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { hex } from '../../src/core/hex.ts';
import { parseNote } from '../../src/core/note.ts';
import { verifyP256 } from '../../src/core/p256.ts';
import {
  checkTreeHead,
  formatTreeHeadSignature,
  parseTreeHeadSignature,
  treeHeadInput,
} from '../../src/core/tree-head.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { codeOf, vectorsOf } from './note-fixtures.ts';

interface Case {
  readonly name: string;
  readonly size: number;
  readonly rootHash: string;
  readonly timeMs: number;
  readonly signature: string;
  readonly input?: string;
  readonly error?: string;
}

const vectors = vectorsOf<{ p256PublicKey: string; cases: Case[] }>('checkpoint-tree-head');
const go = vectorsOf<{
  rfc6962: {
    spki_b64: string;
    tree_head_signature_b64: string;
    note_vkey_0x05: string;
    static_ct_checkpoint: string;
    tree_head_signature_input_hex: string;
    timestamp_ms: number;
    tree_size: number;
    sth_json: { sha256_root_hash: string };
  };
}>('go-reference-vectors').rfc6962;

describe('checkTreeHead', () => {
  it.each(vectors.cases)('verifies or refuses: $name', (one) => {
    const head = { size: one.size, rootHash: parseBase64(one.rootHash), timeMs: one.timeMs };
    const code = codeOf(() => {
      const signature = parseTreeHeadSignature(parseBase64(one.signature));
      checkTreeHead({ ...head, signature, p256PublicKey: parseBase64(vectors.p256PublicKey) });
    });
    expect(code).toBe(one.error ?? 'ok');
    if (one.input !== undefined) expect(hex(treeHeadInput(head))).toBe(one.input);
  });

  it('verifies what the Go libraries signed', () => {
    const struct = parseBase64(go.tree_head_signature_b64);
    const head = {
      size: go.tree_size,
      rootHash: parseBase64(go.sth_json.sha256_root_hash),
      timeMs: go.timestamp_ms,
    };
    expect(hex(treeHeadInput(head))).toBe(go.tree_head_signature_input_hex);
    const signature = parseTreeHeadSignature(struct);
    checkTreeHead({ ...head, signature, p256PublicKey: parseBase64(go.spki_b64) });
    expect(base64(formatTreeHeadSignature(signature))).toBe(go.tree_head_signature_b64);
  });

  it('verifies the tree head in a note signature of the Go libraries', () => {
    const { text, signatures } = parseNote(utf8(go.static_ct_checkpoint));
    const key = parseVkey(go.note_vkey_0x05);
    const line = signatures.find(({ keyHash }) => keyHash === key.keyHash);
    const content = line?.signature ?? new Uint8Array(8);
    checkTreeHead({
      ...parseCheckpoint(text),
      timeMs: readU64be(content) ?? 0,
      signature: parseTreeHeadSignature(content.slice(8)),
      p256PublicKey: key.publicKey,
    });
  });

  it.each([
    ['a negative size', { size: -1 }],
    ['a fraction for a size', { size: 0.5 }],
    ['a size above 2^53 - 1', { size: 2 ** 53 }],
    ['a negative time', { timeMs: -1 }],
    ['a root hash of 31 bytes', { rootHash: new Uint8Array(31) }],
  ])('refuses %s', (_, change) => {
    const head = { size: 1, rootHash: new Uint8Array(32), timeMs: 1, ...change };
    expect(codeOf(() => treeHeadInput(head))).toBe('tree-head.malformed');
  });
});

describe('parseTreeHeadSignature', () => {
  it('throws nothing but refusals, and reads one spelling only', () => {
    const framed = fc
      .uint8Array({ maxLength: 80 })
      .map((der) => Uint8Array.of(4, 3, 0, der.length, ...der));
    fc.assert(
      fc.property(fc.oneof(framed, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        try {
          const struct = formatTreeHeadSignature(parseTreeHeadSignature(bytes));
          expect(equalBytes(struct, bytes)).toBe(true);
        } catch (error) {
          expect(isTransparencyError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('verifyP256', () => {
  const publicKey = parseBase64(vectors.p256PublicKey);
  const message = new Uint8Array(3);
  const signature = new Uint8Array(70);

  it('is false for any bytes as a signature, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(verifyP256({ signature: bytes, message, publicKey })).toBe(false);
      }),
    );
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a key with a byte behind it', Uint8Array.of(...publicKey, 0)],
    ['a key without its last byte', publicKey.slice(0, -1)],
    ['a compressed point', Uint8Array.of(...publicKey.slice(0, 26), 2, ...publicKey.slice(27, 59))],
    ['another algorithm', publicKey.map((byte, i) => (i === 12 ? byte ^ 1 : byte))],
  ])('refuses as a key: %s', (_, key) => {
    expect(codeOf(() => verifyP256({ signature, message, publicKey: key }))).toBe('vkey.malformed');
  });

  it('is false under a point that is not on the curve', () => {
    const off = publicKey.map((byte, i) => (i === 90 ? byte ^ 1 : byte));
    expect(verifyP256({ signature, message, publicKey: off })).toBe(false);
  });
});
