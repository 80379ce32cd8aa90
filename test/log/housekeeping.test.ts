import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.ts';
import { entryRows, readSegments, readStoredBundle } from '../../src/log/entries.ts';
import { Housekeeping, SEGMENTS_KEPT } from '../../src/log/housekeeping.ts';
import { LOG_LIMITS } from '../../src/log/limits.ts';
import { bundleKey } from '../../src/log/rows.ts';
import { SeenFilter } from '../../src/log/seen-filter.ts';
import type { HeadKeys } from '../../src/log/signed-head.ts';
import { emptyTally } from '../../src/log/tally.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';

/** Commits of so many entries, the first of them in a life before; and what the store holds after the housekeeping. */
async function after(before: number, commits: readonly number[]) {
  const store = memoryStore();
  const entries: Uint8Array[] = [];
  const commit = async (count: number): Promise<void> => {
    const some = Array.from({ length: count }, (_, i) => Uint8Array.of(i & 255, i >>> 8));
    await store.write({ changes: entryRows(entries.length, some), flush: true });
    entries.push(...some);
  };
  if (before > 0) await commit(before);
  const housekeeping = new Housekeeping({
    store,
    // No head is old enough to be looked at.
    keys: {} as HeadKeys,
    seen: new SeenFilter(64),
    tallies: { ids: emptyTally('I'), heads: emptyTally('S') },
    limits: LOG_LIMITS,
    clock: () => 0,
    size: () => entries.length,
    onHalt: () => {},
    onFault: (error) => {
      throw error;
    },
  });
  for (const count of commits) {
    const from = entries.length;
    await commit(count);
    housekeeping.committed(from, entries.length);
  }
  housekeeping.run();
  // Memory answers within one turn.
  await new Promise((resolve) => setImmediate(resolve));
  await housekeeping.end();
  const folded: number[] = [];
  for (let bundle = 0; (bundle + 1) * 256 <= entries.length; bundle++) {
    const own = entries.slice(bundle * 256, (bundle + 1) * 256);
    const bytes = concat(...own.map((entry) => concat(Uint8Array.of(0, 2), entry)));
    expect(await readStoredBundle(store, bundle, 256), `bundle ${bundle}`).toEqual(bytes);
    const isOne = (await store.get(bundleKey(bundle))) !== undefined;
    expect((await readSegments(store, bundle)).length > 0, `bundle ${bundle}`).toBe(!isOne);
    if (isOne) folded.push(bundle);
  }
  return folded;
}

/** That many commits which fill one bundle. */
function filling(commits: number): number[] {
  return [...Array.from({ length: commits - 1 }, () => 1), 256 - (commits - 1)];
}

describe('housekeeping', () => {
  it('folds a bundle that many commits brought, and leaves the segments of a few', async () => {
    const few = filling(SEGMENTS_KEPT);
    const many = filling(SEGMENTS_KEPT + 1);
    expect(await after(0, [...few, ...many, ...few])).toEqual([1]);
    expect(await after(256, [...many, ...few])).toEqual([0, 1]);
  });

  it('leaves what large commits cut in two, and whole bundles as they came', async () => {
    const whole = Array.from({ length: 64 }, (_, bundle) => bundle);
    const cut = new Set([0, 16, 32, 48]);
    const commits = [1, 4_096, 4_096, 4_096, 4_096];
    expect(await after(0, commits)).toEqual(whole.filter((bundle) => !cut.has(bundle)));
  });

  it('folds the bundle that a life before began', async () => {
    expect(await after(100, [156, 100, 156])).toEqual([0]);
  });
});
