import { describe, expect, it } from 'vitest';
import { concat } from '../../src/core/bytes.ts';
import { entryRows, readSegments } from '../../src/log/entries.ts';
import { Housekeeping } from '../../src/log/housekeeping.ts';
import { LOG_LIMITS } from '../../src/log/limits.ts';
import type { Store } from '../../src/log/ports.ts';
import { bundleKey } from '../../src/log/rows.ts';
import { SeenFilter } from '../../src/log/seen-filter.ts';
import type { HeadKeys } from '../../src/log/signed-head.ts';
import { emptyTally } from '../../src/log/tally.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';

/** As commits of 4,096 entries behind the genesis leaf write them: each cuts one bundle in two. */
const COMMITS = [1, 4_096, 4_096, 4_096, 300];

describe('housekeeping', () => {
  it('folds what large commits left in segments, and reads nothing of the whole bundles between', async () => {
    const store = memoryStore();
    const entries: Uint8Array[] = [];
    for (const count of COMMITS) {
      const some = Array.from({ length: count }, (_, i) => Uint8Array.of(i & 255, i >>> 8));
      await store.write({ changes: entryRows(entries.length, some), flush: true });
      entries.push(...some);
    }
    let scans = 0;
    const scan = store.scan.bind(store);
    Object.assign(store, {
      scan(range: Parameters<Store['scan']>[0]) {
        scans++;
        return scan(range);
      },
    });
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
    housekeeping.run();
    // Memory answers within one turn.
    await new Promise((resolve) => setImmediate(resolve));
    await housekeeping.end();
    // One to begin, and three for each: its segments, none behind it, where the next are.
    expect(scans).toBeLessThanOrEqual(1 + 3 * 4);

    for (const bundle of [0, 16, 32, 48]) {
      expect(await readSegments(store, bundle), `segments of bundle ${bundle}`).toEqual([]);
      const folded = entries.slice(bundle * 256, (bundle + 1) * 256);
      const bytes = concat(...folded.map((entry) => concat(Uint8Array.of(0, 2), entry)));
      expect(await store.get(bundleKey(bundle)), `bundle ${bundle}`).toEqual(bytes);
    }
    expect(await readSegments(store, 49)).not.toEqual([]);
  });
});
