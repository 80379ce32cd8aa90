import { describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { checkConsistency } from '../../src/core/consistency.ts';
import { leafHash } from '../../src/core/hash.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import type { SignedHead } from '../../src/log/log.ts';
import { mth } from '../reference/tree.ts';
import { type AppUnderTest, createAppUnderTest } from '../support/http-app.ts';

const SIZE = 600;
const PUBLISHED = 517;

/** A log of 600 entries, two of them equal, of which 517 are published. */
function appWithEntries(limits = {}): AppUnderTest {
  const app = createAppUnderTest({ limits });
  for (let i = 0; i < SIZE; i++) app.raw.entries.push(utf8(`entry ${i === 300 ? 7 : i}`));
  app.raw.publish(PUBLISHED);
  return app;
}

const app = appWithEntries();
const hashes = app.raw.entries.map(leafHash);
const rootAt = (size: number): Uint8Array => mth(hashes.slice(0, size));
const get = (rest: string, from = app) => from.request(`/raw/ct/v1/${rest}`);
const hashParameter = (index: number): string =>
  encodeURIComponent(base64(hashes[index] as Uint8Array));

describe('get-sth', () => {
  it('is the published head with its other signature, framed', async () => {
    const { status, json, headers } = await get('get-sth');
    const head = app.raw.published as SignedHead;
    expect(status).toBe(200);
    expect(json).toEqual({
      tree_size: PUBLISHED,
      timestamp: head.timeMs,
      sha256_root_hash: base64(rootAt(PUBLISHED)),
      tree_head_signature: base64(Uint8Array.of(4, 3, 0, 8, ...head.treeHeadSignature)),
    });
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('is not found before the first head', async () => {
    expect((await createAppUnderTest().request('/raw/ct/v1/get-sth')).status).toBe(404);
  });
});

describe('get-sth-consistency', () => {
  it('proves any two sizes that are published', async () => {
    for (const [first, second] of [
      [1, 2],
      [7, 8],
      [256, 517],
      [1, 517],
      [300, 301],
      [512, 513],
    ] as const) {
      const { json, headers } = await get(`get-sth-consistency?first=${first}&second=${second}`);
      checkConsistency({
        first,
        second,
        firstRoot: rootAt(first),
        secondRoot: rootAt(second),
        path: json.consistency.map(parseBase64),
      });
      expect(headers.get('cache-control')).toContain('immutable');
    }
  });

  it('is an empty list, and not nothing, for equal sizes and for nothing', async () => {
    expect((await get('get-sth-consistency?first=9&second=9')).json).toEqual({ consistency: [] });
    expect((await get('get-sth-consistency?first=0&second=9')).json).toEqual({ consistency: [] });
  });
});

describe('get-proof-by-hash', () => {
  it('proves a leaf in any published size that holds it', async () => {
    for (const [leafIndex, treeSize] of [
      [0, 1],
      [0, 517],
      [255, 256],
      [516, 517],
      [100, 101],
    ] as const) {
      const hash = hashParameter(leafIndex);
      const { json } = await get(`get-proof-by-hash?hash=${hash}&tree_size=${treeSize}`);
      expect(json.leaf_index).toBe(leafIndex);
      checkInclusion({
        leafHash: hashes[leafIndex] as Uint8Array,
        leafIndex,
        treeSize,
        path: json.audit_path.map(parseBase64),
        rootHash: rootAt(treeSize),
      });
    }
    expect((await get(`get-proof-by-hash?hash=${hashParameter(0)}&tree_size=1`)).json).toEqual({
      leaf_index: 0,
      audit_path: [],
    });
  });

  it('finds the first of equal leaves', async () => {
    const { json } = await get(`get-proof-by-hash?hash=${hashParameter(300)}&tree_size=500`);
    expect(json.leaf_index).toBe(7);
  });

  it('understands a plus that was not escaped', async () => {
    const index = hashes.findIndex((h) => base64(h).includes('+'));
    const raw = base64(hashes[index] as Uint8Array);
    expect((await get(`get-proof-by-hash?hash=${raw}&tree_size=517`)).json.leaf_index).toBe(index);
  });

  it('does not find leaves beyond the size that was asked for, or the published one', async () => {
    for (const [index, size] of [
      [9, 9],
      [517, 517],
      [599, 517],
    ] as const) {
      const answer = await get(`get-proof-by-hash?hash=${hashParameter(index)}&tree_size=${size}`);
      expect([answer.status, answer.json.code]).toEqual([404, 'entry.not-found']);
    }
  });
});

describe('get-entries', () => {
  const inputs = (json: { entries: { leaf_input: string; extra_data: string }[] }): Uint8Array[] =>
    json.entries.map(({ leaf_input }) => parseBase64(leaf_input));

  it.each([
    [0, 0],
    [0, 255],
    [255, 256],
    [200, 400],
    [510, 516],
  ])('are those from %i to %i, both included', async (start, end) => {
    const { json } = await get(`get-entries?start=${start}&end=${end}`);
    expect(inputs(json)).toEqual(app.raw.entries.slice(start, end + 1));
    expect(json.entries[0].extra_data).toBe('');
  });

  it('end at the published size', async () => {
    const { json } = await get('get-entries?start=500&end=9007199254740991');
    expect(inputs(json)).toEqual(app.raw.entries.slice(500, PUBLISHED));
  });

  it('end at the limits of an answer, after one entry at least', async () => {
    const ten = await get('get-entries?start=250&end=400', appWithEntries({ getEntriesMax: 10 }));
    expect(inputs(ten.json)).toEqual(app.raw.entries.slice(250, 260));
    const bytes = await get(
      'get-entries?start=0&end=400',
      appWithEntries({ getEntriesBytesMax: 20 }),
    );
    expect(bytes.json.entries).toHaveLength(2);
    const one = await get('get-entries?start=0&end=400', appWithEntries({ getEntriesBytesMax: 1 }));
    expect(one.json.entries).toHaveLength(1);
  });
});

describe('get-entry-and-proof', () => {
  it('is both', async () => {
    const { json } = await get('get-entry-and-proof?leaf_index=260&tree_size=500');
    expect(parseBase64(json.leaf_input)).toEqual(app.raw.entries[260]);
    checkInclusion({
      leafHash: hashes[260] as Uint8Array,
      leafIndex: 260,
      treeSize: 500,
      path: json.audit_path.map(parseBase64),
      rootHash: rootAt(500),
    });
  });
});

describe('requests that are refused', () => {
  const hash = hashParameter(0);
  it.each([
    'get-sth-consistency',
    'get-sth-consistency?first=1',
    'get-sth-consistency?second=2',
    'get-sth-consistency?first=2&second=1',
    'get-sth-consistency?first=-1&second=2',
    'get-sth-consistency?first=01&second=2',
    'get-sth-consistency?first=1&second=2&second=3',
    'get-sth-consistency?first=1&second=518',
    'get-sth-consistency?first=0&second=0',
    'get-sth-consistency?first=1&second=9007199254740993',
    'get-proof-by-hash?tree_size=1',
    `get-proof-by-hash?hash=${hash}`,
    `get-proof-by-hash?hash=${hash}&tree_size=0`,
    `get-proof-by-hash?hash=${hash}&tree_size=518`,
    `get-proof-by-hash?hash=${hash}&tree_size=1e1`,
    'get-proof-by-hash?hash=AAAA&tree_size=1',
    'get-proof-by-hash?hash=%%%&tree_size=1',
    'get-proof-by-hash?hash=&tree_size=1',
    'get-entries',
    'get-entries?start=0',
    'get-entries?start=5&end=4',
    'get-entries?start=517&end=520',
    'get-entries?start=0.5&end=4',
    'get-entry-and-proof?leaf_index=0',
    'get-entry-and-proof?leaf_index=5&tree_size=5',
    'get-entry-and-proof?leaf_index=5&tree_size=518',
  ])('%s', async (rest) => {
    const answer = await get(rest);
    expect([answer.status, answer.json.code]).toEqual([400, 'request.bad-parameter']);
  });

  it('are not the write side', async () => {
    for (const rest of ['add-chain', 'add-pre-chain']) {
      expect((await app.post(`/raw/ct/v1/${rest}`, '{}')).status).toBe(404);
    }
    expect((await get('get-roots')).status).toBe(404);
  });
});
