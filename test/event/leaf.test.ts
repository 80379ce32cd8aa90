import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { leafHash } from '../../src/core/hash.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { eventDigest, parseEvent } from '../../src/event/event.ts';
import { type EventSignature, signatureInput } from '../../src/event/event-signature.ts';
import { formatGenesis, type Genesis, parseGenesis } from '../../src/event/genesis.ts';
import { formatIndexHead, type IndexHead } from '../../src/event/index-leaf.ts';
import { ENTRY_BYTES_MAX, formatLeaf, parseLeaf, type Recv } from '../../src/event/leaf.ts';
import { formatLogLeaf, type LogLeaf } from '../../src/event/log-leaf.ts';
import { schemas } from '../../src/event/schema.generated.ts';
import { type JsonObject, type JsonValue, parseStrictJson } from '../../src/event/strict-json.ts';
import { dice, mutate } from './mutate.ts';
import { bytesOf, readVectors, refusalOf, textOf } from './vectors.ts';

interface LeafVector {
  readonly name: string;
  readonly event: JsonValue;
  readonly recv: Recv;
  readonly sig: EventSignature | null;
  readonly signatureInput: string;
  readonly leaf: string;
  readonly leafHash: string;
}
interface OtherVector {
  readonly name: string;
  readonly value: Genesis | LogLeaf | IndexHead;
  readonly leaf: string;
  readonly leafHash: string;
}

const file = readVectors<{ readonly publicKey: string; readonly leaves: readonly LeafVector[] }>(
  'leaf-event',
);
const others = readVectors<readonly OtherVector[]>('leaf-others');
const invalid =
  readVectors<readonly { name: string; text: string; code: string }[]>('leaf-invalid');

describe('the leaf of an event', () => {
  for (const vector of file.leaves) {
    it(`is made and read: ${vector.name}`, () => {
      const { event, recv, sig } = vector;
      const leaf = formatLeaf({ eventCanonical: parseEvent(event).canonical, recv, sig });
      expect(textOf(leaf)).toBe(vector.leaf);
      expect(base64(leafHash(leaf))).toBe(vector.leafHash);
      expect(parseLeaf(leaf)).toEqual({ v: 'nhi.leaf/1', event, recv, sig });
    });
  }

  it('is read without a change of the bytes, also where they are a Buffer', () => {
    for (const vector of file.leaves) {
      const bytes = Buffer.from(vector.leaf);
      parseLeaf(bytes);
      expect(bytes.toString('utf8')).toBe(vector.leaf);
      expect(parseLeaf(bytes)).toMatchObject({ v: 'nhi.leaf/1' });
    }
  });

  it('is the canonical form of its value, whatever names hold', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    const { event } = file.leaves[0] as LeafVector;
    const eventCanonical = parseEvent(event).canonical;
    fc.assert(
      fc.property(text, text, fc.maxSafeInteger(), (by, kid, n) => {
        const recv = { ...(file.leaves[0] as LeafVector).recv, by, at: Math.abs(n) };
        const sig: EventSignature = { alg: 'es256', kid, value: `${'A'.repeat(86)}==` };
        const value = { v: 'nhi.leaf/1', event, recv, sig } as unknown as JsonValue;
        expect(formatLeaf({ eventCanonical, recv, sig })).toEqual(canonicalJson(value));
      }),
    );
  });

  it('carries a signature over the digest of the event', () => {
    const signed = file.leaves.find(({ sig }) => sig !== null);
    const key = createPublicKey({
      key: Buffer.from(file.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    const input = signatureInput(eventDigest(parseEvent(signed?.event ?? null).canonical));
    expect(textOf(input)).toBe(signed?.signatureInput);
    expect(verify(null, input, key, Buffer.from(signed?.sig?.value ?? '', 'base64'))).toBe(true);
  });

  it('is refused where it would not fit into a bundle, and so is its reading', () => {
    const { recv } = file.leaves[0] as LeafVector;
    const least = formatLeaf({ eventCanonical: new Uint8Array(0), recv, sig: null }).length;
    const eventCanonical = new Uint8Array(ENTRY_BYTES_MAX - least);
    expect(formatLeaf({ eventCanonical, recv, sig: null }).length).toBe(65_535);
    const longer = new Uint8Array(eventCanonical.length + 1);
    expect(refusalOf(() => formatLeaf({ eventCanonical: longer, recv, sig: null }))?.code).toBe(
      'leaf.too-large',
    );
    expect(refusalOf(() => parseLeaf(new Uint8Array(65_536)))?.code).toBe('leaf.malformed');
  });

  it('fits with the largest event, the longest names and a conflict', () => {
    const name = '\u{1f600}'.repeat(128);
    const leaf = formatLeaf({
      eventCanonical: new Uint8Array(61_440),
      recv: {
        adapter: 'a'.repeat(64),
        at: Number.MAX_SAFE_INTEGER,
        by: name,
        conflict: Number.MAX_SAFE_INTEGER,
        map: { id: 'm'.repeat(128), sha256: 'a'.repeat(64) },
        raw: 'A'.repeat(43),
        salt: 'A'.repeat(22),
      },
      sig: { alg: 'ed25519', kid: name, value: 'A'.repeat(88) },
    });
    expect(leaf.length).toBeLessThan(65_535);
  });

  it('stays a leaf where admission would refuse its identifiers or its dates today', () => {
    const { leaf } = file.leaves[0] as LeafVector;
    const odd = leaf
      .replace('spiffe://acme.test/agent/agent-42', 'agent\u200b')
      .replace('2026-11-20T09:27:00.300Z', '2026-02-30T09:27:00Z');
    expect(parseLeaf(bytesOf(odd)).v).toBe('nhi.leaf/1');
  });
});

describe('a leaf by the log', () => {
  for (const { name, value, leaf, leafHash: hash } of others) {
    it(`is made and read: ${name}`, () => {
      const bytes =
        value.v === 'nhi.genesis/1'
          ? formatGenesis(value)
          : value.v === 'nhi.log/1'
            ? formatLogLeaf(value)
            : formatIndexHead(value);
      expect(textOf(bytes)).toBe(leaf);
      expect(base64(leafHash(bytes))).toBe(hash);
      expect(parseLeaf(bytes)).toEqual(value);
    });
  }

  it('is refused with a member more, a member less, a member of another type', () => {
    for (const { value } of others) {
      for (const member of Object.keys(value)) {
        if (member === 'v') continue;
        const { [member]: _, ...less } = value as unknown as JsonObject;
        const bad = [
          less,
          { ...less, [member]: [[]] },
          { ...less, [member]: (value as unknown as JsonObject)[member] ?? null, u: 1 },
        ];
        for (const other of bad) {
          const refusal = refusalOf(() => parseLeaf(canonicalJson(other as JsonValue)));
          expect([member, refusal?.code]).toEqual([
            member,
            value.v === 'nhi.genesis/1' ? 'genesis.malformed' : 'leaf.malformed',
          ]);
        }
      }
    }
  });

  it('is not written where it would not be read', () => {
    const genesis = others[0]?.value as Genesis;
    expect(refusalOf(() => formatGenesis({ ...genesis, origin: 'a b' }))?.code).toBe(
      'genesis.malformed',
    );
    expect(refusalOf(() => parseGenesis(bytesOf('{}')))?.code).toBe('genesis.malformed');
  });
});

describe('a leaf whose event is plain', () => {
  /** The definition, step by step. (spec/4-leaf.md §2) */
  const isLeaf = (bytes: Uint8Array): boolean => {
    const read = (): void => {
      const value = parseStrictJson(bytes, { depthMax: 17 });
      const isSame = textOf(canonicalJson(value)) === textOf(bytes);
      if (!isSame || !schemas.leaf(value)) throw new TransparencyError('leaf.malformed', 'x');
      if (!schemas.event((value as JsonObject)['event'])) {
        throw new TransparencyError('leaf.malformed', 'x');
      }
    };
    return refusalOf(read) === null;
  };

  it('is read as the definition says, whatever is changed in it', () => {
    const plain = file.leaves.filter(({ leaf }) => /^[ -~]*$/.test(leaf) && !leaf.includes('\\'));
    expect(plain.length).toBeGreaterThanOrEqual(3);
    const leaves = plain.map(({ leaf }) => bytesOf(leaf));
    const roll = dice(1);
    let read = 0;
    for (let run = 0; run < 8_000; run++) {
      const source = leaves[roll(leaves.length)] as Uint8Array;
      const bytes = mutate(source, leaves[roll(leaves.length)] as Uint8Array, roll);
      const refusal = refusalOf(() => parseLeaf(bytes));
      if (textOf8(bytes).endsWith('"v":"nhi.leaf/1"}'))
        expect(refusal === null).toBe(isLeaf(bytes));
      if (refusal === null) read += 1;
    }
    expect(read).toBeGreaterThan(400);
  });
});

function textOf8(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

describe('bytes that are no leaf', () => {
  for (const { name, text, code } of invalid) {
    it(`are refused: ${name}`, () => {
      expect(refusalOf(() => parseLeaf(bytesOf(text)))?.code).toBe(code);
    });
  }

  it('are refused with a refusal alone: one byte changed, added, dropped', () => {
    const leaf = bytesOf((file.leaves[1] as LeafVector).leaf);
    fc.assert(
      fc.property(
        fc.nat(leaf.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(2),
        (at, byte, how) => {
          const rest = leaf.subarray(how === 0 ? at : at + 1);
          const middle = how === 2 ? [] : [byte];
          const bytes = new Uint8Array([...leaf.subarray(0, at), ...middle, ...rest]);
          refusalOf(() => parseLeaf(bytes));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
