import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { parseDisclosure } from '../../src/event/disclosure.ts';
import { parseEvent } from '../../src/event/event.ts';
import { formatLeaf, parseLeaf } from '../../src/event/leaf.ts';
import type { MappedItem } from '../../src/event/mapped-item.ts';
import { ADAPTERS, ingest } from '../../src/ingest/ingest.ts';
import { headersOf, inputNames, inputsOf, testContext } from './golden.ts';
import { encodeOtlp } from './otlp-encode.ts';

const PROTO = { 'content-type': 'application/x-protobuf' };

/** What an adapter makes of any bytes, or the code of its refusal. */
function made(
  name: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): readonly MappedItem[] | string {
  const adapter = ADAPTERS.get(name);
  if (adapter === undefined) throw new Error(`no adapter ${name}`);
  try {
    return [...ingest(adapter, { body, headers: headersOf(headers) }, testContext(name))];
  } catch (error) {
    // Whatever an attacker sends, nothing else may be thrown.
    if (isTransparencyError(error)) return error.code;
    throw error;
  }
}

/** Each item must be what a log can admit, whole. */
function checkItems(items: readonly MappedItem[] | string): void {
  if (typeof items === 'string') return;
  for (const item of items) {
    const { canonical } = item.event;
    expect(parseEvent(canonical).canonical).toEqual(canonical);
    const recv = {
      adapter: item.adapter,
      at: Number.MAX_SAFE_INTEGER,
      by: 'x'.repeat(128),
      conflict: Number.MAX_SAFE_INTEGER,
      map: item.map,
      raw: item.rawCommitment,
      salt: 'AAAAAAAAAAAAAAAAAAAAAA',
    };
    const leaf = formatLeaf({ eventCanonical: canonical, recv, sig: null });
    expect(parseLeaf(leaf)).toMatchObject({ v: 'nhi.leaf/1' });
    for (const text of item.disclosures) parseDisclosure(text);
  }
}

/** Cuts, copies, flips and inserts, a few at a time, where structure is likely. */
function mutations(bodies: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.nat(1_000_000),
    kind: fc.constantFrom('flip', 'cut', 'copy', 'insert'),
    length: fc.integer({ min: 1, max: 24 }),
    bytes: fc.constantFrom(
      ...['"', '{', '}', '[', ']', ',', ':', '\\', '\\u0000', '\\ud800', '1e9', '-0', 'null', '\n'],
      ...['\u202e', '\u0000', '"__proto__":1,', '"a":{"b":', '%', '/', '~1', '|', '='],
    ),
  });
  return fc
    .tuple(fc.constantFrom(...bodies), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([body, edits]) => {
      let bytes = [...body];
      for (const { at, kind, length, bytes: inserted } of edits) {
        const i = at % (bytes.length + 1);
        if (kind === 'flip' && i < bytes.length) bytes[i] = (bytes[i] ?? 0) ^ (1 << (length % 8));
        else if (kind === 'cut') bytes.splice(i, length);
        else if (kind === 'copy') bytes.splice(i, 0, ...bytes.slice(i, i + length * 4));
        else bytes = [...bytes.slice(0, i), ...utf8(inserted), ...bytes.slice(i)];
      }
      return Uint8Array.from(bytes);
    });
}

describe('mangled input', () => {
  it.each(inputNames())('%s refuses a body by name, or makes leaves of all of it', (name) => {
    const inputs = inputsOf(name);
    const [first] = inputs;
    const bodies = inputs.filter(({ body }) => body.length < 8_000).map(({ body }) => utf8(body));
    fc.assert(
      fc.property(mutations(bodies), (body) => checkItems(made(name, body, first?.headers ?? {}))),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (body) =>
        checkItems(made(name, body, first?.headers ?? {})),
      ),
      { numRuns: 40 },
    );
  });

  it.each(['otlp-logs', 'otlp-traces'])('%s does so in protobuf', (name) => {
    const bodies = encodable(name).map(({ request }) => encodeOtlp(request));
    fc.assert(
      fc.property(mutations(bodies), (body) => checkItems(made(name, body, PROTO))),
      { numRuns: 150 },
    );
  });
});

describe('OTLP', () => {
  it.each(['otlp-logs', 'otlp-traces'])('%s is the same in protobuf and in JSON', (name) => {
    for (const { name: input, request, body } of encodable(name)) {
      const json = made(name, utf8(body), { 'content-type': 'application/json' });
      const proto = made(name, encodeOtlp(request), PROTO);
      if (typeof json === 'string' || typeof proto === 'string') throw new Error('refused');
      expect(
        proto.map(({ raw }) => utf8Text(raw)),
        input,
      ).toEqual(json.map(({ raw }) => utf8Text(raw)));
      expect(json.length).toBeGreaterThan(0);
    }
  });

  it('refuses values in values without end', () => {
    let value = new Uint8Array(0);
    for (let depth = 0; depth < 2_000; depth++) {
      const list = nested(1, value);
      value = nested(5, list);
    }
    const body = nested(1, nested(2, nested(2, nested(5, value))));
    const items = made('otlp-logs', body, PROTO);
    checkItems(items);
    expect(typeof items === 'string' ? items : items[0]?.event.kind).toBe('unmapped');
  });
});

function nested(field: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length: number[] = [];
  let left = bytes.length;
  do {
    length.push((left % 128) + (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Uint8Array.from([field * 8 + 2, ...length, ...bytes]);
}

/** Inputs whose types are those of the protocol: the others have no protobuf form. */
function encodable(
  name: string,
): readonly { readonly name: string; readonly request: unknown; readonly body: string }[] {
  return inputsOf(name)
    .filter((input) => !input.name.startsWith('other types'))
    .map((input) => ({ ...input, request: JSON.parse(input.body) }));
}
