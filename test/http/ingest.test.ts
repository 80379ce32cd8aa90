import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createTokenStore, formatToken, hashOfToken } from '../../src/http/tokens.ts';
import { type IngestApp, openIngestApp } from '../support/ingest-app.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../spec/fixtures/${name}.json`, import.meta.url), 'utf8');
const JSON_TYPE = { 'content-type': 'application/json' };

describe('POST /{log}/ingest/{format}', () => {
  it('answers when all of a batch is in the tree, and again with nothing added', async () => {
    await using app = await openIngestApp();
    const body = fixture('k8s_eventlist_webhook_batch');
    const first = await app.post('/main/ingest/kubernetes', body, JSON_TYPE);
    expect([first.status, await first.json()]).toEqual([
      200,
      { appended: 4, duplicates: 0, conflicts: 0 },
    ]);
    const again = await app.post('/main/ingest/kubernetes', body, JSON_TYPE);
    expect(await again.json()).toEqual({ appended: 0, duplicates: 4, conflicts: 0 });
    const leaves = await app.leaves();
    expect(leaves.map(({ event }) => event.kind)).toEqual([
      'secret.read',
      'secret.read',
      'token.mint',
      'rbac.change',
    ]);
    for (const { recv } of leaves) {
      expect(recv.adapter).toBe('kubernetes');
      expect(recv.map?.id).toBe('kubernetes/1');
      expect(recv.raw).toHaveLength(43);
    }
  });

  it('keeps another content of an id as its own leaf, and calls it success', async () => {
    await using app = await openIngestApp();
    const body = fixture('vault_secret_read_request');
    await app.post('/main/ingest/vault', body, JSON_TYPE);
    const other = body.replace('10.20.8.31', '10.20.8.32');
    const answer = await app.post('/main/ingest/vault', other, JSON_TYPE);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { appended: 0, duplicates: 0, conflicts: 1 },
    ]);
    expect((await app.leaves()).map(({ recv }) => recv.conflict)).toEqual([null, 1]);
  });

  it('unpacks gzip, and refuses what unpacks to more than the limit', async () => {
    await using app = await openIngestApp({ limits: { ingestBodyBytesMax: 65_536 } });
    const gzip = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const body = gzipSync(fixture('cloudtrail_records'));
    const answer = await app.post('/main/ingest/cloudtrail', body, gzip);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      // Four records, and the file.
      { appended: 5, duplicates: 0, conflicts: 0 },
    ]);
    const bomb = gzipSync(new Uint8Array(65_537).fill(0x20));
    expect((await app.post('/main/ingest/cloudtrail', bomb, gzip)).status).toBe(413);
    const more = Buffer.concat([body, Buffer.from('\0more')]);
    expect((await app.post('/main/ingest/cloudtrail', more, gzip)).status).toBe(400);
    const broken = await app.post('/main/ingest/cloudtrail', 'not gzip', gzip);
    expect(broken.status).toBe(400);
    const brotli = { ...JSON_TYPE, 'content-encoding': 'br' };
    expect((await app.post('/main/ingest/cloudtrail', body, brotli)).status).toBe(415);
  });

  it('refuses a format that it does not know, a type that a page could send, and what is no JSON', async () => {
    await using app = await openIngestApp();
    expect((await app.post('/main/ingest/nothing', '{}', JSON_TYPE)).status).toBe(404);
    const plain = { 'content-type': 'text/plain' };
    expect((await app.post('/main/ingest/vault', '{}', plain)).status).toBe(415);
    expect((await app.post('/main/ingest/vault', '{"a":', JSON_TYPE)).status).toBe(400);
    expect((await app.post('/main/ingest/vault', '', JSON_TYPE)).status).toBe(400);
    expect(await app.leaves()).toEqual([]);
  });

  it('takes the source from the query, and only one that the sender may name', async () => {
    await using app = await openIngestApp();
    const body = fixture('vault_secret_read_request');
    await app.post('/main/ingest/vault?source=vault/eu-1', body, JSON_TYPE);
    const bad = await app.post('/main/ingest/vault?source=a%20b', body, JSON_TYPE);
    expect(bad.status).toBe(400);
    expect((await app.leaves()).map(({ event }) => event.src.id)).toEqual(['vault/eu-1']);
  });

  it.each([
    ['slice by slice', 2_000, { poolEntriesMax: 600 }, {}],
    ['where the pool is smaller than a slice', 200, { poolEntriesMax: 7 }, {}],
    ['where it holds one entry', 50, { poolEntriesMax: 1 }, {}],
    ['where it holds few bytes', 200, { poolBytesMax: 65_536 }, {}],
    ['where a request may carry few items', 200, {}, { itemsPerRequestMax: 3 }],
  ])('admits more than the pool holds, %s', async (_, count, logLimits, limits) => {
    await using app = await openIngestApp({ logLimits, limits });
    const lines = vaultLines(count);
    const answer = await app.post('/main/ingest/vault', lines.join('\n'), LINES_TYPE);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { appended: count, duplicates: 0, conflicts: 0 },
    ]);
    const ids = (await app.leaves()).map(({ event }) => event.id);
    expect(ids).toEqual(lines.map((_, i) => `r-${i}:request`));
  });

  it('admits a body within a quota that is smaller than a slice', async () => {
    const secret = formatToken(new Uint8Array(32).fill(1));
    const sha256 = hashOfToken(secret);
    const token = { name: 'vault', sha256, roles: ['submit'], logs: null, sources: null } as const;
    await using app = await openIngestApp({
      tokens: createTokenStore([token]),
      limits: { tokenItemsPerSecondMax: 100, itemsPerRequestMax: 10 },
    });
    const headers = { ...LINES_TYPE, authorization: `Bearer ${secret}` };
    const answer = await app.post('/main/ingest/vault', vaultLines(140).join('\n'), headers);
    expect([answer.status, await answer.json()]).toMatchObject([200, { appended: 140 }]);
  });

  it('answers 503 and when to come back where the pool is full', async () => {
    const { gather, go } = stalled();
    await using app = await openIngestApp({ logLimits: { poolEntriesMax: 4 }, gather });
    const body = fixture('k8s_eventlist_webhook_batch');
    const first = app.post('/main/ingest/kubernetes', body, JSON_TYPE);
    await untilPooled(app, 4);
    const other = fixture('vault_secret_read_request');
    const answer = await app.post('/main/ingest/vault', other, JSON_TYPE);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'pool.full' }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    go();
    expect((await first).status).toBe(200);
    const again = app.post('/main/ingest/vault', other, JSON_TYPE);
    await untilPooled(app, 1);
    go();
    expect((await again).status).toBe(200);
    expect(await app.leaves()).toHaveLength(5);
  });
});

/** A writer that takes what is pooled only when it is told to go. */
function stalled(): { readonly gather: () => Promise<void>; readonly go: () => void } {
  let release = (): void => {};
  const gather = (): Promise<void> =>
    new Promise((resolve) => {
      release = resolve;
    });
  return { gather, go: () => release() };
}

async function untilPooled({ log }: IngestApp, entries: number): Promise<void> {
  while (log.figures.pooledEntries < entries) await new Promise((next) => setImmediate(next));
}

const LINES_TYPE = { 'content-type': 'application/x-ndjson' };

/** Lines of an audit device, each of another request. */
function vaultLines(count: number): readonly string[] {
  const line = JSON.parse(fixture('vault_secret_read_request'));
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ ...line, request: { ...line.request, id: `r-${i}` } }),
  );
}

describe('OTLP', () => {
  it('takes logs and spans as JSON, and answers with an empty export response', async () => {
    await using app = await openIngestApp();
    const logs = await app.post('/main/v1/logs', fixture('otlp_logs_genai_request'), JSON_TYPE);
    expect([logs.status, logs.headers.get('content-type'), await logs.text()]).toEqual([
      200,
      'application/json',
      '{}',
    ]);
    const spans = fixture('otlp_traces_invoke_agent_request');
    expect((await app.post('/main/v1/traces', spans, JSON_TYPE)).status).toBe(200);
    expect((await app.leaves()).map(({ event }) => event.kind)).toEqual([
      'tool.invoke',
      'agent.invoke',
    ]);
  });

  it('answers a failure with a status in the form of the request', async () => {
    const { gather, go } = stalled();
    await using app = await openIngestApp({ logLimits: { poolEntriesMax: 1 }, gather });
    const proto = { 'content-type': 'application/x-protobuf' };
    const bad = await app.post('/main/v1/logs', Uint8Array.of(0x0a, 0xff, 0x01), proto);
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toBe('application/x-protobuf');
    expect(new Uint8Array(await bad.arrayBuffer()).slice(0, 3)).toEqual(Uint8Array.of(8, 3, 0x12));
    const vault = app.post('/main/ingest/vault', fixture('vault_secret_read_request'), JSON_TYPE);
    await untilPooled(app, 1);
    const full = await app.post('/main/v1/logs', fixture('otlp_logs_genai_request'), JSON_TYPE);
    expect([full.status, await full.json()]).toMatchObject([503, { code: 14 }]);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    go();
    expect((await vault).status).toBe(200);
  });

  it('answers an empty request, and refuses other types', async () => {
    await using app = await openIngestApp();
    expect((await app.post('/main/v1/logs', '{}', JSON_TYPE)).status).toBe(200);
    const proto = { 'content-type': 'application/x-protobuf' };
    const empty = await app.post('/main/v1/traces', new Uint8Array(0), proto);
    expect([empty.status, (await empty.arrayBuffer()).byteLength]).toEqual([200, 0]);
    const text = { 'content-type': 'text/plain' };
    expect((await app.post('/main/v1/logs', '{}', text)).status).toBe(415);
  });
});

describe('CloudEvents on POST /{log}/events', () => {
  it('takes one event in three modes as one leaf', async () => {
    await using app = await openIngestApp();
    const event = JSON.parse(fixture('cloudevents_structured'));
    const structured = await app.post('/main/events', JSON.stringify(event), {
      'content-type': 'application/cloudevents+json; charset=utf-8',
    });
    const receipt = await structured.json();
    expect([structured.status, receipt.recv.adapter]).toEqual([201, 'cloudevents']);
    const { data, datacontenttype, ...attributes } = event;
    const headers = Object.entries<string>(attributes).map(([name, value]) => [
      `ce-${name}`,
      value,
    ]);
    const binary = await app.post('/main/events', JSON.stringify(data), {
      ...Object.fromEntries(headers),
      'content-type': datacontenttype,
    });
    expect([binary.status, await binary.json()]).toEqual([200, { ...receipt, duplicate: true }]);
    const batch = await app.post('/main/events', JSON.stringify([event]), {
      'content-type': 'application/cloudevents-batch+json',
    });
    expect([batch.status, await batch.json()]).toEqual([200, [{ ...receipt, duplicate: true }]]);
    expect(await app.leaves()).toHaveLength(1);
  });

  it('answers an empty batch', async () => {
    await using app = await openIngestApp();
    const answer = await app.post('/main/events', '[]', {
      'content-type': 'application/cloudevents-batch+json',
    });
    expect([answer.status, await answer.json()]).toEqual([200, []]);
  });
});
