import { describe, expect, it } from 'vitest';
import { type AuditReport, auditTree } from '../../src/core/audit.ts';
import { type ErrorDetails, isTransparencyError } from '../../src/core/error.ts';
import { readEdge } from '../../src/core/prover.ts';
import { tilesOfSize } from '../../src/core/tile.ts';
import { appendToEdge, EMPTY_EDGE } from '../../src/core/tree.ts';
import { type TileStore, testEntry, tileStore } from '../reference/tile-store.ts';
import { mth, referenceLeafHash } from '../reference/tree.ts';

const SIZE = 2900;
/** A source and a head over it, for the tests to lie in. Bundles of 256 entries: eleven full ones, one of 84. */
const store = tileStore(SIZE);
const source = { tiles: store, bundles: store };

type Refusal = { code: string; details: ErrorDetails };

async function refusalOf(auditing: Promise<unknown>): Promise<Refusal | 'accepted'> {
  try {
    await auditing;
  } catch (error) {
    if (isTransparencyError(error)) return { code: error.code, details: error.details };
    throw error;
  }
  return 'accepted';
}

/** Runs with one byte of a row changed. */
async function withLie<T>(key: string, at: number, run: () => Promise<T>): Promise<T> {
  const bytes = store.rows.get(key) as Uint8Array;
  bytes[at] = (bytes[at] as number) ^ 4;
  try {
    return await run();
  } finally {
    bytes[at] = (bytes[at] as number) ^ 4;
  }
}

/** Where the entry starts in its bundle. */
function offsetOf(leafIndex: number): number {
  let offset = 2;
  for (let i = leafIndex - (leafIndex % 256); i < leafIndex; i++) offset += 2 + testEntry(i).length;
  return offset;
}

describe('the audit of a tree', () => {
  it('accepts true trees of all shapes, and tells what it derived', async () => {
    for (const size of [0, 1, 255, 256, 257, 700, 2048, 2049]) {
      const tree = tileStore(size);
      const report = await auditTree({ tiles: tree, bundles: tree }, tree);
      const entryBytes = tree.entries.reduce((sum, entry) => sum + entry.length, 0);
      const bundles = Math.ceil(size / 256);
      const tiles = [...tilesOfSize(size)].length;
      expect(report).toEqual({ size, entries: size, entryBytes, bundles, tiles });
    }
  });

  it('accepts a tree of three levels', async () => {
    const tree: TileStore = tileStore(65_900);
    const report = await auditTree({ tiles: tree, bundles: tree }, tree);
    expect(report.tiles).toBe([...tilesOfSize(65_900)].length);
  });

  it('goes from left to right in small reads, and tells how far it is', async () => {
    const seen: AuditReport[] = [];
    const tree = tileStore(SIZE);
    const entries: Uint8Array[] = [];
    await auditTree({ tiles: tree, bundles: tree }, tree, {
      bundlesPerRead: 3,
      onProgress: (report) => seen.push(report),
      onEntries: (firstIndex, some) => {
        expect(firstIndex).toBe(entries.length);
        entries.push(...some);
      },
    });
    expect(seen.map(({ size }) => size)).toEqual([768, 1536, 2304, SIZE]);
    expect(Math.max(...tree.calls.map((call) => call.length))).toBe(3);
    expect(entries.length).toBe(SIZE);
  });

  it('names the entry that is not the one in the tree', async () => {
    for (const entryIndex of [0, 1, 255, 256, 700, 2815, 2816, SIZE - 1]) {
      const bundle = Math.floor(entryIndex / 256);
      const refusal = await withLie(`entries/${bundle}`, offsetOf(entryIndex), () =>
        refusalOf(auditTree(source, store)),
      );
      const path = `tile/entries/${String(bundle).padStart(3, '0')}${bundle === 11 ? '.p/84' : ''}`;
      expect(refusal).toEqual({ code: 'audit.mismatch', details: { path, entryIndex } });
    }
  });

  it('names the bundle whose lengths are wrong', async () => {
    const refusal = await withLie('entries/3', offsetOf(768) - 1, () =>
      refusalOf(auditTree(source, store)),
    );
    expect(refusal).toMatchObject({
      code: 'audit.mismatch',
      details: { path: 'tile/entries/003' },
    });
  });

  it('names the tile that is not the one in the tree', async () => {
    for (const tile of tilesOfSize(SIZE)) {
      const { level, index, width } = tile;
      for (const at of [0, 32 * width - 1]) {
        const refusal = await withLie(`${level}/${index}`, at, () =>
          refusalOf(auditTree(source, store)),
        );
        expect(refusal).toMatchObject({ code: 'audit.mismatch', details: { level, index } });
      }
    }
  });

  it('refuses a source that agrees with itself but not with the head', async () => {
    const forged = tileStore(SIZE, (i) => testEntry(i === 1234 ? 0 : i));
    const forgedSource = { tiles: forged, bundles: forged };
    const refusal = await refusalOf(auditTree(forgedSource, store));
    expect(refusal).toEqual({ code: 'audit.mismatch', details: { size: SIZE } });
  });

  it('names the lowest tile of a branch that was forged with its entries', async () => {
    const forged = tileStore(SIZE, (i) => testEntry(i === 1234 ? 0 : i));
    const rows = new Map(forged.rows);
    for (const key of ['1/0', '0/11']) rows.set(key, store.rows.get(key) as Uint8Array);
    for (const [key, bytes] of rows) forged.rows.set(key, bytes);
    const refusal = await refusalOf(auditTree({ tiles: forged, bundles: forged }, store));
    expect(refusal).toMatchObject({ code: 'audit.mismatch', details: { path: 'tile/0/004' } });
  });

  it('refuses a head of another size or root', async () => {
    const other = { size: SIZE - 1, rootHash: store.rootHash };
    expect(await refusalOf(auditTree(source, other))).toMatchObject({ code: 'audit.mismatch' });
    const more = { size: SIZE + 1, rootHash: store.rootHash };
    expect(await refusalOf(auditTree(source, more))).toMatchObject({ code: 'tile.not-found' });
  });

  it('can do without entries, and then takes the leaf hashes for given', async () => {
    const report = await auditTree({ tiles: store, bundles: null }, store);
    expect(report).toMatchObject({ size: SIZE, entries: 0, bundles: 0 });
    const refusal = await withLie('0/5', 64, () =>
      refusalOf(auditTree({ tiles: store, bundles: null }, store)),
    );
    expect(refusal).toMatchObject({ code: 'audit.mismatch', details: { path: 'tile/0/005' } });
  });

  it('hands on a refusal to read as it is', async () => {
    const tree = tileStore(700);
    tree.rows.delete('0/1');
    const refusal = await refusalOf(auditTree({ tiles: tree, bundles: tree }, tree));
    expect(refusal).toMatchObject({ code: 'tile.not-found' });
  });
});

describe('the audit of what lies behind an edge', () => {
  it('accepts every tail, and reads no bundle before it', async () => {
    for (const size of [1, 255, 256, 257, 2559, 2560, 2561, SIZE - 1, SIZE]) {
      const from = await readEdge(store, size);
      const entries: number[] = [];
      const report = await auditTree(source, store, {
        from,
        onEntries: (firstIndex, some) => entries.push(firstIndex, firstIndex + some.length),
      });
      expect(report.bundles).toBe(12 - Math.floor(size / 256));
      if (size < SIZE) {
        expect([entries[0], entries.at(-1)]).toEqual([size, SIZE]);
      } else {
        expect(entries).toEqual([]);
      }
    }
  });

  it('re-hashes the whole bundle in which the edge lies', async () => {
    const from = await readEdge(store, 2600);
    const refusal = await withLie('entries/10', offsetOf(2561), () =>
      refusalOf(auditTree(source, store, { from })),
    );
    expect(refusal).toMatchObject({ details: { entryIndex: 2561 } });
    const unseen = await withLie('entries/9', offsetOf(2500), () =>
      refusalOf(auditTree(source, store, { from })),
    );
    expect(unseen).toBe('accepted');
  });

  it('refuses an edge that is not that of the tree', async () => {
    let other = EMPTY_EDGE;
    for (let i = 0; i < 600; i++) other = appendToEdge(other, referenceLeafHash(testEntry(i + 1)));
    const refusal = await refusalOf(auditTree(source, store, { from: other }));
    expect(refusal).toEqual({ code: 'audit.mismatch', details: { size: 600 } });
    const from = await readEdge(store, SIZE);
    const head = { size: 2000, rootHash: mth(store.leafHashes, 0, 2000) };
    expect(await refusalOf(auditTree(source, head, { from }))).toMatchObject({
      code: 'consistency.out-of-range',
    });
    const equal = { size: SIZE, rootHash: new Uint8Array(32) };
    expect(await refusalOf(auditTree(source, equal, { from }))).toMatchObject({
      code: 'audit.mismatch',
    });
  });
});
