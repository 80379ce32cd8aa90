import { describe, expect, test } from 'vitest';
import { equalBytes } from '../../src/core/bytes.ts';
import type { Log } from '../../src/log/log.ts';
import type { GuardState, Row, Store } from '../../src/log/ports.ts';
import { conflictKey, formatIdRow, keysOf, parseIdRow } from '../../src/log/rows.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const SIGNER = testSigner();

/** The rows and the guard of a log that was closed. */
interface Closed {
  readonly rows: readonly Row[];
  readonly guarded: GuardState | null;
}

/** A log of three events, one of them twice with another content, with two heads; closed. */
async function closedLog(): Promise<Closed> {
  const store = memoryStore();
  const guard = memoryGuard();
  const log = await openTestLog({
    store: { ...openOf(store), close: async () => {} },
    guard: { ...guard, close: async () => {} },
    signer: SIGNER,
    clock: () => 1_800_000_000_000,
  });
  await log.submit([testEvent('a'), testEvent('b'), testEvent('c')], ANYONE);
  await published(log);
  await log.submit([testEvent('a', 'other')], ANYONE);
  await log.close();
  const everything = { from: new Uint8Array(0), to: new Uint8Array(64).fill(255), limit: 1_000 };
  return { rows: await store.scan(everything), guarded: await guard.read() };
}

/**
 * Opens the rows that a disk left, with the guard as it was.
 *
 * @param how.unseen  the damage is not seen by the scan that fills the filter of ids
 */
async function openAgain(
  { guarded, rows: intact }: Closed,
  rows: readonly Row[],
  { wasClosed = true, unseen = false } = {},
): Promise<Log> {
  const base = memoryStore();
  await base.write({ changes: rows, flush: true });
  const ids = intact.filter((row) => tagOf(row) === 'I');
  const store: Store = {
    ...openOf(base),
    scan: async (range) =>
      unseen && equalBytes(range.from, keysOf('I').from) ? ids : base.scan(range),
  };
  return openTestLog({
    ...{ store, guard: memoryGuard(guarded), signer: SIGNER, wasClosed },
    clock: () => 1_800_000_000_500,
  });
}

function openOf(store: Store): Store {
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    scan: (range) => store.scan(range),
    write: (batch) => store.write(batch),
    purge: (ranges) => store.purge(ranges),
    close: () => store.close(),
  };
}

async function published(log: Log): Promise<void> {
  await log.waitPublished(log.figures.integratedSize, new AbortController().signal);
}

const tagOf = ({ key }: Row): string => String.fromCharCode(key[0] ?? 0);

/** Rows without the last one of a tag. */
function withoutLast(rows: readonly Row[], tag: string): readonly Row[] {
  const last = rows.findLastIndex((row) => tagOf(row) === tag);
  return rows.toSpliced(last, 1);
}

/** The rows with another value for the first row of a tag, of a leaf index. */
function withRow(rows: readonly Row[], tag: string, change: (row: Row) => Row): readonly Row[] {
  const at = rows.findIndex((row) => tagOf(row) === tag);
  return rows.with(at, change(rows[at] as Row));
}

describe('a store that lost rows without a word', () => {
  test('halts soon after a start that misses an id', async () => {
    const closed = await closedLog();
    const log = await openAgain(closed, withoutLast(closed.rows, 'I'));
    await expect.poll(() => log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await expect(log.submit([testEvent('d')], ANYONE)).rejects.toMatchObject({
      code: 'log.halted',
    });
    await log.close();
  });

  test('halts at a start whose last head is gone, if the log was closed', async () => {
    const closed = await closedLog();
    const rows = withoutHead(closed);
    const log = await openAgain(closed, rows);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });

  test('shows no older head than may have been seen, if it was not', async () => {
    const closed = await closedLog();
    const log = await openAgain(closed, withoutHead(closed), { wasClosed: false });
    expect(log.state).toEqual({ kind: 'running' });
    expect(log.publishedSize).toBe(5);
    expect(log.published?.timeMs).toBeGreaterThan(closed.guarded?.timeMs ?? 0);
    await log.close();
  });

  test('halts at a start whose heads are all gone', async () => {
    const closed = await closedLog();
    const rows = closed.rows.filter((row) => tagOf(row) !== 'S');
    const log = await openAgain(closed, rows, { wasClosed: false });
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });

  test('halts at a head that lies under the key of another', async () => {
    const closed = await closedLog();
    const heads = closed.rows.filter((row) => tagOf(row) === 'S');
    const [first, second] = heads as [Row, Row];
    const rows = closed.rows.map((row) =>
      equalBytes(row.key, first.key) ? { key: first.key, value: second.value } : row,
    );
    const log = await openAgain(closed, rows);
    const size = Number(new DataView(first.key.buffer, first.key.byteOffset).getBigUint64(1));
    await expect(log.headOf(size)).rejects.toMatchObject({ code: 'store.corrupt' });
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });
});

describe('a store that altered rows without a word', () => {
  test('never makes a conflict of an honest retry', async () => {
    const closed = await closedLog();
    const rows = closed.rows.map((row) => {
      if (tagOf(row) !== 'I') return row;
      const { leafIndex, sameness } = parseIdRow(row.value);
      return { key: row.key, value: formatIdRow({ leafIndex, sameness: sameness.toReversed() }) };
    });
    const log = await openAgain(closed, rows, { unseen: true });
    const [outcome] = await log.submit([testEvent('b')], ANYONE);
    expect(outcome?.kind).toBe('refused');
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });

  test('never answers with the receipt of another content of the id', async () => {
    const closed = await closedLog();
    const conflict = closed.rows.find((row) => tagOf(row) === 'J') as Row;
    const index = parseIdRow(conflict.value).leafIndex;
    const id = conflict.key.slice(1, 21);
    const rows = closed.rows.map((row) => {
      if (tagOf(row) !== 'I' || !equalBytes(row.key.slice(1), id)) return row;
      const { sameness } = parseIdRow(row.value);
      return { key: row.key, value: formatIdRow({ leafIndex: index, sameness }) };
    });
    const log = await openAgain(closed, rows, { unseen: true });
    const [outcome] = await log.submit([testEvent('a')], ANYONE);
    expect(outcome?.kind).toBe('refused');
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });

  test('never answers a conflict with the receipt of the first', async () => {
    const closed = await closedLog();
    const rows = withRow(closed.rows, 'J', ({ key }) => {
      const sameness = key.slice(21);
      expect(conflictKey(key.slice(1, 21), sameness)).toEqual(key);
      return { key, value: formatIdRow({ leafIndex: 1, sameness }) };
    });
    const log = await openAgain(closed, rows, { unseen: true });
    const [outcome] = await log.submit([testEvent('a', 'other')], ANYONE);
    expect(outcome?.kind).toBe('refused');
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await log.close();
  });
});

/** The rows as they were before the batch of the last head: as a write-ahead log cut at its end gives them. */
function withoutHead({ rows }: Closed): readonly Row[] {
  const heads = rows.filter((row) => tagOf(row) === 'S');
  const [last, before] = [heads.at(-1), heads.at(-2)] as [Row, Row];
  return rows
    .filter((row) => row !== last)
    .map((row) => (tagOf(row) === 'P' ? { key: row.key, value: before.key } : row));
}
