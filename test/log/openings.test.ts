import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { rawCommitment } from '../../src/event/disclosure.ts';
import { eventOf } from '../../src/event/event.ts';
import type { MappedItem } from '../../src/event/mapped-item.ts';
import { type Opening, RAW_POINTER } from '../../src/event/opening.ts';
import { parseStrictJson } from '../../src/event/strict-json.ts';
import { parseSubmission } from '../../src/event/submission.ts';
import type { Log, SubmitOutcome } from '../../src/log/log.ts';
import { formatSealedRow, openingContext } from '../../src/log/opening-row.ts';
import type { OpeningKeys, Store } from '../../src/log/ports.ts';
import { keysOf, openingKey } from '../../src/log/rows.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { memoryGuard, memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { keepOpen } from '../support/keep-open.ts';
import { startLife } from '../support/life.ts';
import { openItem } from '../support/openings.ts';
import { ANYONE, openTestLog, type TestLogParts, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const IP = { '/ctx/ip': '10.42.0.17', '/tool/args': { ticket: 17, to: ['dana'] } };

const OPENING_TAG = 'O'.charCodeAt(0);

interface Kept {
  readonly log: Log;
  readonly store: Store;
  readonly keys: OpeningKeys;
}

async function keeping(parts: Omit<TestLogParts, 'openingKeys'> = {}): Promise<Kept> {
  const store = parts.store ?? keepOpen(memoryStore());
  const keys = await openOpeningKeys(memoryKeyFile());
  const log = await openTestLog({ ...parts, store, openingKeys: keys });
  return { log, store, keys };
}

async function published(log: Log, outcome: SubmitOutcome | undefined): Promise<number> {
  if (outcome === undefined || outcome.kind === 'refused')
    throw outcome?.error ?? new Error('none');
  await log.waitPublished(outcome.receipt.index + 1, AbortSignal.timeout(5_000));
  return outcome.receipt.index;
}

function textsOf(openings: readonly Opening[]): readonly string[] {
  return openings.map(({ bytes }) => utf8Text(bytes)).sort();
}

describe('openings of submitted items', () => {
  it('are kept beside the leaf, and read as they were sent', async () => {
    const { log } = await keeping();
    const { bytes, disclosures } = openItem('a', IP);
    const [outcome] = await log.submit([bytes], ANYONE);
    const { openings, erased, unreadable } = await log.readOpenings(
      await published(log, outcome),
      null,
    );
    expect(textsOf(openings)).toEqual([...disclosures].sort());
    expect([erased, unreadable]).toEqual([[], []]);
    await log.close();
  });

  it('lie in the store under no byte that opens them, each in its own row', async () => {
    const { log, store } = await keeping();
    const { bytes } = openItem('a', { ...IP, '/x': 'needle-in-the-store' });
    await published(log, (await log.submit([bytes], ANYONE))[0]);
    const rows = await store.scan({ from: Uint8Array.of(0), to: Uint8Array.of(255), limit: 1_000 });
    const all = rows.map(({ value }) => Buffer.from(value).toString('latin1')).join('');
    expect(all).not.toContain('needle');
    expect(all).toContain('test-source');
    expect(await store.scan({ ...keysOf('O'), limit: 100 })).toHaveLength(3);
    await log.close();
  });

  it('are those of the first submission: a duplicate adds none, a conflict has its own', async () => {
    const { log, store } = await keeping();
    const bare = openItem('a', IP, { leaveOut: Object.keys(IP) });
    const first = await published(log, (await log.submit([bare.bytes], ANYONE))[0]);
    const [again] = await log.submit([openItem('a', IP).bytes], ANYONE);
    expect(again?.kind).toBe('duplicate');
    expect((await log.readOpenings(first, null)).openings).toEqual([]);
    const other = openItem('a', { '/ctx/ip': '10.0.0.1' });
    const [conflict] = await log.submit([other.bytes], ANYONE);
    expect(conflict?.kind).toBe('conflict');
    const { openings } = await log.readOpenings(await published(log, conflict), null);
    expect(textsOf(openings)).toEqual(other.disclosures);
    expect(await store.scan({ ...keysOf('O'), limit: 100 })).toHaveLength(1);
    await log.close();
  });

  it('that fit no commitment are refused, and nothing of the item is kept', async () => {
    const { log } = await keeping();
    const right = openItem('a', IP);
    const wrong = utf8(utf8Text(right.bytes).replace('10.42.0.17', '10.42.0.18'));
    const [outcome] = await log.submit([wrong], ANYONE);
    expect(outcome).toMatchObject({
      kind: 'refused',
      error: { code: 'submission.bad-disclosure' },
    });
    const { bytes } = openItem('b', { '/note': `ghp_${'a1B2'.repeat(9)}` });
    const [secret] = await log.submit([bytes], ANYONE);
    expect(secret).toMatchObject({ kind: 'refused', error: { code: 'event.secret' } });
    expect(String(secret?.kind === 'refused' && secret.error.message)).not.toContain('a1B2');
    await log.close();
  });

  it('are refused by a log that keeps none', async () => {
    const log = await openTestLog();
    const [outcome] = await log.submit([openItem('a', IP).bytes], ANYONE);
    const code = 'submission.openings-not-kept';
    expect(outcome).toMatchObject({ kind: 'refused', error: { code } });
    await log.close();
  });

  it('count as what the pool holds', async () => {
    const keys = await openOpeningKeys(memoryKeyFile());
    const log = await openTestLog({ openingKeys: keys, limits: { poolBytesMax: 60_000 } });
    const { bytes } = openItem('a', { '/text': 'x'.repeat(60_000) });
    // One entry of any length fits an empty pool; two have to fit with all that they bring along.
    const both = [bytes, testEvent('b')];
    await expect(log.submit(both, ANYONE)).rejects.toThrow('submission.too-many-items');
    const bare = openItem('a', { '/text': 'x'.repeat(60_000) }, { leaveOut: ['/text'] });
    expect(await log.submit([bare.bytes, testEvent('b')], ANYONE)).toHaveLength(2);
    await log.close();
  });

  it('are unreadable where their key is gone, and corrupt where a row was altered or moved', async () => {
    const { log, store, keys } = await keeping();
    const { bytes } = openItem('a', IP);
    const index = await published(log, (await log.submit([bytes], ANYONE))[0]);
    const rows = await store.scan({ ...keysOf('O'), limit: 100 });
    const [one, two] = rows;
    if (one === undefined || two === undefined) throw new Error('no rows');
    const id = keys.currentOf({ source: 'test-source', month: monthNow() }, index) ?? '';
    await keys.make([{ source: 'test-source', month: monthNow() }], index);
    await keys.destroy([id]);
    expect((await log.readOpenings(index, null)).unreadable).toEqual(Object.keys(IP));
    const other = keys.currentOf({ source: 'test-source', month: monthNow() }, index) ?? '';
    const place = { origin: 'localhost:6962/main', leafIndex: index, pointer: '/ctx/ip' };
    const sealed = keys.seal(other, openingContext(place), utf8('["AAAA","/ctx/ip","10.0.0.1"]'));
    const forged = formatSealedRow(other, sealed);
    await store.write({ changes: [{ key: openingKey(index, 0), value: forged }], flush: true });
    await expect(log.readOpenings(index, null)).rejects.toThrow('store.corrupt');
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });

  it('are not found beyond the published tree, and none of entries that are no events', async () => {
    const { log } = await keeping();
    await expect(log.readOpenings(10, null)).rejects.toThrow('entry.not-found');
    expect((await log.readOpenings(0, null)).openings).toEqual([]);
    await log.close();
    const opaque = await openTestLog({ type: 'opaque' });
    await expect(opaque.readOpenings(0, null)).rejects.toThrow('log.wrong-type');
    await opaque.close();
  });
});

describe('openings of what adapters made', () => {
  it('are kept with the raw bytes of what no mapping covers', async () => {
    const { log } = await keeping();
    const salt = new Uint8Array(16).fill(9);
    const raw = utf8('what was sent');
    const { event, disclosures } = parseSubmission(openItem('m', IP).bytes);
    const item: MappedItem = {
      event: eventOf(parseStrictJson(event.canonical)),
      adapter: 'test',
      map: { id: 'test/1', sha256: '0'.repeat(64) },
      raw,
      rawCommitment: rawCommitment({ salt, raw }),
      rawSalt: salt,
      disclosures,
    };
    const [outcome] = await log.submitMapped([item], ANYONE);
    const { openings } = await log.readOpenings(await published(log, outcome), null);
    const kept = openings.find(({ pointer }) => pointer === RAW_POINTER);
    expect(kept?.bytes).toEqual(new Uint8Array([...salt, ...raw]));
    expect(openings).toHaveLength(3);
    await log.close();
  });
});

describe('a write of openings', () => {
  it.each(['fails-undone', 'fails-done', 'crash-before', 'crash-after'] as const)(
    'that %s leaves the leaf with its openings, or neither',
    async (fault) => {
      const disk = new FaultDisk(keepOpen(memoryStore()));
      const lasting = { guard: keepOpen(memoryGuard()), signer: testSigner() };
      const file = memoryKeyFile();
      // Which of the writes that wait is the one of the item.
      const writes: boolean[] = [];
      const life = startLife((point) => {
        return point === 'store.write' && writes.shift() === true ? fault : 'none';
      });
      const item = openItem('a', IP);
      const opened = disk.open(life);
      const store: Store = {
        ...opened,
        write(batch) {
          writes.push(batch.changes.some(({ key }) => key[0] === OPENING_TAG));
          return opened.write(batch);
        },
      };
      const openingKeys = await openOpeningKeys(file);
      const log = await openTestLog({ ...lasting, store, openingKeys, onFault: () => {} });
      const answer = log.submit([item.bytes], ANYONE).then(
        ([outcome]) => outcome?.kind,
        () => 'thrown',
      );
      expect(await Promise.race([answer, life.death.then(() => 'died')])).not.toBe('appended');
      life.kill('the end');
      const keys = await openOpeningKeys(file);
      const next = await openTestLog({
        ...lasting,
        store: disk.open(startLife()),
        openingKeys: keys,
      });
      const [again] = await next.submit([item.bytes], ANYONE);
      expect(again?.kind).toBe(
        fault === 'fails-undone' || fault === 'crash-before' ? 'appended' : 'duplicate',
      );
      const { openings } = await next.readOpenings(await published(next, again), null);
      expect(textsOf(openings)).toEqual([...item.disclosures].sort());
      await next.close();
    },
  );

  it.each(['fails-undone', 'fails-done'] as const)(
    'whose key file %s writes no row, and the next life goes on',
    async (how) => {
      const store = keepOpen(memoryStore());
      const lasting = { guard: keepOpen(memoryGuard()), signer: testSigner() };
      const file = memoryKeyFile();
      const broken = await openOpeningKeys({
        read: () => file.read(),
        async replace(content) {
          if (how === 'fails-done') await file.replace(content);
          throw new Error('no space left');
        },
      });
      let fault: unknown;
      const onFault = (error: unknown): void => {
        fault = error;
      };
      const log = await openTestLog({ ...lasting, store, openingKeys: broken, onFault });
      const [outcome] = await log.submit([openItem('a', IP).bytes], ANYONE);
      expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'server.fault' } });
      expect(fault).toMatchObject({ code: 'store.failed' });
      expect(await store.scan({ ...keysOf('O'), limit: 10 })).toEqual([]);
      const openingKeys = await openOpeningKeys(file);
      const next = await openTestLog({ ...lasting, store, openingKeys });
      const [again] = await next.submit([openItem('a', IP).bytes], ANYONE);
      expect(again?.kind).toBe('appended');
      expect((await next.readOpenings(await published(next, again), null)).openings).toHaveLength(
        2,
      );
      await next.close();
    },
  );

  it('is written again, rows of openings too, after a flush that failed', async () => {
    const base = keepOpen(memoryStore());
    const lasting = { guard: keepOpen(memoryGuard()), signer: testSigner() };
    const { log } = await keeping({ store: base, ...lasting });
    await published(log, (await log.submit([openItem('a', IP).bytes, testEvent('b')], ANYONE))[0]);
    await log.close();
    const written: number[] = [];
    const store: Store = {
      ...base,
      get: (key) => base.get(key),
      getMany: (keys) => base.getMany(keys),
      scan: (range) => base.scan(range),
      close: () => base.close(),
      write(batch) {
        for (const { key } of batch.changes) written.push(key[0] ?? 0);
        return base.write(batch);
      },
    };
    const next = await openTestLog({ ...lasting, store, rewriteTail: true });
    expect(next.state.kind).toBe('running');
    expect(written.filter((tag) => tag === OPENING_TAG)).toHaveLength(2);
    await next.close();
  });
});

function monthNow(): string {
  return new Date().toISOString().slice(0, 7);
}
