import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../src/client/http-fetch.ts';
import { openLogClient } from '../../src/client/log-client.ts';
import { openSubmitter, proveReceipt } from '../../src/client/submitter.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import { formatLeaf, type Recv } from '../../src/event/leaf.ts';
import { formatReceipt, type Receipt } from '../../src/event/receipt.ts';
import { parseSubmission } from '../../src/event/submission.ts';
import { testEntry } from '../reference/tile-store.ts';
import { staticLog } from './static-log.ts';

const URL = 'http://log.test/main';
const RECV: Recv = {
  adapter: 'native',
  at: 1_700_000_000_000,
  by: null,
  conflict: null,
  map: null,
  raw: null,
  salt: 'AAAAAAAAAAAAAAAAAAAAAA',
};

function eventOf(id: string): Uint8Array {
  return utf8(
    JSON.stringify({
      v: 'nhi.event/1',
      tenant: 'main',
      phase: 'point',
      id,
      kind: 'tool.invoke',
      time: { occurred: '2026-11-20T09:27:00.300Z' },
      src: { id: 'gw-1', format: 'native' },
      actor: { type: 'ai_agent', id: 'agent-42' },
      action: { name: 'tools/call', class: 'exec' },
      outcome: { result: 'success' },
    }),
  );
}

function receiptOf(item: Uint8Array, index: number): Receipt {
  const { event, sig } = parseSubmission(item);
  const leaf = formatLeaf({ eventCanonical: event.canonical, recv: RECV, sig });
  return { index, leafHash: base64(leafHash(leaf)), recv: RECV, duplicate: false };
}

/** What was sent, and replies that a test gives, the last one again and again. */
function server(...replies: ((body: Uint8Array) => Response)[]): {
  readonly fetch: Fetch;
  readonly bodies: string[];
  readonly urls: string[];
} {
  const bodies: string[] = [];
  const urls: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const body = init.body as Uint8Array;
    const reply = replies[Math.min(bodies.length, replies.length - 1)];
    bodies.push(utf8Text(body));
    urls.push(url);
    return reply?.(body) ?? new Response(null, { status: 500 });
  };
  return { fetch, bodies, urls };
}

const one = (body: Uint8Array): Response =>
  new Response(new Uint8Array(formatReceipt(receiptOf(body, 4))), { status: 201 });
const several = (body: Uint8Array): Response => {
  const items = JSON.parse(utf8Text(body)) as unknown[];
  const receipts = items.map((item, i) => receiptOf(utf8(JSON.stringify(item)), i));
  return new Response(`[${receipts.map((r) => utf8Text(formatReceipt(r))).join()}]`);
};
const problem = (status: number, members: object, headers = {}): Response =>
  new Response(JSON.stringify({ status, ...members }), { status, headers });

function waits(): { readonly sleep: (ms: number) => Promise<void>; readonly ms: number[] } {
  const ms: number[] = [];
  return {
    ms,
    sleep: async (time) => {
      ms.push(time);
    },
  };
}

describe('submit', () => {
  it('sends one item as it is and returns its receipt', async () => {
    const { fetch, bodies, urls } = server(one);
    const item = eventOf('e1');
    const results = await openSubmitter({ url: `${URL}/`, fetch }).submit([item]);
    expect(results).toEqual([{ kind: 'receipt', receipt: receiptOf(item, 4) }]);
    expect(bodies).toEqual([utf8Text(item)]);
    expect(urls).toEqual([`${URL}/events`]);
  });

  it('sends several items as an array of the same bytes, in portions, and answers in order', async () => {
    const { fetch, bodies } = server(several);
    const items = ['a', 'b', 'c', 'd', 'e'].map(eventOf);
    const submitter = openSubmitter({ url: URL, fetch, batchItemsMax: 2 });
    const progress: number[] = [];
    const lone = server(several, several, one);
    const results = await openSubmitter({ url: URL, fetch: lone.fetch, batchItemsMax: 2 }).submit(
      items,
      { onProgress: (done) => progress.push(done.items) },
    );
    expect(lone.bodies).toEqual([
      `[${utf8Text(eventOf('a'))},${utf8Text(eventOf('b'))}]`,
      `[${utf8Text(eventOf('c'))},${utf8Text(eventOf('d'))}]`,
      utf8Text(eventOf('e')),
    ]);
    expect(progress).toEqual([2, 4, 5]);
    expect(results.map((result) => result.kind)).toEqual(new Array(5).fill('receipt'));
    expect(await submitter.submit([])).toEqual([]);
    expect(bodies).toEqual([]);
  });

  it('keeps a portion below its bytes, and sends a larger item alone', async () => {
    const { fetch, bodies } = server(one);
    const items = [eventOf('a'), eventOf('b')];
    await openSubmitter({ url: URL, fetch, batchBytesMax: 10 }).submit(items);
    expect(bodies).toEqual(items.map(utf8Text));
  });

  it('asks to wait for a published head', async () => {
    const { fetch, urls } = server(one);
    await openSubmitter({ url: URL, fetch }).submit([eventOf('a')], { waitPublished: true });
    expect(urls).toEqual([`${URL}/events?wait=published`]);
  });

  it('refuses an item that it cannot read, and sends the others', async () => {
    const { fetch, bodies } = server(one);
    const results = await openSubmitter({ url: URL, fetch }).submit([utf8('{"v":1'), eventOf('b')]);
    expect(results).toMatchObject([
      { kind: 'refused', refusal: { code: 'json.malformed', status: null } },
      { kind: 'receipt' },
    ]);
    expect(bodies.length).toBe(1);
  });

  it.each([429, 502, 503, 504])('sends the same bytes again after %i', async (status) => {
    const { fetch, bodies } = server(
      () => problem(status, { code: 'pool.full' }, { 'retry-after': '2' }),
      one,
    );
    const { sleep, ms } = waits();
    const submitter = openSubmitter({ url: URL, fetch, retry: { sleep, random: () => 0 } });
    expect(await submitter.submit([eventOf('a')])).toMatchObject([{ kind: 'receipt' }]);
    expect(bodies).toEqual([utf8Text(eventOf('a')), utf8Text(eventOf('a'))]);
    expect(ms).toEqual([2000]);
  });

  it('sends the same bytes again when the answer is lost', async () => {
    const lost = (): Response => {
      throw new TypeError('fetch failed');
    };
    const { fetch, bodies } = server(lost, lost, one);
    const { sleep, ms } = waits();
    const submitter = openSubmitter({ url: URL, fetch, retry: { sleep, random: () => 0 } });
    expect(await submitter.submit([eventOf('a')])).toMatchObject([{ kind: 'receipt' }]);
    expect(new Set(bodies).size).toBe(1);
    expect(bodies.length).toBe(3);
    expect(ms).toEqual([125, 250]);
  });

  it('waits no longer than its policy allows, whatever the server asks', async () => {
    const { fetch } = server(() => problem(503, {}, { 'retry-after': '999999' }), one);
    const { sleep, ms } = waits();
    await openSubmitter({ url: URL, fetch, retry: { sleep, waitMsMax: 300 } }).submit([
      eventOf('a'),
    ]);
    expect(ms).toEqual([300]);
  });

  it('gives up after the last try and says what the log said', async () => {
    const busy = () => problem(503, { code: 'log.halted', detail: 'read-only' });
    const { fetch, bodies } = server(busy);
    const { sleep } = waits();
    const submitter = openSubmitter({ url: URL, fetch, retry: { sleep, attemptsMax: 3 } });
    expect(await submitter.submit([eventOf('a')])).toMatchObject([
      { kind: 'refused', refusal: { code: 'log.halted', detail: 'read-only', status: 503 } },
    ]);
    expect(bodies.length).toBe(3);
    const items = [eventOf('a'), eventOf('b')];
    await expect(submitter.submit(items)).rejects.toThrow(
      'reply.status: 503 log.halted: read-only',
    );
  });

  it('does not send again what was refused for good', async () => {
    const { fetch, bodies } = server(() => problem(422, { code: 'event.wrong-tenant' }));
    const results = await openSubmitter({ url: URL, fetch }).submit([eventOf('a')]);
    expect(results).toMatchObject([{ kind: 'refused', refusal: { code: 'event.wrong-tenant' } }]);
    expect(bodies.length).toBe(1);
  });

  it('sends the items of a batch again that may pass, and only them', async () => {
    const first = (body: Uint8Array): Response => {
      const [a] = JSON.parse(utf8Text(body)) as unknown[];
      const receipt = utf8Text(formatReceipt(receiptOf(utf8(JSON.stringify(a)), 0)));
      const refused = JSON.stringify({ code: 'pool.stale', status: 503, retryAfterMs: 700 });
      return new Response(`[${receipt},${refused}]`, { status: 207 });
    };
    const { fetch, bodies } = server(first, one);
    const { sleep, ms } = waits();
    const submitter = openSubmitter({ url: URL, fetch, retry: { sleep } });
    const results = await submitter.submit([eventOf('a'), eventOf('b')]);
    expect(results).toMatchObject([{ receipt: { index: 0 } }, { receipt: { index: 4 } }]);
    expect(bodies[1]).toBe(utf8Text(eventOf('b')));
    expect(ms).toEqual([700]);
  });

  it('returns the receipt of a conflict with what the log said', async () => {
    const conflict = (body: Uint8Array): Response => {
      const receipt = JSON.parse(utf8Text(formatReceipt(receiptOf(body, 9)))) as unknown;
      return problem(409, { code: 'entry.conflict', detail: 'entry 3 has it', receipt });
    };
    const results = await openSubmitter({ url: URL, fetch: server(conflict).fetch }).submit([
      eventOf('a'),
    ]);
    expect(results).toMatchObject([
      { kind: 'conflict', receipt: { index: 9 }, refusal: { code: 'entry.conflict' } },
    ]);
  });

  it('refuses a receipt of another event', async () => {
    const { fetch } = server(() => one(eventOf('another')));
    const submitted = openSubmitter({ url: URL, fetch }).submit([eventOf('a')]);
    await expect(submitted).rejects.toThrow('receipt.mismatch');
  });

  it.each([
    ['no JSON', 'hello'],
    ['no receipt', '{"index":1}'],
    ['a number', '4'],
    ['too few answers', '[]'],
    ['no array', '{"index":1}'],
  ])('refuses an answer that is %s', async (name, text) => {
    const items = name === 'too few answers' || name === 'no array' ? ['a', 'b'] : ['a'];
    const { fetch } = server(() => new Response(text, { status: 201 }));
    const submitted = openSubmitter({ url: URL, fetch }).submit(items.map(eventOf));
    await expect(submitted).rejects.toThrow('reply.malformed');
  });

  it('shows nothing of a problem that would steer a terminal', async () => {
    const { fetch } = server(() => problem(422, { code: 'a\u001b[2Jb', detail: 'x\u202ey' }));
    const results = await openSubmitter({ url: URL, fetch }).submit([eventOf('a')]);
    expect(results).toMatchObject([{ refusal: { code: 'a?[2Jb', detail: 'x?y' } }]);
  });

  it('stops when its caller does', async () => {
    const { fetch } = server(() => problem(503, {}));
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const submitted = openSubmitter({ url: URL, fetch }).submit([eventOf('a')], { signal });
    await expect(submitted).rejects.toBe(reason);
  });
});

describe('proveReceipt', () => {
  it('waits until a head covers the entry, and returns the verified proof', async () => {
    const log = staticLog(5);
    const policy = policyOfVkey(log.vkey);
    const client = openLogClient({ url: log.url, policy, fetch: log.fetch });
    const receipt = { index: 5, leafHash: base64(leafHash(testEntry(5))) };
    let slept = 0;
    const sleep = async (): Promise<void> => {
      slept += 1;
      if (slept === 2) log.become(6);
    };
    const file = await proveReceipt(client, receipt, { sleep });
    expect(file.proven.leafIndex).toBe(5);
    expect(slept).toBe(2);
  });

  it('gives up after the last try', async () => {
    const log = staticLog(5);
    const policy = policyOfVkey(log.vkey);
    const client = openLogClient({ url: log.url, policy, fetch: log.fetch });
    const receipt = { index: 5, leafHash: base64(leafHash(testEntry(5))) };
    const proven = proveReceipt(client, receipt, { attemptsMax: 2, sleep: async () => {} });
    await expect(proven).rejects.toThrow('entry.not-found');
  });
});

describe('a submitter that reduces', () => {
  const key = new Uint8Array(32).fill(5);
  const token = ['ghp', 'Ab1'.repeat(12)].join('_');
  const leaky = (id: string): Uint8Array => {
    const event = JSON.parse(utf8Text(eventOf(id))) as object;
    return utf8(JSON.stringify({ ...event, outcome: { result: 'failure', error: token } }));
  };

  it('sends no secret, and tells what it did', async () => {
    const log = server(several);
    const told: [number, string][] = [];
    const reduce = {
      key,
      onReduced: (at: number, { why }: { readonly why: string }) => {
        told.push([at, why]);
      },
    };
    const large = JSON.parse(utf8Text(eventOf('c'))) as object;
    const items = [
      eventOf('a'),
      leaky('b'),
      utf8(JSON.stringify({ ...large, ext: { 'com.example.x': 'y'.repeat(70_000) } })),
    ];
    const results = await openSubmitter({ url: URL, fetch: log.fetch, reduce }).submit(items);
    expect(results.map(({ kind }) => kind)).toEqual(['receipt', 'receipt', 'receipt']);
    expect(log.bodies.join()).not.toContain(token);
    expect(told).toEqual([
      [1, 'secret'],
      [2, 'too-large'],
    ]);
    const sent = (JSON.parse(log.bodies[0] ?? '') as { ext?: object }[]).map(({ ext }) => ext);
    expect(sent).toEqual([undefined, { 'nhi.reduced': 'secret' }, { 'nhi.reduced': 'too-large' }]);
  });

  it('sends the same again', async () => {
    const log = server(one);
    const submitter = openSubmitter({ url: URL, fetch: log.fetch, reduce: { key } });
    await submitter.submit([leaky('b')]);
    await submitter.submit([leaky('b')]);
    expect(log.bodies[1]).toBe(log.bodies[0]);
  });

  it('sends nothing of what was signed before, or what it cannot do without', async () => {
    const log = server(several);
    const event = JSON.parse(utf8Text(leaky('d'))) as object;
    const sig = { alg: 'ed25519', kid: 'k', value: `${'A'.repeat(86)}==` };
    const items = [utf8(JSON.stringify({ event, sig })), leaky(token)];
    const results = await openSubmitter({ url: URL, fetch: log.fetch, reduce: { key } }).submit(
      items,
    );
    expect(results.map((one) => one.kind === 'refused' && one.refusal.code)).toEqual([
      'event.secret',
      'event.secret',
    ]);
    expect(log.bodies).toEqual([]);
  });
});
