import { describe, expect, it } from 'vitest';
import { compareBytes, concat, utf8 } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import type { Change, Row, Store } from '../../src/log/ports.ts';
import { seededRandom } from '../support/random.ts';

/** A place that a store can be opened at, again and again. */
export interface StorePlace {
  open(): Promise<Store>;
}

/** What every store promises, on a new place for each test. One that does not `last` is not opened twice. */
export function storeContract(name: string, newPlace: () => StorePlace, lasts = true): void {
  describe(`${name} keeps the contract of a store`, () => {
    const opened = (): Promise<Store> => newPlace().open();

    it('has no value for a key that was never written', async () => {
      const store = await opened();
      expect(await store.get(utf8('a'))).toBeUndefined();
      await store.close();
    });

    it('reads what was written, deleted and written over', async () => {
      const store = await opened();
      await put(store, { a: '1', b: '2', c: '3' });
      await store.write({
        changes: [
          { key: utf8('a'), value: null },
          { key: utf8('b'), value: utf8('22') },
        ],
        flush: true,
      });
      expect(await texts(store, ['a', 'b', 'c'])).toEqual([undefined, '22', '3']);
      await store.close();
    });

    it('keeps an empty value apart from none, and an empty key', async () => {
      const store = await opened();
      await put(store, { '': 'root', a: '' });
      expect(await texts(store, ['', 'a', 'b'])).toEqual(['root', '', undefined]);
      await store.close();
    });

    it('takes the last change of a key in one batch', async () => {
      const store = await opened();
      const key = utf8('k');
      const one: Change = { key, value: utf8('1') };
      const gone: Change = { key, value: null };
      await store.write({ changes: [one, gone], flush: false });
      expect(await store.get(key)).toBeUndefined();
      await store.write({ changes: [one, gone, { key, value: utf8('2') }], flush: false });
      expect(await texts(store, ['k'])).toEqual(['2']);
      expect(await keysOf(store)).toEqual(['6b']);
      await store.close();
    });

    it('orders keys as unsigned bytes, a prefix first', async () => {
      const store = await opened();
      const keys = [
        [0],
        [0, 0],
        [0, 255],
        [1],
        [127],
        [127, 255, 255],
        [128],
        [200, 1],
        [255],
        [255, 255],
      ];
      await store.write({
        changes: keys.toReversed().map((key) => ({ key: Uint8Array.from(key), value: utf8('') })),
        flush: false,
      });
      const rows = await store.scan({ from: new Uint8Array(0), to: BEYOND, limit: 100 });
      expect(rows.map(({ key }) => [...key])).toEqual(keys);
      await store.close();
    });

    it('scans half-open ranges, both ways, up to a limit', async () => {
      const store = await opened();
      await put(store, { a: '1', b: '2', c: '3', d: '4', e: '5' });
      const scan = async (
        from: string,
        to: string,
        limit: number,
        reverse?: boolean,
      ): Promise<string> => {
        const range = { from: utf8(from), to: utf8(to), limit };
        const rows = await store.scan(reverse === undefined ? range : { ...range, reverse });
        return rows.map(({ key, value }) => `${text(key)}${text(value)}`).join(' ');
      };
      expect(await scan('b', 'e', 10)).toBe('b2 c3 d4');
      expect(await scan('b', 'e', 2)).toBe('b2 c3');
      expect(await scan('b', 'e', 10, true)).toBe('d4 c3 b2');
      expect(await scan('b', 'e', 1, true)).toBe('d4');
      expect(await scan('bb', 'dd', 10)).toBe('c3 d4');
      expect(await scan('0', 'z', 10, true)).toBe('e5 d4 c3 b2 a1');
      expect(await scan('x', 'z', 10, true)).toBe('');
      expect(await scan('c', 'c', 10)).toBe('');
      expect(await scan('d', 'b', 10)).toBe('');
      expect(await scan('d', 'b', 10, true)).toBe('');
      await expect(scan('a', 'b', 0)).rejects.toThrow('limit');
      await store.close();
    });

    it('scans a range of many megabytes whole', async () => {
      const store = await opened();
      const value = seededRandom(1).bytes(40_000);
      const changes = Array.from({ length: 100 }, (_, i) => ({ key: Uint8Array.of(i), value }));
      await store.write({ changes, flush: false });
      const rows = await store.scan({ from: new Uint8Array(0), to: BEYOND, limit: 1000 });
      expect(rows.map(({ key }) => key[0])).toEqual(changes.map((_, i) => i));
      expect(rows.every((row) => compareBytes(row.value, value) === 0)).toBe(true);
      await store.close();
    });

    it('writes a batch of 10,000 changes and reads all of it in any order', async () => {
      const store = await opened();
      const random = seededRandom(7);
      const rows = Array.from({ length: 10_000 }, () => ({
        key: random.bytes(17),
        value: random.bytes(random.below(60)),
      }));
      await store.write({ changes: rows, flush: true });
      const values = await store.getMany(rows.map(({ key }) => key));
      expect(values.map((value) => value?.join())).toEqual(rows.map(({ value }) => value.join()));
      const sorted = rows.toSorted((a, b) => compareBytes(a.key, b.key));
      const seen = await store.scan({ from: new Uint8Array(0), to: BEYOND, limit: 20_000 });
      const shown = ({ key, value }: Row): string => `${key.join()}=${value.join()}`;
      expect(seen.map(shown)).toEqual(sorted.map(shown));
      await store.close();
    });

    it('answers getMany in the order of its keys, repeated and missing ones too', async () => {
      const store = await opened();
      await put(store, { a: '1', b: '2' });
      expect(await texts(store, ['b', 'x', 'a', 'b'])).toEqual(['2', undefined, '1', '2']);
      const many = Array.from({ length: 30 }, (_, i) => ['b', 'x', 'a'][i % 3] as string);
      const wanted = many.map((key) => ({ a: '1', b: '2' })[key]);
      expect(await Promise.all([texts(store, many), texts(store, many)])).toEqual([wanted, wanted]);
      expect(await store.getMany([])).toEqual([]);
      await store.close();
    });

    it('gives and takes bytes of its own', async () => {
      const store = await opened();
      const key = utf8('k');
      const value = utf8('v');
      const condition = { key: utf8('none'), value: undefined };
      const written = store.write({ changes: [{ key, value }], condition, flush: false });
      key.fill(0);
      value.fill(0);
      condition.key.set(utf8('k'));
      await written;
      const seen = await store.get(utf8('k'));
      expect(seen).toEqual(utf8('v'));
      seen?.fill(0);
      const rows = await store.scan({ from: utf8('k'), to: utf8('l'), limit: 1 });
      for (const row of rows) row.value.fill(0);
      expect(await texts(store, ['k'])).toEqual(['v']);
      await store.close();
    });

    it('writes all of a batch or nothing, as its condition says', async () => {
      const store = await opened();
      await put(store, { head: '1' });
      const attempt = async (wanted: string | undefined, key = 'head'): Promise<boolean> => {
        try {
          await store.write({
            changes: [
              { key: utf8('head'), value: utf8('2') },
              { key: utf8('row'), value: utf8('x') },
            ],
            condition: { key: utf8(key), value: wanted === undefined ? undefined : utf8(wanted) },
            flush: true,
          });
          return true;
        } catch (error) {
          if (isTransparencyError(error, 'store.moved')) return false;
          throw error;
        }
      };
      for (const wrong of ['', '0', '11', undefined]) expect(await attempt(wrong)).toBe(false);
      expect(await attempt('', 'none')).toBe(false);
      expect(await texts(store, ['head', 'row'])).toEqual(['1', undefined]);
      expect(await attempt('1')).toBe(true);
      expect(await attempt(undefined, 'none')).toBe(true);
      expect(await texts(store, ['head', 'row'])).toEqual(['2', 'x']);
      await store.close();
    });

    it('runs writes in the order of their calls, each condition on what the one before left', async () => {
      const store = await opened();
      const head = utf8('head');
      const steps = Array.from({ length: 200 }, (_, i) =>
        store.write({
          changes: [{ key: head, value: utf8(`${i + 1}`) }],
          condition: { key: head, value: i === 0 ? undefined : utf8(`${i}`) },
          flush: i % 50 === 0,
        }),
      );
      await Promise.all(steps);
      expect(await texts(store, ['head'])).toEqual(['200']);
      await store.close();
    });

    it('lets one of many equal conditional writes through, and the next after it', async () => {
      const store = await opened();
      const head = utf8('head');
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) =>
          store.write({
            changes: [{ key: head, value: utf8(`${i}`) }],
            condition: { key: head, value: undefined },
            flush: false,
          }),
        ),
      );
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
        outcomes.map((_, i) => i === 0),
      );
      await put(store, { head: 'next' });
      expect(await texts(store, ['head'])).toEqual(['next']);
      await store.close();
    });

    it('never shows a part of a batch', async () => {
      const store = await opened();
      let written = false;
      const writer = (async () => {
        for (let i = 0; i < 100; i++) {
          const value = utf8(`${i}`);
          await store.write({
            changes: ['a', 'm', 'z'].map((key) => ({ key: utf8(key), value })),
            flush: false,
          });
        }
        written = true;
      })();
      while (!written) {
        const rows = await store.scan({ from: utf8('a'), to: utf8('zz'), limit: 3 });
        expect(new Set(rows.map(({ value }) => text(value))).size).toBeLessThanOrEqual(1);
      }
      await writer;
      await store.close();
    });

    it.runIf(lasts)('answers the writes that were called before it was closed', async () => {
      const place = newPlace();
      const store = await place.open();
      const write = put(store, { a: '1' });
      await store.close();
      await write;
      const again = await place.open();
      expect(await texts(again, ['a'])).toEqual(['1']);
      await again.close();
    });

    it('closes twice, and refuses work after it', async () => {
      const store = await opened();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      const key = utf8('a');
      const uses: (() => Promise<unknown>)[] = [
        () => store.get(key),
        () => store.getMany([key]),
        () => store.scan({ from: key, to: utf8('b'), limit: 1 }),
        () => store.write({ changes: [{ key, value: key }], flush: false }),
      ];
      for (const use of uses) await expect(use()).rejects.toMatchObject({ code: 'store.closed' });
    });

    it.runIf(lasts)('keeps flushed rows when it is opened again', async () => {
      const place = newPlace();
      for (let life = 0; life < 3; life++) {
        const store = await place.open();
        expect(await keysOf(store)).toHaveLength(life);
        await store.write({
          changes: [{ key: Uint8Array.of(life), value: utf8('x') }],
          flush: true,
        });
        await store.close();
      }
    });

    it('does as a sorted list does, whatever comes', async () => {
      const place = newPlace();
      let store = await place.open();
      const random = seededRandom(42);
      const model = new Map<string, Row>();
      const someKey = (): Uint8Array => random.bytes(random.below(3));
      for (let step = 0; step < 300; step++) {
        const changes = Array.from({ length: random.below(40) }, () => ({
          key: someKey(),
          value: random.chance(0.4) ? null : random.bytes(random.below(5)),
        }));
        await store.write({ changes, flush: random.chance(0.05) });
        for (const { key, value } of changes) {
          if (value === null) model.delete(key.join());
          else model.set(key.join(), { key, value });
        }
        const range = {
          from: someKey(),
          to: concat(someKey(), someKey()),
          limit: 1 + random.below(9),
        };
        const inside = [...model.values()]
          .filter(
            ({ key }) => compareBytes(range.from, key) <= 0 && compareBytes(key, range.to) < 0,
          )
          .sort((a, b) => compareBytes(a.key, b.key));
        expect(await store.scan(range)).toEqual(inside.slice(0, range.limit));
        expect(await store.scan({ ...range, reverse: true })).toEqual(
          inside.toReversed().slice(0, range.limit),
        );
        const keys = Array.from({ length: random.below(20) }, someKey);
        expect(await store.getMany(keys)).toEqual(keys.map((key) => model.get(key.join())?.value));
        if (lasts && random.chance(0.01)) {
          await store.close();
          store = await place.open();
        }
      }
      await store.close();
    });
  });
}

const BEYOND = new Uint8Array(32).fill(255);

const decoder = new TextDecoder();

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

async function put(store: Store, rows: Readonly<Record<string, string>>): Promise<void> {
  const changes = Object.entries(rows).map(([key, value]) => ({
    key: utf8(key),
    value: utf8(value),
  }));
  await store.write({ changes, flush: false });
}

async function texts(store: Store, keys: readonly string[]): Promise<(string | undefined)[]> {
  const values = await store.getMany(keys.map(utf8));
  for (const [i, key] of keys.entries()) expect(await store.get(utf8(key))).toEqual(values[i]);
  return values.map((value) => (value === undefined ? undefined : text(value)));
}

async function keysOf(store: Store): Promise<string[]> {
  const rows = await store.scan({ from: new Uint8Array(0), to: BEYOND, limit: 100 });
  return rows.map(({ key }) => Buffer.from(key).toString('hex'));
}
