import { describe, expect, it } from 'vitest';
import { LookupPages, NOTHING_KNOWN } from '../../src/client/lookup-pages.ts';
import { miniLogLeafHash } from '../../src/core/mini-log.ts';
import { appendToEdge, EMPTY_EDGE } from '../../src/core/tree.ts';
import { labelOf } from '../../src/event/map.ts';
import { EMPTY_INDEX, growIndex, trieRootOf } from '../../src/lookup/index-state.ts';
import { CHUNK_WIDTH } from '../../src/lookup/rows.ts';
import { answerUnder, type LookupQuestion, type ServedHead } from '../../src/lookup/served-head.ts';
import { memoryIndexStore } from '../../src/storage/memory-index-store.ts';

const COUNT = 250_007;
const label = labelOf({ selector: 'source', value: 'busy' });
const indexAt = (position: number): number => 3 * position + (position > 1_000 ? 7 : 0);

/** A head over one key of many events, grown in uneven steps, and the rows that are read under it. */
async function served(): Promise<{ head: ServedHead; rowsRead: () => number }> {
  const store = memoryIndexStore();
  let state = EMPTY_INDEX;
  for (let from = 0; from < COUNT; ) {
    const to = Math.min(COUNT, from + 1 + ((from * 7) % 60_000));
    const indices = Array.from({ length: to - from }, (_, i) => indexAt(from + i));
    const batch = store.batch();
    const pause = (): Promise<void> => Promise.resolve();
    state = await growIndex(state, [{ label, indices, by: null }], { reads: store, batch, pause });
    await batch.write();
    from = to;
  }
  let rows = 0;
  const head = {
    leafIndex: indexAt(COUNT) + 1,
    leaf: new Uint8Array(1),
    tree: { size: indexAt(COUNT), rootHash: new Uint8Array(32) },
    trieRoot: trieRootOf(state),
    state,
    rows: {
      ...store,
      async getMany(keys: readonly Uint8Array[]) {
        rows += keys.length;
        return await store.getMany(keys);
      },
    },
    // Nothing of the head itself is looked at where a label is proven.
  } as unknown as ServedHead;
  const rowsRead = (): number => {
    const read = rows;
    rows = 0;
    return read;
  };
  return { head, rowsRead };
}

describe('a key of many events', () => {
  it('is answered page by page, as its rest and in ranges, from few rows', async () => {
    const { head, rowsRead } = await served();
    /** An answer; `answerUnder` verifies it as a client does before it returns. */
    const ask = async (question: Omit<LookupQuestion, 'label'>, rowsMax: number) => {
      const reply = await answerUnder(head, { label, ...question });
      expect(rowsRead(), JSON.stringify(question)).toBeLessThanOrEqual(rowsMax);
      return { head, label, count: reply.count, page: reply.page };
    };
    const pages = new LookupPages({ known: NOTHING_KNOWN, range: null });
    // The chunks of the page and its borders, the nodes beside it, the rows of label and trie.
    const rowsOfPage = 10_000 / CHUNK_WIDTH + 60;
    while (!pages.isComplete)
      pages.take(await ask({ from: pages.next, limit: 10_000 }, rowsOfPage));
    expect(pages.indices).toEqual(Array.from({ length: COUNT }, (_, i) => indexAt(i)));

    const first = 123_456;
    let edge = EMPTY_EDGE;
    for (let i = 0; i < first; i++) edge = appendToEdge(edge, miniLogLeafHash(indexAt(i)));
    const known = { count: first, lastIndex: indexAt(first - 1), edge: edge.hashes };
    const rest = new LookupPages({ known, range: null });
    while (!rest.isComplete) rest.take(await ask({ from: rest.next, limit: 10_000 }, rowsOfPage));
    expect(rest.indices).toHaveLength(COUNT - first);

    for (const at of [0, 777, 100_000, COUNT - 1]) {
      const range = { lo: indexAt(at), hi: indexAt(at) + 40 };
      const found = new LookupPages({ known: NOTHING_KNOWN, range });
      // Two searches over a thousand chunks.
      found.take(await ask({ range }, 80));
      expect(found.isComplete).toBe(true);
      const expected = Array.from({ length: 40 }, (_, i) => at + i).filter((i) => i < COUNT);
      const inRange = expected.map(indexAt).filter((index) => index < range.hi);
      expect(found.indices).toEqual(inRange);
    }
  });
});
