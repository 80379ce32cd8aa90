import { describe, expect, test } from 'vitest';
import { readRoot } from '../../src/core/prover.ts';
import type { Log } from '../../src/log/log.ts';
import type { GuardState, Row } from '../../src/log/ports.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

/* A store of which something does not verify serves what lies under its last published head, and nothing else. */

const SIGNER = testSigner();
const PUBLISHED = 300;

interface Lived {
  readonly rows: readonly Row[];
  readonly guarded: GuardState | null;
  readonly entries: readonly Uint8Array[];
  readonly note: Uint8Array;
}

/** 300 entries under a published head, and 30 that no head covers. */
async function lived(): Promise<Lived> {
  const store = memoryStore();
  const guard = memoryGuard();
  const options = { store: keepOpen(store), guard: keepOpen(guard), signer: SIGNER };
  // Once it has a head, it makes no other.
  const limits = { headIntervalMs: 3_600_000, headRefreshMs: 3_600_000 };
  const log = await openTestLog({ ...options, limits });
  for (let i = 0; i < 23; i++) await submit(log, i, 13);
  await log.waitPublished(PUBLISHED, new AbortController().signal);
  await submit(log, 23, 30);
  const { note = new Uint8Array(0) } = log.published ?? {};
  const entries: Uint8Array[] = [];
  for (let i = 0; i < PUBLISHED; i++) entries.push(await log.readEntry(i));
  const everything = { from: new Uint8Array(0), to: new Uint8Array(64).fill(255), limit: 10_000 };
  const rows = await store.scan(everything);
  const guarded = await guard.read();
  await log.close();
  return { rows, guarded, entries, note };
}

async function submit(log: Log, batch: number, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, i) => testEvent(`${batch}-${i}`));
  await log.submit(ids, ANYONE);
}

const { rows, guarded, entries, note } = await lived();

async function openOver(damaged: readonly Row[]): Promise<Log> {
  const store = memoryStore();
  await store.write({ changes: damaged, flush: true });
  return openTestLog({ store, guard: memoryGuard(guarded), signer: SIGNER });
}

const tagOf = ({ key }: Row): string => String.fromCharCode(key[0] ?? 0);

/** The rows, the last one of a tag or all of them altered or gone. */
function damage(tag: string, how: 'altered' | 'gone', which: 'first' | 'last'): readonly Row[] {
  const at =
    which === 'last'
      ? rows.findLastIndex((row) => tagOf(row) === tag)
      : rows.findIndex((row) => tagOf(row) === tag);
  const row = rows[at];
  if (row === undefined) throw new Error(`no row ${tag}`);
  if (how === 'gone') return rows.toSpliced(at, 1);
  const value = row.value.slice();
  value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
  return rows.toSpliced(at, 1, { key: row.key, value });
}

describe('a store that is found corrupt at its start', () => {
  test.each([
    ['the row of the last commit', damage('H', 'altered', 'last')],
    ['the chain of commits', damage('C', 'gone', 'last')],
    ['the first commit', damage('C', 'altered', 'first')],
    ['an entry behind the published head', damage('E', 'altered', 'last')],
    ['what says which log it is', damage('M', 'gone', 'last')],
    ['a tally', damage('N', 'gone', 'last')],
  ])('shows its published head, and every entry under it: %s', async (_, damaged) => {
    const log = await openOver(damaged);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    expect(log.published?.note).toEqual(note);
    expect(log.publishedSize).toBe(PUBLISHED);
    expect(await readRoot(log.tiles, PUBLISHED)).toEqual(log.published?.rootHash);
    for (const [i, entry] of entries.entries()) expect(await log.readEntry(i)).toEqual(entry);
    await expect(log.readEntry(PUBLISHED)).rejects.toMatchObject({ code: 'entry.not-found' });
    await expect(log.submit([testEvent('x')], ANYONE)).rejects.toMatchObject({
      code: 'log.halted',
    });
    await log.close();
  });

  test('never answers what was altered under the head, and goes on answering the rest', async () => {
    // Segments of the first bundle were folded: its row is `B`.
    const both = damage('B', 'altered', 'first').filter((row) => tagOf(row) !== 'H');
    const log = await openOver(both);
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    await expect(log.readEntry(255)).rejects.toMatchObject({ code: 'store.corrupt' });
    expect(await log.readEntry(7)).toEqual(entries[7]);
    expect(await log.readEntry(256)).toEqual(entries[256]);
    await log.close();
  });

  test('shows the head alone where the edge under it is damaged', async () => {
    const at = rows.findIndex(
      ({ key }) => key[0] === 0x45 && (key[7] ?? 0) * 256 + (key[8] ?? 0) >= 256,
    );
    const { key, value } = rows[at] as Row;
    const altered = { key, value: value.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) };
    const log = await openOver(rows.toSpliced(at, 1, altered));
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    expect(log.published?.note).toEqual(note);
    await expect(log.readEntry(7)).rejects.toMatchObject({ code: 'log.halted' });
    await log.close();
  });

  test('shows nothing where the published head itself is damaged', async () => {
    const log = await openOver(damage('S', 'altered', 'last'));
    expect(log.state).toMatchObject({ kind: 'halted', reason: 'corrupt' });
    expect(log.published).toBeNull();
    await expect(log.readEntry(7)).rejects.toMatchObject({ code: 'log.halted' });
    await log.close();
  });
});
