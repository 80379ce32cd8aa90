import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { encodeOtlp } from '../../ingest/otlp-encode.ts';
import { eventOf } from '../events.ts';

/** What one emitter sends in one request, and what must be in the tree for it. */
export interface Batch {
  /** Path below the log. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Ids of its events. */
  readonly ids: readonly string[];
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../spec/fixtures/${name}.json`, import.meta.url), 'utf8');

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A batch of the Kubernetes audit webhook of `length` bytes at most, and nearly that; events of some kilobytes. */
export function kubernetesBatch(name: string, length: number, eventBytes: number): Batch {
  const [event] = JSON.parse(fixture('k8s_eventlist_webhook_batch')).items;
  const ids: string[] = [];
  const items: string[] = [];
  let left = length - 128;
  for (let i = 0; ; i++) {
    const id = `${name}-${i}`;
    const item = JSON.stringify({
      ...event,
      auditID: id,
      level: 'Request',
      requestObject: {
        kind: 'ConfigMap',
        data: { text: `${id} `.padEnd(eventBytes - 1_200, 'x') },
      },
    });
    left -= item.length + 1;
    if (left < 0) break;
    items.push(item);
    ids.push(`${id}:${event.stage}`);
  }
  const list = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}`;
  const headers = { 'Content-Type': 'application/json' };
  return { path: '/ingest/kubernetes', headers, body: bytesOf(list), ids };
}

/** An export request of logs of nearly `length` bytes, unpacked. */
export function otlpBatch(
  name: string,
  length: number,
  how: { readonly recordBytes: number; readonly form: 'protobuf' | 'json'; readonly gzip: boolean },
): Batch {
  const ids: string[] = [];
  const logRecords: object[] = [];
  // What a record weighs beside its body, in either form, is less than this.
  for (let left = length - 512; left > 0; left -= how.recordBytes) {
    const id = `${name}-${ids.length}`;
    ids.push(id);
    logRecords.push({
      timeUnixNano: '1763630820300000000',
      severityNumber: 9,
      body: { stringValue: 'x'.repeat(how.recordBytes - 512) },
      attributes: [
        { key: 'log.record.uid', value: { stringValue: id } },
        { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } },
        { key: 'gen_ai.agent.id', value: { stringValue: 'agent-42' } },
        { key: 'gen_ai.tool.name', value: { stringValue: 'create_ticket' } },
      ],
    });
  }
  const resource = {
    attributes: [{ key: 'service.name', value: { stringValue: 'overload' } }],
  };
  const request = { resourceLogs: [{ resource, scopeLogs: [{ scope: {}, logRecords }] }] };
  const plain =
    how.form === 'json' ? bytesOf(JSON.stringify(request)) : new Uint8Array(encodeOtlp(request));
  if (plain.length > length) throw new Error(`${plain.length} bytes, more than ${length}`);
  return {
    path: '/v1/logs',
    headers: {
      'Content-Type': how.form === 'json' ? 'application/json' : 'application/x-protobuf',
      ...(how.gzip ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: how.gzip ? new Uint8Array(gzipSync(plain)) : plain,
    ids,
  };
}

/** An array of events in their native form. */
export function nativeBatch(name: string, count: number): Batch {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const headers = { 'Content-Type': 'application/json' };
  const body = bytesOf(`[${numbers.map((n) => eventOf('main', name, n)).join(',')}]`);
  return { path: '/events', headers, body, ids: numbers.map((n) => `${name}-${n}`) };
}

/** Lines of Vault's audit device. */
export function vaultBatch(name: string, lines: number): Batch {
  const line = JSON.parse(fixture('vault_secret_read_request'));
  const ids: string[] = [];
  const texts: string[] = [];
  for (let i = 0; i < lines; i++) {
    const id = `${name}-${i}`;
    ids.push(`${id}:request`);
    texts.push(JSON.stringify({ ...line, request: { ...line.request, id } }));
  }
  const headers = { 'Content-Type': 'application/x-ndjson' };
  return { path: '/ingest/vault', headers, body: bytesOf(texts.join('\n')), ids };
}
