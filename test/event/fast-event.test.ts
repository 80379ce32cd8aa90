import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/event/canonical.ts';
import { eventOf, type ParsedEvent } from '../../src/event/event.ts';
import { fastEvent } from '../../src/event/fast-event.ts';
import { patternRuns } from '../../src/event/fast-pattern.ts';
import { schemas } from '../../src/event/schema.generated.ts';
import { type JsonObject, type JsonValue, parseStrictJson } from '../../src/event/strict-json.ts';
import { parseSubmission } from '../../src/event/submission.ts';
import { dice, mutate } from './mutate.ts';
import { bytesOf, readVectors, textOf } from './vectors.ts';

/** SOAK=1 runs ten times as many; SEED changes them. */
const RUNS = process.env['SOAK'] === undefined ? 30_000 : 300_000;
const SEED = Number(process.env['SEED'] ?? 1);

const events = readVectors<readonly { name: string; event: JsonObject }[]>('event-valid').map(
  ({ event }) => event,
);
const least = events.find((event) => event['id'] === 'e-1') as JsonObject;
const tool = events[0] as JsonObject;

/** The seeds of mutations: valid, plain, and together every member of the schema. */
const seeds: readonly Uint8Array[] = [
  ...events,
  {
    ...least,
    actor: {
      type: 'bot',
      id: 'b',
      name: 'n',
      issuer: 'i',
      instance: 'i',
      version: '1',
      framework: 'f',
      model: 'm',
      env: 'e',
      owner: { id: 'o', type: 'team' },
    },
    approval: {
      state: 'granted',
      id: 'a',
      ticket: 't',
      by: [{ id: 'x', type: 'human', at: '2028-02-29T23:59:59Z', sig: 's' }],
      not_before: '2026-01-31T00:00:00Z',
      not_after: '2026-12-31T23:59:60Z',
      max_uses: 3,
    },
    artifact: { digest: 'd', name: 'n', sig_ref: 's', prov_ref: 'p', commit: 'c' },
    change: { path: '/p', before: 'b', after: 'a' },
    cred: {
      type: 'pat',
      id: 'c',
      fp: 'sha256:ab+/=_-',
      issued_at: '2026-04-30T00:00:00.1Z',
      expires_at: '2026-02-28T00:00:00Z',
      scopes: [],
      binding: 'none',
    },
    ctx: {
      request_id: 'r',
      session_id: 's',
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
      parent_id: 'p',
      caused_by: ['a', 'b'],
      seen: { size: 9, root: `${'A'.repeat(43)}=`, note: `${'A'.repeat(43)}=` },
    },
    decision: {
      effect: 'allow',
      engine: 'e',
      policy: [{ id: 'p', version: '1', digest: 'd' }],
      reason: 'r',
      risk: 'r',
      attestation: 'a',
    },
    deleg: [{ type: 'human', id: 'h', via: 'schedule', scopes: ['s'], token_id: 't' }],
    ext: {
      'com.example.a': { b: [1, -2, null, true, false, 'x', {}, []], 'b c': '' },
      'com.example.b': 0,
    },
    res: [{ type: 't', id: 'i', name: 'n', version: 'v', digest: 'd', env: 'e' }],
    sd: { '/a~1b/~0': 'A'.repeat(43), '/b': 'A'.repeat(43) },
    tool: { name: 'n', server: 's', protocol: 'mcp', call_id: 'c', def_digest: 'd' },
  },
]
  .map((event) => canonicalJson(event as JsonValue))
  .flatMap((bytes) => [bytes, plainOf(bytes)])
  .filter((bytes) => slow(bytes) !== null);

/** The same event with what the fast path leaves to the slow one written plainly. */
function plainOf(bytes: Uint8Array): Uint8Array {
  return bytesOf(textOf(bytes).replaceAll(/[^ -~]|\\["\\nr]|\\u..../g, 'x'));
}

function slow(bytes: Uint8Array): ParsedEvent | null {
  try {
    return eventOf(parseStrictJson(bytes));
  } catch (error) {
    if (error instanceof Error && error.name === 'TransparencyError') return null;
    throw error;
  }
}

/** What the fast path leaves to the slow one: not plain, empty objects, sources that speak of themselves. */
function isLeft(bytes: Uint8Array, event: ParsedEvent): boolean {
  const text = textOf(bytes);
  return /[^ -~]|\\|:\{\}|02-29T|:60[.Z]/.test(text) || event.kind.startsWith('source.');
}

describe('the one-pass check of events', () => {
  it('accepts the plain events of the vectors, and what it captures is in them', () => {
    let accepted = 0;
    for (const bytes of seeds) {
      const judged = slow(bytes);
      const fast = fastEvent(bytes, 0);
      if (judged === null) throw new Error(`a seed that is no event: ${textOf(bytes)}`);
      expect(fast !== null).toBe(!isLeft(bytes, judged));
      if (fast === null) continue;
      accepted += 1;
      expect(fast.end).toBe(bytes.length);
      expect({ ...fast.event, event: fast.event.event }).toEqual(judged);
    }
    expect(accepted).toBeGreaterThanOrEqual(12);
  });

  it(
    `never accepts what the slow path refuses or writes otherwise: ${RUNS} mutations`,
    () => {
      const roll = dice(SEED);
      let accepted = 0;
      let refused = 0;
      let missed = 0;
      for (let run = 0; run < RUNS; run++) {
        const source = seeds[roll(seeds.length)] as Uint8Array;
        const bytes = mutate(source, seeds[roll(seeds.length)] as Uint8Array, roll);
        const fast = fastEvent(bytes, 0);
        const isWhole = fast !== null && fast.end === bytes.length;
        const judged = slow(bytes);
        if (isWhole) {
          accepted += 1;
          const told = `seed ${SEED}, run ${run}: ${textOf(bytes)}`;
          if (judged === null) throw new Error(`accepted what the slow path refuses: ${told}`);
          if (textOf(judged.canonical) !== textOf(bytes)) throw new Error(`not canonical: ${told}`);
          expect({ ...fast.event, event: fast.event.event }).toEqual(judged);
        } else if (judged === null) {
          refused += 1;
        } else if (textOf(judged.canonical) === textOf(bytes) && !isLeft(bytes, judged)) {
          missed += 1;
          throw new Error(`left to the slow path without reason: ${textOf(bytes)}`);
        }
      }
      // About one in twelve is accepted: enough that the comparison above is not empty.
      expect(accepted).toBeGreaterThan(RUNS / 20);
      expect(refused).toBeGreaterThan(RUNS / 20);
      expect(missed).toBe(0);
    },
    RUNS * 2,
  );

  it('stops at the end of an event that something follows', () => {
    const text = textOf(seeds[0] as Uint8Array).replaceAll(/[^ -~]/g, 'x');
    expect(fastEvent(bytesOf(`${text},"sig":null}`), 0)?.end).toBe(text.length);
    expect(fastEvent(bytesOf(`{"event":${text}}`), 9)?.end).toBe(text.length + 9);
    for (let end = 0; end < text.length; end++) {
      expect(fastEvent(bytesOf(text.slice(0, end)), 0)).toBe(null);
      // The same end in a longer buffer: what lies behind a view is not read.
      expect(fastEvent(bytesOf(text).subarray(0, end), 0)).toBe(null);
    }
  });

  it('refuses an event of more than 61,440 bytes', () => {
    const filled = (length: number): Uint8Array =>
      canonicalJson({ ...least, ext: { 'a.b': 'x'.repeat(length) } });
    const space = 61_440 - filled(0).length;
    expect(fastEvent(filled(space), 0)?.end).toBe(61_440);
    expect(fastEvent(filled(space + 1), 0)).toBe(null);
  });

  it('counts depth as the slow path does', () => {
    const nested = (depth: number): Uint8Array =>
      canonicalJson({
        ...least,
        ext: { 'a.b': JSON.parse('['.repeat(depth) + ']'.repeat(depth)) },
      });
    for (let depth = 0; depth <= 14; depth++) {
      if (depth > 0) expect(fastEvent(nested(depth), 0)?.event.id).toBe('e-1');
    }
    expect(fastEvent(nested(15), 0)).toBe(null);
  });

  it('knows the rules of the schema that stand in code', () => {
    const { allOf, properties } = schemas.eventSchema as {
      readonly allOf: readonly {
        readonly if: { readonly properties: { readonly kind: JsonObject } };
      }[];
      readonly properties: { readonly src: JsonObject };
    };
    // Each rule of the event is about sources that speak of themselves, which the fast path does not accept.
    for (const rule of allOf) {
      const kinds = [rule.if.properties.kind['enum'] ?? rule.if.properties.kind['const']].flat();
      for (const kind of kinds) expect(kind).toMatch(/^source\./);
    }
    const { dependentRequired, if: when, then } = properties.src;
    expect({ dependentRequired, when, then }).toEqual({
      dependentRequired: { epoch: ['seq'], seq: ['epoch', 'prev'], prev: ['seq'] },
      when: { required: ['seq'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        if: { properties: { seq: { const: 0 } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { prev: { type: 'null' } } },
        else: { properties: { prev: { type: 'string' } } },
      },
    });
  });
});

describe('the one pass over a submission', () => {
  const sig = { alg: 'es256', kid: 'k', value: `${'A'.repeat(86)}==` };
  const plain = JSON.parse(textOf(canonicalJson(tool)).replaceAll(/[^ -~]/g, 'x')) as JsonObject;

  it('gives what the slow path gives, signed or not', () => {
    for (const item of [
      plain,
      { event: plain },
      { event: plain, sig },
      { event: plain, sig: null },
    ]) {
      const bytes = canonicalJson(item as JsonValue);
      const spaced = bytesOf(` ${textOf(bytes)}`);
      const [fast, judged] = [parseSubmission(bytes), parseSubmission(spaced)];
      const { event } = fast;
      expect({ ...fast, event: { ...event, event: event.event } }).toEqual(judged);
    }
  });

  it('refuses what the slow path refuses, for the same reason', () => {
    const roll = dice(SEED);
    const source = canonicalJson({ event: plain, sig } as JsonValue);
    const code = (bytes: Uint8Array): string => {
      try {
        return textOf(parseSubmission(bytes).event.canonical);
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    for (let run = 0; run < 5_000; run++) {
      const bytes = mutate(source, source, roll);
      expect(code(bytes)).toBe(code(new Uint8Array([0x20, ...bytes])));
    }
  });
});

describe('simple patterns', () => {
  it('are runs of sets, and all others are left to the regular expression', () => {
    expect(patternRuns('^[a-z0-9][a-z0-9._-]*$')?.map(({ min, max }) => [min, max > 1])).toEqual([
      [1, false],
      [0, true],
    ]);
    expect(patternRuns('^[A-Za-z0-9_-]{42}[AEIM]=$')?.map(({ min }) => min)).toEqual([42, 1, 1]);
    for (const pattern of [
      'a+',
      '^a+b$',
      '^[^a]$',
      '^(a)$',
      '^a|b$',
      '^.$',
      '^\\d$',
      '^[\\d]$',
      '^a?$',
      '^a{1,2}$',
      '^[z-a]$',
    ]) {
      expect([pattern, patternRuns(pattern)]).toEqual([pattern, null]);
    }
  });
});
