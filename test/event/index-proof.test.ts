import { beforeAll, describe, expect, it } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import type { VerifiedCheckpoint } from '../../src/core/checkpoint.ts';
import {
  ANSWER_BYTES_MAX,
  formatIndexAnswer,
  type IndexAnswer,
  parseIndexAnswer,
  reading,
} from '../../src/event/index-answer.ts';
import { formatIndexHead, parseIndexHead } from '../../src/event/index-leaf.ts';
import { openIndexAnswer } from '../../src/event/index-proof.ts';
import { labelOf, parseLookupKey } from '../../src/event/map.ts';
import { assembleAnswer } from '../../src/lookup/lookup.ts';
import { path, proof } from '../reference/tree.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { type IndexLog, indexEvent, indexLog } from '../support/index-log.ts';
import { refusal } from '../support/refusal.ts';

let life: IndexLife;
const answers = new Map<string, IndexAnswer>();
const labelFor = (key: string): Uint8Array => labelOf(parseLookupKey(key));

async function answerTo(
  key: string,
  page: { from?: number; limit?: number } = {},
): Promise<IndexAnswer> {
  const { size, note } = life.log.checkpoint();
  const reply = await life.index.answer({ label: labelFor(key), ...page });
  return await assembleAnswer(reply, labelFor(key), { size, note, tiles: life.log.tilesOf(size) });
}

beforeAll(async () => {
  life = indexLife();
  for (let i = 0; i < 23; i++) {
    life.log.append(indexEvent(i, { cred: `c-${i % 4}`, actor: `a-${i % 7}` }));
    if (i === 11) await life.settle();
  }
  await life.settle();
  life.log.append(indexEvent('tail', { cred: 'c-1' }));
  life.log.publish();
  answers.set('cred:c-1', await answerTo('cred:c-1', { from: 1, limit: 3 }));
  answers.set('cred:none', await answerTo('cred:none'));
  answers.set('kind:tool.invoke', await answerTo('kind:tool.invoke'));
});

const given = (key: string): IndexAnswer => answers.get(key) as IndexAnswer;

function open(answer: IndexAnswer, key: string, checkpoint?: VerifiedCheckpoint): void {
  openIndexAnswer(answer, {
    checkpoint: checkpoint ?? life.log.checkpoint(),
    label: labelFor(key),
  });
}

describe('the answer of an index', () => {
  it('is read from its bytes and written back', () => {
    for (const [key, answer] of answers) {
      const bytes = formatIndexAnswer(answer);
      expect(formatIndexAnswer(parseIndexAnswer(bytes))).toEqual(bytes);
      open(parseIndexAnswer(bytes), key);
    }
  });

  it('is refused with any one byte changed, or is no answer then', () => {
    for (const [key, answer] of answers) {
      const bytes = formatIndexAnswer(answer);
      const checkpoint = life.log.checkpoint();
      for (let at = 0; at < bytes.length; at++) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ (1 << (at % 7));
        const why = refusal(() => open(parseIndexAnswer(changed), key, checkpoint));
        expect(why, `${key} ${at}`).not.toBeNull();
      }
    }
  });

  const page = { from: 0, indices: [], left: [], right: [] };
  const hash = base64(new Uint8Array(32));
  it.each<[string, Record<string, unknown>, string]>([
    ['a member more', { more: 1 }, 'not the members'],
    ['no page', { page: null }, 'a page if present'],
    ['no count', { count: 0 }, 'a count if present'],
    ['a count that is none', { count: -1 }, 'not a size'],
    ['a present that is neither', { present: 1 }, 'not true or false'],
    ['a label of 31 bytes', { label: base64(new Uint8Array(31)) }, '31 bytes, not 32'],
    ['a label that is no text', { label: 7 }, 'not a text'],
    ['a label that is no base64', { label: `${hash.slice(0, -2)}B=` }, 'index.malformed'],
    ['a head that is no object', { head: [] }, 'not an object'],
    ['a head that is null', { head: null }, 'not an object'],
    ['a head that is a text', { head: 'four' }, 'not an object'],
    ['another member in the place of one', { head: { a: 1, b: 2, c: 3, d: 4 } }, 'not the members'],
    ['a path that is no array', { trie: {} }, 'not an array'],
    ['a path of 258 nodes', { trie: Array(258).fill({}) }, '258 items, at most 257'],
    ['a page of 10,001', { page: { ...page, indices: Array(10_001).fill(1) } }, 'at most 10000'],
    ['a compact range of 129', { page: { ...page, left: Array(129).fill(hash) } }, 'at most 128'],
  ])('is not one with %s', (_, change, why) => {
    const value = JSON.parse(utf8Text(formatIndexAnswer(given('cred:c-1'))));
    const text = JSON.stringify(sorted({ ...value, ...change }));
    const said = refusal(() => parseIndexAnswer(utf8(text)));
    expect(said).toMatch('index.malformed');
    expect(said).toMatch(why);
  });

  it('says once why it is not one, and does not call a fault of the program so', () => {
    const value = JSON.parse(utf8Text(formatIndexAnswer(given('cred:c-1'))));
    const text = JSON.stringify(sorted({ ...value, label: 7 }));
    expect(refusal(() => parseIndexAnswer(utf8(text)))).toBe('index.malformed: not a text');
    const fault = (): never => {
      throw new RangeError('of the program');
    };
    expect(() => reading(fault)).toThrow(RangeError);
  });

  it('is not one of more than 2 MiB', () => {
    const long = new Uint8Array(ANSWER_BYTES_MAX + 1).fill(0x20);
    expect(refusal(() => parseIndexAnswer(long))).toMatch(`${ANSWER_BYTES_MAX + 1} bytes`);
  });

  it('is not one in another order, or with a space', () => {
    const text = utf8Text(formatIndexAnswer(given('cred:none')));
    expect(refusal(() => parseIndexAnswer(utf8(text)))).toBeNull();
    expect(refusal(() => parseIndexAnswer(utf8(`${text} `)))).toMatch('index.malformed');
    const { trie, ...rest } = JSON.parse(text);
    const other = JSON.stringify({ trie, ...rest });
    expect(refusal(() => parseIndexAnswer(utf8(other)))).toMatch('not in canonical form');
  });
});

describe('the check of an answer', () => {
  it('refuses another checkpoint than the one that was opened', () => {
    const other = life.log.checkpoint(life.log.publishedSize - 1);
    expect(refusal(() => open(given('cred:c-1'), 'cred:c-1', other))).toMatch('another checkpoint');
  });

  it('refuses the answer to another question', () => {
    expect(refusal(() => open(given('cred:c-1'), 'cred:c-2'))).toMatch('about another label');
  });

  it('refuses the proof of another key', () => {
    const answer = given('cred:c-1');
    const asked = { ...answer, label: labelFor('cred:c-2') };
    expect(refusal(() => open(asked, 'cred:c-2'))).toMatch('index.mismatch: trie');
  });

  it('refuses the absence of a key that is there, and the presence of one that is not', () => {
    const there = { ...given('cred:c-1'), present: false, count: 0, page: null };
    expect(refusal(() => open(there, 'cred:c-1'))).toMatch('index.mismatch: trie');
    const { count, page } = given('cred:c-1');
    const away = { ...given('cred:none'), present: true, count, page };
    expect(refusal(() => open(away, 'cred:none'))).toMatch('index.mismatch: trie');
  });

  it('refuses a posting dropped, added or changed, and another count', () => {
    const answer = given('cred:c-1');
    const page = answer.page as NonNullable<IndexAnswer['page']>;
    const [first = 0, ...rest] = page.indices;
    const changes: Partial<IndexAnswer>[] = [
      { page: { ...page, indices: rest } },
      { page: { ...page, indices: rest, from: page.from + 1 } },
      { page: { ...page, indices: [first - 1, ...page.indices] } },
      { page: { ...page, indices: [first + 1, ...rest] } },
      { count: answer.count + 1 },
      { count: answer.count - 1 },
      { page: { ...page, from: page.from + 1 } },
      { page: { ...page, right: [] } },
    ];
    for (const change of changes) {
      expect(refusal(() => open({ ...answer, ...change }, 'cred:c-1'))).toMatch('index.mismatch');
    }
  });

  it('refuses the other head of the same log', async () => {
    const [older] = headsOf(life.log);
    const answer = await answerTo('cred:c-1', { limit: 2 });
    expect(refusal(() => open(answer, 'cred:c-1'))).toBeNull();
    const head = headProofOf(life.log, older as number);
    expect(refusal(() => open({ ...answer, head }, 'cred:c-1'))).toMatch('index.mismatch: trie');
  });
});

/** A head that was never made by an index, over the entries of a log. */
function madeHead(
  change: Record<string, unknown>,
  before = 3,
): { log: IndexLog; answer: IndexAnswer } {
  const log = indexLog();
  for (let i = 0; i < before; i++) log.append(indexEvent(i));
  const honest = parseIndexHead(given('cred:none').head.leaf);
  const head = {
    ...honest,
    size: before,
    root: base64(log.rootOf(before)),
    ...change,
  };
  log.append(formatIndexHead(head as typeof honest), indexEvent('behind'));
  log.publish();
  const answer = {
    ...given('cred:none'),
    checkpoint: log.checkpoint().note,
    head: headProofOf(log, before, (change['size'] as number | undefined) ?? before),
  };
  return { log, answer };
}

describe('the check of an index head', () => {
  const why = ({ log, answer }: ReturnType<typeof madeHead>): string | null => {
    return refusal(() => open(answer, 'cred:none', log.checkpoint()));
  };

  it('accepts a head that stands where it says', () => {
    expect(why(madeHead({}))).toBeNull();
  });

  it('refuses a leaf that is no head', () => {
    const { log, answer } = madeHead({});
    const head = { ...headProofOf(log, 4, 3), leaf: log.entries[4] as Uint8Array };
    expect(why({ log, answer: { ...answer, head } })).toMatch('leaf.malformed');
  });

  it('refuses a head of another log', () => {
    expect(why(madeHead({ origin: 'other.test/log' }))).toMatch('index.wrong-head');
  });

  it('refuses a head over entries behind it, though they are in the tree', () => {
    const log = indexLog();
    for (let i = 0; i < 3; i++) log.append(indexEvent(i));
    const honest = parseIndexHead(given('cred:none').head.leaf);
    // A root that the log can only know by making the head first cannot be: the head of 5 entries at leaf 3 is made of
    // the root that the same entries have without it.
    const head = { ...honest, size: 4, root: base64(log.rootOf(3)) };
    log.append(formatIndexHead(head), indexEvent('behind'));
    log.publish();
    const proof = headProofOf(log, 3, 4);
    const answer = { ...given('cred:none'), checkpoint: log.checkpoint().note, head: proof };
    expect(why({ log, answer })).toMatch('index.wrong-head');
  });

  it('refuses a head that is not in the tree', () => {
    const { log, answer } = madeHead({});
    const leaf = formatIndexHead({ ...parseIndexHead(answer.head.leaf), prev: 0 });
    expect(why({ log, answer: { ...answer, head: { ...answer.head, leaf } } })).toMatch(
      'inclusion.mismatch',
    );
  });

  it('refuses a head beyond the tree', () => {
    const { log, answer } = madeHead({});
    const head = { ...answer.head, leafIndex: 9 };
    expect(why({ log, answer: { ...answer, head } })).toMatch('inclusion.out-of-range');
  });

  it('refuses a head over another tree', () => {
    expect(why(madeHead({ root: base64(new Uint8Array(32)) }))).toMatch('consistency.mismatch');
  });

  it('refuses an index at or above the size of the head', () => {
    const answer = given('kind:tool.invoke');
    const { tree } = openIndexAnswer(answer, {
      checkpoint: life.log.checkpoint(),
      label: labelFor('kind:tool.invoke'),
    }).head;
    const page = answer.page as NonNullable<IndexAnswer['page']>;
    const indices = [...page.indices.slice(0, -1), tree.size];
    expect(
      refusal(() => open({ ...answer, page: { ...page, indices } }, 'kind:tool.invoke')),
    ).toMatch(`index ${tree.size} under a head of ${tree.size}`);
  });
});

function headsOf(log: IndexLog): number[] {
  return log.entries.flatMap((entry, index) => {
    return refusal(() => parseIndexHead(entry)) === null ? [index] : [];
  });
}

function headProofOf(log: IndexLog, leafIndex: number, size?: number): IndexAnswer['head'] {
  const leaf = log.entries[leafIndex] as Uint8Array;
  const { leafHashes } = log.tilesOf(log.publishedSize);
  const of = size ?? parseIndexHead(leaf).size;
  return {
    leafIndex,
    leaf,
    inclusion: path(leafIndex, leafHashes),
    consistency: of === 0 || of === leafHashes.length ? [] : proof(of, leafHashes),
  };
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
