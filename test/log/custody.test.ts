import { describe, expect, it } from 'vitest';
import { equalBytes, utf8Text } from '../../src/core/bytes.ts';
import { type Decided, eraseBodyOf, holdBodyOf } from '../../src/event/custody-leaf.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import type { Custody, Log, SubmitOutcome, WantedTarget } from '../../src/log/log.ts';
import type { OpeningKeys, Store } from '../../src/log/ports.ts';
import { keysOf } from '../../src/log/rows.ts';
import { type KeyFile, memoryKeyFile } from '../../src/storage/key-file.ts';
import { memoryGuard, memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { keepOpen } from '../support/keep-open.ts';
import { startLife } from '../support/life.ts';
import { openItem, type Withheld } from '../support/openings.ts';
import { openRows } from '../support/sealed-rows.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const IP = { '/ctx/ip': '10.42.0.17', '/tool/args': { ticket: 17 } };
const DECIDED: Decided = {
  ...{ legalBasis: 'GDPR Art. 17', requester: 'ops-a', approvers: ['ops-b'] },
  request: 'ab'.repeat(32),
};

/** A log over a store, a guard and a file of keys that outlive it. */
class Site {
  readonly store: Store = keepOpen(memoryStore());
  readonly file: KeyFile = memoryKeyFile();
  readonly #lasting = { guard: keepOpen(memoryGuard()), signer: testSigner() };
  keys: OpeningKeys | null = null;

  readonly faults: unknown[] = [];

  async open(parts: { readonly store?: Store; readonly file?: KeyFile } = {}): Promise<Log> {
    this.keys = await openOpeningKeys(parts.file ?? this.file);
    return openTestLog({
      ...this.#lasting,
      store: parts.store ?? this.store,
      openingKeys: this.keys,
      onFault: (error) => this.faults.push(error),
    });
  }

  async opened(): Promise<readonly string[]> {
    const rows = await openRows(this.store, await openOpeningKeys(this.file));
    return rows.map(({ bytes }) => (bytes === null ? 'erased' : utf8Text(bytes)));
  }
}

function custodyOf(log: Log): Custody {
  if (log.custody === null) throw new Error('the log keeps no openings');
  return log.custody;
}

async function submit(log: Log, id: string, withheld: Withheld, source?: string): Promise<number> {
  const { bytes } = openItem(id, withheld, source === undefined ? {} : { source });
  return published(log, (await log.submit([bytes], ANYONE))[0]);
}

async function published(log: Log, outcome: SubmitOutcome | undefined): Promise<number> {
  if (outcome === undefined || outcome.kind === 'refused')
    throw outcome?.error ?? new Error('none');
  await log.waitPublished(outcome.receipt.index + 1, AbortSignal.timeout(5_000));
  return outcome.receipt.index;
}

function erase(log: Log, wanted: readonly WantedTarget[]): ReturnType<Custody['erase']> {
  return custodyOf(log).erase({ wanted, decided: DECIDED, alsoHeld: [] });
}

async function leafAt(log: Log, index: number): Promise<ReturnType<typeof parseLeaf>> {
  await log.waitPublished(index + 1, AbortSignal.timeout(5_000));
  return parseLeaf(await log.readEntry(index));
}

describe('an erasure', () => {
  it('takes what it names and leaves what it does not, under another key', async () => {
    const site = new Site();
    const log = await site.open();
    const [a, b] = [await submit(log, 'a', IP), await submit(log, 'b', IP)];
    const other = await submit(log, 'c', IP, 'other-source');
    const before = await site.store.scan({ ...keysOf('O'), limit: 10 });
    const { report, finished } = await erase(log, [[a, '/ctx/ip']]);
    expect(report).toMatchObject({ targets: [[a, '/ctx/ip']], blanked: [a], finishedAtMs: null });
    expect((await log.readOpenings(a, null)).erased).toEqual([
      { pointer: '/ctx/ip', by: report.index },
    ]);
    expect((await log.readOpenings(a, null)).openings.map(({ pointer }) => pointer)).toEqual([
      '/tool/args',
    ]);
    const done = await finished;
    expect(done).toMatchObject({ resealed: 3, finishedAtMs: expect.any(Number) });
    expect((await log.readOpenings(b, null)).openings).toHaveLength(2);
    const after = await site.store.scan({ ...keysOf('O'), limit: 10 });
    const same = after.filter(({ value }, i) => equalBytes(value, before[i]?.value ?? value));
    // Those of the other source lie under another key, which nobody touched.
    expect(same).toHaveLength(2);
    expect((await log.readOpenings(other, null)).openings).toHaveLength(2);
    for (const { old, next } of done.keys) {
      expect(site.keys?.firstIndexOf(old)).toBeUndefined();
      expect(site.keys?.firstIndexOf(next)).toBeDefined();
    }
    await log.close();
    const again = await openOpeningKeys(site.file);
    for (const { old } of done.keys) expect(again.firstIndexOf(old)).toBeUndefined();
  });

  it('states in a leaf what was erased, why and by whom, and proofs of before still hold', async () => {
    const site = new Site();
    const log = await site.open();
    const a = await submit(log, 'a', IP);
    const entry = await log.readEntry(a);
    const { report } = await erase(log, [[a, null]]);
    const leaf = await leafAt(log, report.index);
    if (leaf.v !== 'nhi.log/1') throw new Error('no leaf of the log');
    expect(eraseBodyOf(leaf)).toEqual({
      ...DECIDED,
      ...{ count: 2, blanked: [a] },
      targets: [
        [a, '/ctx/ip'],
        [a, '/tool/args'],
      ],
    });
    expect(await log.readEntry(a)).toEqual(entry);
    await log.close();
  });

  it('answers every later event of the id with the first receipt, and stores nothing', async () => {
    const site = new Site();
    let log = await site.open();
    const { bytes } = openItem('a', IP);
    const [first] = await log.submit([bytes], ANYONE);
    const a = await published(log, first);
    await (await erase(log, [[a, null]])).finished;
    for (const life of [1, 2]) {
      const size = log.figures.integratedSize;
      const same = (await log.submit([bytes], ANYONE))[0];
      const another = (await log.submit([testEvent('a', `life ${life}`)], ANYONE))[0];
      for (const outcome of [same, another]) {
        expect(outcome?.kind).toBe('duplicate');
        if (outcome?.kind !== 'duplicate' || first?.kind !== 'appended') return;
        expect(outcome.receipt).toEqual({ ...first.receipt, duplicate: true });
      }
      expect(log.figures.integratedSize).toBe(size);
      await log.close();
      expect(await site.opened()).toEqual(['erased', 'erased']);
      log = await site.open();
      expect(log.state.kind).toBe('running');
    }
    await log.close();
  });

  it('of a conflict blanks the first of its id too', async () => {
    const site = new Site();
    const log = await site.open();
    const a = await submit(log, 'a', IP);
    const other = openItem('a', { '/ctx/ip': '10.0.0.1' });
    const b = await published(log, (await log.submit([other.bytes], ANYONE))[0]);
    expect(await site.store.scan({ ...keysOf('J'), limit: 10 })).toHaveLength(1);
    const { report } = await erase(log, [[b, null]]);
    expect(report.blanked).toEqual([a, b]);
    expect(await site.store.scan({ ...keysOf('J'), limit: 10 })).toEqual([]);
    const [again] = await log.submit([other.bytes], ANYONE);
    expect(again).toMatchObject({ kind: 'duplicate', receipt: { index: a } });
    expect((await log.readOpenings(a, null)).openings).toHaveLength(2);
    await log.close();
  });

  it('that is asked for while another is at work begins behind it, and both hold', async () => {
    const site = new Site();
    const log = await site.open();
    const indices: number[] = [];
    for (const id of ['a', 'b', 'c', 'd']) indices.push(await submit(log, id, IP));
    const begun = indices.slice(0, 3).map((index) => erase(log, [[index, null]]));
    for (const { finished } of await Promise.all(begun)) await finished;
    const left = await Promise.all(indices.map((index) => log.readOpenings(index, null)));
    expect(left.map(({ openings }) => openings.length)).toEqual([0, 0, 0, 2]);
    expect(left.map(({ erased }) => erased.length)).toEqual([2, 2, 2, 0]);
    await log.close();
  });

  it('is refused for what is not there, and a second time', async () => {
    const log = await new Site().open();
    const a = await submit(log, 'a', IP);
    await expect(erase(log, [[a + 5, null]])).rejects.toThrow('entry.not-found');
    await expect(erase(log, [[0, null]])).rejects.toThrow('opening.not-found');
    await expect(erase(log, [[a, '/no']])).rejects.toThrow('opening.not-found');
    await erase(log, [[a, null]]);
    await expect(erase(log, [[a, null]])).rejects.toThrow('opening.not-found');
    await expect(erase(log, [[a, '/ctx/ip']])).rejects.toThrow('opening.not-found');
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`/f${i}`, i]));
    const wanted: WantedTarget[] = [];
    for (let i = 0; i < 16; i++) wanted.push([await submit(log, `m${i}`, many), null]);
    await expect(erase(log, wanted)).rejects.toThrow('erase.too-large');
    await log.close();
  });

  it.each([
    ['renewing', 'undone', 0],
    ['renewing', 'done', 0],
    ['destroying', 'undone', 1],
    ['destroying', 'done', 1],
  ] as const)(
    'that fails while %s its key (%s) is not begun, or is finished by the next start',
    async (_what, how, nth) => {
      const site = new Site();
      const before = await site.open();
      const a = await submit(before, 'a', IP);
      await submit(before, 'b', IP);
      await before.close();
      let changes = 0;
      const file: KeyFile = {
        read: () => site.file.read(),
        async replace(content) {
          const fails = changes++ === nth;
          if (!fails || how === 'done') await site.file.replace(content);
          if (fails) throw new Error('no space left');
        },
      };
      const log = await site.open({ file });
      const erased = await erase(log, [[a, null]]).then(
        ({ finished }) =>
          finished.then(
            () => 'finished',
            () => 'begun',
          ),
        () => 'refused',
      );
      expect(erased).toBe(nth === 0 ? 'refused' : 'begun');
      expect(site.faults).toHaveLength(1);
      const next = await site.open();
      await untilFinished(next);
      await next.close();
      const opened = await site.opened();
      expect(opened.filter((text) => text === 'erased')).toHaveLength(nth === 0 ? 0 : 2);
      expect(opened).toHaveLength(4);
      expect(opened.filter((text) => text.includes('10.42.0.17'))).toHaveLength(2 - nth);
    },
  );

  it.each(['fails-undone', 'fails-done', 'crash-before', 'crash-after'] as const)(
    'that %s at any call of the store is not begun, or is finished by the next start',
    async (fault) => {
      const ends = new Set<string>();
      for (let nth = 0; nth < 40; nth++) {
        const site = new Site();
        const disk = new FaultDisk(site.store);
        const before = await site.open({ store: disk.open(startLife()) });
        const a = await submit(before, 'a', IP);
        await submit(before, 'b', IP);
        await before.close();
        let calls = Number.NEGATIVE_INFINITY;
        const life = startLife(() => (calls++ === nth ? fault : 'none'));
        const log = await site.open({ store: disk.open(life) });
        calls = 0;
        const end = erase(log, [[a, null]]).then(
          ({ finished }) =>
            finished.then(
              () => 'finished',
              () => 'begun',
            ),
          () => 'refused',
        );
        ends.add(await Promise.race([end, life.death.then(() => 'died')]));
        const isOver = calls <= nth;
        life.kill('the end');
        const next = await site.open({ store: disk.open(startLife()) });
        expect(next.state.kind).toBe('running');
        await untilFinished(next);
        await next.close();
        const opened = await site.opened();
        const gone = opened.filter((text) => text === 'erased').length;
        expect([0, 2], `call ${nth}`).toContain(gone);
        expect(
          opened.filter((text) => text.startsWith('[')),
          `call ${nth}`,
        ).toHaveLength(4 - gone);
        if (isOver) break;
      }
      expect(ends).toContain('finished');
      expect(ends.size).toBeGreaterThan(1);
    },
  );
});

describe('a legal hold', () => {
  it('keeps what it covers from being erased, until it is lifted; leaves say both', async () => {
    const site = new Site();
    let log = await site.open();
    const a = await submit(log, 'a', IP);
    const b = await submit(log, 'b', IP, 'other-source');
    const ofSource = await custodyOf(log).place({ source: 'test-source' }, DECIDED);
    const ofRange = await custodyOf(log).place({ from: b, to: b + 1 }, DECIDED);
    for (const index of [a, b]) {
      await expect(erase(log, [[index, null]])).rejects.toThrow('erase.held');
    }
    await log.close();
    log = await site.open();
    expect(custodyOf(log).holds).toEqual([ofSource, ofRange]);
    await expect(erase(log, [[a, null]])).rejects.toThrow('erase.held');
    await custodyOf(log).lift(ofSource.index, DECIDED);
    await expect(custodyOf(log).lift(ofSource.index, DECIDED)).rejects.toThrow('hold.not-found');
    await (await erase(log, [[a, null]])).finished;
    await expect(erase(log, [[b, null]])).rejects.toThrow('erase.held');
    const bodies: unknown[] = [];
    for (let index = 0; index < log.figures.integratedSize; index++) {
      const leaf = await leafAt(log, index);
      if (leaf.v === 'nhi.log/1') bodies.push(holdBodyOf(leaf));
    }
    const { source } = { source: 'test-source' };
    expect(bodies).toEqual([
      { ...DECIDED, action: 'place', hold: null, scope: { source } },
      { ...DECIDED, action: 'place', hold: null, scope: { from: b, to: b + 1 } },
      { ...DECIDED, action: 'lift', hold: ofSource.index, scope: { source } },
      null,
    ]);
    await log.close();
  });

  it('that is only asked for keeps it too', async () => {
    const log = await new Site().open();
    const a = await submit(log, 'a', IP);
    const alsoHeld = [{ source: 'test-source' }];
    const order = { wanted: [[a, null]] as const, decided: DECIDED, alsoHeld };
    await expect(custodyOf(log).erase(order)).rejects.toThrow('erase.held');
    await log.close();
  });
});

async function untilFinished(log: Log): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const reports = await custodyOf(log).reports();
    if (reports.every(({ finishedAtMs }) => finishedAtMs !== null)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('an erasure does not end');
}
