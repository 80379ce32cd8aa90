import type { JsonObject, JsonValue } from '../../src/event/strict-json.ts';

/**
 * Valid events by name: the six linked samples, and one for each thing that they do not show.
 *
 * @param samples  spec/vectors/event-samples.json
 */
export function validEvents(samples: readonly JsonObject[]): Readonly<Record<string, JsonValue>> {
  const events: Record<string, JsonValue> = {};
  for (const sample of samples) events[String(sample['kind'])] = sample;
  const least: JsonObject = {
    v: 'nhi.event/1',
    id: 'e-1',
    kind: 'unmapped',
    phase: 'point',
    tenant: 'main',
    time: { occurred: '2026-11-20T09:27:00Z' },
    src: { id: 'gw-1', format: 'native' },
    actor: { type: 'unknown', id: 'unknown' },
    action: { name: 'unknown', class: 'exec' },
    outcome: { result: 'unknown' },
  };
  events['the least'] = least;
  events['a leap second'] = { ...least, time: { occurred: '2016-12-31T23:59:60.5Z' } };
  events['29 February'] = { ...least, time: { occurred: '2028-02-29T00:00:00.000000001Z' } };
  events['a seen head'] = {
    ...least,
    ctx: {
      seen: {
        size: 700,
        root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
        note: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      },
    },
  };
  events['text of many kinds'] = {
    ...least,
    actor: {
      type: 'human',
      id: 'sub:\u00e9\u4e2d\u{1f600}',
      name: 'zero\u200bwidth is no identifier here',
    },
    outcome: { result: 'failure', error: 'line\nbreak "quoted" \\ \u2028 \u0001 \u007f /' },
    ext: {
      'com.example.text': { b: ['\u{1f600}', '\ufb33'], a: '', '\u00e9': 1, '\r': 2 },
      'com.example.__proto__': JSON.parse('{"__proto__":{"x":1}}'),
    },
  };
  events['the whole range of integers'] = {
    ...least,
    ext: { 'com.example.n': [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] },
  };
  const source = (kind: string, body: JsonObject): JsonObject => ({
    ...least,
    kind,
    actor: { type: 'system', id: 'ops-1' },
    action: { name: kind, class: 'log' },
    outcome: { result: 'success' },
    body,
  });
  const key = {
    alg: 'ed25519',
    kid: 'gw-2026',
    public: 'MCowBQYDK2VwAyEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  };
  events['source.register'] = source('source.register', {
    source: 'mcp-gw-1',
    type: 'mcp-gateway',
    adapter: 'native',
    seq_mode: 'native',
    period_s: 60,
    clock: 'ntp',
    auth: 'token',
    auth_id: 'gateway-7',
    key,
  });
  events['source.key_change'] = source('source.key_change', {
    source: 'mcp-gw-1',
    key,
    old_kid: 'gw-2025',
    reason: 'rotation',
    epoch: 'b-02',
    from_seq: 0,
  });
  events['source.key_change to none'] = source('source.key_change', {
    source: 'mcp-gw-1',
    key: null,
    reason: 'compromise',
  });
  events['the first heartbeat'] = source('source.heartbeat', { last_seq: null, dropped_total: 0 });
  events['a heartbeat with a digest chain'] = source('source.heartbeat', {
    last_seq: null,
    dropped_total: 0,
    period_s: 3600,
    spooled: 12,
    final: true,
    chain: {
      result: 'verified',
      id: 'CloudTrail-Digest/2026-11-20T09',
      digest: 'sha256:ab',
      files: 3,
    },
  });
  events['source.drop_report'] = source('source.drop_report', {
    source: 'kube-apiserver-1',
    count: 17,
    reason: 'overflow',
    dropped_total: 21,
    epoch: 'b-01',
    from_seq: 5,
    to_seq: 21,
    since: '2026-11-20T09:00:00Z',
    until: '2026-11-20T09:05:00Z',
    metric: 'apiserver_audit_error_total',
  });
  events['source.retire'] = source('source.retire', {
    source: 'mcp-gw-1',
    reason: 'replaced',
    last_epoch: 'b-02',
    last_seq: 99,
    successor: 'mcp-gw-2',
  });
  return events;
}
