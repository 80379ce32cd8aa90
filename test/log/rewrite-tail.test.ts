import { expect, it } from 'vitest';
import { hex } from '../../src/core/hex.ts';
import { rewriteTail } from '../../src/log/rewrite-tail.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { memoryGuard, memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { openItem } from '../support/openings.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

/** A store, and the keys of the rows that were put into it. */
function listening(): {
  readonly store: ReturnType<typeof memoryStore>;
  readonly put: Set<string>;
} {
  const base = keepOpen(memoryStore());
  const put = new Set<string>();
  return {
    put,
    store: {
      get: (key) => base.get(key),
      getMany: (keys) => base.getMany(keys),
      scan: (range) => base.scan(range),
      close: () => base.close(),
      purge: (ranges) => base.purge(ranges),
      async write(batch) {
        await base.write(batch);
        for (const { key, value } of batch.changes) {
          if (value === null) put.delete(hex(key));
          else put.add(hex(key));
        }
      },
    },
  };
}

it('writes every row again that a short life wrote, of whatever kind', async () => {
  const { store, put } = listening();
  const log = await openTestLog({
    store,
    guard: keepOpen(memoryGuard()),
    signer: testSigner(),
    openingKeys: await openOpeningKeys(memoryKeyFile()),
  });
  const events = [testEvent('a'), testEvent('b'), openItem('c', { '/ctx/ip': '10.0.0.1' }).bytes];
  await log.submit(events, ANYONE);
  const many = Array.from({ length: 300 }, (_, i) => testEvent(`many-${i}`));
  await log.submit(many, ANYONE);
  for (const name of ['y', 'z']) {
    const [outcome] = await log.submit([testEvent('a', name)], ANYONE);
    expect(outcome?.kind).toBe('conflict');
  }
  await log.waitPublished(log.figures.integratedSize, AbortSignal.timeout(5_000));
  await log.close();
  const before = new Set(put);
  const tags = new Set(
    [...before].map((key) => String.fromCharCode(Number.parseInt(key.slice(0, 2), 16))),
  );
  expect([...tags].sort()).toEqual(['B', 'C', 'E', 'H', 'I', 'J', 'M', 'N', 'O', 'P', 'S', 'T']);
  put.clear();
  await rewriteTail(store);
  expect([...before].filter((key) => !put.has(key))).toEqual([]);
});
