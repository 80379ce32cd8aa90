import type { IndexAnswer } from '../../src/event/index-answer.ts';

/** Other true answers of the same log, of which a liar can take parts. */
export interface OtherAnswers {
  /** To the same question, under another head. */
  readonly head: IndexAnswer | null;
  /** To a question about another key, under the same head. */
  readonly key: IndexAnswer;
  /** To the same question, from another position on. */
  readonly page: IndexAnswer;
}

type Page = NonNullable<IndexAnswer['page']>;

/** Every way in which an answer is changed by a liar, by its name. Those that change nothing are left out. */
export function mutationsOf(
  answer: IndexAnswer,
  others: OtherAnswers,
): readonly (readonly [string, IndexAnswer])[] {
  const { page, count } = answer;
  const whole: [string, Partial<IndexAnswer>][] = [
    [
      'another key’s proof',
      {
        trie: others.key.trie,
        count: others.key.count,
        page: others.key.page,
        present: others.key.present,
      },
    ],
    ['another key’s path', { trie: others.key.trie }],
    ['a path without its lowest node', { trie: answer.trie.slice(1) }],
    ['a path without its highest node', { trie: answer.trie.slice(0, -1) }],
    ['its label', { label: others.key.label }],
    ['absence', { present: false, count: 0, page: null }],
    [
      'its head one leaf further',
      { head: { ...answer.head, leafIndex: answer.head.leafIndex + 1 } },
    ],
  ];
  if (others.head !== null) {
    whole.push(['another head', { head: others.head.head }]);
    const { trie, count: other, page: otherPage, present } = others.head;
    whole.push(['the proof of another head', { trie, count: other, page: otherPage, present }]);
  }
  const changes = page === null ? [presence(others)] : pageChanges(page, count, others);
  return [...whole, ...changes]
    .map(([name, change]) => [name, { ...answer, ...change }] as const)
    .filter(([, changed]) => textOf(changed) !== textOf(answer));
}

function presence({ key }: OtherAnswers): [string, Partial<IndexAnswer>] {
  const page = key.page ?? { from: 0, indices: [0], left: [], right: [] };
  return ['presence', { present: true, count: Math.max(1, key.count), page }];
}

function pageChanges(
  page: Page,
  count: number,
  others: OtherAnswers,
): [string, Partial<IndexAnswer>][] {
  const { indices } = page;
  const changes: [string, Partial<IndexAnswer>][] = [
    ['one more in the count', { count: count + 1 }],
    ['one less in the count', { count: count - 1 }],
    ['a later beginning', { page: { ...page, from: page.from + 1 } }],
    [
      'another page under the old beginning',
      { page: { ...page, indices: others.page.page?.indices ?? [] } },
    ],
    ['no hashes on the left', { page: { ...page, left: [] } }],
    ['no hashes on the right', { page: { ...page, right: [] } }],
  ];
  // Of a long page its ends and its middle.
  const middle = indices.length >> 1;
  for (const i of new Set([0, middle, indices.length - 1].filter((at) => at in indices))) {
    const without = indices.toSpliced(i, 1);
    changes.push([`index ${i} dropped`, { page: { ...page, indices: without } }]);
    changes.push([
      `index ${i} dropped, count too`,
      { count: count - 1, page: { ...page, indices: without } },
    ]);
    const index = indices[i] as number;
    changes.push([
      `index ${i} changed`,
      { page: { ...page, indices: indices.toSpliced(i, 1, index + 1) } },
    ]);
    changes.push([
      `index ${i} twice`,
      { page: { ...page, indices: indices.toSpliced(i, 0, index) } },
    ]);
    const next = indices[i + 1];
    if (next !== undefined) {
      changes.push([
        `indices ${i} and ${i + 1} swapped`,
        { page: { ...page, indices: indices.toSpliced(i, 2, next, index) } },
      ]);
      if (next > index + 1) {
        changes.push([
          `an index added behind ${i}`,
          { page: { ...page, indices: indices.toSpliced(i + 1, 0, index + 1) } },
        ]);
      }
    }
  }
  return changes;
}

function textOf(answer: IndexAnswer): string {
  return JSON.stringify(answer, (_, value) => (value instanceof Uint8Array ? [...value] : value));
}
