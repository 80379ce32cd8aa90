import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../src/core/hex.ts';
import {
  disclosureDigest,
  formatDisclosure,
  parseDisclosure,
  rawCommitment,
} from '../../src/event/disclosure.ts';
import type { NhiEvent } from '../../src/event/nhi-event.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { formatSubmission, parseSubmission } from '../../src/event/submission.ts';
import { bytesOf, readVectors, refusalOf, textOf } from './vectors.ts';

interface DisclosureVector {
  readonly salt: string;
  readonly pointer: string;
  readonly value: JsonValue;
  readonly disclosure: string;
  readonly digest: string;
}

const events = readVectors<readonly { name: string; event: NhiEvent }[]>('event-valid');
const disclosures = readVectors<readonly DisclosureVector[]>('event-disclosures');
const tool = events[0]?.event as NhiEvent;
const sig = { alg: 'ed25519', kid: 'gw-2026', value: `${'A'.repeat(86)}==` } as const;

function code(item: unknown): string | undefined {
  return refusalOf(() => parseSubmission(bytesOf(JSON.stringify(item))))?.code;
}

describe('a submission item', () => {
  it('is a bare event, or an event with what goes with it', () => {
    const bare = parseSubmission(bytesOf(JSON.stringify(tool)));
    expect(bare).toMatchObject({ sig: null, disclosures: [] });
    expect(bare.event.event).toEqual(tool);
    const signed = parseSubmission(bytesOf(JSON.stringify({ sig, event: tool })));
    expect(signed.sig).toEqual(sig);
    expect({ ...signed.event }).toEqual({ ...bare.event });
    expect(parseSubmission(bytesOf(JSON.stringify({ event: tool, sig: null }))).sig).toBe(null);
  });

  it('is read without a change of the bytes, also where they are a Buffer', () => {
    for (const { event } of events) {
      const text = textOf(formatSubmission({ event, sig }));
      const bytes = Buffer.from(text);
      expect(parseSubmission(bytes).sig).toEqual(sig);
      expect(bytes.toString('utf8')).toBe(text);
    }
  });

  it('is written in canonical form, bare where nothing goes with it', () => {
    expect(textOf(formatSubmission({ event: tool }))).toBe(
      textOf(parseSubmission(formatSubmission({ event: tool })).event.canonical),
    );
    const bytes = formatSubmission({ event: tool, sig, disclosures: [] });
    expect(textOf(bytes).startsWith('{"event":{')).toBe(true);
    expect(parseSubmission(bytes).sig).toEqual(sig);
  });

  it('has no other members and no other shapes', () => {
    for (const item of [
      null,
      1,
      'x',
      [],
      [tool],
      {},
      { sig },
      { event: tool, signature: sig },
      { event: tool, sig, extra: 1 },
    ]) {
      const expected =
        item !== null &&
        typeof item === 'object' &&
        !Array.isArray(item) &&
        (Object.keys(item).length === 0 || ('sig' in item && !('event' in item)))
          ? 'event.schema'
          : 'submission.malformed';
      expect([item, code(item)]).toEqual([item, expected]);
    }
    expect(code({ ...tool, event: tool })).toBe('event.unknown-member');
    expect(code({ event: { event: tool } })).toBe('event.schema');
  });

  it('carries a signature of a known form', () => {
    const bad = [
      1,
      'x',
      [],
      {},
      { ...sig, alg: 'rs256' },
      { ...sig, kid: '' },
      { ...sig, kid: 'a'.repeat(129) },
      { ...sig, kid: 'a\nb' },
      { ...sig, kid: 'a\u200bb' },
      { ...sig, value: 'AAAA' },
      { ...sig, value: `${'A'.repeat(85)}B==` },
      { ...sig, x: 1 },
    ];
    for (const other of bad)
      expect([other, code({ event: tool, sig: other })]).toEqual([other, 'submission.malformed']);
  });

  it('carries disclosures that open its sd, each pointer once', () => {
    const [first, second] = disclosures as readonly [DisclosureVector, DisclosureVector];
    const event = {
      ...tool,
      sd: { [first.pointer]: first.digest, [second.pointer]: second.digest },
    };
    const good = { event, disclosures: [first.disclosure, second.disclosure] };
    expect(parseSubmission(bytesOf(JSON.stringify(good))).disclosures).toEqual(good.disclosures);
    const bad = [
      [first.disclosure, first.disclosure],
      [disclosures[2]?.disclosure],
      [first.disclosure.replace('10.42', '10.43')],
      [first.disclosure.replace(',', ', ')],
      ['[]'],
      ['x'],
      [''],
    ];
    for (const texts of bad) {
      expect([texts, code({ event, disclosures: texts })]).toEqual([
        texts,
        'submission.bad-disclosure',
      ]);
    }
    for (const texts of [{}, 'x', [1], Array.from({ length: 65 }, () => 'x')]) {
      expect([texts, code({ event, disclosures: texts })]).toEqual([texts, 'submission.malformed']);
    }
    const { sd: _, ...closed } = tool;
    expect(code({ event: closed, disclosures: [first.disclosure] })).toBe(
      'submission.bad-disclosure',
    );
  });

  it('counts the depth of its event from the event', () => {
    const nested = (depth: number): unknown => ({
      ...tool,
      ext: { 'a.b': JSON.parse('['.repeat(depth) + ']'.repeat(depth)) },
    });
    expect(code({ event: nested(14) })).toBe(undefined);
    expect(code({ event: nested(15) })).toBe('json.too-deep');
    expect(code(nested(15))).toBe('json.too-deep');
  });

  it('has at most 1,048,576 bytes', () => {
    const event = bytesOf(JSON.stringify(tool) + ' '.repeat(1_048_576));
    expect(parseSubmission(event.subarray(0, 1_048_576)).event.id).toBe(tool.id);
    expect(refusalOf(() => parseSubmission(event.subarray(0, 1_048_577)))?.code).toBe(
      'event.too-large',
    );
  });

  it('is refused with a refusal alone, whatever its bytes', () => {
    const bytes = bytesOf(JSON.stringify({ event: tool, sig }));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const other = bytes.slice();
        other[at] = byte;
        refusalOf(() => parseSubmission(other));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a disclosure', () => {
  for (const { salt, pointer, value, disclosure, digest } of disclosures) {
    it(`is made and read: ${pointer}`, () => {
      expect(formatDisclosure({ salt: parseHex(salt), pointer, value })).toBe(disclosure);
      expect(parseDisclosure(disclosure)).toEqual({ salt: parseHex(salt), pointer, value });
      expect(disclosureDigest(disclosure)).toBe(digest);
    });
  }

  it('is refused with a salt that is too short or too long', () => {
    for (const length of [0, 15, 65]) {
      const text = formatDisclosure({ salt: new Uint8Array(length), pointer: '/a', value: 1 });
      expect(refusalOf(() => parseDisclosure(text))?.code).toBe('submission.bad-disclosure');
    }
  });

  it('is refused where it is long', () => {
    const text = formatDisclosure({
      salt: new Uint8Array(16),
      pointer: '/a',
      value: 'x'.repeat(65_536),
    });
    expect(refusalOf(() => parseDisclosure(text))?.code).toBe('submission.bad-disclosure');
  });

  it('is refused with a refusal alone, whatever its text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => void refusalOf(() => parseDisclosure(text)),
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => void refusalOf(() => parseDisclosure(`["${text}"]`)),
      ),
    );
  });

  it('of raw bytes is a commitment with a salt of its own', () => {
    for (const vector of readVectors<readonly { salt: string; raw: string; commitment: string }[]>(
      'event-raw-commitments',
    )) {
      const made = rawCommitment({ salt: parseHex(vector.salt), raw: parseHex(vector.raw) });
      expect(made).toBe(vector.commitment);
    }
  });
});
