import { expect, test } from 'vitest';
import { bundleKey, segmentKey, tileKey } from '../../src/log/rows.ts';
import { memoryStore } from '../../src/storage/storage.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';

const limits = { scrubPauseMs: 0, scrubIntervalMs: 50 };

test('scrubs again and again, and says when it was done last', async () => {
  const log = await openTestLog({ limits });
  await expect.poll(() => log.figures.scrubbedAtMs).not.toBeNull();
  const first = log.figures.scrubbedAtMs ?? 0;
  await expect.poll(() => log.figures.scrubbedAtMs).toBeGreaterThan(first);
  expect(log.state.kind).toBe('running');
  await log.close();
});

test.each([
  ['an entry of a bundle', bundleKey(1)],
  ['an entry of a segment', segmentKey(600)],
  ['a tile', tileKey(0, 0)],
])('halts on %s that nobody asked for and that the disk altered', async (_, key) => {
  const store = memoryStore();
  const log = await openTestLog({ store, limits });
  await log.submit(
    Array.from({ length: 599 }, (_, i) => testEvent(`${i}`)),
    ANYONE,
  );
  await log.submit([testEvent('last')], ANYONE);
  expect(log.state.kind).toBe('running');
  const value = await store.get(key);
  if (value === undefined) throw new Error('no such row');
  const altered = value.slice();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  await store.write({ changes: [{ key, value: altered }], flush: true });
  await expect.poll(() => log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
  await log.close();
});
