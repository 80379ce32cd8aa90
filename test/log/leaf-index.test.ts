import { expect, test } from 'vitest';
import { leafHash } from '../../src/core/hash.ts';
import { LeafIndex } from '../../src/log/leaf-index.ts';
import { memoryStore } from '../../src/storage/storage.ts';
import { openTestLog } from '../support/test-log.ts';

const entryAt = (i: number): Uint8Array => Uint8Array.of(i & 255, (i >> 8) & 3);

test('finds every leaf hash at its lowest index, indexed or not, and no other', async () => {
  const log = await openTestLog({ type: 'opaque' });
  await Promise.all(Array.from({ length: 1_500 }, (_, i) => log.add(entryAt(i))));
  await log.waitPublished(1_500, AbortSignal.timeout(5_000));
  const store = memoryStore();
  const index = new LeafIndex(log, store);
  const indices = [0, 1, 255, 256, 700, 1_023, 1_024, 1_499];
  for (const round of ['searched', 'indexed']) {
    for (const i of indices) {
      expect(await index.find(leafHash(entryAt(i))), `${i} ${round}`).toBe(i % 1_024);
    }
    expect(await index.find(new Uint8Array(32))).toBeUndefined();
    index.start();
    await expect.poll(async () => (await store.get(Uint8Array.of(0)))?.[6]).toBe(1_500 >> 8);
  }
  await index.close();
  await log.close();
});

test('starts over where the log has not the tree of its cursor', async () => {
  const store = memoryStore();
  await store.write({
    changes: [
      { key: Uint8Array.of(0), value: new Uint8Array(40).fill(0, 0, 7).fill(2, 7, 8) },
      {
        key: Uint8Array.of(1, ...leafHash(entryAt(0)).subarray(0, 8), 0, 0, 0, 0, 0, 0, 0, 1),
        value: new Uint8Array(0),
      },
    ],
    flush: true,
  });
  const log = await openTestLog({ type: 'opaque' });
  await Promise.all([0, 1, 2].map((i) => log.add(entryAt(i))));
  await log.waitPublished(3, AbortSignal.timeout(5_000));
  const index = new LeafIndex(log, store);
  index.start();
  await expect.poll(async () => (await store.get(Uint8Array.of(0)))?.[7]).toBe(3);
  expect(await index.find(leafHash(entryAt(0)))).toBe(0);
  await index.close();
  await log.close();
});
