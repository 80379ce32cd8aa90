import { describe, expect, test } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { openCheckpoint } from '../../src/core/checkpoint.ts';
import { checkConsistency } from '../../src/core/consistency.ts';
import { leafHash } from '../../src/core/hash.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import { proveConsistency, proveInclusion } from '../../src/core/prover.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { formatIndexHead } from '../../src/event/index-leaf.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import type { Log, SubmitOutcome } from '../../src/log/log.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { keepOpen } from '../support/keep-open.ts';
import { startLife } from '../support/life.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const soon = (): AbortSignal => AbortSignal.timeout(5_000);

/** Every entry up to the published size is under the published root, by its own proof. */
async function checkAll(log: Log): Promise<void> {
  const head = await log.waitPublished(log.figures.integratedSize, soon());
  openCheckpoint(head.note, { logKey: parseVkey(log.vkey) });
  for (let leafIndex = 0; leafIndex < head.size; leafIndex++) {
    const path = await proveInclusion(log.tiles, { leafIndex, treeSize: head.size });
    checkInclusion({
      leafHash: leafHash(await log.readEntry(leafIndex)),
      leafIndex,
      treeSize: head.size,
      path,
      rootHash: head.rootHash,
    });
  }
}

function receiptOf(outcome: SubmitOutcome | undefined) {
  if (outcome === undefined || outcome.kind === 'refused') throw new Error('no receipt');
  return outcome.receipt;
}

describe('an events log', () => {
  test('begins with its genesis leaf under a published head', async () => {
    const log = await openTestLog();
    expect(log.publishedSize).toBe(1);
    expect(parseLeaf(await log.readEntry(0))).toMatchObject({
      v: 'nhi.genesis/1',
      origin: 'localhost:6962/main',
      tenant: 'acme',
    });
    await checkAll(log);
    await log.close();
  });

  test('answers each item in its place with a receipt that holds', async () => {
    const log = await openTestLog();
    const items = [testEvent('a'), new Uint8Array([0x7b]), testEvent('b'), testEvent('a')];
    const [a, broken, b, again] = await log.submit(items, ANYONE);
    expect(a).toMatchObject({ kind: 'appended', receipt: { index: 1, duplicate: false } });
    expect(broken).toMatchObject({ kind: 'refused', error: { code: 'json.malformed' } });
    expect(b).toMatchObject({ kind: 'appended', receipt: { index: 2 } });
    expect(again).toEqual({ kind: 'duplicate', receipt: { ...receiptOf(a), duplicate: true } });
    await log.waitPublished(3, soon());
    const entry = await log.readEntry(1);
    expect(leafHash(entry)).toEqual(parseBase64(receiptOf(a).leafHash));
    await checkAll(log);
    await log.close();
  });

  test('gives 64 equal concurrent submissions one leaf and equal receipts', async () => {
    const log = await openTestLog();
    const all = await Promise.all(
      Array.from({ length: 64 }, () => log.submit([testEvent('one')], ANYONE)),
    );
    const receipts = all.map(([outcome]) => ({ ...receiptOf(outcome), duplicate: false }));
    expect(new Set(receipts.map((receipt) => JSON.stringify(receipt))).size).toBe(1);
    expect(log.figures.integratedSize).toBe(2);
    await log.close();
  });

  test('appends another content of an id as a conflict, once', async () => {
    const log = await openTestLog();
    await log.submit([testEvent('a', 'first')], ANYONE);
    const [conflict] = await log.submit([testEvent('a', 'second')], ANYONE);
    expect(conflict).toMatchObject({
      kind: 'conflict',
      firstIndex: 1,
      receipt: { index: 2, duplicate: false, recv: { conflict: 1 } },
    });
    const [retried] = await log.submit([testEvent('a', 'second')], ANYONE);
    expect(retried).toMatchObject({ kind: 'conflict', receipt: { index: 2, duplicate: true } });
    const [first] = await log.submit([testEvent('a', 'first')], ANYONE);
    expect(first).toMatchObject({ kind: 'duplicate', receipt: { index: 1 } });
    expect(log.figures.integratedSize).toBe(3);
    await checkAll(log);
    await log.close();
  });

  test('goes on where it stopped: same receipts, consistent heads', async () => {
    const store = memoryStore();
    const guard = memoryGuard();
    const signer = testSigner();
    let sizes: { size: number; rootHash: Uint8Array }[] = [];
    let firstReceipt: unknown;
    for (let life = 0; life < 4; life++) {
      const log = await openTestLog({
        store: keepOpen(store),
        guard: keepOpen(guard),
        signer,
      });
      expect(log.state).toEqual({ kind: 'running' });
      const items = Array.from({ length: 200 }, (_, i) => testEvent(`${life}-${i}`));
      await log.submit([testEvent('first'), ...items], ANYONE);
      const [again] = await log.submit([testEvent('first')], ANYONE);
      firstReceipt ??= receiptOf(again);
      expect(receiptOf(again)).toEqual(firstReceipt);
      const head = await log.waitPublished(log.figures.integratedSize, soon());
      for (const old of sizes) {
        const sizesOf = { first: old.size, second: head.size };
        const path = await proveConsistency(log.tiles, sizesOf);
        checkConsistency({ ...sizesOf, firstRoot: old.rootHash, secondRoot: head.rootHash, path });
      }
      sizes = [...sizes, head];
      await log.close();
    }
    expect(sizes.map(({ size }) => size)).toEqual([202, 402, 602, 802]);
  });

  test('shows nothing beyond the published tree', async () => {
    const log = await openTestLog();
    await expect(log.readEntry(1)).rejects.toMatchObject({ code: 'entry.not-found' });
    await expect(log.readTile({ level: 0, index: 0, width: 2 })).rejects.toMatchObject({
      code: 'tile.not-found',
    });
    await expect(log.readBundle(0, 2)).rejects.toMatchObject({ code: 'bundle.not-found' });
    await expect(log.headOf(2)).rejects.toMatchObject({ code: 'checkpoint.not-found' });
    await log.close();
  });

  test('has tiles and bundles at once that were read before, as far as they are published', async () => {
    const log = await openTestLog({ limits: { headIntervalMs: 60_000 } });
    const full = { level: 0, index: 0, width: 256 };
    const items = Array.from({ length: 600 }, (_, i) => testEvent(`${i}`));
    await log.submit(items, ANYONE);
    // Integrated, and not published: the writer holds tiles that nobody is shown.
    expect(log.figures).toMatchObject({ integratedSize: 601, publishedSize: 1 });
    expect(log.tileInMemory({ level: 0, index: 2, width: 1 })).toBeUndefined();
    expect(log.tileInMemory({ level: 0, index: 0, width: 2 })).toBeUndefined();
    await log.waitPublished(601, soon());
    expect(log.tileInMemory(full)).toBeUndefined();
    expect(log.bundleInMemory(0)).toBeUndefined();
    const tile = await log.readTile(full);
    const bundle = await log.readBundle(0, 256);
    expect(log.tileInMemory(full)).toEqual(tile);
    expect(log.tileInMemory({ ...full, width: 7 })).toEqual(tile.subarray(0, 7 * 32));
    expect(log.bundleInMemory(0)).toEqual(bundle);
    const growing = { level: 0, index: 2, width: 89 };
    expect(log.tileInMemory(growing)).toEqual(await log.readTile(growing));
    await log.readBundle(2, 89);
    expect(log.bundleInMemory(2)).toBeUndefined();
    for (const beyond of [{ width: 90 }, { index: 3, width: 1 }, { level: 1, width: 3 }]) {
      expect(log.tileInMemory({ ...growing, ...beyond })).toBeUndefined();
    }
    await log.close();
  });

  test('refuses a full pool and keeps what it took', async () => {
    const log = await openTestLog({ limits: { poolEntriesMax: 2 } });
    const two = log.submit([testEvent('a'), testEvent('b')], ANYONE);
    const one = log.submit([testEvent('c')], ANYONE);
    await expect(one).rejects.toMatchObject({ code: 'pool.full' });
    expect((await two).map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    expect((await log.submit([testEvent('c')], ANYONE)).map(({ kind }) => kind)).toEqual([
      'appended',
    ]);
    await log.close();
  });

  test('refuses for good what no pool of its size can hold, however empty', async () => {
    const log = await openTestLog({ limits: { poolEntriesMax: 2 } });
    const three = log.submit([testEvent('a'), testEvent('b'), testEvent('c')], ANYONE);
    await expect(three).rejects.toMatchObject({ code: 'submission.too-many-items' });
    expect(log.figures.integratedSize).toBe(1);
    await log.close();
  });

  test('answers all that it took before it closes, and then refuses', async () => {
    const log = await openTestLog();
    const pending = log.submit([testEvent('a')], ANYONE);
    await log.close();
    expect((await pending)[0]).toMatchObject({ kind: 'appended' });
    expect(log.publishedSize).toBe(2);
    await expect(log.submit([testEvent('b')], ANYONE)).rejects.toMatchObject({
      code: 'log.closing',
    });
  });
});

describe('an opaque log', () => {
  test('publishes an empty head, then takes any bytes', async () => {
    const log = await openTestLog({ type: 'opaque' });
    expect(log.published?.size).toBe(0);
    expect(await Promise.all([log.add(new Uint8Array(0)), log.add(Uint8Array.of(1, 2))])).toEqual([
      0, 1,
    ]);
    await checkAll(log);
    await expect(log.submit([testEvent('a')], ANYONE)).rejects.toMatchObject({
      code: 'log.wrong-type',
    });
    await log.close();
  });

  test('serves tiles and bundles of every width over three levels', async () => {
    const log = await openTestLog({ type: 'opaque', limits: { commitEntriesMax: 700 } });
    await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => log.add(Uint8Array.of(i & 255, i >> 8))),
    );
    await checkAll(log);
    await log.close();
  }, 30_000);
});

describe('what the log will not keep', () => {
  test('leaves a leaf that names it, without its content, at most some in a minute', async () => {
    const log = await openTestLog({ limits: { refusedLeavesPerMinuteMax: 2 } });
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const items = ['a', 'b', 'c'].map((id) => testEvent(id, secret));
    const outcomes = await log.submit(items, ANYONE);
    expect(outcomes.map((outcome) => outcome.kind === 'refused' && outcome.error.code)).toEqual([
      'event.secret',
      'event.secret',
      'event.secret',
    ]);
    const head = await log.waitPublished(3, soon());
    expect(head.size).toBe(3);
    for (const [index, id] of [
      [1, 'a'],
      [2, 'b'],
    ] as const) {
      const entry = await log.readEntry(index);
      expect(parseLeaf(entry)).toMatchObject({
        v: 'nhi.log/1',
        type: 'refused',
        body: { source: 'test-source', id, code: 'event.secret' },
      });
      expect(new TextDecoder().decode(entry)).not.toContain(secret);
    }
    await log.close();
  });

  test('says of an event that is too large which one it was', async () => {
    const log = await openTestLog();
    const event = JSON.parse(new TextDecoder().decode(testEvent('big'))) as Record<string, unknown>;
    const long = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`org.example.k${i}`, 'x'.repeat(4_000)]),
    );
    const item = new TextEncoder().encode(JSON.stringify({ ...event, ext: long }));
    const [outcome] = await log.submit([item], ANYONE);
    expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'event.too-large' } });
    await log.waitPublished(2, soon());
    expect(parseLeaf(await log.readEntry(1))).toMatchObject({
      type: 'refused',
      body: { source: 'test-source', id: 'big', code: 'event.too-large' },
    });
    await log.close();
  });
});

test('takes nothing more after a write whose outcome is not known, and answers what waited', async () => {
  const store = memoryStore();
  const life = startLife((point) => (point === 'store.write' && failing ? 'fails-done' : 'none'));
  let failing = false;
  const faults: unknown[] = [];
  const log = await openTestLog({
    store: new FaultDisk(store).open(life),
    onFault: (error) => faults.push(error),
  });
  failing = true;
  const outcomes = await log.submit([testEvent('a')], ANYONE);
  expect(outcomes[0]).toMatchObject({ kind: 'refused', error: { code: 'server.fault' } });
  expect(faults).toHaveLength(1);
  await expect(log.submit([testEvent('b')], ANYONE)).rejects.toMatchObject({ code: 'log.closing' });
  await expect(log.waitPublished(2, soon())).rejects.toMatchObject({ code: 'server.fault' });
});

test('opens halted over a store that says nothing to be believed, and tells so', async () => {
  const store = keepOpen(memoryStore());
  const parts = { store, guard: keepOpen(memoryGuard()), signer: testSigner() };
  await (await openTestLog(parts)).close();
  const [last] = await store.scan({ from: utf8('C'), to: utf8('D'), limit: 1, reverse: true });
  if (last === undefined) throw new Error('no commit');
  // What lies under the published head would be shown: the row that names that head is gone too.
  const gone = [last.key, utf8('P')].map((key) => ({ key, value: null }));
  await store.write({ changes: gone, flush: true });
  const log = await openTestLog(parts);
  expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
  expect(log.published).toBeNull();
  expect(log.figures).toMatchObject({ integratedSize: 0 });
  await expect(log.readEntry(0)).rejects.toMatchObject({ code: 'log.halted' });
  await expect(log.submit([testEvent('a')], ANYONE)).rejects.toMatchObject({ code: 'log.halted' });
  await log.close();
});

test('appends index heads and statements of its own, and nothing else in that way', async () => {
  const log = await openTestLog();
  const head = formatIndexHead({
    v: 'nhi.index/1',
    origin: log.origin,
    map: 'nhi.map/1',
    size: 1,
    root: base64(new Uint8Array(32)),
    index: base64(new Uint8Array(32)),
    keys: 1,
    postings: 1,
    prev: null,
  });
  expect(await log.appendOwn(head)).toBe(1);
  await log.submit([testEvent('a')], ANYONE);
  await log.waitPublished(3, soon());
  for (const index of [0, 2]) {
    await expect(log.appendOwn(await log.readEntry(index))).rejects.toMatchObject({
      code: 'leaf.malformed',
    });
  }
  await log.close();
});
