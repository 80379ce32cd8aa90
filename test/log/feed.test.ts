import { expect, test } from 'vitest';
import { type FeedCursor, followEntries } from '../../src/log/feed.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';

test('gives every published entry once, in order, across a stop and a resume', async () => {
  const log = await openTestLog();
  const seen: Uint8Array[] = [];
  let cursor: FeedCursor | null = null;
  for (const sizes of [300, 700, 701]) {
    const more = sizes - log.figures.integratedSize;
    await log.submit(
      Array.from({ length: more }, (_, i) => testEvent(`${sizes}-${i}`)),
      ANYONE,
    );
    await log.waitPublished(sizes, AbortSignal.timeout(5_000));
    const stop = new AbortController();
    for await (const batch of followEntries(log, cursor, stop.signal)) {
      expect(batch.firstIndex).toBe(seen.length);
      seen.push(...batch.entries);
      cursor = batch.cursor;
      if (seen.length === sizes) stop.abort();
    }
  }
  expect(seen).toEqual(await Promise.all(seen.map((_, i) => log.readEntry(i))));
  await log.close();
});

test('waits for entries that come later', async () => {
  const log = await openTestLog();
  const stop = new AbortController();
  const feed = followEntries(log, null, stop.signal);
  expect((await feed.next()).value).toMatchObject({ firstIndex: 0 });
  const next = feed.next();
  await log.submit([testEvent('later')], ANYONE);
  expect((await next).value).toMatchObject({ firstIndex: 1, cursor: { size: 2 } });
  const ended = feed.next();
  stop.abort();
  expect(await ended).toMatchObject({ done: true });
  await log.close();
});

test('refuses the cursor of another tree', async () => {
  const log = await openTestLog();
  const stop = new AbortController();
  for (const cursor of [
    { size: 1, rootHash: new Uint8Array(32) },
    { size: 9, rootHash: new Uint8Array(32) },
  ]) {
    await expect(followEntries(log, cursor, stop.signal).next()).rejects.toMatchObject({
      code: 'consistency.mismatch',
    });
  }
  await log.close();
});
