import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../src/core/hex.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import {
  formatLookupKey,
  LEAF_KEYS_MAX,
  type LookupKey,
  labelOf,
  mapLeaf,
  parseLookupKey,
  SELECTORS,
} from '../../src/event/map.ts';
import { bytesOf, readVectors, refusalOf } from './vectors.ts';

interface MapVector {
  readonly name: string;
  readonly entry: string;
  readonly keys: readonly { selector: string; value: string; label: string }[];
}

const { vectors } = readVectors<{ readonly vectors: readonly MapVector[] }>('index-map');

/** The schema of events as JSON, for its bounds. */
interface Schema {
  readonly properties: Readonly<Record<string, { readonly maxItems?: number } & Schema>>;
}

describe('the map of an entry', () => {
  for (const vector of vectors) {
    it(`finds the keys of: ${vector.name}`, () => {
      const keys = mapLeaf(bytesOf(vector.entry));
      expect(keys.map((key) => ({ ...key, label: hex(labelOf(key)) }))).toEqual(vector.keys);
    });
  }

  it('is total, and each key stands once: any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(mapLeaf(bytes)).toEqual([{ selector: 'kind', value: 'nonconforming' }]);
      }),
    );
  });

  it('is total, and each key stands once: leaves with a byte changed', () => {
    const leaves = vectors.filter(({ keys }) => keys.length > 2).map(({ entry }) => bytesOf(entry));
    fc.assert(
      fc.property(fc.constantFrom(...leaves), fc.nat(), fc.nat(255), (leaf, at, byte) => {
        const bytes = leaf.slice();
        bytes[at % bytes.length] = byte;
        const keys = mapLeaf(bytes).map(formatLookupKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeGreaterThan(0);
      }),
    );
  });

  it('finds in one pass what the slow way finds: leaves with a byte changed, dropped or doubled', () => {
    const leaves = vectors.filter(({ keys }) => keys.length > 2).map(({ entry }) => bytesOf(entry));
    const change = fc.constantFrom('change', 'drop', 'double');
    fc.assert(
      fc.property(
        fc.constantFrom(...leaves),
        fc.nat(),
        fc.nat(127),
        change,
        (leaf, n, byte, how) => {
          // More often behind the event, where this pass has rules of its own.
          const at = n % 3 === 0 ? n % leaf.length : leaf.length - 1 - (n % 220);
          const bytes = [...leaf];
          if (how === 'change') bytes[at] = byte;
          else
            bytes.splice(at, how === 'drop' ? 1 : 0, ...(how === 'drop' ? [] : [bytes[at] ?? 0]));
          const changed = Uint8Array.from(bytes);
          expect(mapLeaf(changed)).toEqual(slowKeys(changed));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('has no more keys of a leaf than the limit, by the schema of events', () => {
    const schema = readSchema();
    const most = (name: string): number => schema.properties[name]?.maxItems ?? 0;
    const approvers = schema.properties['approval']?.properties['by']?.maxItems ?? 0;
    expect(most('deleg') * most('res') * approvers).toBeGreaterThan(0);
    // actor, cred, credfp, source, session, trace, artifact, kind; actor and owner as principals.
    const single = 8 + 2;
    expect(single + 2 * most('deleg') + 2 * most('res') + approvers).toBeLessThanOrEqual(
      LEAF_KEYS_MAX,
    );
  });
});

describe('a lookup key', () => {
  it('is read from its text and written back, whatever its value holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SELECTORS),
        fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/\p{Cs}/u.test(text)),
        (selector, value) => {
          const text = formatLookupKey({ selector, value });
          expect(parseLookupKey(text)).toEqual({ selector, value });
        },
      ),
    );
  });

  it.each(['', 'cred', 'cred:', ':x', 'Cred:x', 'creds:x', ' cred:x', 'cred:\ud800'])(
    'is not %j',
    (text) => {
      expect(refusalOf(() => parseLookupKey(text))?.code).toBe('index.bad-key');
    },
  );

  it('has a label that a shell can make', () => {
    // printf 'nhi.map/1\ncred\ntok-9f3' | sha256sum
    expect(hex(labelOf({ selector: 'cred', value: 'tok-9f3' }))).toBe(
      '02b5659165433119e5e5c850dddd6b8d20a28ac6cf9c9b4c8193d2598ffd7d64',
    );
  });
});

/** The keys of an entry from the event as a value, by the table of spec/11-index.md §1. */
function slowKeys(bytes: Uint8Array): readonly LookupKey[] {
  if (refusalOf(() => parseLeaf(bytes)) !== null) {
    return [{ selector: 'kind', value: 'nonconforming' }];
  }
  const leaf = parseLeaf(bytes);
  if (leaf.v !== 'nhi.leaf/1') throw new Error('none of these is a leaf by the log');
  const { actor, cred, deleg = [], res = [], ctx, src, kind, artifact, approval } = leaf.event;
  const values: Readonly<Record<string, readonly (string | undefined)[]>> = {
    actor: [actor.id],
    principal: [actor.id, actor.owner?.id, ...deleg.map(({ id }) => id)],
    cred: [cred?.id, ...deleg.map(({ token_id }) => token_id)],
    credfp: [cred?.fp],
    source: [src.id],
    session: [ctx?.session_id],
    trace: [ctx?.trace_id],
    res: res.map(({ id }) => id),
    artifact: [artifact?.digest, ...res.map(({ digest }) => digest)],
    kind: [kind],
    approver: (approval?.by ?? []).map(({ id }) => id),
  };
  return SELECTORS.flatMap((selector) =>
    [...new Set(values[selector])].flatMap((value) =>
      value === undefined ? [] : [{ selector, value }],
    ),
  );
}

function readSchema(): Schema {
  return readVectors<Schema>('../schemas/nhi.event.1.schema');
}
