import { describe, expect, test } from 'vitest';
import { sha256 } from '#sha256';
import { base64 } from '../../src/core/base64.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { formatIndexHead } from '../../src/event/index-leaf.ts';
import { checkStore, type StoreClaim } from '../../src/log/check-store.ts';
import type { GuardState, Row, Store } from '../../src/log/ports.ts';
import { keysOf, SCRUBBED_KEY } from '../../src/log/rows.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const SIGNER = testSigner();
const SECRET = new Uint8Array(32).fill(7);
const EVERYTHING = { from: new Uint8Array(0), to: new Uint8Array(64).fill(255), limit: 100_000 };

/** What a log left behind: its rows, and what its guard knows. */
interface Left {
  readonly rows: readonly Row[];
  readonly guarded: GuardState | null;
  readonly claim: StoreClaim;
}

async function rowsOf(store: Store): Promise<readonly Row[]> {
  return store.scan(EVERYTHING);
}

async function storeOf(rows: readonly Row[]): Promise<Store> {
  const store = memoryStore();
  await store.write({ changes: rows, flush: true });
  return store;
}

function claimOf(type: 'events' | 'opaque', guarded: GuardState | null): StoreClaim {
  const log = verifierKeyOf(SIGNER.origin, KEY_TYPE.ed25519, SIGNER.ed25519PublicKey);
  const keys = { log, p256PublicKey: SIGNER.p256PublicKey };
  return {
    ...{ origin: SIGNER.origin, type, keys, samenessSecret: SECRET },
    ...{ guarded, wasClosed: true },
  };
}

/** A copy of the rows, taken before the store is closed. */
async function leftBy(
  type: 'events' | 'opaque',
  live: (log: Awaited<ReturnType<typeof openTestLog>>) => Promise<void>,
): Promise<Left> {
  const store = keepOpen(memoryStore());
  const guard = keepOpen(memoryGuard());
  let clockMs = 1_800_000_000_000;
  const log = await openTestLog({
    store,
    guard,
    signer: SIGNER,
    type,
    clock: () => clockMs++,
    limits: { headIntervalMs: 3_600_000 },
  });
  await live(log);
  await log.close();
  const guarded = await guard.read();
  // When the last scrub ended: a row that nothing depends on.
  await store.write({ changes: [{ key: SCRUBBED_KEY, value: null }], flush: true });
  return { rows: await rowsOf(store), guarded, claim: claimOf(type, guarded) };
}

function indexHead(size: number): Uint8Array {
  const hash = base64(new Uint8Array(32));
  const { origin } = SIGNER;
  const counts = { size, keys: 1, postings: 1, prev: null };
  return formatIndexHead({
    ...{ v: 'nhi.index/1', map: 'nhi.map/1', origin, root: hash, index: hash },
    ...counts,
  });
}

/** Events over two levels of tiles, folded and not, with conflicts and named heads. */
const EVENTS = leftBy('events', async (log) => {
  const wait = (): Promise<unknown> =>
    log.waitPublished(log.figures.integratedSize, new AbortController().signal);
  for (let batch = 0; batch < 2; batch++) {
    const items = Array.from({ length: 130 }, (_, i) => testEvent(`event-${batch}-${i}`));
    await log.submit(items, ANYONE);
    await wait();
  }
  await log.submit([testEvent('event-0-0', 'other'), testEvent('event-0-0', 'third')], ANYONE);
  const named = JSON.parse(new TextDecoder().decode(testEvent('naming')));
  if (log.published === null) throw new Error('a head is published');
  const { size, rootHash, note } = log.published;
  const seen = { size, root: base64(rootHash), note: base64(sha256(note)) };
  await log.submit([utf8(JSON.stringify({ ...named, ctx: { seen } }))], ANYONE);
  await log.appendOwn(indexHead(size));
  await wait();
});

const tagOf = ({ key }: Row): string => String.fromCharCode(key[0] ?? 0);

/** The message with which the check ends, or what it reports. */
async function found(left: Left, rows: readonly Row[], claim = left.claim): Promise<string> {
  try {
    await checkStore(await storeOf(rows), claim);
    return 'holds';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the check of a stopped store', () => {
  test('counts what it derived', async () => {
    const { rows, claim } = await EVENTS;
    const progress: number[] = [];
    const report = await checkStore(await storeOf(rows), claim, {
      onProgress: (size) => progress.push(size),
    });
    expect(report).toMatchObject({ size: 265, ids: 261, conflicts: 2, keptMarks: 2, bundles: 2 });
    expect(report).toMatchObject({ commits: 6, tiles: 2, newestHead: { size: 265 } });
    expect(report.heads).toBe(rows.filter((row) => tagOf(row) === 'S').length);
    expect(progress.at(-1)).toBe(265);
    expect(new Set(rows.map(tagOf))).toEqual(new Set('BCEHIJKMNPST'));
  });

  test('finds each row that is missing', async () => {
    const left = await EVENTS;
    for (const [i, row] of left.rows.entries()) {
      // Of the many alike, some.
      if (tagOf(row) === 'I' && i % 90 !== 0) continue;
      const why = await found(left, left.rows.toSpliced(i, 1));
      expect(why, `without ${i} ${tagOf(row)}`).not.toBe('holds');
      expect(why).toMatch(MISSING[tagOf(row)] ?? /never/);
    }
  }, 60_000);

  test('finds each row whose value was altered, wherever it was', async () => {
    const left = await EVENTS;
    for (const [i, row] of left.rows.entries()) {
      if (tagOf(row) === 'I' && i % 90 !== 0) continue;
      const { value } = row;
      const places = value.length === 0 ? [0] : [Math.floor(value.length / 2), value.length - 1];
      for (const at of places) {
        const altered = value.length === 0 ? new Uint8Array(1) : value.slice();
        altered[at] = (altered[at] ?? 0) ^ 4;
        const why = await found(left, left.rows.with(i, { key: row.key, value: altered }));
        expect(why, `${tagOf(row)} ${i} at ${at} of ${value.length}`).not.toBe('holds');
      }
    }
  }, 120_000);

  test('finds each row that lies under another key', async () => {
    const left = await EVENTS;
    for (const [i, row] of left.rows.entries()) {
      if (tagOf(row) === 'I' && i % 90 !== 0) continue;
      for (const at of [0, row.key.length - 1]) {
        const key = row.key.slice();
        key[at] = (key[at] ?? 0) ^ 1;
        const others = left.rows.toSpliced(i, 1);
        const why = await found(left, [...others, { key, value: row.value }]);
        expect(why, `${tagOf(row)} ${i} at ${at}`).not.toBe('holds');
      }
    }
  }, 60_000);

  test('finds rows that are left over', async () => {
    const left = await EVENTS;
    const { to } = keysOf('T');
    for (const tag of 'ABCEFGHIJKLMNPSTUZ') {
      const key = concat(utf8(tag), new Uint8Array(tag === 'T' ? 9 : 8).fill(254));
      const why = await found(left, [...left.rows, { key, value: new Uint8Array(32) }]);
      expect(why, tag).not.toBe('holds');
    }
    expect(await found(left, [...left.rows, { key: to, value: to }])).toMatch('none of a log');
  });

  test('names the entry that was altered, and the tile that was', async () => {
    const left = await EVENTS;
    const bundle = left.rows.findIndex((row) => tagOf(row) === 'B');
    const tile = left.rows.findIndex((row) => tagOf(row) === 'T' && row.key[1] === 0);
    const flipped = (i: number, at: number): Row[] => {
      const { key, value } = left.rows[i] as Row;
      const altered = value.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      return left.rows.with(i, { key, value: altered });
    };
    // A letter of the first entry of a bundle: 'event' becomes another name.
    expect(await found(left, flipped(bundle, 10))).toMatch(
      'audit.mismatch: entry 0 has not the leaf hash that the tree has',
    );
    expect(await found(left, flipped(tile, 40))).toMatch('tile 0/0 is not that of the entries');
  });

  test('holds the store to the guard, and to the log that it is to be', async () => {
    const left = await EVENTS;
    const { claim, rows } = left;
    const guarded = claim.guarded ?? null;
    if (guarded === null) throw new Error('there is a guard');
    const later = { ...guarded, timeMs: guarded.timeMs + 1 };
    expect(await found(left, rows, { ...claim, guarded: later })).toMatch('signed last is missing');
    expect(await found(left, rows, { ...claim, guarded: later, wasClosed: false })).toBe('holds');
    const larger = { ...later, size: guarded.size + 1 };
    expect(await found(left, rows, { ...claim, guarded: larger })).toMatch('the guard knows');
    const other = { ...later, rootHash: new Uint8Array(32) };
    expect(await found(left, rows, { ...claim, guarded: other })).toMatch('the guard has another');
    expect(await found(left, rows, { ...claim, guarded: null })).toMatch('does not know');
    expect(await found(left, rows, { ...claim, type: 'opaque' })).toMatch('is not that of');
    expect(await found(left, rows, { ...claim, origin: 'another' })).toMatch('is not that of');
    const keys = { ...claim.keys, p256PublicKey: testSigner().p256PublicKey };
    expect(await found(left, rows, { ...claim, keys })).not.toBe('holds');
  });

  test('finds contents that are not those of their rows only with the secret', async () => {
    const left = await EVENTS;
    const i = left.rows.findIndex((row) => tagOf(row) === 'I');
    const { key, value } = left.rows[i] as Row;
    const altered = value.slice();
    altered[20] = (altered[20] ?? 0) ^ 1;
    const rows = left.rows.with(i, { key, value: altered });
    expect(await found(left, rows)).toMatch('is of another content');
    // Without it the tally tells that something is wrong, and not what.
    expect(await found(left, rows, { ...left.claim, samenessSecret: null })).toMatch('tally');
  });

  test('passes an opaque log, an empty one too, and finds what is missing of it', async () => {
    const empty = await leftBy('opaque', async () => {});
    expect(await found(empty, empty.rows)).toBe('holds');
    const left = await leftBy('opaque', async (log) => {
      await Promise.all(Array.from({ length: 300 }, (_, i) => log.add(utf8(`entry ${i}`))));
      await log.waitPublished(300, new AbortController().signal);
    });
    expect(await found(left, left.rows)).toBe('holds');
    for (const [i, row] of left.rows.entries()) {
      const why = await found(left, left.rows.toSpliced(i, 1));
      expect(why, tagOf(row)).toMatch(MISSING[tagOf(row)] ?? /never/);
    }
  });
});

/** How the check words the loss of a row, by its tag. */
const MISSING: Readonly<Record<string, RegExp>> = {
  B: /bundle \d+ has 0 entries of 256|entry \d+ is missing/,
  C: /commit \d+ (is missing|does not follow|is not the one)|commit of the head row is missing/,
  E: /entry \d+ is missing|bundle \d+ has \d+ entries/,
  H: /./,
  I: /the idempotency row of entry \d+ is missing/,
  J: /the conflict row of entry \d+ is missing/,
  K: /the kept row of the head that entry \d+ names is missing/,
  M: /the row is missing that says/,
  N: /tally|signed heads are stored/,
  P: /the row of the head that was published last/,
  S: /signed heads are stored/,
  T: /tile \d+\/\d+ is missing/,
};
