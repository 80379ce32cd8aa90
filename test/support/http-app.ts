import { createApp } from '../../src/http/app.ts';
import { type Limits, limitsOf } from '../../src/http/limits.ts';
import type { LogServerOptions } from '../../src/http/log-server.ts';
import type { Log } from '../../src/log/log.ts';
import { createFakeLog, type FakeLog } from './fake-log.ts';

/** What a test sees of an answer. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The body as JSON; undefined if it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: assertions say what is in it
  readonly json: any;
}

/** An app called as a function, and the fake logs behind it: `main` of events, `raw` of bytes. */
export interface AppUnderTest {
  readonly main: FakeLog;
  readonly raw: FakeLog;
  /** What the logger was told. */
  readonly logged: { readonly level: string; readonly message: string; readonly values: object }[];
  request(path: string, init?: RequestInit): Promise<Seen>;
  /** A request over a socket that sends this raw target, which no URL can hold. */
  requestTarget(target: string, headers?: Record<string, string>): Promise<Seen>;
  post(
    path: string,
    body: string | Uint8Array,
    type?: string | null,
    headers?: HeadersInit,
  ): Promise<Seen>;
}

/** The app under test. Nothing is random in it. */
export function createAppUnderTest(
  options: Partial<Omit<LogServerOptions, 'limits'>> & { readonly limits?: Partial<Limits> } = {},
): AppUnderTest {
  const main = createFakeLog('events', 'main');
  const raw = createFakeLog('opaque', 'raw');
  const logged: AppUnderTest['logged'] = [];
  const log = (level: string) => (values: object, message: string) => {
    logged.push({ level, values, message });
  };
  const app = createApp({
    logs: new Map<string, Log>([
      ['main', main],
      ['raw', raw],
    ]),
    random: () => 0.5,
    now: () => 0,
    logger: { info: log('info'), warn: log('warn'), error: log('error') },
    ...options,
    limits: limitsOf(options.limits),
  });
  const request = async (path: string, init?: RequestInit): Promise<Seen> =>
    see(await app.request(path, init));
  return {
    main,
    raw,
    logged,
    request,
    async requestTarget(target, headers = {}) {
      const incoming = {
        method: 'GET',
        url: target,
        headers: { host: 'localhost:6962', ...headers },
      };
      // The members of Node's request that a GET is read by.
      const env = { incoming } as unknown as Parameters<typeof app.request>[2];
      return see(await app.request('/', undefined, env));
    },
    post(path, body, type = 'application/json', headers = {}) {
      const all = new Headers(headers);
      if (type !== null) all.set('content-type', type);
      // Bytes, because a text would bring a content type of its own.
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body.slice();
      return request(path, { method: 'POST', body: bytes, headers: all });
    },
  };
}

async function see(response: Response): Promise<Seen> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, bytes, text, json };
}
