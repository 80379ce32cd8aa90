import { describe, expect, it } from 'vitest';
import { TransparencyError } from '../../src/core/error.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import type { JsonObject } from '../../src/event/strict-json.ts';
import { AccessTally } from '../../src/log/access-tally.ts';
import type { Log } from '../../src/log/log.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { memoryGuard, memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { openItem } from '../support/openings.ts';
import { ANYONE, openTestLog } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

interface Made {
  readonly it: AccessTally;
  readonly said: JsonObject[];
  readonly wake: () => Promise<void>;
  full: boolean;
}

/** A tally whose windows end when `wake` is called. */
function tally(): Made {
  const said: JsonObject[] = [];
  const sleepers: (() => void)[] = [];
  const made: Made = {
    said,
    full: false,
    async wake() {
      for (const wake of sleepers.splice(0)) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
    it: new AccessTally({
      clock: () => 1_000,
      sleep: () => new Promise((resolve) => sleepers.push(resolve)),
      say(body) {
        if (made.full) throw new TransparencyError('pool.full', 'full');
        said.push(body);
      },
    }),
  };
  return made;
}

describe('accesses', () => {
  it('are told once for each principal and window', async () => {
    const { it: access, said, wake } = tally();
    access.note('auditor', { index: 7, openings: 2 });
    access.note('auditor', { index: 3, openings: 1 });
    access.note(null, { index: 9, openings: 4 });
    expect(said).toEqual([]);
    await wake();
    const at = { what: 'openings', fromMs: 1_000, untilMs: 1_000 };
    expect(said).toEqual([
      { by: 'auditor', ...at, requests: 2, openings: 3, first: 3, last: 7 },
      { by: null, ...at, requests: 1, openings: 4, first: 9, last: 9 },
    ]);
    await wake();
    expect(said).toHaveLength(2);
    access.note('auditor', { index: 1, openings: 1 });
    access.end();
    expect(said).toHaveLength(3);
  });

  it('wait while the pool is full', async () => {
    const made = tally();
    made.full = true;
    made.it.note('auditor', { index: 7, openings: 2 });
    await made.wake();
    made.full = false;
    made.it.note('auditor', { index: 8, openings: 1 });
    await made.wake();
    expect(made.said).toMatchObject([{ requests: 2, openings: 3 }]);
  });

  it('are leaves of the log when it closes', async () => {
    const lasting = { store: keepOpen(memoryStore()), guard: keepOpen(memoryGuard()) };
    const openingKeys = await openOpeningKeys(memoryKeyFile());
    const signer = testSigner();
    const open = (): Promise<Log> => openTestLog({ ...lasting, signer, openingKeys });
    const log = await open();
    await log.submit([openItem('a', { '/ctx/ip': '10.42.0.17' }).bytes], ANYONE);
    await log.waitPublished(2, AbortSignal.timeout(5_000));
    await log.readOpenings(0, 'auditor');
    await log.readOpenings(1, 'auditor');
    await log.close();
    const next = await open();
    await next.waitPublished(3, AbortSignal.timeout(5_000));
    expect(parseLeaf(await next.readEntry(2))).toMatchObject({
      ...{ v: 'nhi.log/1', type: 'access' },
      body: { by: 'auditor', what: 'openings', requests: 1, openings: 1, first: 1, last: 1 },
    });
    await next.close();
  });
});
