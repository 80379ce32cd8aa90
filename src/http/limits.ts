import { TransparencyError } from '../core/error.ts';

/** One limit: what it counts, how much of it is allowed, and what happens beyond. */
export interface Limit {
  readonly unit:
    | 'bytes'
    | 'ms'
    | 'items'
    | 'entries'
    | 'connections'
    | 'logs'
    | 'per second'
    | 'per minute';
  readonly default: number;
  /** Smallest and largest value that a configuration may set. */
  readonly range: readonly [number, number];
  readonly doc: string;
}

/** Name of a limit; the unit is in it. */
export type LimitName =
  | 'jsonBodyBytesMax'
  | 'entryBytesMax'
  | 'bodiesInFlightBytesMax'
  | 'itemsPerRequestMax'
  | 'ingestBodyBytesMax'
  | 'otlpBodyBytesMax'
  | 'ingestItemsMax'
  | 'ingestWaitMsMax'
  | 'headersTimeoutMs'
  | 'requestTimeoutMs'
  | 'keepAliveTimeoutMs'
  | 'stalledTimeoutMs'
  | 'closeTimeoutMs'
  | 'publishedWaitMsMax'
  | 'connectionsMax'
  | 'logsMax'
  | 'getEntriesMax'
  | 'getEntriesBytesMax'
  | 'tokenItemsPerSecondMax'
  | 'tokenNewKeysPerMinuteMax'
  | 'tokenBodiesInFlightBytesMax'
  | 'custodyRequestsMax'
  | 'custodyRequestMs';

/** The limits that a server runs with. */
export type Limits = Readonly<Record<LimitName, number>>;

const MEBIBYTE = 1_048_576;

/** The one table of the server's limits. (spec/8-http.md §8) */
export const LIMITS: Readonly<Record<LimitName, Limit>> = {
  jsonBodyBytesMax: {
    unit: 'bytes',
    default: 16 * MEBIBYTE,
    range: [1_024, 64 * MEBIBYTE],
    doc: 'body of POST /{log}/events; beyond: 413 request.body-too-large',
  },
  entryBytesMax: {
    unit: 'bytes',
    default: 65_535,
    range: [1, 65_535],
    doc: 'body of POST /{log}/add, which is one entry; beyond: 413 leaf.too-large',
  },
  bodiesInFlightBytesMax: {
    unit: 'bytes',
    default: 192 * MEBIBYTE,
    range: [MEBIBYTE, 4_096 * MEBIBYTE],
    doc: 'bodies of all unanswered requests together; beyond: 503 request.overloaded',
  },
  itemsPerRequestMax: {
    unit: 'items',
    default: 10_000,
    range: [1, 1_000_000],
    doc: 'items of one array or NDJSON body; beyond: 413 submission.too-many-items',
  },
  ingestBodyBytesMax: {
    unit: 'bytes',
    default: 16 * MEBIBYTE,
    range: [1_024, 64 * MEBIBYTE],
    doc: 'body of POST /{log}/ingest/{format}, unpacked; beyond: 413 request.body-too-large',
  },
  otlpBodyBytesMax: {
    unit: 'bytes',
    default: 64 * MEBIBYTE,
    range: [1_024, 256 * MEBIBYTE],
    doc: 'body of POST /{log}/v1/logs and /v1/traces, unpacked; beyond: 413 request.body-too-large',
  },
  ingestItemsMax: {
    unit: 'items',
    default: 500_000,
    range: [1, 10_000_000],
    doc: 'items of one body of a foreign format; beyond: 413 submission.too-many-items',
  },
  ingestWaitMsMax: {
    unit: 'ms',
    default: 20_000,
    range: [1, 600_000],
    doc: 'wait of a body that is partly admitted for room in the pool; beyond: 503, and a retry repeats nothing',
  },
  headersTimeoutMs: {
    unit: 'ms',
    default: 10_000,
    range: [100, 600_000],
    doc: 'from the first byte of a request to the end of its header; beyond: 408, connection closed',
  },
  requestTimeoutMs: {
    unit: 'ms',
    default: 30_000,
    range: [100, 600_000],
    doc: 'from the first byte of a request to the end of its body; beyond: 408, connection closed',
  },
  keepAliveTimeoutMs: {
    unit: 'ms',
    default: 60_000,
    range: [100, 600_000],
    doc: 'an idle connection; beyond: closed',
  },
  stalledTimeoutMs: {
    unit: 'ms',
    default: 120_000,
    range: [1_000, 3_600_000],
    doc: 'a connection on which nothing moves, as when nobody reads an answer; beyond: closed',
  },
  closeTimeoutMs: {
    unit: 'ms',
    default: 15_000,
    range: [0, 600_000],
    doc: 'wait for requests in flight when the server stops; beyond: connections are cut',
  },
  publishedWaitMsMax: {
    unit: 'ms',
    default: 10_000,
    range: [1, 60_000],
    doc: 'wait of ?wait=published and ?wait=proof; beyond: 202 with the receipt',
  },
  connectionsMax: {
    unit: 'connections',
    default: 4_096,
    range: [1, 65_536],
    doc: 'open connections; beyond: new ones are closed at once',
  },
  logsMax: {
    unit: 'logs',
    default: 32,
    range: [1, 32],
    doc: 'logs of one process; beyond: the server does not start',
  },
  getEntriesMax: {
    unit: 'entries',
    default: 1_000,
    range: [1, 10_000],
    doc: 'entries of one get-entries answer; beyond: the answer is a prefix',
  },
  getEntriesBytesMax: {
    unit: 'bytes',
    default: 4 * MEBIBYTE,
    range: [1, 64 * MEBIBYTE],
    doc: 'entries of one get-entries answer together; beyond: the answer is a prefix, of one at least',
  },
  tokenItemsPerSecondMax: {
    unit: 'per second',
    default: 100_000,
    range: [1, 10_000_000],
    doc: 'items that one token submits, on average over a second; beyond: 503 request.quota',
  },
  tokenNewKeysPerMinuteMax: {
    unit: 'per minute',
    default: 1_200_000,
    range: [1, 1_000_000_000],
    doc: 'keys that the index did not have, of the events of one token, on average over a minute; beyond: 503 request.quota',
  },
  tokenBodiesInFlightBytesMax: {
    unit: 'bytes',
    default: 96 * MEBIBYTE,
    range: [1_024, 4_096 * MEBIBYTE],
    doc: 'bodies of the unanswered requests of one token; beyond: 503 request.quota',
  },
  custodyRequestsMax: {
    unit: 'items',
    default: 64,
    range: [1, 10_000],
    doc: 'erasures and holds of one log that wait for approval; beyond: 429 custody.too-many',
  },
  custodyRequestMs: {
    unit: 'ms',
    default: 86_400_000,
    range: [1_000, 2_592_000_000],
    doc: 'wait of such a request for its approval; beyond: 404 custody.unknown-request',
  },
};

/**
 * The limits with a configuration's values in place of the defaults.
 *
 * @throws {TransparencyError} config.malformed for a value that is not an integer in the limit's range
 */
export function limitsOf(configured: Partial<Limits> = {}): Limits {
  const limits: Partial<Record<LimitName, number>> = {};
  for (const [name, limit] of Object.entries(LIMITS) as [LimitName, Limit][]) {
    const value = configured[name] ?? limit.default;
    const [least, most] = limit.range;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw new TransparencyError(
        'config.malformed',
        `limit ${name}: ${value}, expected an integer from ${least} to ${most}`,
      );
    }
    limits[name] = value;
  }
  return limits as Limits; // Every name of the table has been set.
}
