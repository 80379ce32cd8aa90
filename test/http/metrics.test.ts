import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/http/metrics.ts';
import { createAppUnderTest } from '../support/http-app.ts';

/** Samples of the text format: name and labels → value. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line.length > 0 && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe('metrics', () => {
  it('are each moved by what they are named for', async () => {
    const metrics = createMetrics();
    let time = 1_700_000_060_000;
    const app = createAppUnderTest({ metrics, now: () => time });
    const read = async (): Promise<Map<string, number>> =>
      samplesOf((await app.request('/metrics')).text);
    const before = await read();
    await app.post('/main/events', '[{"id":"1"},{"id":"2"},"!"]');
    await app.post('/main/events', '{"id":"1"}');
    const figures = {
      integratedSize: 3,
      publishedSize: 2,
      pooledEntries: 4,
      pooledBytes: 5,
      poolFill: 0.5,
      unwitnessed: true,
      unconfirmedWitnesses: ['w0'],
      scrubbedAtMs: time,
    };
    Object.defineProperty(app.main, 'figures', { value: figures });
    const witness = { name: 'w0', url: 'http://w0.test', size: 2, last: 'cosigned' } as const;
    Object.defineProperty(app.main, 'witnesses', {
      value: [
        {
          ...witness,
          claim: { kind: 'larger-size', size: 9, verdict: 'refuted' },
          cosignedSize: 2,
          cosignedAtSeconds: 1_700_000_000,
          counts: { cosigned: 3, claims: 1, silent: 2 },
        },
      ],
    });
    app.main.state = { kind: 'confirming', unconfirmed: [] };
    app.raw.state = { kind: 'halted', reason: 'corrupt', detail: 'row 7' };
    await app.post('/raw/add', new Uint8Array(3), null);
    await app.request('/nowhere');
    const observer = metrics.observerOf('main');
    observer.committed({ entries: 3, durationMs: 4 });
    observer.guarded(1);
    observer.signed(0.2);
    observer.published(9);
    observer.followed('search', 17);
    metrics.indexed('main', 'gateway-1', 3);
    time += 60_000;
    const after = await read();

    expect(after.get('varve_items_total{log="main",outcome="appended"}')).toBe(2);
    expect(after.get('varve_items_total{log="main",outcome="refused"}')).toBe(1);
    expect(after.get('varve_items_total{log="main",outcome="duplicate"}')).toBe(1);
    expect(after.get('varve_items_total{log="raw",outcome="added"}')).toBe(1);
    expect(after.get('varve_refusals_total{code="event.schema"}')).toBe(1);
    expect(after.get('varve_refusals_total{code="request.not-found"}')).toBe(1);
    expect(after.get('varve_http_requests_total{route="/:log/events",status="207"}')).toBe(1);
    expect(after.get('varve_http_requests_total{route="none",status="404"}')).toBe(1);
    expect(after.get('varve_integrated_size_entries{log="main"}')).toBe(3);
    expect(after.get('varve_published_size_entries{log="main"}')).toBe(2);
    expect(after.get('varve_pool_entries{log="main"}')).toBe(4);
    expect(after.get('varve_pool_bytes{log="main"}')).toBe(5);
    expect(after.get('varve_published_unwitnessed{log="main"}')).toBe(1);
    expect(after.get('varve_log_running{log="main"}')).toBe(1);
    expect(after.get('varve_log_confirming{log="main"}')).toBe(1);
    expect(after.get('varve_log_unconfirmed_witnesses{log="main"}')).toBe(1);
    const ofWitness = 'log="main",witness="w0"';
    expect(after.get(`varve_cosigner_up{${ofWitness}}`)).toBe(1);
    expect(after.get(`varve_cosigner_size_entries{${ofWitness}}`)).toBe(2);
    expect(after.get(`varve_cosigner_timestamp_seconds{${ofWitness}}`)).toBe(1_700_000_000);
    expect(after.get(`varve_cosigner_claim{${ofWitness}}`)).toBe(2);
    expect(after.get(`varve_cosigner_answers_total{${ofWitness},answer="claim"}`)).toBe(1);
    expect(after.get('varve_log_running{log="raw"}')).toBe(0);
    expect(after.get('varve_head_age_seconds{log="main"}')).toBeCloseTo(120);
    expect(after.get('varve_scrub_age_seconds{log="main"}')).toBe(60);
    expect(after.get('varve_follower_lag_entries{log="main",follower="search"}')).toBe(17);
    expect(after.get('varve_index_new_keys_total{log="main",token="gateway-1"}')).toBe(3);
    for (const stage of ['commit', 'guard', 'sign', 'publish']) {
      expect(after.get(`varve_${stage}_duration_seconds_count{log="main"}`)).toBe(1);
    }
    expect(after.get('varve_commit_duration_seconds_sum{log="main"}')).toBe(0.004);
    expect(after.get('varve_commit_entries_sum{log="main"}')).toBe(3);

    const moved = [...after].filter(([sample, value]) => before.get(sample) !== value);
    const still = metrics.names.filter(
      (name) => !moved.some(([sample]) => sample.startsWith(name)),
    );
    // Moved by a body that is read while metrics are: the next test.
    expect(still).toEqual(['varve_bodies_in_flight_bytes']);
  });

  it('tell the bytes of bodies while these are in flight', async () => {
    const app = createAppUnderTest();
    let text = '';
    const { submit } = app.main;
    app.main.submit = async (items, context) => {
      text = (await app.request('/metrics')).text;
      return submit.call(app.main, items, context);
    };
    await app.post('/main/events', '"12345678"');
    expect(samplesOf(text).get('varve_bodies_in_flight_bytes')).toBe(10);
    const after = samplesOf((await app.request('/metrics')).text);
    expect(after.get('varve_bodies_in_flight_bytes')).toBe(0);
  });

  it('are those of the process as well, where that is asked for', () => {
    expect(createMetrics({ process: true }).names).toContain('process_cpu_seconds_total');
    expect(createMetrics().names.filter((name) => !name.startsWith('varve_'))).toEqual([]);
  });

  it('have their own media type and are not kept', async () => {
    const answer = await createAppUnderTest().request('/metrics');
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('all stand in spec/8-http.md', () => {
    const spec = readFileSync(new URL('../../spec/8-http.md', import.meta.url), 'utf8');
    const metrics = createMetrics();
    createAppUnderTest({ metrics });
    const told = [...spec.matchAll(/^\| `(varve_[a-z_]+)`/gm)].map(([, name]) => name);
    expect([...metrics.names].sort()).toEqual(told.sort());
  });
});
