import { describe, expect, it } from 'vitest';
import {
  type LookupOptions,
  type LookupQuery,
  type LookupResult,
  lookup,
} from '../../src/client/lookup-client.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { signIndexAudit } from '../../src/event/index-audit.ts';
import { parseIndexHead } from '../../src/event/index-leaf.ts';
import { type LookupKey, labelOf, mapLeaf, parseLookupKey } from '../../src/event/map.ts';
import { assembleAnswer } from '../../src/lookup/lookup.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { indexEvent, NO_LEAF } from '../support/index-log.ts';
import { type LookupSite, lookupSite, siteOptions } from '../support/lookup-site.ts';
import { refusalOf } from '../support/refusal.ts';
import { testSigner } from '../support/test-signer.ts';

const KEY = parseLookupKey('cred:tok');
const auditor = { ...testSigner('auditor.test/a'), name: 'auditor.test/a' };
const AUDITOR = formatVkey(verifierKeyOf(auditor.name, KEY_TYPE.ed25519, auditor.ed25519PublicKey));

/** A log in which every third entry carries the key, with a head over all of them and some entries behind it. */
async function filled(count = 30, behind = 4): Promise<{ life: IndexLife; site: LookupSite }> {
  const life = indexLife();
  for (let i = 0; i < count; i++) life.log.append(eventAt(i));
  await life.settle();
  for (let i = 0; i < behind; i++) life.log.append(eventAt(count + i));
  life.log.publish();
  return { life, site: lookupSite(life) };
}

const eventAt = (i: number): Uint8Array => indexEvent(i, i % 3 === 0 ? { cred: 'tok' } : {});

/** Indices that carry a key, by the map alone. */
function expected(life: IndexLife, key: LookupKey): number[] {
  return life.log.entries.flatMap((entry, index) => {
    return mapLeaf(entry).some((k) => k.selector === key.selector && k.value === key.value)
      ? [index]
      : [];
  });
}

function found({ events, tail }: LookupResult): number[] {
  return [...events, ...(tail ?? [])].map(({ index }) => index);
}

function run(
  { life, site }: { life: IndexLife; site: LookupSite },
  query: Partial<LookupQuery> = {},
  options: Parameters<typeof siteOptions>[2] &
    Pick<LookupOptions, 'replay' | 'tailMax' | 'onEvent' | 'onProgress'> = {},
): Promise<LookupResult> {
  const { replay, tailMax, onEvent, onProgress, ...asked } = options;
  return lookup(
    {
      ...siteOptions(life, site, asked),
      ...(replay === undefined ? {} : { replay }),
      ...(tailMax === undefined ? {} : { tailMax }),
      ...(onEvent === undefined ? {} : { onEvent }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
    { key: KEY, ...query },
  );
}

describe('a lookup', () => {
  it('finds all events of a key, under the head and behind it', async () => {
    const given = await filled();
    const result = await run(given);
    expect(found(result)).toEqual(expected(given.life, KEY));
    expect(result.count).toBe(10);
    expect(result.tail?.length).toBeGreaterThan(0);
    expect(result.completeTo).toBe(given.life.log.publishedSize);
    expect(result.asOfSeconds).toBeNull();
    expect(result.grade).toEqual({ grade: 'claimed', auditors: [] });
    expect(result.unmapped).toBe(0);
  });

  it('finds that a key is not there', async () => {
    const result = await run(await filled(), { key: parseLookupKey('cred:none') });
    expect(found(result)).toEqual([]);
    expect(result.count).toBe(0);
  });

  it('finds a key that came after the head alone', async () => {
    const given = await filled();
    given.life.log.append(indexEvent('late', { deleg: 'late' }));
    given.life.log.publish();
    const key = parseLookupKey('cred:late');
    const result = await run(given, { key });
    expect(result.count).toBe(0);
    expect(found(result)).toEqual(expected(given.life, key));
  });

  it('reads page by page', async () => {
    const given = await filled(90);
    given.site.answer = async (answer, url) => {
      // A server may make its pages as small as it likes.
      const from = Number(url.searchParams.get('from') ?? 0);
      const limit = Math.min(7, Number(url.searchParams.get('limit')));
      const reply = await given.life.index.answer({
        label: answer.label,
        from,
        limit,
        head: answer.head.leafIndex,
      });
      return { ...answer, page: reply.page };
    };
    const result = await run(given);
    expect(found(result)).toEqual(expected(given.life, KEY));
    expect(given.site.asked.filter((path) => path.includes('from=')).length).toBeGreaterThan(3);
  });

  it('finds the rest behind what was known, and holds it to that', async () => {
    const given = await filled();
    const before = await run(given, {}, { tailMax: 0 });
    expect(before.tail).toBeNull();
    for (let i = 40; i < 60; i++) given.life.log.append(eventAt(i));
    await given.life.settle();
    const known = before.known ?? undefined;
    expect(known?.count).toBe(10);
    const after = await run(given, known === undefined ? {} : { known });
    expect([...before.events.map(({ index }) => index), ...found(after)]).toEqual(
      expected(given.life, KEY),
    );
  });

  it('finds those of a range', async () => {
    const given = await filled();
    const result = await run(given, { range: { lo: 4, hi: 16 } }, { tailMax: 0 });
    expect(found(result)).toEqual(expected(given.life, KEY).filter((x) => x >= 4 && x < 16));
    expect(result.known).toBeNull();
  });

  it('finds those of a range that ends, begins or lies behind the head', async () => {
    const given = await filled(30, 20);
    const all = expected(given.life, KEY);
    for (const [lo, hi] of [
      [24, 40],
      [35, 45],
      [0, 1_000],
      [40, 40],
    ] as const) {
      const result = await run(given, { range: { lo, hi } });
      expect(found(result)).toEqual(all.filter((x) => x >= lo && x < hi));
      expect(result.completeTo).toBe(given.life.log.publishedSize);
    }
  });

  it('reads nothing behind the head for a range that ends before it', async () => {
    const given = await filled(30, 20);
    const result = await run(given, { range: { lo: 4, hi: 30 } });
    expect([result.tail, result.completeTo, result.mappedTo]).toEqual([[], 30, 30]);
    expect(given.site.asked.some((path) => path.startsWith('tile/entries/'))).toBe(true);
    const few = await filled(3, 20);
    await run(few, { range: { lo: 0, hi: 3 } });
    expect(few.site.asked.some((path) => path.startsWith('tile/entries/'))).toBe(false);
  });

  it('hands over each entry as it is verified, and holds none', async () => {
    const given = await filled();
    const told: [number, boolean][] = [];
    const result = await run(
      given,
      {},
      {
        onEvent: async ({ index }, indexed) => {
          await Promise.resolve();
          told.push([index, indexed]);
        },
      },
    );
    const all = expected(given.life, KEY);
    expect(told).toEqual(all.map((index) => [index, index < 30]));
    expect([result.events, result.tail]).toEqual([[], []]);
    expect(result.found + (result.tailFound ?? 0)).toBe(all.length);
  });

  it('passes on what a function of its caller throws', async () => {
    const onProgress = (): never => {
      throw new RangeError('enough');
    };
    await expect(run(await filled(), {}, { onProgress })).rejects.toThrow(RangeError);
  });

  it('hands over nothing where the grade is too low', async () => {
    let told = 0;
    const options = { grades: ['audited'], auditors: [AUDITOR], onEvent: () => void told++ };
    expect(await refusalOf(run(await filled(), {}, options))).toMatch('index.grade');
    expect(told).toBe(0);
  });

  it('counts the leaves that no key covers, with their proof', async () => {
    const given = await filled();
    given.life.log.append(NO_LEAF, indexEvent('u', { kind: 'unmapped' }));
    await given.life.settle();
    given.life.log.append(NO_LEAF);
    given.life.log.publish();
    expect((await run(given)).unmapped).toBe(3);
    expect((await run(given, {}, { tailMax: 0 })).unmapped).toBe(2);
  });

  it('says that it is complete up to the head alone where the tail is too long', async () => {
    const given = await filled();
    const result = await run(given, {}, { tailMax: 1 });
    expect(result.tail).toBeNull();
    expect(result.completeTo).toBe(30);
  });

  it('asks again with a newer head that it finds in the tail', async () => {
    const given = await filled();
    const [first] = [given.life.log.entries.findIndex(isHead)];
    await given.life.settle();
    const head = given.life.log.entries.findLastIndex(isHead);
    expect(head).toBeGreaterThan(first);
    let answers = 0;
    const older = lookupSite(given.life);
    const label = labelOf(KEY);
    // The head before the newest is kept for those who page under it.
    await given.life.index.answer({ label, limit: 1 });
    older.answer = (answer) => {
      answers++;
      return answer;
    };
    const result = await run({ ...given, site: older });
    expect(result.head.leafIndex).toBe(head);
    expect(answers).toBeGreaterThan(0);
  });

  it('begins anew when its head goes away between two pages', async () => {
    const given = await filled(60);
    let gone = 0;
    const { fetch } = given.site;
    const site = {
      ...given.site,
      fetch: (url: string, init: RequestInit) => {
        if (url.includes('&head=') && !url.includes('limit=1&') && gone++ === 0) {
          return Promise.resolve(new Response('gone', { status: 410 }));
        }
        return fetch(url, init);
      },
    };
    given.site.answer = async (answer, url) => {
      if (url.searchParams.has('head')) return answer;
      const reply = await given.life.index.answer({ label: answer.label, limit: 5 });
      return { ...answer, page: reply.page };
    };
    const result = await run({ life: given.life, site });
    expect(gone).toBeGreaterThan(1);
    expect(found(result)).toEqual(expected(given.life, KEY));
  });
});

describe('a lookup whose head is not served any more', () => {
  /** A site that answers `status` to those that ask under a head, and counts the first pages. */
  async function gone(
    status: number,
    of: (url: string) => boolean,
  ): Promise<{ life: IndexLife; site: LookupSite; firstPages: () => number }> {
    const { life, site } = await filled(60);
    const { fetch } = site;
    let firstPages = 0;
    site.answer = async (answer, url) => {
      if (url.searchParams.has('head')) return answer;
      const reply = await life.index.answer({ label: answer.label, limit: 5 });
      return { ...answer, page: reply.page };
    };
    const refusing = {
      ...site,
      fetch: (url: string, init: RequestInit) => {
        if (of(url)) return Promise.resolve(new Response('gone', { status }));
        if (url.includes('lookup') && !url.includes('&head=')) firstPages++;
        return fetch(url, init);
      },
    };
    return { life, site: refusing, firstPages: () => firstPages };
  }
  const isPinned = (url: string): boolean => url.includes('&head=') && !url.includes('limit=1&');

  it('gives up after it began anew twice', async () => {
    const given = await gone(410, isPinned);
    expect(await refusalOf(run(given))).toMatch('reply.status');
    expect(given.firstPages()).toBe(3);
  });

  it('does not begin anew where it is told something else', async () => {
    const given = await gone(404, isPinned);
    expect(await refusalOf(run(given))).toMatch('answers no lookups');
    expect(given.firstPages()).toBe(1);
  });

  it('asks once for a newer head, and does with the longer tail if that is not served', async () => {
    const given = await filled();
    const { fetch } = given.site;
    const { life } = given;
    await life.index.answer({ label: labelOf(KEY), limit: 1 });
    const first = life.log.entries.findIndex(isHead);
    await life.settle();
    const last = life.log.entries.findLastIndex(isHead);
    let asked = 0;
    given.site.answer = async (answer, url) => {
      if (url.searchParams.has('head')) return answer;
      const reply = await life.index.answer({ label: answer.label, head: first });
      const { size, note } = life.log.checkpoint();
      return await assembleAnswer(reply, answer.label, {
        size,
        note,
        tiles: life.log.tilesOf(size),
      });
    };
    const site = {
      ...given.site,
      fetch: (url: string, init: RequestInit) => {
        if (!url.includes(`&head=${last}`)) return fetch(url, init);
        asked++;
        return Promise.resolve(new Response('gone', { status: 410 }));
      },
    };
    const result = await run({ life, site });
    expect(asked).toBe(1);
    expect(result.head.leafIndex).toBe(first);
    expect(found(result)).toEqual(expected(life, KEY));
  });
});

describe('a log that lies to a lookup', () => {
  it('is caught when an entry holds the value of the key under another selector', async () => {
    const life = indexLife();
    life.log.doctor = (entry, index) => (index === 5 ? eventAt(0) : entry);
    for (let i = 0; i < 9; i++)
      life.log.append(i === 5 ? indexEvent(5, { actor: 'tok' }) : eventAt(i));
    await life.settle();
    expect(await refusalOf(run({ life, site: lookupSite(life) }))).toMatch(
      'index.false-posting: entry 5 does not carry cred:tok',
    );
  });

  it('is caught when it drops a posting of its answer', async () => {
    const given = await filled();
    given.site.answer = (answer) => {
      if (answer.page === null) return answer;
      const indices = answer.page.indices.filter((index) => index !== 12);
      return { ...answer, page: { ...answer.page, indices } };
    };
    expect(await refusalOf(run(given))).toMatch('index.mismatch');
  });

  it('is caught when its mini-log lacks a posting that its head does not', async () => {
    const given = await filled();
    // A second index that never saw entry 12 answers; the head of the first stands in the log.
    const liar = indexLife();
    liar.log.doctor = (entry, index) => (index === 12 ? eventAt(1) : entry);
    liar.log.append(...given.life.log.entries.slice(0, 30));
    await liar.settle();
    given.site.answer = async (answer) => {
      if (answer.page === null) return answer;
      const { page, count } = await liar.index.answer({ label: answer.label });
      return { ...answer, page, count };
    };
    expect(await refusalOf(run(given))).toMatch('index.mismatch');
  });

  it('is not caught when its trie and head lie too, but says of itself that it only claims', async () => {
    const life = indexLife();
    life.log.doctor = (entry, index) => (index === 12 ? eventAt(1) : entry);
    for (let i = 0; i < 30; i++) life.log.append(eventAt(i));
    await life.settle();
    const given = { life, site: lookupSite(life) };
    const result = await run(given);
    expect(found(result)).not.toContain(12);
    expect(result.grade.grade).toBe('claimed');
    expect(await refusalOf(run(given, {}, { grades: ['audited'], auditors: [AUDITOR] }))).toMatch(
      'index.grade: claimed',
    );
    expect(await refusalOf(run(given, {}, { replay: true }))).toMatch('index.head-mismatch');
  });

  it('is caught when an entry does not carry the key', async () => {
    const life = indexLife();
    life.log.doctor = (entry, index) => (index === 13 ? eventAt(0) : entry);
    for (let i = 0; i < 30; i++) life.log.append(eventAt(i));
    await life.settle();
    expect(await refusalOf(run({ life, site: lookupSite(life) }))).toMatch(
      'index.false-posting: entry 13 does not carry cred:tok',
    );
  });

  it('is caught when an entry is not the one in the tree, alone or in a bundle', async () => {
    for (const count of [30, 3]) {
      const given = await filled(count);
      given.site.reply = (bytes, path) => {
        if (!path.startsWith('entries/') && !path.startsWith('tile/entries')) return bytes;
        const changed = bytes.slice();
        changed[changed.length - 30] = 0x58;
        return changed;
      };
      expect(await refusalOf(run(given, {}, { tailMax: 0 }))).toMatch('bundle.mismatch');
    }
  });

  it('is caught when it answers with the answer of another key', async () => {
    const given = await filled();
    given.site.answer = async (answer) => {
      const label = labelOf(parseLookupKey('cred:none'));
      const reply = await given.life.index.answer({ label });
      return { ...answer, ...reply, head: answer.head, label: answer.label };
    };
    expect(await refusalOf(run(given))).toMatch('index.mismatch');
  });

  it('is caught when it answers under another head than was asked for', async () => {
    const given = await filled(60);
    given.site.answer = async (answer, url) => {
      if (answer.page === null) return answer;
      if (!url.searchParams.has('head')) {
        const reply = await given.life.index.answer({ label: answer.label, limit: 5 });
        return { ...answer, page: reply.page };
      }
      return { ...answer, head: { ...answer.head, leafIndex: answer.head.leafIndex - 1 } };
    };
    expect(await refusalOf(run(given))).toMatch(/index\.|inclusion\./);
  });

  it('is caught when its pages end early', async () => {
    const given = await filled();
    given.site.answer = async (answer) => {
      if (answer.page === null) return answer;
      const reply = await given.life.index.answer({ label: answer.label, limit: 3 });
      return { ...answer, page: reply.page };
    };
    expect(await refusalOf(run(given))).toMatch('index.incomplete');
  });

  it('is caught when it counts what no key covers under another head', async () => {
    const given = await filled();
    await given.life.index.answer({ label: labelOf(KEY), limit: 1 });
    const first = given.life.log.entries.findIndex(isHead);
    given.life.log.append(indexEvent('u', { kind: 'unmapped' }));
    await given.life.settle();
    given.site.answer = async (answer, url) => {
      if (url.searchParams.get('limit') !== '1') return answer;
      const reply = await given.life.index.answer({ label: answer.label, head: first });
      const { size, note } = given.life.log.checkpoint();
      const tiles = given.life.log.tilesOf(size);
      return await assembleAnswer(reply, answer.label, { size, note, tiles });
    };
    expect(await refusalOf(run(given))).toMatch('under another head than was asked');
  });

  it('is told to have no index when it answers no lookups', async () => {
    const given = await filled();
    const { fetch } = given.site;
    const site = {
      ...given.site,
      fetch: (url: string, init: RequestInit) =>
        url.includes('lookup')
          ? Promise.resolve(new Response('', { status: 404 }))
          : fetch(url, init),
    };
    expect(await refusalOf(run({ life: given.life, site }))).toMatch('answers no lookups');
  });

  it('is caught when it hides entries behind the head', async () => {
    const given = await filled();
    given.site.reply = (bytes, path) => {
      return path.startsWith('tile/entries') ? bytes.subarray(0, bytes.length - 700) : bytes;
    };
    expect(await refusalOf(run(given))).toMatch('bundle.');
  });
});

describe('the grade of a lookup', () => {
  const noteOf = (life: IndexLife, leafIndex: number, change = {}): string => {
    const head = parseIndexHead(life.log.entries[leafIndex] as Uint8Array);
    const trieRoot = Uint8Array.from(atob(head.index), (c) => c.charCodeAt(0));
    const audit = { origin: life.log.origin, leafIndex, size: head.size, trieRoot, ...change };
    return utf8Text(signIndexAudit(audit, auditor));
  };
  const asked = { grades: ['audited'], auditors: [AUDITOR] };

  it('is audited by a note of its own head', async () => {
    const given = await filled();
    given.site.audits = [noteOf(given.life, given.life.log.entries.findIndex(isHead))];
    expect((await run(given, {}, asked)).grade).toEqual({
      grade: 'audited',
      auditors: ['auditor.test/a'],
    });
  });

  it('is audited by a note of a later head that covers it', async () => {
    const given = await filled();
    const first = given.life.log.entries.findIndex(isHead);
    const head = await given.life.index.answer({ label: labelOf(KEY), limit: 1 });
    expect(head.head.leafIndex).toBe(first);
    await given.life.settle();
    const last = given.life.log.entries.findLastIndex(isHead);
    given.site.audits = [noteOf(given.life, last)];
    const site = lookupSite(given.life);
    site.audits = given.site.audits;
    expect((await run({ ...given, site }, {}, asked)).grade.grade).toBe('audited');
  });

  it.each<[string, Record<string, unknown>]>([
    ['of an earlier head', { leafIndex: 2, size: 2 }],
    ['of another trie', { trieRoot: new Uint8Array(32) }],
    ['of another size', { size: 29 }],
    ['of another log', { origin: 'other.test/log' }],
    ['of a head that is not in the tree', { leafIndex: 1_000, size: 900 }],
  ])('is claimed beside a note %s', async (_, change) => {
    const given = await filled();
    const head = given.life.log.entries.findIndex(isHead);
    given.site.audits = [noteOf(given.life, head, change)];
    expect((await run(given, {}, { auditors: [AUDITOR] })).grade.grade).toBe('claimed');
    expect(await refusalOf(run(given, {}, asked))).toMatch('index.grade');
  });

  it('is claimed beside a note of somebody else, or of a changed text', async () => {
    const given = await filled();
    const note = noteOf(given.life, given.life.log.entries.findIndex(isHead));
    const stranger = { ...testSigner('auditor.test/a'), name: 'auditor.test/a' };
    const key = verifierKeyOf(stranger.name, KEY_TYPE.ed25519, stranger.ed25519PublicKey);
    given.site.audits = [note];
    expect((await run(given, {}, { auditors: [formatVkey(key)] })).grade.grade).toBe('claimed');
    given.site.audits = [note.replace('\n30\n', '\n31\n'), 'no note'];
    expect((await run(given, {}, { auditors: [AUDITOR] })).grade.grade).toBe('claimed');
  });

  it('is not told by a list of notes that is none', async () => {
    for (const list of ['{}', JSON.stringify(Array(101).fill('')), 'x']) {
      const given = await filled();
      given.site.reply = (bytes, path) => (path === 'audits' ? utf8(list) : bytes);
      expect(await refusalOf(run(given, {}, { auditors: [AUDITOR] }))).toMatch(/reply\.|json\./);
    }
  });

  it('is replayed by reading the whole log', async () => {
    const given = await filled();
    expect((await run(given, {}, { grades: ['replayed'] })).grade.grade).toBe('replayed');
  });

  it('cannot be of an age where nobody vouches for a time', async () => {
    expect(await refusalOf(run(await filled(), {}, { maxAges: ['60'] }))).toMatch(
      'nobody vouches for a time',
    );
  });
});

function isHead(entry: Uint8Array): boolean {
  return utf8Text(entry).endsWith('"v":"nhi.index/1"}');
}
