/**
 * What a dishonest log could answer. It holds the log's key: it signs any tree and any index head. Each attempt is to make
 * a lookup say that something is complete which is not.
 */
import { describe, expect, it } from 'vitest';
import { openLogClient } from '../../src/client/client.ts';
import { type LookupOptions, type LookupResult, lookup } from '../../src/client/lookup-client.ts';
import { lookupPolicyOf } from '../../src/client/lookup-policy.ts';
import { lookupNotProven, lookupSentence } from '../../src/client/lookup-words.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { EMPTY_NODE, hashedNode } from '../../src/core/prefix-trie.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import type { IndexAnswer } from '../../src/event/index-answer.ts';
import { signIndexAudit } from '../../src/event/index-audit.ts';
import { formatIndexHead, parseIndexHead } from '../../src/event/index-leaf.ts';
import { labelOf, parseLookupKey } from '../../src/event/map.ts';
import { assembleAnswer } from '../../src/lookup/lookup.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { indexEvent } from '../support/index-log.ts';
import { type LookupSite, lookupSite, SITE_URL, siteOptions } from '../support/lookup-site.ts';
import { refusalOf } from '../support/refusal.ts';
import { testSigner } from '../support/test-signer.ts';

const KEY = parseLookupKey('cred:leaked');
const LABEL = labelOf(KEY);
const USES = [3, 9, 14, 20, 27];

const eventAt = (i: number): Uint8Array =>
  indexEvent(
    i,
    USES.includes(i) ? { cred: 'leaked', actor: `a-${i % 4}` } : { cred: `c-${i % 5}` },
  );

interface Liar {
  readonly life: IndexLife;
  readonly site: LookupSite;
}

/** A log of 30 events under a true head, and some entries behind it. */
async function liar(behind = 3): Promise<Liar> {
  const life = indexLife();
  for (let i = 0; i < 30; i++) life.log.append(eventAt(i));
  await life.settle();
  for (let i = 0; i < behind; i++) life.log.append(eventAt(30 + i));
  life.log.publish();
  return { life, site: lookupSite(life) };
}

function ask(
  { life, site }: Liar,
  options: Partial<LookupOptions> = {},
  range?: { lo: number; hi: number },
): Promise<LookupResult> {
  const query = { key: KEY, ...(range === undefined ? {} : { range }) };
  return lookup({ ...siteOptions(life, site), ...options }, query);
}

/** Lies about the key alone; what is asked beside it is answered as it is. */
function lie(
  { site }: Liar,
  change: (answer: IndexAnswer, url: URL) => IndexAnswer | Promise<IndexAnswer>,
): void {
  const hexLabel = [...LABEL].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  site.answer = (answer, url) =>
    url.searchParams.get('label') === hexLabel ? change(answer, url) : answer;
}

type Page = NonNullable<IndexAnswer['page']>;

describe('a log that hides a use of a key', () => {
  it('is honest at first', async () => {
    const { events, tail } = await ask(await liar());
    expect([...events, ...(tail ?? [])].map(({ index }) => index)).toEqual(USES);
  });

  it('cannot take the last posting away, with the count and with hashes that it chooses', async () => {
    const given = await liar();
    lie(given, async (answer) => {
      const page = answer.page as Page;
      const indices = page.indices.slice(0, -1);
      return { ...answer, count: answer.count - 1, page: { ...page, indices, right: [] } };
    });
    expect(await refusalOf(ask(given))).toMatch('index.mismatch');
  });

  it('cannot put a posting behind the end of what it shows, and call that complete', async () => {
    const given = await liar();
    lie(given, async (answer, url) => {
      // A true page of the first three, and true empty pages for whoever asks for more.
      const from = Number(url.searchParams.get('from') ?? 0);
      const reply = await given.life.index.answer({ label: LABEL, from: 0, limit: 3 });
      if (from === 0) return { ...answer, page: reply.page };
      const end = await given.life.index.answer({ label: LABEL, from: answer.count });
      return { ...answer, page: end.page };
    });
    expect(await refusalOf(ask(given))).toMatch('index.incomplete: from 5, not 3');
  });

  it('cannot prove its absence with the node that stands for an empty side', async () => {
    const given = await liar();
    lie(given, (answer) => {
      const [own, ...rest] = answer.trie;
      const top = rest.at(-1) ?? own;
      if (top === undefined) return answer;
      const absent = { ...answer, present: false, count: 0, page: null };
      // The forgery that the Go library takes: the root's other child, and "empty" with the hash of the real one.
      const value = hashedNode(top).hash;
      return { ...absent, trie: [top, { label: EMPTY_NODE.label, value }] };
    });
    expect(await refusalOf(ask(given))).toMatch('index.mismatch: trie: the empty node');
    lie(given, (answer) => {
      const top = answer.trie.at(-1) as IndexAnswer['trie'][number];
      return { ...answer, present: false, count: 0, page: null, trie: [top, EMPTY_NODE] };
    });
    expect(await refusalOf(ask(given))).toMatch('index.mismatch: trie: the path leads to another');
  });

  it('cannot prove its absence with the nodes around it', async () => {
    const given = await liar();
    for (let from = 0; from < 8; from++) {
      for (let length = 0; length < 8; length++) {
        lie(given, (answer) => {
          const trie = answer.trie.slice(from, from + length);
          return { ...answer, present: false, count: 0, page: null, trie };
        });
        expect(await refusalOf(ask(given))).toMatch('index.mismatch: trie');
      }
    }
  });

  it('cannot show pages of two heads as one', async () => {
    const given = await liar(0);
    // A reader pages under the first head, so that it is kept.
    await given.life.index.answer({ label: LABEL, limit: 1 });
    const first = given.life.log.entries.findIndex(isHead);
    given.life.log.append(indexEvent(100, { cred: 'leaked' }));
    await given.life.settle();
    lie(given, async (answer, url) => {
      const from = Number(url.searchParams.get('from') ?? 0);
      const question = { label: LABEL, from, limit: 2, ...(from < 4 ? { head: first } : {}) };
      const reply = await given.life.index.answer(question);
      const { size, note } = given.life.log.checkpoint();
      const tiles = given.life.log.tilesOf(size);
      return await assembleAnswer(reply, answer.label, { size, note, tiles });
    });
    expect(await refusalOf(ask(given))).toMatch('index.incomplete: a page under another head');
  });

  it('cannot answer for a range and leave out its first or last posting', async () => {
    const given = await liar();
    for (const [from, limit] of [
      [2, 3],
      [3, 2],
      [1, 2],
    ] as const) {
      lie(given, async (answer, url) => {
        const asked = url.searchParams.get('from');
        if (asked !== null) return { ...answer, page: { ...(answer.page as Page), indices: [] } };
        const reply = await given.life.index.answer({ label: LABEL, from, limit });
        return { ...answer, page: reply.page };
      });
      expect(await refusalOf(ask(given, {}, { lo: 9, hi: 21 }))).toMatch(
        /index\.(incomplete|mismatch)/,
      );
    }
  });

  it('cannot make a head of fewer entries and hide the rest: they are read, and it is said where that ends', async () => {
    const life = indexLife();
    for (let i = 0; i < 5; i++) life.log.append(eventAt(i));
    await life.settle();
    const old = life.log.entries.findIndex(isHead);
    await life.index.answer({ label: LABEL, limit: 1 });
    const reply = await life.index.answer({ label: LABEL, head: old });
    for (let i = 5; i < 30; i++) life.log.append(eventAt(i));
    await life.settle();
    const given = { life, site: lookupSite(life) };
    // Whatever is asked, and though the client finds the newer head in the tail: always the old one.
    given.site.answer = async (answer) => {
      const { size, note } = life.log.checkpoint();
      const tiles = life.log.tilesOf(size);
      const own = await life.index.answer({ label: answer.label, head: old }).catch(() => reply);
      return await assembleAnswer(own, answer.label, { size, note, tiles });
    };
    const result = await ask(given);
    const found = [...result.events, ...(result.tail ?? [])];
    expect(found).toHaveLength(USES.length);
    expect(result.completeTo).toBe(life.log.publishedSize);
    const short = await ask(given, { tailMax: 3 });
    expect([short.tail, short.completeTo]).toEqual([null, 5]);
    expect(lookupSentence(short)).toMatch('among the first 5 entries');
    expect(lookupNotProven(short)[0]).toMatch('they were not read');
  });

  it('cannot pass a head off that counts entries to come', async () => {
    const given = await liar(0);
    const { log } = given.life;
    const at = log.entries.findIndex(isHead);
    const head = parseIndexHead(log.entries[at] as Uint8Array);
    log.append(formatIndexHead({ ...head, size: log.entries.length + 1, prev: at }), eventAt(0));
    log.publish();
    const leafIndex = log.entries.length - 2;
    lie(given, async (answer) => {
      const tree = { size: head.size, rootHash: log.rootOf(head.size) };
      const leaf = log.entries[leafIndex] as Uint8Array;
      const { trie, count, page, present } = answer;
      const { size, note } = log.checkpoint();
      const reply = { head: { leafIndex, leaf, tree }, trie, count, page, present };
      return await assembleAnswer(reply, LABEL, { size, note, tiles: log.tilesOf(size) });
    });
    expect(await refusalOf(ask(given))).toMatch('index.wrong-head');
  });

  it('cannot show another tree to who asks for the second page', async () => {
    const given = await liar();
    const fork = indexLife();
    for (let i = 0; i < 30; i++)
      fork.log.append(i === USES[1] ? indexEvent('harmless') : eventAt(i));
    await fork.settle();
    for (let i = 30; fork.log.entries.length <= given.life.log.publishedSize; i++) {
      fork.log.append(eventAt(i));
    }
    fork.log.publish();
    lie(given, async (answer, url) => {
      const from = Number(url.searchParams.get('from') ?? 0);
      if (from === 0) {
        const reply = await given.life.index.answer({ label: LABEL, limit: 1 });
        return { ...answer, page: reply.page };
      }
      const reply = await fork.index.answer({ label: LABEL, from: Math.min(from, 4) });
      const { size, note } = fork.log.checkpoint();
      return await assembleAnswer(reply, LABEL, { size, note, tiles: fork.log.tilesOf(size) });
    });
    expect(await refusalOf(ask(given))).toMatch(/checkpoint\.fork|consistency|tile\./);
  });

  it('cannot pass the answer of another log off as its own', async () => {
    const given = await liar();
    const stranger = testSigner('other.test/log');
    const key = verifierKeyOf('other.test/log', KEY_TYPE.ed25519, stranger.ed25519PublicKey);
    const policy = policyOfVkey(formatVkey(key));
    const { fetch } = given.site;
    const client = openLogClient({ url: SITE_URL, policy, fetch });
    const run = ask(given, { client, policy: lookupPolicyOf(policy, {}) });
    expect(await refusalOf(run)).toMatch(/note\.not-signed|checkpoint\./);
  });

  it('cannot say more with bytes that are no answer', async () => {
    const given = await liar();
    const { fetch } = given.site;
    for (const change of [
      (text: string) => text.replace('"present":true', '"present":false'),
      (text: string) => text.replace('{"checkpoint"', '{"checkpoint":"","checkpoint"'),
      (text: string) => `${text}{}`,
      (text: string) => text.replace('"count":5', '"count":5.0'),
      (text: string) => text.replace('"count":5', '"count":1e300'),
      (text: string) => text.replace('"from":0', '"from":-1'),
      (text: string) => text.replace('"bits":', '"bits":4294967'),
    ]) {
      const site = {
        ...given.site,
        async fetch(url: string, init: RequestInit) {
          const reply = await fetch(url, init);
          if (!url.includes('lookup?') || !reply.ok) return reply;
          return new Response(new Uint8Array(utf8(change(await reply.text()))));
        },
      };
      expect(await refusalOf(ask({ ...given, site: site as LookupSite }))).toMatch(/^index\./);
    }
  });
});

describe('an auditor whose word is borrowed', () => {
  const auditor = { ...testSigner('auditor.test/a'), name: 'auditor.test/a' };
  const key = verifierKeyOf(auditor.name, KEY_TYPE.ed25519, auditor.ed25519PublicKey);

  function noteFor(life: IndexLife, leafIndex: number): string {
    const head = parseIndexHead(life.log.entries[leafIndex] as Uint8Array);
    const trieRoot = Uint8Array.from(atob(head.index), (c) => c.charCodeAt(0));
    const { origin } = life.log;
    return utf8Text(signIndexAudit({ origin, leafIndex, size: head.size, trieRoot }, auditor));
  }

  it('speaks for no head that came after his', async () => {
    const given = await liar(0);
    const first = given.life.log.entries.findIndex(isHead);
    given.site.audits = [noteFor(given.life, first)];
    given.life.log.append(eventAt(40));
    await given.life.settle();
    const policy = policyOfVkey(formatVkey(given.life.log.vkey));
    const asked = { grades: ['audited'], auditors: [formatVkey(key)] };
    const run = ask(given, { policy: lookupPolicyOf(policy, asked) });
    expect(await refusalOf(run)).toMatch('index.grade: claimed');
  });

  it('vouches for one history, and where no witness says that there is only one, that is said', async () => {
    const given = await liar(0);
    given.site.audits = [noteFor(given.life, given.life.log.entries.findIndex(isHead))];
    const policy = policyOfVkey(formatVkey(given.life.log.vkey));
    const asked = { grades: ['audited'], auditors: [formatVkey(key)] };
    const result = await ask(given, { policy: lookupPolicyOf(policy, asked) });
    expect(result.grade.grade).toBe('audited');
    expect(lookupNotProven(result)).toContain(
      'that the log shows everybody this tree, its auditors too: no witness vouches for it',
    );
  });
});

function isHead(entry: Uint8Array): boolean {
  return utf8Text(entry).endsWith('"v":"nhi.index/1"}');
}
