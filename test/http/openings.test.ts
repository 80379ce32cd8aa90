import { describe, expect, it } from 'vitest';
import { parseBase64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import { checkToldOpenings } from '../../src/event/told-openings.ts';
import { memoryKeyFile, openOpeningKeys } from '../../src/storage/storage.ts';
import { type IngestApp, openIngestApp } from '../support/ingest-app.ts';
import { openItem } from '../support/openings.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function opened(): Promise<IngestApp> {
  return openIngestApp({ openingKeys: await openOpeningKeys(memoryKeyFile()) });
}

async function openingsOf(app: IngestApp, index: number): Promise<ReturnType<typeof JSON.parse>> {
  await app.log.waitPublished(index + 1, AbortSignal.timeout(5_000));
  const answer = await app.get(`/main/entries/${index}/openings`);
  expect(answer.status).toBe(200);
  return answer.json();
}

describe('GET /{log}/entries/{index}/openings', () => {
  it('tells the openings of an item as they were sent, and lets nobody keep the answer', async () => {
    await using app = await opened();
    const { bytes, disclosures } = openItem('a', { '/ctx/ip': '10.42.0.17', '/b': [1, null] });
    const posted = await app.post('/main/events?wait=published', bytes, JSON_TYPE);
    expect(posted.status).toBe(201);
    const answer = await app.get('/main/entries/1/openings');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const told = await answer.json();
    expect(told).toEqual({
      ...{ index: 1, raw: null, erased: [], unreadable: [] },
      disclosures: expect.arrayContaining([...disclosures]),
    });
  });

  it('is 404 beyond the published tree', async () => {
    await using app = await opened();
    const answer = await app.get('/main/entries/7/openings');
    expect([answer.status, (await answer.json()).code]).toEqual([404, 'entry.not-found']);
  });

  it('has what adapters withheld, and each opening fits the leaf', async () => {
    await using app = await opened();
    const body = JSON.stringify({
      ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Request', verb: 'get' },
      ...{ auditID: 'a-1', stage: 'ResponseComplete', requestURI: '/api/v1/pods' },
      user: { username: 'system:serviceaccount:ci:runner' },
      sourceIPs: ['10.9.8.7'],
    });
    expect((await app.post('/main/ingest/kubernetes', body, JSON_TYPE)).status).toBe(200);
    const told = await openingsOf(app, 1);
    expect(JSON.stringify(told.disclosures)).toContain('10.9.8.7');
    const leaf = parseLeaf(await app.log.readEntry(1));
    if (leaf.v !== 'nhi.leaf/1') throw new Error('no event');
    const bytes = utf8(JSON.stringify(told));
    const checked = checkToldOpenings(bytes, { index: 1, leaf });
    expect(checked.values.map(({ pointer }) => pointer).sort()).toEqual(
      Object.keys(leaf.event.sd ?? {}).sort(),
    );
    const lie = JSON.parse(JSON.stringify(told).replace('10.9.8.7', '10.9.8.8'));
    const lied = utf8(JSON.stringify(lie));
    expect(() => checkToldOpenings(lied, { index: 1, leaf })).toThrow('opening.mismatch');
    expect(() => checkToldOpenings(bytes, { index: 2, leaf })).toThrow('reply.malformed');
  });

  it('has the raw bytes of what no mapping covers, unless they hold a usable secret', async () => {
    await using app = await opened();
    const send = (body: string): Promise<Response> =>
      app.post('/main/ingest/kubernetes', body, JSON_TYPE);
    const body = '{"what":"is this?"}';
    await send(body);
    await send(`{"what":"ghp_${'a1B2'.repeat(9)}"}`);
    const leaves = await app.leaves();
    expect(leaves.map(({ event }) => event.kind)).toEqual(['unmapped', 'unmapped']);
    const [kept, secret] = [await openingsOf(app, 1), await openingsOf(app, 2)];
    expect(new TextDecoder().decode(parseBase64(kept.raw.bytes))).toBe(body);
    const [leaf] = leaves;
    if (leaf === undefined) throw new Error('no leaf');
    const told = utf8(JSON.stringify(kept));
    expect(checkToldOpenings(told, { index: 1, leaf }).raw).toEqual(utf8(body));
    const other = JSON.stringify({ ...kept, raw: { ...kept.raw, bytes: 'AAAA' } });
    expect(() => checkToldOpenings(utf8(other), { index: 1, leaf })).toThrow('opening.mismatch');
    expect(secret.raw).toBeNull();
    expect(JSON.stringify(secret)).not.toContain('a1B2');
  });
});
