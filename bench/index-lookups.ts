import { hex } from '../src/core/hex.ts';
import { parseIndexHead } from '../src/event/index-leaf.ts';
import { type LookupKey, labelOf } from '../src/event/map.ts';
import type { ServerProcess } from '../test/e2e/server.ts';
import { populationOf } from './index-events.ts';
import type { Lookups } from './index-results.ts';
import { Connection } from './load/connection.ts';
import { LatencyCounts } from './load/latencies.ts';

/** Lookups that warm both ends up and are not counted. */
const WARM = 100;

/** Lookups of credentials of a population, one after another on one connection, each to the last byte of its answer. */
export async function measureLookups(
  server: ServerProcess,
  asked: { readonly keys: number; readonly count: number },
): Promise<Lookups> {
  const { credentials } = populationOf(asked.keys);
  const latencies = new LatencyCounts();
  const bytes: number[] = [];
  const counts: number[] = [];
  const client = new LookupClient(server);
  try {
    for (let i = 0; i < asked.count + WARM; i++) {
      const key = { selector: 'cred', value: `tok-${(i * 7919) % credentials}` } as const;
      const began = performance.now();
      const body = await client.ask(key);
      if (i < WARM) continue;
      latencies.add(performance.now() - began);
      bytes.push(body.length);
      counts.push(answerOf(body).count);
    }
  } finally {
    client.close();
  }
  return { latencyMs: latencies.latencies, bytes: middleOf(bytes), count: middleOf(counts) };
}

/** Postings and keys of the head that is served. */
export async function servedHead(
  server: ServerProcess,
): Promise<{ readonly postings: number; readonly keys: number }> {
  const client = new LookupClient(server);
  try {
    const { head } = answerOf(await client.ask({ selector: 'kind', value: 'api.call' }));
    const { postings, keys } = parseIndexHead(Buffer.from(head.leaf, 'base64'));
    return { postings, keys };
  } finally {
    client.close();
  }
}

function answerOf(body: Buffer): {
  readonly count: number;
  readonly head: { readonly leaf: string };
} {
  return JSON.parse(body.toString('utf8'));
}

/** One connection, one question at a time. The client of Node's own took longer than the answer. */
class LookupClient {
  readonly #url: URL;
  readonly #connection: Connection;
  #settle: { done: (body: Buffer) => void; fail: (error: Error) => void } | null = null;

  constructor(server: ServerProcess) {
    this.#url = new URL(`${server.log('main').url}/lookup`);
    const { hostname: host, port } = this.#url;
    this.#connection = new Connection({
      host,
      port: Number(port),
      onReply: (status, body) => {
        if (status === 200 && body !== undefined) this.#settle?.done(body);
        else this.#settle?.fail(new Error(`${status}: ${body}`));
      },
      onBroken: (why) => this.#settle?.fail(new Error(why)),
    });
  }

  ask(key: LookupKey): Promise<Buffer> {
    const { pathname, host } = this.#url;
    const target = `${pathname}?label=${hex(labelOf(key))}`;
    const request = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return new Promise((done, fail) => {
      this.#settle = { done, fail };
      this.#connection.send(request, true);
    });
  }

  close(): void {
    this.#settle = null;
    this.#connection.close();
  }
}

function middleOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
