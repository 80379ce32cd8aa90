import { describe, expect, it } from 'vitest';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import type { Decided } from '../../src/event/custody-leaf.ts';
import { checkStore, type StoreClaim, type StoreReport } from '../../src/log/check-store.ts';
import type { Log } from '../../src/log/log.ts';
import { formatErasedRow } from '../../src/log/opening-row.ts';
import type { Change, OpeningKeys, Row, Store } from '../../src/log/ports.ts';
import { formatIdRow, keysOf, parseIdRow } from '../../src/log/rows.ts';
import { readTally, tallied, tallyChange } from '../../src/log/tally.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { openItem } from '../support/openings.ts';
import { ANYONE, openTestLog } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const SIGNER = testSigner();
const ORIGIN = 'localhost:6962/main';
const DECIDED: Decided = {
  ...{ legalBasis: 'GDPR Art. 17', requester: 'ops-a', approvers: ['ops-b'] },
  request: 'ab'.repeat(32),
};

interface Left {
  readonly store: Store;
  readonly keys: OpeningKeys;
}

/** What a log leaves: entries 1 to 4 withhold values; 2 is a conflict of 1; what `live` does comes after. */
async function left(live: (log: Log) => Promise<void>): Promise<Left> {
  const store = keepOpen(memoryStore());
  const keys = await openOpeningKeys(memoryKeyFile());
  const log = await openTestLog({ store, signer: SIGNER, openingKeys: keys });
  const items = ['a', 'a', 'b', 'c'].map((id, i) => openItem(id, { '/ctx/ip': `10.0.0.${i}` }));
  for (const { bytes } of items) await log.submit([bytes], ANYONE);
  await log.waitPublished(5, AbortSignal.timeout(5_000));
  await live(log);
  await log.close();
  return { store, keys };
}

function check({ store, keys }: Left, others: Partial<StoreClaim> = {}): Promise<StoreReport> {
  const log = verifierKeyOf(ORIGIN, KEY_TYPE.ed25519, SIGNER.ed25519PublicKey);
  return checkStore(store, {
    origin: ORIGIN,
    type: 'events',
    keys: { log, p256PublicKey: SIGNER.p256PublicKey },
    samenessSecret: new Uint8Array(32).fill(7),
    openingKeys: keys,
    ...others,
  });
}

async function erase(log: Log, index: number): Promise<void> {
  const order = { wanted: [[index, null]] as const, decided: DECIDED, alsoHeld: [] };
  await (await log.custody?.erase(order))?.finished;
}

async function rowsOf({ store }: Left, tag: string): Promise<readonly Row[]> {
  return store.scan({ ...keysOf(tag), limit: 100 });
}

async function change({ store }: Left, ...changes: readonly Change[]): Promise<void> {
  await store.write({ changes, flush: true });
}

describe('checking what is kept beside the tree', () => {
  it('opens every opening, and accepts what was erased as it should be', async () => {
    const plain = await left(async () => {});
    expect(await check(plain)).toMatchObject({ openings: 4, opened: 4, conflicts: 1 });
    const erased = await left(async (log) => {
      await erase(log, 3);
      await erase(log, 2);
    });
    expect(await check(erased)).toMatchObject({ openings: 2, opened: 2, conflicts: 0, ids: 3 });
  });

  it('does without keys, or with those of a part', async () => {
    const { store, keys } = await left(async () => {});
    const none = await openOpeningKeys(memoryKeyFile());
    expect(await check({ store, keys: none })).toMatchObject({ openings: 4, opened: 0 });
    expect(keys).toBeDefined();
  });

  it('calls a blank MAC a lie where no entry says that it was erased', async () => {
    const site = await left((log) => erase(log, 3));
    const rows = await rowsOf(site, 'I');
    const before = rows.find(({ value }) => parseIdRow(value).leafIndex === 4);
    if (before === undefined) throw new Error('no row');
    const sameness = new Uint8Array(16);
    const after = { ...before, value: formatIdRow({ leafIndex: 4, sameness }) };
    const tally = await readTally(site.store, 'I');
    const told = tallied('I', tally, { dropped: [before], added: [after] });
    await change(site, after, tallyChange('I', told));
    await expect(check(site)).rejects.toThrow('the idempotency row of entry 4 is blank');
  });

  it('calls a conflict row that is gone a lie where no entry says that it was erased', async () => {
    const site = await left(async () => {});
    for (const { key } of await rowsOf(site, 'J')) await change(site, { key, value: null });
    await expect(check(site)).rejects.toThrow('the conflict row of entry 2 is missing');
  });

  it.each([
    ['an opening of another entry', 1, 0, /the opening of \/ctx\/ip of entry 1: store.corrupt/],
    ['an opening of an entry that withholds none', 0, 1, /entry 0, which withholds nothing/],
    ['an opening beyond the tree', 9, 1, /beyond the tree/],
  ])('finds %s', async (_what, index, from, expected) => {
    const site = await left(async () => {});
    const rows = await rowsOf(site, 'O');
    const value = rows[from === 0 ? 3 : 0]?.value ?? null;
    const key = (rows[0]?.key ?? new Uint8Array(10)).slice();
    key[8] = index;
    await change(site, { key, value });
    await expect(check(site)).rejects.toThrow(expected);
  });

  it('finds a mark of an erasure that nobody stated, and one that another erasure stated', async () => {
    const site = await left(async () => {});
    const [row] = await rowsOf(site, 'O');
    if (row === undefined) throw new Error('no row');
    await change(site, { key: row.key, value: formatErasedRow(4) });
    await expect(check(site)).rejects.toThrow('erased by entry 4, which does not say so');
    const other = await left((log) => erase(log, 3));
    await change(other, { key: row.key, value: formatErasedRow(5) });
    await expect(check(other)).rejects.toThrow('1 /ctx/ip is marked as erased by entry 5, wrongly');
  });

  it('finds a hold whose row is gone, and one that is left though it was lifted', async () => {
    const held = await left(async (log) => {
      await log.custody?.place({ source: 'test-source' }, DECIDED);
    });
    await check(held);
    const [row] = await rowsOf(held, 'L');
    if (row === undefined) throw new Error('no row');
    await change(held, { key: row.key, value: null });
    await expect(check(held)).rejects.toThrow('the row of the hold that entry 5 places is missing');
    const lifted = await left(async (log) => {
      const hold = await log.custody?.place({ source: 'test-source' }, DECIDED);
      await log.custody?.lift(hold?.index ?? 0, DECIDED);
    });
    await check(lifted);
    await change(lifted, row);
    await expect(check(lifted)).rejects.toThrow('a hold of entry 5 is stored');
  });
});
