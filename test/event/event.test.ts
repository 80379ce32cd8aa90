import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateSchema } from '../../scripts/generate-schema.ts';
import { hex } from '../../src/core/hex.ts';
import { eventDigest, parseEvent } from '../../src/event/event.ts';
import { idempotencyKey } from '../../src/event/sameness.ts';
import type { JsonObject, JsonValue } from '../../src/event/strict-json.ts';
import { bytesOf, readVectors, refusalOf, textOf } from './vectors.ts';

interface ValidVector {
  readonly name: string;
  readonly event: JsonValue;
  readonly canonical: string;
  readonly digest: string;
  readonly idempotencyKey: string;
}
interface InvalidVector {
  readonly name: string;
  readonly event: JsonValue;
  readonly code: string;
  readonly pointer: string;
}

const valid = readVectors<readonly ValidVector[]>('event-valid');
const invalid = readVectors<readonly InvalidVector[]>('event-invalid');

describe('an event', () => {
  for (const { name, event, canonical, digest, idempotencyKey: key } of valid) {
    it(`is read: ${name}`, () => {
      const parsed = parseEvent(bytesOf(JSON.stringify(event, null, 2)));
      expect(textOf(parsed.canonical)).toBe(canonical);
      expect(eventDigest(parsed.canonical)).toBe(digest);
      expect(hex(idempotencyKey(parsed.sourceId, parsed.id))).toBe(key);
      expect(parsed.event).toEqual(event);
      for (const again of [parseEvent(event), parseEvent(parsed.canonical)]) {
        expect({ ...again, event: again.event }).toEqual({ ...parsed, event: parsed.event });
      }
      const { id, src, tenant, kind } = parsed.event;
      expect(parsed).toMatchObject({ id, sourceId: src.id, tenant, kind });
      expect(parsed.seen).toEqual(parsed.event.ctx?.seen ?? null);
    });
  }

  it('has at least 40 vectors of refusals, each for one reason', () => {
    expect(invalid.length).toBeGreaterThanOrEqual(40);
    expect(new Set(invalid.map(({ name }) => name)).size).toBe(invalid.length);
  });

  for (const { name, event, code, pointer } of invalid) {
    it(`is refused as ${code}: ${name}`, () => {
      const refusal = refusalOf(() => parseEvent(bytesOf(JSON.stringify(event))));
      expect(refusal).toMatchObject({ code });
      if (code !== 'event.too-large') expect(refusal?.pointer).toBe(pointer);
    });
  }

  it('links to the event before it by its digest', () => {
    const linked = valid.slice(0, 6);
    for (let i = 1; i < linked.length; i++) {
      const source = linked[i]?.event as { src: { prev: string } } | undefined;
      expect(source?.src.prev).toBe(linked[i - 1]?.digest);
    }
  });

  it('may hold 61,440 bytes and nest 16 deep, and no more', () => {
    const least = valid.find(({ name }) => name === 'the least');
    const withExt = (ext: JsonValue): JsonObject => ({ ...(least?.event as JsonObject), ext });
    const filled = (length: number): JsonObject => withExt({ 'a.b': 'x'.repeat(length) });
    const space = 61_440 - parseEvent(filled(0)).canonical.length;
    expect(parseEvent(filled(space)).canonical.length).toBe(61_440);
    expect(refusalOf(() => parseEvent(filled(space + 1)))?.code).toBe('event.too-large');
    const nested = (depth: number): JsonObject =>
      withExt({ 'a.b': JSON.parse('['.repeat(depth) + ']'.repeat(depth)) });
    expect(parseEvent(nested(14)).id).toBe('e-1');
    expect(refusalOf(() => parseEvent(nested(15)))?.code).toBe('json.too-deep');
  });

  it('counts lengths in code points, as JSON Schema does', () => {
    const least = valid.find(({ name }) => name === 'the least')?.event as JsonObject;
    const named = (name: string): JsonObject => ({ ...least, actor: { type: 'bot', id: name } });
    expect(parseEvent(named('\u{1f600}'.repeat(512))).id).toBe('e-1');
    expect(refusalOf(() => parseEvent(named('\u{1f600}'.repeat(513))))?.code).toBe('event.schema');
  });

  it('never repeats a value in a refusal', () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    const tool = valid[0]?.event as JsonObject;
    const texts: string[] = [];
    const visit = (value: JsonValue, path: readonly string[]): void => {
      const replaced = structuredClone(tool) as Record<string, unknown>;
      let node = replaced;
      for (const step of path.slice(0, -1)) node = node[step] as Record<string, unknown>;
      node[path.at(-1) ?? ''] = `${secret}\u200b`;
      const refusal = refusalOf(() => parseEvent(replaced as JsonValue));
      if (refusal !== null) texts.push(refusal.message, String(refusal.pointer));
      node[path.at(-1) ?? ''] = { [secret]: 1, [`/${secret}`]: 'x' };
      const named = refusalOf(() => parseEvent(replaced as JsonValue));
      if (named !== null) texts.push(named.message, String(named.pointer));
      if (typeof value === 'object' && value !== null) {
        for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
      }
    };
    for (const [name, member] of Object.entries(tool)) visit(member, [name]);
    expect(texts.length).toBeGreaterThan(100);
    for (const text of texts) expect(text).not.toContain('ghp_');
  });

  it('is refused with a refusal alone, whatever is in its place', () => {
    const paths: string[][] = [];
    const collect = (value: JsonValue, path: string[]): void => {
      paths.push(path);
      if (typeof value !== 'object' || value === null) return;
      for (const [name, member] of Object.entries(value)) collect(member, [...path, name]);
    };
    const tool = valid[0]?.event as JsonObject;
    for (const [name, member] of Object.entries(tool)) collect(member, [name]);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, other) => {
        const replaced = structuredClone(tool) as Record<string, unknown>;
        let node = replaced;
        for (const step of path.slice(0, -1)) node = node[step] as Record<string, unknown>;
        node[path.at(-1) ?? ''] = other;
        refusalOf(() => parseEvent(bytesOf(JSON.stringify(replaced))));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the compiled schema', () => {
  it('is the one that the published schemas give', () => {
    const path = new URL('../../src/event/schema.generated.ts', import.meta.url);
    expect(readFileSync(path, 'utf8') === generateSchema()).toBe(true);
  });
});
