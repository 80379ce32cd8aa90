import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../core/error.ts';
import type { Log, SubmitOutcome } from '../log/log.ts';
import type { LogObserver } from '../log/observer.ts';
import type { Clock } from '../log/ports.ts';
import { registerCosignerMetrics } from './cosigner-metrics.ts';

/** What handlers count. */
export interface Meter {
  answered(route: string, status: number): void;
  refused(code: ErrorCode): void;
  submitted(log: string, kind: SubmitOutcome['kind'] | 'added'): void;
}

/** What is behind the gauges, read when they are asked for. */
export interface MetricSources {
  readonly logs: ReadonlyMap<string, Log>;
  readonly inFlightBytes: () => number;
  readonly now: Clock;
}

/** All metrics of a server. */
export interface Metrics extends Meter {
  /** Keys that the index of a log did not have, and the token whose event brought them; null: none was shown. */
  indexed(log: string, token: string | null, newKeys: number): void;
  /** What `openLog` is given for the log of that name. */
  observerOf(log: string): LogObserver;
  /** Where gauges read from; the server calls it, once. */
  attach(sources: MetricSources): void;
  /** Names of all metrics. */
  readonly names: readonly string[];
  /** The text format of Prometheus, and its media type. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** From 50 µs to 10 s: a signature is among the first, a commit on a slow disk among the last. */
const SECONDS = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
  2.5, 5, 10,
];
const ENTRIES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096];

/**
 * The metrics of one server, in a registry of their own. (spec/8-http.md §11)
 *
 * @param options.process  also those of the process: CPU, memory, event loop, garbage collection
 */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process === true) collectDefaultMetrics({ register: registry });
  const histogram = (name: string, help: string, buckets = SECONDS): Histogram<'log'> =>
    new Histogram({ name, help, buckets, labelNames: ['log'], registers });
  const commit = histogram('varve_commit_duration_seconds', 'One atomic flushed write');
  const entries = histogram('varve_commit_entries', 'Entries of one commit', ENTRIES);
  const guard = histogram('varve_guard_duration_seconds', 'Recording a head before it is signed');
  const sign = histogram('varve_sign_duration_seconds', 'Signing both faces of a head');
  const publish = histogram(
    'varve_publish_duration_seconds',
    'From beginning a head to showing it',
  );
  const items = countPairs(registry, {
    name: 'varve_items_total',
    help: 'Submitted items by what became of them',
    labelNames: ['log', 'outcome'],
  });
  const refusals = new Counter({
    name: 'varve_refusals_total',
    help: 'Items and requests that were answered with a problem, by its code',
    labelNames: ['code'],
    registers,
  });
  const requests = countPairs(registry, {
    name: 'varve_http_requests_total',
    help: 'Answered requests',
    labelNames: ['route', 'status'],
  });
  const lag = new Gauge({
    name: 'varve_follower_lag_entries',
    help: 'Published entries that a follower has not read yet',
    labelNames: ['log', 'follower'],
    registers,
  });
  const newKeys = new Counter({
    name: 'varve_index_new_keys_total',
    help: 'Keys that the index did not have, by the token whose event brought them',
    labelNames: ['log', 'token'],
    registers,
  });
  return {
    answered: requests,
    refused: (code) => refusals.labels(code).inc(),
    submitted: items,
    indexed: (log, token, count) => newKeys.labels(log, token ?? '').inc(count),
    observerOf: (log) => ({
      committed(done) {
        commit.labels(log).observe(done.durationMs / 1_000);
        entries.labels(log).observe(done.entries);
      },
      guarded: (durationMs) => guard.labels(log).observe(durationMs / 1_000),
      signed: (durationMs) => sign.labels(log).observe(durationMs / 1_000),
      published: (durationMs) => publish.labels(log).observe(durationMs / 1_000),
      followed: (follower, lagEntries) => lag.labels(log, follower).set(lagEntries),
    }),
    attach: (sources) => registerGauges(registry, sources),
    get names() {
      return registry.getMetricsAsArray().map(({ name }) => name);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Gauges that are read from the logs when they are asked for, so that nothing is counted twice. */
function registerGauges(registry: Registry, sources: MetricSources): void {
  const { logs, now } = sources;
  const perLog = (name: string, help: string, figureOf: (log: Log) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['log'],
      registers: [registry],
      collect() {
        for (const log of logs.values()) {
          const value = figureOf(log);
          if (value !== undefined) this.labels(log.name).set(value);
        }
      },
    });
  };
  perLog('varve_integrated_size_entries', 'Entries on disk and in the tree', (log) => {
    return log.figures.integratedSize;
  });
  perLog('varve_published_size_entries', 'Entries under the published head', (log) => {
    return log.publishedSize;
  });
  perLog('varve_pool_entries', 'Entries that wait for the writer', (log) => {
    return log.figures.pooledEntries;
  });
  perLog('varve_pool_bytes', 'Bytes of the entries that wait for the writer', (log) => {
    return log.figures.pooledBytes;
  });
  perLog(
    'varve_log_running',
    '1 while the log admits entries, 0 when it is closing or halted',
    (log) => (log.state.kind === 'running' || log.state.kind === 'confirming' ? 1 : 0),
  );
  perLog('varve_log_confirming', '1 while witnesses have not confirmed the last head', (log) =>
    log.state.kind === 'confirming' ? 1 : 0,
  );
  perLog(
    'varve_log_unconfirmed_witnesses',
    'Witnesses without whose word the log was started by --start-unconfirmed',
    (log) => log.figures.unconfirmedWitnesses.length,
  );
  perLog('varve_published_unwitnessed', '1 while the published head has no quorum', (log) => {
    return log.figures.unwitnessed ? 1 : 0;
  });
  perLog('varve_head_age_seconds', 'Time since the published head was signed', (log) =>
    log.published === null ? undefined : (now() - log.published.timeMs) / 1_000,
  );
  perLog('varve_scrub_age_seconds', 'Time since everything was last hashed again', (log) => {
    const { scrubbedAtMs } = log.figures;
    return scrubbedAtMs === null ? undefined : (now() - scrubbedAtMs) / 1_000;
  });
  registerCosignerMetrics(registry, logs);
  new Gauge({
    name: 'varve_bodies_in_flight_bytes',
    help: 'Bodies of requests that are not answered yet',
    registers: [registry],
    collect() {
      this.set(sources.inFlightBytes());
    },
  });
}

/**
 * A counter of two labels, of which every request or item moves one. What is counted goes into the metric when that is
 * asked for: each time it would be hashing of labels, 1 µs.
 */
function countPairs(
  registry: Registry,
  told: { readonly name: string; readonly help: string; readonly labelNames: [string, string] },
): (first: string, second: string | number) => void {
  const counts = new Map<string, Map<string | number, number>>();
  new Counter({
    ...told,
    registers: [registry],
    collect() {
      for (const [first, seconds] of counts) {
        for (const [second, count] of seconds) this.labels(first, String(second)).inc(count);
      }
      counts.clear();
    },
  });
  return (first, second) => {
    let seconds = counts.get(first);
    if (seconds === undefined) {
      seconds = new Map();
      counts.set(first, seconds);
    }
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  };
}
