import { TransparencyError } from '../core/error.ts';

/** The part of `fetch` that a client uses: the global one, or an app's own in tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One request and the bounds of its reply. */
export interface BoundedRequest {
  readonly fetch: Fetch;
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Most bytes of the reply's body, counted after any content encoding is undone. */
  readonly replyBytesMax: number;
  /** Time from the request to the last byte of the reply, ms. */
  readonly timeoutMs: number;
  /** The caller's own wish to stop; its reason is what is thrown then. */
  readonly signal?: AbortSignal;
}

/** A reply that was read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/**
 * Sends a request and reads the whole reply within its bounds.
 *
 * Redirects are not followed: a log is where its reader was told that it is. Any other status is returned as it is.
 *
 * @throws {TransparencyError} reply.unreachable, reply.timeout, reply.too-large, reply.status (a redirect)
 */
export async function fetchBounded(request: BoundedRequest): Promise<Reply> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal =
    request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  try {
    const response = await untilAborted(
      request.fetch(request.url, initOf(request, signal)),
      signal,
    );
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel();
      throw new TransparencyError('reply.status', `${request.url} redirects; not followed`, {
        details: { status: response.status },
      });
    }
    const bytes = await readBounded(response, request, signal);
    return { status: response.status, headers: response.headers, bytes };
  } catch (cause) {
    if (cause instanceof TransparencyError) throw cause;
    request.signal?.throwIfAborted();
    if (timeout.aborted) {
      throw new TransparencyError('reply.timeout', `${request.url}: ${request.timeoutMs} ms`, {
        cause,
      });
    }
    throw new TransparencyError('reply.unreachable', `${request.url}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/**
 * How long a reply asks its client to wait, in ms: `Retry-After` in seconds. (RFC 9110 §10.2.3)
 *
 * Its other form, a date, needs two clocks that agree, and is read as absent.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  return value !== null && /^[0-9]{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}

function initOf(request: BoundedRequest, signal: AbortSignal): RequestInit {
  const init: RequestInit = {
    method: request.method ?? 'GET',
    headers: { ...request.headers },
    redirect: 'manual',
    credentials: 'omit',
    signal,
  };
  // A copy over an ArrayBuffer of its own: that is what RequestInit takes.
  return request.body === undefined ? init : { ...init, body: new Uint8Array(request.body) };
}

async function readBounded(
  response: Response,
  request: BoundedRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > request.replyBytesMax) {
    await response.body?.cancel();
    throw tooLarge(request, announced);
  }
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  // One buffer that doubles, not a list of chunks: a body sent byte by byte would make the list the larger of the two.
  let buffer = new Uint8Array(Math.max(announced, 4096));
  let length = 0;
  try {
    while (true) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return buffer.subarray(0, length);
      if (length + value.length > request.replyBytesMax) {
        throw tooLarge(request, length + value.length);
      }
      if (length + value.length > buffer.length) {
        const larger = new Uint8Array(Math.max(2 * buffer.length, length + value.length));
        larger.set(buffer);
        buffer = larger;
      }
      buffer.set(value, length);
      length += value.length;
    }
  } catch (error) {
    // Not awaited: a body that hangs may hang in its cancel too.
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** The promise, or the signal's reason as soon as it aborts. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function tooLarge(request: BoundedRequest, bytes: number): TransparencyError {
  return new TransparencyError(
    'reply.too-large',
    `${request.url}: ${bytes} bytes or more, at most ${request.replyBytesMax} are read`,
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's fetch hides what happened behind "fetch failed".
  return error.cause instanceof Error ? error.cause.message : error.message;
}
