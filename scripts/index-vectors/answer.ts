/**
 * Makes spec/vectors/index-answer.json: npx tsx -C varve-source scripts/index-vectors/answer.ts
 *
 * Answers of a small log, true ones and ones with one thing wrong; test/foreign/index judges them too.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publicKeyOf, sign } from '#ed25519';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { proveConsistency, proveInclusion } from '../../src/core/prover.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { formatIndexAnswer, type IndexAnswer } from '../../src/event/index-answer.ts';
import { formatIndexFraud, type IndexFraud } from '../../src/event/index-fraud.ts';
import { formatIndexHead, parseIndexHead } from '../../src/event/index-leaf.ts';
import { labelOf, parseLookupKey } from '../../src/event/map.ts';
import { assembleAnswer, type LookupQuestion } from '../../src/lookup/lookup.ts';
import { tileStore } from '../../test/reference/tile-store.ts';
import { indexLife } from '../../test/support/index-life.ts';
import { indexEvent, NO_LEAF } from '../../test/support/index-log.ts';

const ORIGIN = 'index.test/log';
const seed = new Uint8Array(32).fill(11);
const ed25519PublicKey = publicKeyOf(seed);
const signer = {
  origin: ORIGIN,
  ed25519PublicKey,
  signNote: (text: Uint8Array) => sign(text, seed),
};
const vkey = formatVkey(verifierKeyOf(ORIGIN, KEY_TYPE.ed25519, ed25519PublicKey));

/** An index over 20 entries and over 25, then one entry more; the heads are of our origin. */
async function built(doctor?: (entry: Uint8Array, index: number) => Uint8Array) {
  const life = indexLife();
  Object.assign(life.log, { origin: ORIGIN, ...(doctor === undefined ? {} : { doctor }) });
  for (let i = 0; i < 20; i++) {
    const cred = i % 3 === 0 ? 'tok-1' : 'tok-2';
    life.log.append(i === 7 ? indexEvent(i, { deleg: 'tok-7' }) : indexEvent(i, { cred }));
  }
  await life.settle();
  life.log.append(NO_LEAF, indexEvent(20, { cred: 'tok-1' }));
  await life.settle();
  life.log.append(indexEvent(21, { cred: 'tok-1' }));
  life.log.publish();
  const entries = life.log.entries;
  const tiles = tileStore(entries.length, (i) => entries[i] as Uint8Array);
  const note = signCheckpoint(
    { origin: ORIGIN, size: tiles.size, rootHash: tiles.rootHash },
    signer,
  );
  const answer = async (key: string, more: Partial<LookupQuestion> = {}): Promise<IndexAnswer> => {
    const label = labelOf(parseLookupKey(key));
    const reply = await life.index.answer({ label, ...more });
    return await assembleAnswer(reply, label, { size: tiles.size, note, tiles });
  };
  return { life, entries, tiles, note, answer };
}

const { answer, entries, tiles, note, life } = await built();
const heads = entries.flatMap((leaf, leafIndex) => {
  return utf8Text(leaf).endsWith('"v":"nhi.index/1"}') ? [leafIndex] : [];
});
const headProof = async (leafIndex: number, leaf = entries[leafIndex] as Uint8Array) => ({
  leafIndex,
  leaf,
  inclusion: await proveInclusion(tiles, { leafIndex, treeSize: tiles.size }),
  consistency: await proveConsistency(tiles, {
    first: parseIndexHead(leaf).size,
    second: tiles.size,
  }),
});

interface Case {
  readonly name: string;
  readonly key: string;
  readonly answer: IndexAnswer;
  readonly holds: boolean;
}

const holds = (name: string, key: string, given: IndexAnswer): Case => {
  return { name, key, answer: given, holds: true };
};
const wrong = (name: string, key: string, given: IndexAnswer): Case => {
  return { name, key, answer: given, holds: false };
};

const all = await answer('cred:tok-1');
const middle = await answer('cred:tok-1', { from: 2, limit: 3 });
const none = await answer('cred:none');
const page = (given: IndexAnswer) => given.page as NonNullable<IndexAnswer['page']>;
const withPage = (given: IndexAnswer, change: Partial<NonNullable<IndexAnswer['page']>>) => ({
  ...given,
  page: { ...page(given), ...change },
});
const [older = 0] = heads;

const cases: readonly Case[] = [
  holds('all postings of a key', 'cred:tok-1', all),
  holds('a page from the middle', 'cred:tok-1', middle),
  holds('the rest: no posting', 'cred:tok-1', await answer('cred:tok-1', { from: all.count })),
  holds(
    'a range, with its neighbours',
    'cred:tok-1',
    await answer('cred:tok-1', { range: { lo: 5, hi: 13 } }),
  ),
  holds('a key that stands in a delegation alone', 'cred:tok-7', await answer('cred:tok-7')),
  holds('a key that is absent', 'cred:none', none),
  holds('what is no leaf', 'kind:nonconforming', await answer('kind:nonconforming')),
  wrong('count + 1', 'cred:tok-1', { ...all, count: all.count + 1 }),
  wrong('count - 1', 'cred:tok-1', { ...all, count: all.count - 1 }),
  wrong('a posting dropped', 'cred:tok-1', withPage(all, { indices: page(all).indices.slice(1) })),
  wrong(
    'a posting dropped, and from with it',
    'cred:tok-1',
    withPage(all, { from: 1, indices: page(all).indices.slice(1) }),
  ),
  wrong('a posting added', 'cred:tok-1', withPage(all, { indices: [...page(all).indices, 21] })),
  wrong(
    'a posting changed',
    'cred:tok-1',
    withPage(all, { indices: page(all).indices.with(1, 4) }),
  ),
  wrong(
    'two postings in the other order',
    'cred:tok-1',
    withPage(all, { indices: page(all).indices.with(0, 3).with(1, 0) }),
  ),
  wrong(
    'a truncated page',
    'cred:tok-1',
    withPage(middle, { indices: page(middle).indices.slice(0, -1) }),
  ),
  wrong('an overlapping page', 'cred:tok-1', withPage(middle, { from: 1 })),
  wrong('a page without its left', 'cred:tok-1', withPage(middle, { left: [] })),
  wrong('the older head', 'cred:tok-1', { ...all, head: await headProof(older) }),
  wrong('the head at another leaf', 'cred:tok-1', {
    ...all,
    head: { ...all.head, leafIndex: older },
  }),
  wrong('a head with another trie', 'cred:none', {
    ...none,
    head: {
      ...none.head,
      leaf: formatIndexHead({
        ...parseIndexHead(none.head.leaf),
        index: base64(new Uint8Array(32)),
      }),
    },
  }),
  wrong('the proof of another key', 'cred:tok-2', {
    ...all,
    label: labelOf(parseLookupKey('cred:tok-2')),
  }),
  wrong('absent, by the path of a key that is there', 'cred:tok-1', {
    ...all,
    present: false,
    count: 0,
    page: null,
  }),
  wrong('present, by the path of a key that is not', 'cred:none', {
    ...none,
    present: true,
    count: all.count,
    page: all.page,
  }),
  wrong('another checkpoint', 'cred:tok-1', {
    ...all,
    checkpoint: utf8(
      utf8Text(all.checkpoint).replace(`\n${tiles.size}\n`, `\n${tiles.size + 1}\n`),
    ),
  }),
];

/** A log whose second head leaves out the posting of entry 9, and the proof of it. */
async function fraud(): Promise<Exclude<IndexFraud, { readonly kind: 'double' }>> {
  const lie = await built((entry, index) =>
    index === 9 ? indexEvent(9, { cred: 'tok-2' }) : entry,
  );
  const label = labelOf(parseLookupKey('cred:tok-1'));
  const given = await lie.answer('cred:tok-1', { range: { lo: 9, hi: 10 } });
  const inclusion = await proveInclusion(lie.tiles, { leafIndex: 9, treeSize: lie.tiles.size });
  await lie.life.index.close();
  return {
    kind: 'missing',
    checkpoint: given.checkpoint,
    head: given.head,
    entry: { index: 9, leaf: lie.entries[9] as Uint8Array, inclusion },
    label,
    trie: given.trie,
    count: given.count,
    page: given.page,
  };
}

const proof = await fraud();
const json = (bytes: Uint8Array): unknown => JSON.parse(utf8Text(bytes));
const file = fileURLToPath(new URL('../../spec/vectors/index-answer.json', import.meta.url));
writeFileSync(
  file,
  `${JSON.stringify(
    {
      description:
        'Answers of the index of one small log, each with the key that was asked for, and whether steps 1 to 4 of a client accept it (spec/11-index.md §7). The bytes of an answer are the canonical JSON of `answer`. `frauds`: fraud proofs (§10).',
      vkey,
      size: tiles.size,
      cases: cases.map((one) => ({ ...one, answer: json(formatIndexAnswer(one.answer)) })),
      frauds: [
        { name: 'a posting that is left out', proves: true, fraud: json(formatIndexFraud(proof)) },
        {
          name: 'a posting that is there, called missing',
          proves: false,
          fraud: json(
            formatIndexFraud({
              ...proof,
              checkpoint: note,
              head: all.head,
              trie: all.trie,
              count: all.count,
              page: all.page,
              entry: {
                index: 9,
                leaf: entries[9] as Uint8Array,
                inclusion: await proveInclusion(tiles, { leafIndex: 9, treeSize: tiles.size }),
              },
            }),
          ),
        },
      ],
    },
    null,
    1,
  )}\n`,
);
await life.index.close();
