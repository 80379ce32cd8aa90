import type { Fetch } from '../../src/client/client.ts';
import { openLogClient } from '../../src/client/client.ts';
import type { LookupOptions } from '../../src/client/lookup-client.ts';
import { lookupPolicyOf } from '../../src/client/lookup-policy.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { parseHex } from '../../src/core/hex.ts';
import { parseBundlePath, parseTilePath } from '../../src/core/tile-path.ts';
import { formatVkey } from '../../src/core/vkey.ts';
import { formatIndexAnswer, type IndexAnswer } from '../../src/event/index-answer.ts';
import { assembleAnswer } from '../../src/lookup/lookup.ts';
import type { IndexLife } from './index-life.ts';

/** A server of a log and its index in memory, which a test can make lie. */
export interface LookupSite {
  readonly fetch: Fetch;
  /** Changes an answer before it is sent. */
  answer: (answer: IndexAnswer, request: URL) => IndexAnswer | Promise<IndexAnswer>;
  /** Changes the bytes of any other reply. */
  reply: (bytes: Uint8Array, path: string) => Uint8Array;
  /** Audit notes that are shown. */
  audits: string[];
  /** Paths that were asked for, with their query. */
  readonly asked: string[];
}

export const SITE_URL = 'http://log.test/main';

/** A site over an index that follows a log. */
export function lookupSite(life: IndexLife): LookupSite {
  const { log } = life;
  const site: LookupSite = {
    answer: (answer) => answer,
    reply: (bytes) => bytes,
    audits: [],
    asked: [],
    async fetch(url) {
      const path = url.slice(SITE_URL.length + 1);
      site.asked.push(path);
      try {
        return new Response(new Uint8Array(await bytesOf(path, new URL(url))));
      } catch (error) {
        if (!isTransparencyError(error)) throw error;
        const status =
          error.code === 'index.head-gone' ? 410 : error.code === 'index.not-ready' ? 503 : 404;
        return new Response(error.message, { status });
      }
    },
  };
  async function bytesOf(path: string, url: URL): Promise<Uint8Array> {
    if (path.startsWith('lookup?')) return await lookupOf(url);
    const bytes = await plainBytesOf(path);
    return site.reply(bytes, path);
  }
  async function lookupOf(url: URL): Promise<Uint8Array> {
    const number = (name: string): Record<string, number> => {
      const text = url.searchParams.get(name);
      return text === null ? {} : { [name]: Number(text) };
    };
    const label = parseHex(url.searchParams.get('label') ?? '');
    const [lo, hi] = (url.searchParams.get('range') ?? '').split(':').map(Number);
    const range = lo === undefined || hi === undefined ? {} : { range: { lo, hi } };
    const reply = await life.index.answer({
      label,
      ...number('from'),
      ...number('limit'),
      ...number('head'),
      ...range,
    });
    const { size, note } = log.checkpoint();
    const answer = await assembleAnswer(reply, label, { size, note, tiles: log.tilesOf(size) });
    return formatIndexAnswer(await site.answer(answer, url));
  }
  async function plainBytesOf(path: string): Promise<Uint8Array> {
    const tiles = log.tilesOf(log.publishedSize);
    if (path === 'checkpoint') return log.checkpoint().note;
    if (path === 'audits') return new TextEncoder().encode(JSON.stringify(site.audits));
    if (path.startsWith('entries/')) return log.entries[Number(path.slice(8))] as Uint8Array;
    if (path.startsWith('tile/entries/')) {
      return (await tiles.readBundles([parseBundlePath(path)]))[0] as Uint8Array;
    }
    return (await tiles.readTiles([parseTilePath(path)]))[0] as Uint8Array;
  }
  return site;
}

/** What a client of a site looks up with: the log's key, no witness. */
export function siteOptions(
  life: IndexLife,
  site: LookupSite,
  asked: Parameters<typeof lookupPolicyOf>[1] = {},
): LookupOptions {
  const policy = policyOfVkey(formatVkey(life.log.vkey));
  const retry = { attemptsMax: 1, sleep: async () => {} };
  const { fetch } = site;
  return {
    client: openLogClient({ url: SITE_URL, policy, fetch, retry }),
    location: { url: SITE_URL, fetch, retry },
    policy: lookupPolicyOf(policy, asked),
    nowSeconds: () => 1_800_000_000,
  };
}
