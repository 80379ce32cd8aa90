import { readFileSync } from 'node:fs';
import { base64url } from '../src/core/base64.ts';
import { utf8 } from '../src/core/bytes.ts';
import { encodeOtlp } from '../test/ingest/otlp-encode.ts';

/** A format, and bodies of it whose items are all different. */
export interface AdapterLoad {
  /** What the table calls it. */
  readonly name: string;
  /** Of the adapter. */
  readonly adapter: string;
  /** Below the log. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Items of one body. */
  readonly items: number;
  /** A body that was never made before, if the number is new. */
  body(number: number): Uint8Array;
}

/** Items of a body, where a format takes several. */
const BATCH = 100;
const JSON_TYPE = 'application/json';

/** The document of the first input of an adapter that is not hostile. */
// biome-ignore lint/suspicious/noExplicitAny: fixtures, whose shapes this file knows
function sampleOf(adapter: string): any {
  const file = new URL(`../spec/fixtures/ingest/${adapter}.json`, import.meta.url);
  const inputs = JSON.parse(readFileSync(file, 'utf8'));
  const [input] = inputs.filter(({ hostile }: { hostile?: boolean }) => hostile !== true);
  return JSON.parse(input.body);
}

/** Text of an item with a number in the place of its id. */
type ItemOf = (id: string) => unknown;

/** Every adapter, under each form of body that its emitters send most. */
export function adapterLoads(): readonly AdapterLoad[] {
  const array = (
    adapter: string,
    item: ItemOf,
    wrap = (text: string) => `[${text}]`,
  ): AdapterLoad => listLoad({ name: adapter, adapter, path: `/ingest/${adapter}`, item, wrap });
  const [kubernetes] = sampleOf('kubernetes').items;
  const [cloudtrail] = sampleOf('cloudtrail').Records;
  const [github] = sampleOf('github');
  const samples = Object.fromEntries(
    ['vault', 'github-oidc', 'gitlab', 'teleport', 'hoop', 'mcp', 'ocsf', 'entra', 'spire'].map(
      (adapter) => [adapter, sampleOf(adapter)],
    ),
  );
  const vault: ItemOf = (id) => ({
    ...samples['vault'],
    request: { ...samples['vault'].request, id },
  });
  return [
    array(
      'kubernetes',
      (id) => ({ ...kubernetes, auditID: id }),
      (text) => `{"items":[${text}]}`,
    ),
    listLoad({
      ...{ name: 'vault, lines', adapter: 'vault', path: '/ingest/vault', item: vault },
      type: 'application/x-ndjson',
      wrap: (text) => text,
      separator: '\n',
    }),
    one('vault, one a request', 'vault', (id) => JSON.stringify(vault(id))),
    // The file is an event too.
    {
      ...array(
        'cloudtrail',
        (id) => ({ ...cloudtrail, eventID: id }),
        (text) => `{"Records":[${text}]}`,
      ),
      items: BATCH + 1,
    },
    one('cloudtrail-digest', 'cloudtrail-digest', (id) =>
      JSON.stringify({ ...sampleOf('cloudtrail-digest'), digestS3Object: `AWSLogs/${id}` }),
    ),
    array('github', (id) => ({ ...github, _document_id: id })),
    array('github-oidc', (id) => ({ ...samples['github-oidc'], jti: id })),
    array('gitlab', (id) => ({ ...samples['gitlab'], id })),
    array('teleport', (id) => ({ ...samples['teleport'], uid: id })),
    array('hoop', (id) => ({ ...samples['hoop'], id })),
    { ...array('mcp', (id) => ({ ...samples['mcp'], id })), items: BATCH * 2 },
    array('ocsf', (id) => ({
      ...samples['ocsf'],
      metadata: { ...samples['ocsf'].metadata, uid: id },
    })),
    array('entra', (id) => ({
      ...samples['entra'],
      properties: { ...samples['entra'].properties, id },
    })),
    array('spire', (id) => ({ ...samples['spire'], request_id: id })),
    array('dsse', (id) => ({ ...sampleOf('dsse'), signatures: [{ keyid: id, sig: 'AAAA' }] })),
    one('caep', 'caep', tokenOf, 'application/secevent+jwt'),
    listLoad({
      ...{ name: 'syslog', adapter: 'syslog', path: '/ingest/syslog', type: 'application/syslog' },
      item: (id) => `<110>1 2026-11-20T09:27:00Z vault-1 vault 1 ${id} [nhi@1 id="agent-42"] text`,
      wrap: (text) => text,
      separator: '\n',
    }),
    listLoad({
      ...{ name: 'cloudevents, batch', adapter: 'cloudevents', path: '/ingest/cloudevents' },
      type: 'application/cloudevents-batch+json',
      item: (id) => ({ ...sampleOf('cloudevents'), id }),
      wrap: (text) => `[${text}]`,
    }),
    otlp('otlp-logs', 'json'),
    otlp('otlp-logs', 'protobuf'),
    otlp('otlp-traces', 'json'),
    otlp('otlp-traces', 'protobuf'),
  ];
}

function idOf(number: number, item: number): string {
  return `bench-${number}-${item}`;
}

function listLoad(form: {
  readonly name: string;
  readonly adapter: string;
  readonly path: string;
  readonly item: ItemOf;
  readonly wrap: (text: string) => string;
  readonly separator?: string;
  readonly type?: string;
}): AdapterLoad {
  const { name, adapter, path, item, wrap, separator = ',', type = JSON_TYPE } = form;
  // One text and not a document a time: the load must not cost more than the log.
  const made = item('@@');
  const parts = (typeof made === 'string' ? made : JSON.stringify(made)).split('@@');
  const body = (number: number): Uint8Array =>
    utf8(
      wrap(Array.from({ length: BATCH }, (_, i) => parts.join(idOf(number, i))).join(separator)),
    );
  return { name, adapter, path, headers: { 'content-type': type }, items: BATCH, body };
}

function one(
  name: string,
  adapter: string,
  text: (id: string) => string,
  type = JSON_TYPE,
): AdapterLoad {
  const headers = { 'content-type': type };
  const body = (number: number): Uint8Array => utf8(text(idOf(number, 0)));
  return { name, adapter, path: `/ingest/${adapter}`, headers, items: 1, body };
}

function tokenOf(id: string): string {
  const type = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
  const part = (value: unknown): string => base64url(utf8(JSON.stringify(value)));
  const claims = { iss: 'https://idp.test/', jti: id, iat: 1_763_630_950, events: { [type]: {} } };
  return `${part({ alg: 'ES256', typ: 'secevent+jwt' })}.${part(claims)}.${'A'.repeat(86)}`;
}

function otlp(adapter: 'otlp-logs' | 'otlp-traces', form: 'json' | 'protobuf'): AdapterLoad {
  const sample = sampleOf(adapter);
  const isLogs = adapter === 'otlp-logs';
  const scopes = isLogs
    ? sample.resourceLogs[0].scopeLogs[0]
    : sample.resourceSpans[0].scopeSpans[0];
  const [record] = isLogs ? scopes.logRecords : scopes.spans;
  const document = (number: number): unknown => {
    const records = Array.from({ length: BATCH }, (_, i) => {
      if (!isLogs) {
        return { ...record, spanId: (number * BATCH + i + 1).toString(16).padStart(16, '0') };
      }
      const uid = { key: 'log.record.uid', value: { stringValue: idOf(number, i) } };
      const others = record.attributes.filter(({ key }: { key: string }) => key !== uid.key);
      return { ...record, attributes: [...others, uid] };
    });
    return isLogs
      ? {
          resourceLogs: [
            { ...sample.resourceLogs[0], scopeLogs: [{ ...scopes, logRecords: records }] },
          ],
        }
      : {
          resourceSpans: [
            { ...sample.resourceSpans[0], scopeSpans: [{ ...scopes, spans: records }] },
          ],
        };
  };
  return {
    name: `${adapter}, ${form}`,
    adapter,
    path: isLogs ? '/v1/logs' : '/v1/traces',
    headers: { 'content-type': form === 'json' ? JSON_TYPE : 'application/x-protobuf' },
    items: BATCH,
    body: (number) =>
      form === 'json' ? utf8(JSON.stringify(document(number))) : encodeOtlp(document(number)),
  };
}
