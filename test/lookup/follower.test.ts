import { describe, expect, it } from 'vitest';
import { LookupPages, NOTHING_KNOWN } from '../../src/client/lookup-pages.ts';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { hex } from '../../src/core/hex.ts';
import type { IndexAnswer } from '../../src/event/index-answer.ts';
import { formatIndexHead, type IndexHead, parseIndexHead } from '../../src/event/index-leaf.ts';
import { type OpenedIndexAnswer, openIndexAnswer } from '../../src/event/index-proof.ts';
import { formatLookupKey, labelOf, mapLeaf, parseLookupKey } from '../../src/event/map.ts';
import { assembleAnswer } from '../../src/lookup/lookup.ts';
import type { IndexStore, Row } from '../../src/lookup/ports.ts';
import { FLUSH_KEY } from '../../src/lookup/rows.ts';
import type { LookupReply } from '../../src/lookup/served-head.ts';
import { bitsOf, referenceRoot, referenceValue } from '../reference/trie.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { type IndexLog, indexEvent, NO_LEAF } from '../support/index-log.ts';
import { mutationsOf } from '../support/index-mutations.ts';
import { seededRandom } from '../support/random.ts';
import { refusal } from '../support/refusal.ts';

/** Indices of each key among the first `size` entries, by the map alone. */
function model(log: IndexLog, size: number): Map<string, number[]> {
  const postings = new Map<string, number[]>();
  for (const [index, entry] of log.entries.slice(0, size).entries()) {
    for (const key of mapLeaf(entry)) {
      const text = formatLookupKey(key);
      postings.set(text, [...(postings.get(text) ?? []), index]);
    }
  }
  return postings;
}

function headsOf(log: IndexLog): { index: number; head: IndexHead }[] {
  return log.entries.flatMap((entry, index) => {
    try {
      return [{ index, head: parseIndexHead(entry) }];
    } catch {
      return [];
    }
  });
}

function allRows(store: IndexStore): Promise<readonly Row[]> {
  return store.scan({ from: new Uint8Array(0), to: new Uint8Array(64).fill(255), limit: 100_000 });
}

async function rowsOf(store: IndexStore): Promise<string[]> {
  return (await allRows(store)).map(({ key, value }) => `${hex(key)} ${hex(value)}`);
}

/** Holds every head of the log against the model. */
function expectTrueHeads(log: IndexLog): void {
  let prev: number | null = null;
  let before = -1;
  for (const { index, head } of headsOf(log)) {
    const postings = model(log, head.size);
    const values = new Map(
      [...postings].map(([key, indices]) => {
        return [bitsOf(labelOf(parseLookupKey(key))), referenceValue(indices)];
      }),
    );
    expect(head.size).toBeLessThanOrEqual(index);
    expect(head.size).toBeGreaterThan(before);
    expect(head).toEqual({
      v: 'nhi.index/1',
      origin: log.origin,
      map: 'nhi.map/1',
      size: head.size,
      root: base64(log.rootOf(head.size)),
      index: base64(referenceRoot(values)),
      keys: postings.size,
      postings: [...postings.values()].reduce((sum, indices) => sum + indices.length, 0),
      prev,
    });
    prev = index;
    before = head.size;
  }
}

/** An answer as a client gets it. */
async function answerOf(
  { log, index }: IndexLife,
  question: Parameters<IndexLife['index']['answer']>[0],
): Promise<IndexAnswer> {
  const reply = await index.answer(question);
  const { size, note } = log.checkpoint();
  return await assembleAnswer(reply, question.label, { size, note, tiles: log.tilesOf(size) });
}

/** Asks page by page, verifies each, and holds all against the model; the pages as they were verified. */
async function expectTrueAnswer(
  life: IndexLife,
  text: string,
  limit: number,
  see: (answer: IndexAnswer) => void = () => {},
): Promise<readonly OpenedIndexAnswer[]> {
  const { log } = life;
  const label = labelOf(parseLookupKey(text));
  const pages: OpenedIndexAnswer[] = [];
  const indices: number[] = [];
  for (;;) {
    const [first] = pages;
    const pin = first === undefined ? {} : { head: first.head.leafIndex };
    const answer = await answerOf(life, { label, limit, from: indices.length, ...pin });
    const opened = openIndexAnswer(answer, { checkpoint: log.checkpoint(), label });
    see(answer);
    pages.push(opened);
    indices.push(...(opened.page?.indices ?? []));
    if (indices.length < opened.count) continue;
    expect(indices).toEqual(model(log, opened.head.tree.size).get(text) ?? []);
    return pages;
  }
}

/** Every change of an answer is refused, and so are pages that leave out, repeat or begin late. */
async function expectNoLies(
  life: IndexLife,
  text: string,
  older: ReadonlyMap<string, LookupReply>,
): Promise<number> {
  const { log } = life;
  const label = labelOf(parseLookupKey(text));
  const answers: IndexAnswer[] = [];
  const { count } = await answerOf(life, { label, limit: 1 });
  const pages = await expectTrueAnswer(life, text, Math.max(2, Math.ceil(count / 4)), (answer) =>
    answers.push(answer),
  );
  const checkpoint = log.checkpoint();
  const tiles = log.tilesOf(checkpoint.size);
  const key = await answerOf(life, { label: labelOf(parseLookupKey('cred:c-1')), limit: 4 });
  const before = older.get(text);
  const { size, note } = checkpoint;
  const isOther = before !== undefined && before.head.leafIndex !== pages[0]?.head.leafIndex;
  const head = isOther ? await assembleAnswer(before, label, { size, note, tiles }) : null;
  let tried = 0;
  for (const [i, answer] of answers.entries()) {
    const page = answers[i + 1] ?? answers[i - 1] ?? answer;
    for (const [name, lie] of mutationsOf(answer, { head, key, page })) {
      const open = (): unknown => openIndexAnswer(lie, { checkpoint, label });
      expect(refusal(open), `${text} ${i}: ${name}`).toMatch(/^(index|inclusion|consistency)\./);
      tried += 1;
    }
  }
  for (const wrong of wrongOrders(pages)) {
    const joined = new LookupPages({ known: NOTHING_KNOWN, range: null });
    const take = (): void => {
      for (const page of wrong) joined.take(page);
    };
    expect(refusal(take) ?? (joined.isComplete ? 'complete' : 'more is asked for')).not.toBe(
      'complete',
    );
    tried += 1;
  }
  return tried;
}

/** Pages with one left out, one twice, and in the other order. */
function wrongOrders(pages: readonly OpenedIndexAnswer[]): (readonly OpenedIndexAnswer[])[] {
  if (pages.length < 2) return [];
  const wrong = pages.map((_, i) => pages.toSpliced(i, 1));
  for (const [i, page] of pages.entries()) {
    if (i > 0) wrong.push(pages.toSpliced(i, 0, pages[i - 1] as OpenedIndexAnswer));
    if (i > 0) wrong.push([...pages.slice(0, i - 1), page, pages[i - 1] as OpenedIndexAnswer]);
  }
  return wrong;
}

describe('an index that follows a log', () => {
  it('has no head before an entry has a key', async () => {
    const life = indexLife();
    await expect(life.index.answer({ label: new Uint8Array(32) })).rejects.toThrow(
      'index.not-ready',
    );
  });

  it('puts a head over what came, at once after a pause, and answers what is there and not', async () => {
    const life = indexLife();
    life.log.append(indexEvent(0, { cred: 'a' }), indexEvent(1, { deleg: 'a' }), NO_LEAF);
    await life.settle();
    expectTrueHeads(life.log);
    expect(headsOf(life.log)).toHaveLength(1);
    for (const key of ['cred:a', 'cred:b', 'kind:tool.invoke', 'kind:nonconforming', 'log:key']) {
      await expectTrueAnswer(life, key, 1);
    }
  });

  it('makes no head of a head, and none when no key came', async () => {
    const life = indexLife();
    life.log.append(indexEvent(0));
    await life.settle();
    await life.settle();
    await life.settle();
    expect(headsOf(life.log)).toHaveLength(1);
  });

  it('waits between two heads, but not beyond the entries that a head may lie behind', async () => {
    const life = indexLife({ headIntervalMs: 5_000, headEntriesMax: 40 });
    const heads = (): number => headsOf(life.log).length;
    life.log.append(indexEvent(0));
    life.log.publish();
    await life.until(() => heads() === 1);
    life.log.append(indexEvent(1));
    life.log.publish();
    await life.until(async () => (await life.index.figures()).readSize === 3);
    expect(heads()).toBe(1);
    for (let i = 0; i < 60; i++) life.log.append(indexEvent(i));
    life.log.publish();
    await life.until(() => heads() === 2);
    life.log.append(indexEvent(61));
    life.log.publish();
    await life.until(async () => (await life.index.figures()).readSize === 65);
    expect(heads()).toBe(2);
    life.advance(5_000);
    await life.until(() => heads() === 3);
    expectTrueHeads(life.log);
  });

  it('offers a head again that the log refused', async () => {
    const life = indexLife();
    life.log.failure = 'refused';
    life.log.append(indexEvent(0));
    await life.settle();
    expect(headsOf(life.log)).toHaveLength(1);
    expectTrueHeads(life.log);
  });

  it.each(['unknown, done', 'unknown, undone'] as const)(
    'never adds a second head of one size when an append ends %s',
    async (failure) => {
      const life = indexLife();
      life.log.failure = failure;
      life.log.append(indexEvent(0), indexEvent(1, { cred: 'a' }));
      await life.settle();
      expect(life.troubles.map(({ state }) => state)).toEqual(['waiting']);
      life.log.append(indexEvent(2, { cred: 'a' }));
      await life.settle();
      expect(headsOf(life.log)).toHaveLength(2);
      expectTrueHeads(life.log);
      await expectTrueAnswer(life, 'cred:a', 5);
    },
  );

  it('takes a head of an earlier life that comes late for what it is', async () => {
    const life = indexLife({ headIntervalMs: 5_000 });
    life.log.append(indexEvent(0));
    await life.settle();
    // What the next life would append of the same entries comes before it does.
    const other = indexLife();
    other.log.append(...life.log.entries, indexEvent(1));
    await other.settle();
    const late = other.log.entries.at(-1) as Uint8Array;
    life.log.append(indexEvent(1), late);
    await life.settle();
    expect(life.troubles.map(({ state }) => state)).toEqual(['waiting']);
    life.log.append(indexEvent(2));
    await life.settle();
    expect(headsOf(life.log)).toHaveLength(3);
    expectTrueHeads(life.log);
  });

  it('stops at a false head that it did not make, and still answers under the one before', async () => {
    const life = indexLife();
    life.log.append(indexEvent(0));
    await life.settle();
    const head = headsOf(life.log)[0]?.head as IndexHead;
    life.log.append(formatIndexHead({ ...head, size: 2, keys: 9, prev: 1 }));
    life.log.publish();
    await life.until(() => {
      life.advance(100);
      return life.troubles.length > 1;
    });
    expect(life.troubles.map(({ state }) => state)).toEqual(['waiting', 'stopped']);
    const trouble = life.troubles[1];
    expect(isTransparencyError(trouble?.error, 'index.head-mismatch')).toBe(true);
    await expectTrueAnswer(life, 'actor:agent', 5);
  });

  it('is made anew from the log, with the same heads, when its store is lost or of another tree', async () => {
    const life = indexLife();
    for (let i = 0; i < 30; i++) {
      life.log.append(indexEvent(i, { cred: `c-${i % 3}` }));
      if (i % 10 === 9) await life.settle();
    }
    const heads = headsOf(life.log);
    await life.store.clear();
    life.crash();
    await life.settle();
    expect(headsOf(life.log)).toEqual(heads);
    for (const key of ['cred:c-0', 'cred:c-1', 'cred:none']) await expectTrueAnswer(life, key, 4);
  });

  it('has the same rows when it is made anew at once as when it grew through crashes', async () => {
    const life = indexLife({ bufferPostingsMax: 50, earlierHeadsMax: 2, flushBytesMax: 3_000 });
    // Enough keys to split buckets, and one that fills chunks.
    for (let i = 0; i < 400; i++) {
      life.log.append(indexEvent(i, { cred: `c-${i}`, actor: `a-${i % 7}` }));
      if (i % 37 === 0) await life.settle();
      if (i % 61 === 0) life.crash();
    }
    await life.settle();
    const grown = await rowsOf(life.store);
    await life.store.clear();
    life.crash();
    await life.settle();
    expect(await rowsOf(life.store)).toEqual(grown);
    expect(grown.length).toBeGreaterThan(400);
  });

  it('leaves no row behind whose place a newer one took, whichever write was the last before a crash', async () => {
    for (let writes = 0; ; writes++) {
      const life = indexLife({ bufferPostingsMax: 200, flushBytesMax: 2_000 });
      life.writesLeft = writes;
      const live = async (): Promise<void> => {
        for (let i = 0; i < 240; i++) {
          life.log.append(indexEvent(i, { cred: `c-${i % 90}` }));
          if (i % 40 === 39) await life.settle();
        }
      };
      await live().catch(() => {
        // It died on the way.
      });
      const isWhole = life.writesLeft > 0;
      life.crash();
      life.log.append(indexEvent('last', { cred: 'c-1' }));
      await life.settle();
      expect(life.troubles.map(({ state }) => state)).not.toContain('rebuilding');
      const rows = await rowsOf(life.store);
      await life.store.clear();
      life.crash();
      await life.settle();
      expect(rows, `after ${writes} writes`).toEqual(await rowsOf(life.store));
      if (isWhole) break;
    }
  });

  it('goes on with a flush where a crash cut it short', async () => {
    const events = Array.from({ length: 700 }, (_, i) => {
      return indexEvent(i, { cred: `c-${(i * 7) % 600}`, actor: `a-${i % 13}` });
    });
    const whole = indexLife({ bufferPostingsMax: 1_000 });
    whole.log.append(...events);
    await whole.settle();
    expectTrueHeads(whole.log);
    const wanted = await rowsOf(whole.store);
    let cut = 0;
    let isDone = false;
    for (let writes = 0; !isDone; writes++) {
      const life = indexLife({ bufferPostingsMax: 1_000, flushBytesMax: 2_000 });
      life.log.append(...events);
      life.writesLeft = writes;
      await life.settle().catch(() => {
        // It died on the way.
      });
      isDone = life.writesLeft > 0;
      cut += (await life.store.getMany([FLUSH_KEY]))[0] === undefined ? 0 : 1;
      life.crash();
      // The flush that goes on is cut short too.
      life.writesLeft = 1;
      await life.settle().catch(() => undefined);
      life.crash();
      await life.settle();
      expect(life.troubles.map(({ state }) => state)).not.toContain('rebuilding');
      expect(headsOf(life.log)).toEqual(headsOf(whole.log));
      expect(await rowsOf(life.store)).toEqual(wanted);
    }
    expect(cut).toBeGreaterThan(3);
  });

  it('is made anew where the log has not the tree of a flush that was cut short', async () => {
    const events = Array.from({ length: 600 }, (_, i) => indexEvent(i, { cred: `c-${i}` }));
    const life = indexLife({ bufferPostingsMax: 1_200, flushBytesMax: 2_000 });
    life.log.append(...events);
    const isCut = async (): Promise<boolean> =>
      (await life.store.getMany([FLUSH_KEY]))[0] !== undefined;
    for (let writes = 1; !(await isCut()); writes++) {
      await life.store.clear();
      life.crash();
      life.writesLeft = writes;
      life.log.publish();
      await life.until(() => life.writesLeft === 0);
    }
    for (const left of [events.slice(100), events.slice(0, 100)]) {
      const other = indexLife();
      const batch = other.store.batch();
      for (const { key, value } of await allRows(life.store)) batch.put(key, value);
      await batch.write();
      other.log.append(...left);
      other.log.publish();
      other.crash();
      await other.settle();
      expect(other.troubles.map(({ state }) => state)).toEqual(['rebuilding']);
      expectTrueHeads(other.log);
    }
  });

  it('notices rows that are not what was written, and makes them anew', async () => {
    for (const tag of ['L', 'T', 'M', 'P', 'N']) {
      const life = indexLife();
      for (let i = 0; i < 300; i++) life.log.append(indexEvent(i, { cred: `c-${i % 2}` }));
      await life.settle();
      const from = Uint8Array.of(tag.charCodeAt(0));
      const to = Uint8Array.of(tag.charCodeAt(0) + 1);
      const rows = await life.store.scan({ from, to, limit: 1_000 });
      expect(rows.length, tag).toBeGreaterThan(0);
      const batch = life.store.batch();
      for (const { key, value } of rows) {
        const changed = value.slice();
        changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
        batch.put(key, changed);
      }
      await batch.write();
      life.crash();
      life.log.append(indexEvent('more', { cred: 'c-0' }));
      await life.settle();
      expectTrueHeads(life.log);
      const ask = (): Promise<unknown> => expectTrueAnswer(life, 'kind:tool.invoke', 100);
      try {
        await ask();
      } catch (error) {
        // Rows that no head is made of are read by answers alone.
        expect(isTransparencyError(error, 'index.corrupt'), `${tag} ${error}`).toBe(true);
        await life.settle();
        await life.until(async () => (await life.index.figures()).state === 'following');
        await ask();
      }
    }
  });

  it('answers a reader who pages under the head of the first page, and forgets it in time', async () => {
    const life = indexLife({ pinnedMs: 60_000 });
    for (let i = 0; i < 20; i++) life.log.append(indexEvent(i, { cred: 'a' }));
    await life.settle();
    const label = labelOf({ selector: 'cred', value: 'a' });
    const first = await life.index.answer({ label, limit: 5 });
    const head = first.head.leafIndex;
    life.log.append(indexEvent(20, { cred: 'a' }));
    await life.settle();
    const second = await life.index.answer({ label, from: 5, limit: 5, head });
    expect(second.head.leafIndex).toBe(head);
    expect(second.count).toBe(20);
    expect((await life.index.answer({ label })).count).toBe(21);
    life.advance(70_000);
    life.log.append(indexEvent(21, { cred: 'a' }));
    await life.settle();
    await expect(life.index.answer({ label, from: 10, head })).rejects.toThrow('index.head-gone');
  });

  it('tells which keys are new with entries that came while it ran, by who submitted them', async () => {
    const told: [string | null, number][] = [];
    const life = indexLife({}, { onNewKeys: (counts) => void told.push(...counts) });
    const by = (name: string, entry: Uint8Array): Uint8Array =>
      utf8(utf8Text(entry).replace('"by":null', `"by":"${name}"`));
    // This one was there when the run began.
    life.log.append(by('gw', indexEvent('old')));
    await life.settle();
    expect(told).toEqual([]);
    const two = [by('gw', indexEvent(0, { cred: 'a' })), by('gw', indexEvent(1, { deleg: 'b' }))];
    life.log.append(...two, indexEvent(2, { cred: 'c' }));
    await life.settle();
    // Two credentials and the principal of the delegation; one more credential.
    expect(new Map(told)).toEqual(
      new Map([
        ['gw', 3],
        [null, 1],
      ]),
    );
    told.length = 0;
    life.log.append(by('other', indexEvent(3, { cred: 'a', actor: 'new' })));
    await life.settle();
    expect(told).toEqual([['other', 2]]);
    told.length = 0;
    await life.store.clear();
    life.crash();
    await life.settle();
    expect(told).toEqual([]);
  });

  it('agrees with the model through random lives, and no changed answer passes', async () => {
    let lies = 0;
    for (let seed = 0; seed < 12; seed++) lies += await liveAndCompare(seed);
    expect(lies).toBeGreaterThan(2_000);
  });
});

const ASKED = ['cred:c-0', 'cred:c-5', 'cred:no', 'kind:nonconforming', 'source:gw-1'];

/** @returns how many lies were tried */
async function liveAndCompare(seed: number): Promise<number> {
  const random = seededRandom(seed);
  const life = indexLife({
    headEntriesMax: random.pick([10, 50, 100_000]),
    bufferPostingsMax: random.pick([5, 60, 1_000_000]),
    earlierHeadsMax: random.pick([1, 3, 65_536]),
    bufferKeysMax: random.pick([4, 1_000_000]),
    flushBytesMax: random.pick([1, 1_000_000]),
  });
  const { log } = life;
  const older = new Map<string, LookupReply>();
  for (let step = 0; step < 30; step++) {
    const action = random.below(10);
    if (action < 5) {
      for (let i = random.below(20); i >= 0; i--) {
        if (random.chance(0.1)) log.append(NO_LEAF);
        else {
          const cred = `c-${random.below(6)}`;
          log.append(indexEvent(`${step}-${i}`, random.chance(0.5) ? { cred } : { deleg: cred }));
        }
      }
    } else if (action === 5) life.advance(random.below(8_000));
    else if (action === 6) life.crash();
    else if (action === 7)
      log.failure = random.pick(['refused', 'unknown, done', 'unknown, undone']);
    else if (action === 8 && random.chance(0.3)) {
      await life.store.clear();
      life.crash();
    }
    if (random.chance(0.7)) {
      log.publish(Math.max(log.publishedSize, log.entries.length - random.below(5)));
    }
    for (let turn = random.below(12); turn > 0; turn--) await new Promise((r) => setImmediate(r));
    for (const key of ASKED) {
      const reply = await life.index
        .answer({ label: labelOf(parseLookupKey(key)) })
        .catch(() => null);
      if (reply !== null && random.chance(0.3)) older.set(key, reply);
    }
  }
  log.append(indexEvent('last', { cred: 'c-0' }));
  await life.settle();
  expectTrueHeads(log);
  let lies = 0;
  for (const key of ASKED) {
    await expectTrueAnswer(life, key, 1 + random.below(9));
    lies += await expectNoLies(life, key, older);
  }
  expect(life.troubles.map(({ state }) => state).filter((state) => state !== 'waiting')).toEqual(
    [],
  );
  await life.index.close();
  return lies;
}
