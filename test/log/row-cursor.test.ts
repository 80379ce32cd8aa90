import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/log/ports.ts';
import { RowCursor } from '../../src/log/row-cursor.ts';
import { memoryStore } from '../../src/storage/storage.ts';

const RANGE = { from: Uint8Array.of(1), to: Uint8Array.of(2) };

/** Rows 1 0 to 1 (count - 1), and one on either side of them. */
async function storeOf(count: number): Promise<Store> {
  const store = memoryStore();
  const own = Array.from({ length: count }, (_, i) => Uint8Array.of(1, i));
  const keys = [Uint8Array.of(0, 255), ...own, Uint8Array.of(2)];
  const changes = keys.map((key) => ({ key, value: new Uint8Array(0) }));
  await store.write({ changes, flush: false });
  return store;
}

async function pagesOf(cursor: RowCursor): Promise<readonly (readonly (number | undefined)[])[]> {
  const pages: (readonly (number | undefined)[])[] = [];
  for await (const rows of cursor.pages()) pages.push(rows.map(({ key }) => key[1]));
  return pages;
}

describe('the pages of a range', () => {
  it.each([
    [0, []],
    [1, [[0]]],
    [3, [[0, 1, 2]]],
    [4, [[0, 1, 2], [3]]],
    [
      6,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
  ])('hold each of %i rows once, three at a time', async (count, wanted) => {
    expect(await pagesOf(new RowCursor(await storeOf(count), RANGE, 3))).toEqual(wanted);
  });

  it('begin behind the rows that were passed, and leave none', async () => {
    const cursor = new RowCursor(await storeOf(5), RANGE, 3);
    await cursor.next();
    await cursor.peek();
    expect(await pagesOf(cursor)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await cursor.next()).toBeUndefined();
  });

  it('pass what was handed out, also where one stops in between', async () => {
    const cursor = new RowCursor(await storeOf(5), RANGE, 3);
    for await (const rows of cursor.pages()) {
      expect(rows).toHaveLength(3);
      break;
    }
    expect((await cursor.next())?.key).toEqual(Uint8Array.of(1, 3));
  });
});
