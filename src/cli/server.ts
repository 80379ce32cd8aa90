import { randomInt } from 'node:crypto';
import { createApp, type HttpServer, type Logger, listen } from '../http/http.ts';
import type { Log } from '../log/log.ts';
import type { ServeConfig } from './config.ts';
import { type LogLine, logLinesOf } from './log-line.ts';
import { type OpenedLog, openLogs } from './open-logs.ts';

/** What a server needs of its process. */
export interface ServerOptions {
  readonly config: ServeConfig;
  readonly logger: Logger;
  readonly now: () => number;
}

/** A server that runs. */
export interface RunningServer {
  /** `http://127.0.0.1:6962` */
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
 * @throws {TransparencyError} what `openLogs` throws; the system's error where it cannot listen
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, logger, now } = options;
  let reportFault = (_error: unknown): void => {};
  const fault = new Promise<unknown>((resolve) => {
    reportFault = resolve;
  });
  const onFault = (error: unknown, log: string): void => {
    logger.error(
      { err: error, log },
      'a write failed, and what it wrote is not known: this process ends',
    );
    reportFault(error);
  };
  const opening = openLogs(config, { now, onFault, onHalt: (log) => tellHalted(logger, log) });
  // A log whose first write failed may never open.
  const logs = await Promise.race([opening, fault.then((error) => Promise.reject(error))]);
  try {
    const server = await serveLogs(options, logs);
    const close = async (): Promise<void> => {
      await server.close();
      await closeAll(logs);
    };
    return { url: server.url, logs, lines: logLinesOf(logs, server.url), fault, close };
  } catch (error) {
    await closeAll(logs);
    throw error;
  }
}

function serveLogs(
  { config, logger, now }: ServerOptions,
  logs: readonly OpenedLog[],
): Promise<HttpServer> {
  for (const { log } of logs) if (log.state.kind === 'halted') tellHalted(logger, log);
  const random = (): number => randomInt(2 ** 47) / 2 ** 47;
  const byName = new Map(logs.map(({ log }) => [log.name, log]));
  const app = createApp({ logs: byName, random, now, logger });
  return listen({ app, ...config.listen, random });
}

function tellHalted(logger: Logger, log: Log): void {
  const { state } = log;
  if (state.kind !== 'halted') return;
  const values = { log: log.name, reason: state.reason, detail: state.detail };
  logger.error(values, 'the log is halted: read-only, nothing is admitted or signed');
}

async function closeAll(logs: readonly OpenedLog[]): Promise<void> {
  await Promise.all(logs.map((one) => one.close()));
}
