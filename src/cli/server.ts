import { randomInt } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Fetch } from '../client/client.ts';
import { TransparencyError } from '../core/error.ts';
import {
  createApp,
  createKeyQuotas,
  createMetrics,
  type HttpServer,
  type KeyQuotas,
  type ListenOptions,
  type Logger,
  limitsOf,
  listen,
  type Metrics,
  type TokenStore,
} from '../http/http.ts';
import { type IngestTrust, NO_TRUST } from '../ingest/ingest.ts';
import type { Log } from '../log/log.ts';
import type { LookupIndex } from '../lookup/lookup.ts';
import type { ServeConfig } from './config.ts';
import { readEmitterKeys } from './emitter-keys.ts';
import { openIndexHost } from './index-host.ts';
import { logFolderOf } from './log-folder.ts';
import { type LogLine, logLinesOf } from './log-line.ts';
import { readNamedFile } from './named-file.ts';
import { type OpenedLog, openLogs } from './open-logs.ts';
import { runbookOf } from './runbook.ts';
import { openTokenFile } from './token-file.ts';
import { watchWitnesses } from './witness-watch.ts';

/** What a server needs of its process. */
export interface ServerOptions {
  readonly config: ServeConfig;
  readonly logger: Logger;
  readonly now: () => number;
  /** Reaches the witnesses. Default: that of the process */
  readonly fetch?: Fetch;
}

/** A server that runs. */
export interface RunningServer {
  /** `http://127.0.0.1:6962`: the address that it listens on. */
  readonly url: string;
  readonly logs: readonly OpenedLog[];
  readonly lines: readonly LogLine[];
  /** Resolves with the error of a write whose outcome is unknown: the process must end without closing anything. */
  readonly fault: Promise<unknown>;
  /** Stops accepting, answers what is in flight, commits and publishes what is pooled, closes all. */
  close(): Promise<void>;
}

/**
 * Opens the logs of a configuration and serves them.
 *
 * @throws {TransparencyError} what `openLogs` throws; config.malformed for tokens or a certificate that cannot be read;
 *   the system's error where it cannot listen
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, logger } = options;
  // Before the logs are opened: a start that cannot end well begins nothing.
  const tls = await readTls(config);
  const tokens = config.auth ? openTokens(config, logger) : null;
  const ingestTrust =
    config.emitterKeys === null ? NO_TRUST : await readEmitterKeys(config.emitterKeys);
  const metrics = createMetrics({ process: true });
  const { logs, fault } = await openAll(options, metrics);
  const keyQuotas = createKeyQuotas({ limits: limitsOf(config.limits), now: options.now });
  const indexes = openIndexes(options, logs, { metrics, keyQuotas });
  try {
    const server = await serveLogs(options, {
      ...{ logs, indexes, tls, tokens, metrics, keyQuotas, ingestTrust },
    });
    const watch = watchWitnesses(logs, logger);
    const close = async (): Promise<void> => {
      watch.end();
      await server.close();
      for (const index of indexes.values()) await index.close();
      await closeAll(logs);
    };
    const lines = logLinesOf(logs, config.url ?? server.url);
    return { url: server.url, logs, lines, fault, close };
  } catch (error) {
    for (const index of indexes.values()) await index.close();
    await closeAll(logs);
    throw error;
  }
}

/** The verifiable indexes of the logs of events, each in a thread of its own. */
function openIndexes(
  { config, logger }: ServerOptions,
  logs: readonly OpenedLog[],
  { metrics, keyQuotas }: { readonly metrics: Metrics; readonly keyQuotas: KeyQuotas },
): ReadonlyMap<string, LookupIndex> {
  const indexed = logs.filter(({ log }) => config.index && log.type === 'events');
  return new Map(
    indexed.map(({ log }) => {
      const { index: dir } = logFolderOf(config.folders, log.name);
      const observer = metrics.observerOf(log.name);
      const onLag = (lagEntries: number): void => observer.followed('index', lagEntries);
      const onNewKeys = (token: string | null, count: number): void => {
        metrics.indexed(log.name, token, count);
        if (token !== null) keyQuotas.charge(token, count);
      };
      return [log.name, openIndexHost({ log, dir, logger, onLag, onNewKeys })];
    }),
  );
}

async function openAll(
  { config, logger, now, ...given }: ServerOptions,
  metrics: Metrics,
): Promise<Pick<RunningServer, 'logs' | 'fault'>> {
  let reportFault = (_error: unknown): void => {};
  const fault = new Promise<unknown>((resolve) => {
    reportFault = resolve;
  });
  const opening = openLogs(config, {
    now,
    ...given,
    observerOf: (name) => metrics.observerOf(name),
    stopwatch: () => performance.now(),
    onFault: (error, log) => {
      const what = 'a write failed, and what it wrote is not known: this process ends';
      logger.error({ err: error, log, runbook: runbookOf('flush-failed') }, what);
      reportFault(error);
    },
    onHalt: (log) => tellHalted(logger, log),
    onEvidence: (log, { size, forkProof }) => {
      const what = "a head of this log's key that its tree does not contain was kept as evidence";
      logger.error({ log, size, forkProof: forkProof !== null }, what);
    },
  });
  // A log whose first write failed may never open.
  const logs = await Promise.race([opening, fault.then((error) => Promise.reject(error))]);
  return { logs, fault };
}

function serveLogs(
  { config, logger, now }: ServerOptions,
  parts: {
    readonly logs: readonly OpenedLog[];
    readonly indexes: ReadonlyMap<string, LookupIndex>;
    readonly tls: ListenOptions['tls'];
    readonly tokens: TokenStore | null;
    readonly ingestTrust: IngestTrust;
    readonly metrics: Metrics;
    readonly keyQuotas: KeyQuotas;
  },
): Promise<HttpServer> {
  const { logs, indexes, tls, tokens, metrics, keyQuotas, ingestTrust } = parts;
  for (const { log } of logs) if (log.state.kind === 'halted') tellHalted(logger, log);
  const random = (): number => randomInt(2 ** 47) / 2 ** 47;
  const limits = limitsOf(config.limits);
  const app = createApp({
    logs: new Map(logs.map(({ log }) => [log.name, log])),
    indexes,
    random,
    now,
    logger,
    limits,
    metrics,
    tokens,
    ingestTrust,
    keyQuotas,
    // Who shows a token is no web page; and behind a proxy any name may be right.
    allowedHosts: tokens === null ? config.hosts : null,
  });
  const { host, port } = config.listen;
  return listen({ app, host, port, random, limits, ...(tls === undefined ? {} : { tls }) });
}

function openTokens({ folders }: ServeConfig, logger: Logger): TokenStore {
  const { tokens: path } = folders;
  return openTokenFile({
    path,
    stopwatch: () => performance.now(),
    onChange: (tokens) => logger.info({ tokens }, 'the tokens were read again'),
    onError: (error) => {
      logger.error({ err: error }, 'the tokens cannot be read: nobody is let in until they can');
    },
  });
}

async function readTls({ tls }: ServeConfig): Promise<ListenOptions['tls']> {
  if (tls === null) return undefined;
  const cert = Buffer.from(await readNamedFile(tls.cert)).toString('latin1');
  const key = Buffer.from(await readNamedFile(tls.key)).toString('latin1');
  checkTls({ cert, key }, tls);
  return { cert, key };
}

function checkTls(
  pem: { readonly cert: string; readonly key: string },
  paths: { readonly cert: string; readonly key: string },
): void {
  try {
    createSecureContext(pem);
  } catch (cause) {
    // No cause: what OpenSSL tells of a key need not reach a log.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransparencyError(
      'config.malformed',
      `${paths.cert} and ${paths.key} are no certificate and its key: ${why}`,
    );
  }
}

function tellHalted(logger: Logger, log: Log): void {
  const { state } = log;
  if (state.kind !== 'halted') return;
  const { reason, detail } = state;
  const values = { log: log.name, reason, detail, runbook: runbookOf(reason) };
  logger.error(values, 'the log is halted: read-only, nothing is admitted or signed');
}

async function closeAll(logs: readonly OpenedLog[]): Promise<void> {
  await Promise.all(logs.map((one) => one.close()));
}
