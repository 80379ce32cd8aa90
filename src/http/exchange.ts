import type { IngestTrust } from '../ingest/ingest.ts';
import type { Log } from '../log/log.ts';
import type { Clock, RandomBytes } from '../log/ports.ts';
import type { LookupIndex } from '../lookup/lookup.ts';
import type { BodyReader } from './body.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { Principal } from './principal.ts';
import type { RandomFraction } from './problems.ts';
import type { HttpRequest } from './request.ts';
import type { Turns } from './turns.ts';

/** Where operators read what callers are not told. A pino logger is one. */
export interface Logger {
  info(values: object, message: string): void;
  warn(values: object, message: string): void;
  error(values: object, message: string): void;
}

/** What all handlers of one app share. */
export interface Services {
  readonly logs: ReadonlyMap<string, Log>;
  /** The verifiable indexes, by the names of their logs. */
  readonly indexes: ReadonlyMap<string, LookupIndex>;
  readonly limits: Limits;
  readonly random: RandomFraction;
  /** Random bytes that nobody can foresee: salts. */
  readonly salts: RandomBytes;
  readonly now: Clock;
  /** Keys of emitters who sign what they send. */
  readonly ingestTrust: IngestTrust;
  readonly logger: Logger;
  readonly bodies: BodyReader;
  /** For work that keeps the event loop busy. */
  readonly turns: Turns;
  readonly metrics: Metrics;
  /** Erasures and holds that wait for approval, by the names of the logs. */
  readonly pending: ReadonlyMap<string, PendingRequests>;
  /** Is the audit audience everybody? */
  readonly authOff: boolean;
}

/** One request on its way through a handler. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly services: Services;
  /** Who asks. */
  readonly principal: Principal;
}

/** An exchange about one log. */
export interface LogExchange extends Exchange {
  readonly log: Log;
}
