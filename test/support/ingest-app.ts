import { type EventLeaf, parseLeaf } from '../../src/event/leaf.ts';
import { createApp } from '../../src/http/app.ts';
import { type Limits, limitsOf } from '../../src/http/limits.ts';
import type { LogServerOptions } from '../../src/http/log-server.ts';
import type { LogLimits } from '../../src/log/limits.ts';
import type { Log, OpeningKeys } from '../../src/log/log.ts';
import { openTestLog } from './test-log.ts';

/** A server over one real log in memory, `main` of the tenant `acme`. */
export interface IngestApp extends AsyncDisposable {
  readonly log: Log;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Response>;
  /** The leaves of events, in the order of the tree. */
  leaves(): Promise<readonly EventLeaf[]>;
}

/** Opens it. */
export async function openIngestApp(
  options: Partial<Omit<LogServerOptions, 'limits' | 'logs'>> & {
    readonly limits?: Partial<Limits>;
    readonly logLimits?: Partial<LogLimits>;
    readonly openingKeys?: OpeningKeys;
    /** Awaited by the writer before each batch. */
    readonly gather?: () => Promise<void>;
  } = {},
): Promise<IngestApp> {
  const { limits, logLimits, openingKeys, gather, ...rest } = options;
  const log = await openTestLog({
    ...(logLimits === undefined ? {} : { limits: logLimits }),
    ...(openingKeys === undefined ? {} : { openingKeys }),
    ...(gather === undefined ? {} : { gather }),
  });
  const app = createApp({
    logs: new Map([['main', log]]),
    random: () => 0.5,
    now: Date.now,
    ...rest,
    limits: limitsOf(limits),
  });
  return {
    log,
    get: async (path, headers = {}) => app.request(path, { headers }),
    async post(path, body, headers) {
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body.slice();
      return app.request(path, { method: 'POST', body: bytes, headers });
    },
    async leaves() {
      const { integratedSize } = log.figures;
      await log.waitPublished(integratedSize, AbortSignal.timeout(10_000));
      const leaves: EventLeaf[] = [];
      for (let i = 0; i < integratedSize; i++) {
        const leaf = parseLeaf(await log.readEntry(i));
        if (leaf.v === 'nhi.leaf/1') leaves.push(leaf);
      }
      return leaves;
    },
    [Symbol.asyncDispose]: async () => void (await log.close()),
  };
}
