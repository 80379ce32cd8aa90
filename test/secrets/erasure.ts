import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fetch, openLogClient, openSubmitter } from '../../src/client/client.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { base64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import { openProofFile } from '../../src/core/proof-file.ts';
import { disclosureDigest, formatDisclosure } from '../../src/event/disclosure.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import { parseOpeningKeys } from '../../src/storage/opening-key-list.ts';
import type { Report } from '../e2e/report.ts';
import { runVarve } from '../e2e/serve/asked.ts';
import type { ServerProcess } from '../e2e/server.ts';
import { seededRandom } from '../support/random.ts';
import { Needles } from './needles.ts';
import { searchFolder } from './search.ts';

/** What an erasure is tried on. */
export interface ErasureSite {
  readonly dataFolder: string;
  readonly log: string;
  readonly start: () => Promise<ServerProcess>;
  /** Of a submitter who may audit, and of two who operate. */
  readonly tokens: readonly [emitter: string, first: string, second: string];
}

/** Values that were withheld by their sources, by adapters, and whole bodies of what no rule covers. */
const COUNT = 12;
const random = seededRandom(11);
const madeUp = (what: string, n: number): string => {
  return `${what}-${n}-${Buffer.from(random.bytes(9)).toString('hex')}`;
};
const ERASED = ['withheld', 'adapted', 'unmapped'].flatMap((what) =>
  Array.from({ length: COUNT }, (_, n) => madeUp(what, n)),
);
/** Of the same sources in the same month: sealed under the very keys that are destroyed. */
const KEPT = ERASED.map((text) => `kept-${text.split('').reverse().join('')}`);

/** An entry, as somebody proved it before the erasure. */
interface ProvenBefore {
  readonly entry: Uint8Array;
  readonly proof: Uint8Array;
}

/** Two tokens erase; then the bytes are nowhere, and whatever was proven before still is. */
export async function erasure(report: Report, site: ErasureSite): Promise<void> {
  const { dataFolder, log } = site;
  const [token] = site.tokens;
  let server = await site.start();
  const { url, vkey } = server.log(log);
  const policy = policyOfVkey(vkey);
  const reading = openLogClient({ url, policy, fetch: fetchWith(token) });
  const before: ProvenBefore[] = [];
  const indices = new Map<string, number>();
  await report.check('values are withheld, and each entry is proven', async () => {
    equal(await submit(url, token), ERASED.length + KEPT.length);
    const head = await published(url, token, reading);
    for (const index of await heldBy(url, token, head)) {
      const entry = await reading.entry(index.at);
      const { bytes } = await reading.proofFile({ leafIndex: index.at, leafHash: leafHash(entry) });
      before.push({ entry, proof: bytes });
      for (const value of index.values) indices.set(value, index.at);
    }
    deepEqual(
      [...ERASED, ...KEPT].filter((value) => !indices.has(value)),
      [],
    );
    return `${before.length} entries under ${head} entries`;
  });
  const known = reading.highest?.note;
  const sizeBefore = reading.highest?.size ?? 0;
  const oldKeys = parseOpeningKeys(readFileSync(keysFile(site)));
  await report.check('before the erasure, the search finds each where it is opened', async () => {
    await server.stop();
    const { findings } = await searchFolder(dataFolder, [log], needlesOf([...ERASED, ...KEPT]));
    deepEqual(new Set(findings.map(({ layer }) => layer)), new Set(['opening']));
    equal(new Set(findings.map(({ name }) => name)).size, ERASED.length + KEPT.length);
    server = await site.start();
    return undefined;
  });
  await report.check('two tokens erase them', async () => {
    const targets = [...new Set(ERASED.map((value) => indices.get(value)))].map((at) => [at, null]);
    return await erase(server.log(log).url, site, targets);
  });
  await report.check(
    'a retry of what was erased is its first receipt, and stores nothing',
    async () => {
      await submit(server.log(log).url, token);
      return undefined;
    },
  );
  const { url: urlAfter } = server.log(log);
  await report.check(
    'the log grew from what was seen before, and says that it erased',
    async () => {
      const client = openLogClient({
        url: urlAfter,
        policy,
        fetch: fetchWith(token),
        ...(known === undefined ? {} : { known }),
      });
      const head = await client.checkpoint();
      const types: string[] = [];
      for (let at = sizeBefore; at < head.size; at++) {
        const leaf = parseLeaf(await client.entry(at));
        if (leaf.v === 'nhi.log/1') types.push(leaf.type);
      }
      ok(types.includes('erase'), types.join());
      await server.stop();
      return `${head.size} entries`;
    },
  );
  const left = new Set(parseOpeningKeys(readFileSync(keysFile(site))).map(({ id }) => id));
  const destroyed = oldKeys.filter(({ id }) => !left.has(id)).map(({ bytes }) => base64(bytes));
  const needles = needlesOf([...ERASED, ...KEPT, ...destroyed]);
  const { findings, openings } = await searchFolder(dataFolder, [log], needles);
  const of = (some: readonly string[]) => findings.filter(({ name }) => some.includes(name));
  await report.check('after it, the same search finds no byte of what was erased', () => {
    deepEqual(of(ERASED), []);
    return `${openings} openings are left`;
  });
  await report.check('and finds what was sealed beside it, under other keys', () => {
    equal(new Set(of(KEPT).map(({ name }) => name)).size, KEPT.length);
    deepEqual(new Set(of(KEPT).map(({ layer }) => layer)), new Set(['opening']));
    return undefined;
  });
  await report.check('the keys that sealed it are nowhere', () => {
    ok(destroyed.length > 0);
    deepEqual(of(destroyed), []);
    return `${destroyed.length} of ${oldKeys.length}`;
  });
  await report.check('every proof made before still verifies, with nobody serving', async () => {
    for (const { entry, proof } of before) {
      openProofFile(proof, { leafHash: leafHash(entry), policy });
    }
    const { code, stdout, stderr } = await runVarve(['check', dataFolder, '--vkey', vkey]);
    equal(code, 0, stdout + stderr);
    return `${before.length} proofs, and the whole folder`;
  });
}

function needlesOf(values: readonly string[]): Needles {
  return new Needles(values.map((text) => ({ name: text, text })));
}

function keysFile({ dataFolder, log }: ErasureSite): string {
  return join(dataFolder, 'openings', `${log}.keys`);
}

/** Sends everything; how much of it was not there before. */
async function submit(url: string, token: string): Promise<number> {
  let appended = 0;
  const native = [...ERASED.slice(0, COUNT), ...KEPT.slice(0, COUNT)];
  const items = native.map((value) => utf8(JSON.stringify(nativeItem(value))));
  for (const result of await openSubmitter({ url, fetch: fetchWith(token) }).submit(items)) {
    if (result.kind !== 'receipt') throw new Error(JSON.stringify(result));
    if (!result.receipt.duplicate) appended += 1;
  }
  const adapted = [...ERASED.slice(COUNT, 2 * COUNT), ...KEPT.slice(COUNT, 2 * COUNT)];
  const calls = adapted.map((value) => JSON.stringify(call(value))).join('\n');
  appended += appendedOf(await post(`${url}/ingest/mcp`, token, calls));
  for (const value of [...ERASED.slice(2 * COUNT), ...KEPT.slice(2 * COUNT)]) {
    const body = JSON.stringify({ nobody: 'knows this', value });
    appended += appendedOf(await post(`${url}/ingest/spire`, token, body));
  }
  return appended;
}

function appendedOf(counts: string): number {
  return (JSON.parse(counts) as { readonly appended: number }).appended;
}

function nativeItem(value: string): object {
  const pointer = '/ctx/subject';
  // The same salt each time: a retry is the same item.
  const salt = seededRandom(Number(leafIdOf(value).slice(1))).bytes(16);
  const disclosure = formatDisclosure({ salt, pointer, value: { name: value } });
  const event = {
    v: 'nhi.event/1',
    id: `erasure-${leafIdOf(value)}`,
    kind: 'data.access',
    phase: 'point',
    tenant: 'acme',
    time: { occurred: '2026-11-20T09:27:00Z' },
    src: { id: 'hr-portal', format: 'native' },
    actor: { type: 'service_account', id: 'spiffe://acme.test/hr' },
    action: { name: 'read a record', class: 'read' },
    outcome: { result: 'success' },
    sd: { [pointer]: disclosureDigest(disclosure) },
  };
  return { event, disclosures: [disclosure] };
}

function call(value: string): object {
  const params = { name: 'lookup_person', arguments: { person: value } };
  return { id: leafIdOf(value), request: { jsonrpc: '2.0', id: 1, method: 'tools/call', params } };
}

/** A name that tells nothing of the value. */
function leafIdOf(value: string): string {
  return `n${[...ERASED, ...KEPT].indexOf(value)}`;
}

/** Entries that withhold something of ours, and what their openings hold. */
async function heldBy(
  url: string,
  token: string,
  size: number,
): Promise<readonly { readonly at: number; readonly values: readonly string[] }[]> {
  const held: { at: number; values: string[] }[] = [];
  const wanted = [...ERASED, ...KEPT];
  for (let at = Math.max(0, size - 6 * COUNT - HEADS_MAX); at < size; at++) {
    const reply = await fetchWith(token)(`${url}/entries/${at}/openings`, {});
    const told = await reply.text();
    if (reply.status !== 200) continue;
    const { disclosures, raw } = JSON.parse(told) as {
      readonly disclosures: readonly string[];
      readonly raw: { readonly bytes: string } | null;
    };
    const texts = [...disclosures, Buffer.from(raw?.bytes ?? '', 'base64').toString('utf8')];
    const values = wanted.filter((value) => texts.some((text) => text.includes(`"${value}"`)));
    if (values.length > 0) held.push({ at, values });
  }
  return held;
}

/** Heads of the index that may stand between. */
const HEADS_MAX = 64;

async function published(
  url: string,
  token: string,
  client: ReturnType<typeof openLogClient>,
): Promise<number> {
  for (;;) {
    const reply = await fetchWith(token)(new URL('/readyz', url).href, {});
    const { logs } = (await reply.json()) as {
      readonly logs: readonly { readonly integratedSize: number; readonly publishedSize: number }[];
    };
    const [stand] = logs;
    if (stand !== undefined && stand.publishedSize >= stand.integratedSize) {
      return (await client.checkpoint()).size;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function erase(url: string, site: ErasureSite, targets: readonly unknown[]): Promise<string> {
  const [, first, second] = site.tokens;
  const request = { targets, legalBasis: 'a person asked for it' };
  const asked = JSON.parse(await post(`${url}/erase`, first, JSON.stringify({ request }), 202)) as {
    readonly request: string;
  };
  const approve = JSON.stringify({ approve: asked.request });
  const told = await post(`${url}/erase`, second, approve);
  for (const end = performance.now() + 60_000; ; ) {
    const reply = await fetchWith(second)(`${url}/erase`, {});
    const text = await reply.text();
    if (/"finishedAtMs":[0-9]/.test(text) || /"state":"finished"/.test(text))
      return `${targets.length} entries`;
    if (performance.now() > end) throw new Error(`it does not finish: ${told}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function post(url: string, token: string, body: string, status = 200): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetchWith(token)(url, { method: 'POST', headers, body });
  const text = await reply.text();
  equal(reply.status, status, text);
  return text;
}

function fetchWith(token: string): Fetch {
  return (url, init) => {
    const { headers = {}, ...rest } = init as RequestInit;
    const authorization = `Bearer ${token}`;
    return fetch(url, {
      ...rest,
      headers: { ...(headers as Record<string, string>), authorization },
    });
  };
}
