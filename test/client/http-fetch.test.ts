import { describe, expect, it } from 'vitest';
import { type Fetch, fetchBounded, retryAfterMs } from '../../src/client/http-fetch.ts';

const bounds = { url: 'http://log.test/main', replyBytesMax: 1000, timeoutMs: 5000 };

function answering(response: () => Response): Fetch {
  return async () => response();
}

/** A body that sends `chunk` again and again and never ends. */
function endless(chunk: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
}

describe('fetchBounded', () => {
  it('returns status, headers and the exact bytes of a reply', async () => {
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x00, 0xff]);
    const fetch = answering(() => new Response(bytes, { status: 404, headers: { 'x-a': 'b' } }));
    const reply = await fetchBounded({ ...bounds, fetch });
    expect(reply.status).toBe(404);
    expect(reply.headers.get('x-a')).toBe('b');
    expect(reply.bytes).toEqual(bytes);
  });

  it('returns a body of many small chunks whole', async () => {
    const parts = Array.from({ length: 900 }, (_, i) => new Uint8Array([i % 256]));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
    const reply = await fetchBounded({ ...bounds, fetch: answering(() => new Response(body)) });
    expect(reply.bytes).toEqual(new Uint8Array(parts.map((part) => part[0] ?? 0)));
  });

  it('returns no bytes for a reply without a body', async () => {
    const fetch = answering(() => new Response(null, { status: 204 }));
    expect((await fetchBounded({ ...bounds, fetch })).bytes).toEqual(new Uint8Array(0));
  });

  it('sends method, headers and body, and asks for no redirect and no credentials', async () => {
    let seen: { url: string; init: RequestInit } | undefined;
    const fetch: Fetch = async (url, init) => {
      seen = { url, init };
      return new Response('ok');
    };
    await fetchBounded({
      ...bounds,
      fetch,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array([1, 2]),
    });
    expect(seen?.url).toBe(bounds.url);
    expect(seen?.init).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      redirect: 'manual',
      credentials: 'omit',
      body: new Uint8Array([1, 2]),
    });
  });

  it('refuses a reply that announces too many bytes before it reads them', async () => {
    let pulled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull() {
          pulled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-length': '1001' };
    const fetch = answering(() => new Response(body, { headers }));
    await expect(fetchBounded({ ...bounds, fetch })).rejects.toThrow('reply.too-large');
    expect(pulled).toBe(false);
  });

  it('refuses a reply that sends more bytes than allowed, however long it is', async () => {
    const fetch = answering(() => new Response(endless(new Uint8Array(7))));
    await expect(fetchBounded({ ...bounds, fetch })).rejects.toThrow('reply.too-large');
  });

  it('accepts exactly as many bytes as allowed', async () => {
    const fetch = answering(() => new Response(new Uint8Array(1000)));
    expect((await fetchBounded({ ...bounds, fetch })).bytes.length).toBe(1000);
  });

  it('gives up on a server that never answers', async () => {
    const fetch: Fetch = () => new Promise(() => {});
    const late = fetchBounded({ ...bounds, fetch, timeoutMs: 20 });
    await expect(late).rejects.toThrow('reply.timeout');
  });

  it('gives up on a body that never ends', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const late = fetchBounded({
      ...bounds,
      fetch: answering(() => new Response(body)),
      timeoutMs: 20,
    });
    await expect(late).rejects.toThrow('reply.timeout');
  });

  it('stops with the reason of its caller', async () => {
    const reason = new Error('enough');
    const fetch: Fetch = () => new Promise(() => {});
    const stopped = fetchBounded({ ...bounds, fetch, signal: AbortSignal.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
  });

  it.each([301, 302, 307, 308])('refuses to follow a %i', async (status) => {
    const headers = { location: 'http://elsewhere.test/' };
    const fetch = answering(() => new Response(null, { status, headers }));
    await expect(fetchBounded({ ...bounds, fetch })).rejects.toThrow('reply.status');
  });

  it('says why a server could not be reached', async () => {
    const fetch: Fetch = async () => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    };
    await expect(fetchBounded({ ...bounds, fetch })).rejects.toThrow(
      'reply.unreachable: http://log.test/main: connect ECONNREFUSED',
    );
  });
});

describe('retryAfterMs', () => {
  it('reads seconds', () => {
    expect(retryAfterMs(new Headers({ 'retry-after': '3' }))).toBe(3000);
  });

  it.each(['', '-1', '1.5', 'Sun, 06 Nov 1994 08:49:37 GMT', '12345678901'])(
    'reads %j as absent',
    (value) => {
      expect(retryAfterMs(new Headers({ 'retry-after': value }))).toBeUndefined();
    },
  );

  it('reads a missing header as absent', () => {
    expect(retryAfterMs(new Headers())).toBeUndefined();
  });
});
