import { randomBytes } from 'node:crypto';
import { TransparencyError } from '../core/error.ts';
import { createSalts, type IngestTrust, NO_TRUST } from '../ingest/ingest.ts';
import type { Log } from '../log/log.ts';
import type { Clock, RandomBytes } from '../log/ports.ts';
import type { LookupIndex } from '../lookup/lookup.ts';
import { type Answer, answerOfProblem } from './answers.ts';
import { checkAudience, createAuthenticate } from './auth.ts';
import { createBodyReader } from './body.ts';
import type { Logger, Services } from './exchange.ts';
import type { KeyQuotas } from './key-quota.ts';
import { type Limits, limitsOf } from './limits.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { PendingRequests } from './pending-requests.ts';
import { problemOf, type RandomFraction } from './problems.ts';
import { createRefusalTeller } from './refusal-teller.ts';
import type { HttpRequest } from './request.ts';
import type { Route } from './routes.ts';
import { createSameOriginCheck, LOOPBACK_HOSTS } from './same-origin.ts';
import { createSeenReporter } from './seen.ts';
import type { TokenStore } from './tokens.ts';
import { createTurns } from './turns.ts';

/** What a log server is made of. */
export interface LogServerOptions {
  /** The logs by name; they outlive the server. */
  readonly logs: ReadonlyMap<string, Log>;
  /** The verifiable indexes, by the names of their logs. Default: none. */
  readonly indexes?: ReadonlyMap<string, LookupIndex>;
  /** Numbers 0 ≤ x < 1 for jitter. */
  readonly random: RandomFraction;
  /** Salts of what adapters withhold. Default: the system's random bytes. */
  readonly randomBytes?: RandomBytes;
  /** Keys of emitters who sign what they send. Default: none, and nothing is verified. */
  readonly ingestTrust?: IngestTrust;
  /** For quotas, and for how often something is logged. */
  readonly now: Clock;
  /** Who may ask; null, the default: everybody, for loopback alone. */
  readonly tokens?: TokenStore | null;
  /** Charged with what the indexes find. Default: none. */
  readonly keyQuotas?: KeyQuotas;
  /** Default: the table's defaults. */
  readonly limits?: Limits;
  /** Default: metrics of its own, which nothing but requests moves. */
  readonly metrics?: Metrics;
  /** Default: nothing is written. */
  readonly logger?: Logger;
  /**
   * Names in `Host` that are answered, in addition to those of loopback; null: any. Default none, and any where tokens
   * are asked for.
   */
  readonly allowedHosts?: readonly string[] | null;
}

/** What answers requests, below any library of HTTP. Its answers never throw, and never reject. */
export interface LogServer {
  /** Answers a request that was routed. */
  answer(route: Route, request: HttpRequest): Answer | Promise<Answer>;
  /** The answer to a request that no route takes; `methods` are those that are served under its path. */
  answerNowhere(request: HttpRequest, methods: readonly string[]): Answer;
  /** The answer to an error: a refusal is told, a fault is logged and not told. */
  answerError(error: unknown, request: HttpRequest): Answer;
}

/** @throws {TransparencyError} config.malformed for too many logs, or a log's name */
export function createLogServer(options: LogServerOptions): LogServer {
  const services = servicesOf(options);
  const { limits, logger, metrics, random } = services;
  const { now, tokens = null } = options;
  const { allowedHosts = tokens === null ? [] : null } = options;
  const checkSameOrigin = createSameOriginCheck(
    allowedHosts === null ? null : [...LOOPBACK_HOSTS, ...allowedHosts],
  );
  const authenticate = createAuthenticate({ tokens, limits, now, keyQuotas: options.keyQuotas });
  const reportSeen = createSeenReporter(logger);
  const tellRefused = createRefusalTeller(logger, now);

  function handle(route: Route, request: HttpRequest): Answer | Promise<Answer> {
    checkSameOrigin(request);
    const principal = authenticate(request);
    const { audience } = route;
    if (route.about === 'server') {
      checkAudience(principal, { audience, log: null });
      return route.handler({ request, services, principal });
    }
    const { path } = request;
    const name = path.slice(1, path.indexOf('/', 1));
    // Before the log is looked up: who may not ask is not told which logs there are.
    checkAudience(principal, { audience, log: name });
    const log = services.logs.get(name);
    if (log === undefined) throw new TransparencyError('log.unknown', 'no log of this name here');
    reportSeen(request, log);
    return route.handler({ request, services, principal, log });
  }

  function count(route: Route | null, answer: Answer): Answer {
    metrics.answered(route === null ? 'none' : route.path, answer.status);
    return answer;
  }

  function answerError(error: unknown, request: HttpRequest): Answer {
    const problem = problemOf(error, random);
    metrics.refused(problem.code);
    if (problem.status === 500) {
      const { instance } = problem;
      logger.error({ err: error, instance, path: request.path }, 'request failed');
    } else if (problem.status === 503) tellRefused(problem.code);
    return answerOfProblem(problem, problem.status === 401 ? ASK_FOR_TOKEN : {});
  }

  return {
    answer(route, request) {
      try {
        const answer = handle(route, request);
        if (!(answer instanceof Promise)) return count(route, answer);
        return answer.then(
          (now) => count(route, now),
          (error) => count(route, answerError(error, request)),
        );
      } catch (error) {
        return count(route, answerError(error, request));
      }
    },
    answerNowhere(request, methods) {
      const allow = methods.join(', ');
      try {
        checkSameOrigin(request);
        throw methods.length === 0
          ? new TransparencyError('request.not-found', 'nothing is served under this path')
          : new TransparencyError('request.method-not-allowed', `only ${allow}`);
      } catch (error) {
        const { status, headers, body } = count(null, answerError(error, request));
        return { status, body, headers: status === 405 ? { ...headers, Allow: allow } : headers };
      }
    },
    answerError,
  };
}

const ASK_FOR_TOKEN = { 'WWW-Authenticate': 'Bearer' };

function servicesOf(options: LogServerOptions): Services {
  const limits = options.limits ?? limitsOf();
  if (options.logs.size > limits.logsMax) {
    throw new TransparencyError(
      'config.malformed',
      `${options.logs.size} logs, at most ${limits.logsMax}`,
    );
  }
  for (const name of options.logs.keys()) {
    if (!/^[a-z0-9-]{1,63}$/.test(name)) {
      throw new TransparencyError('config.malformed', `log name ${JSON.stringify(name)}`);
    }
  }
  const bodies = createBodyReader(limits.bodiesInFlightBytesMax);
  const metrics = options.metrics ?? createMetrics();
  const { logs, now, random } = options;
  metrics.attach({ logs, now, inFlightBytes: () => bodies.inFlightBytes });
  return {
    logs,
    indexes: options.indexes ?? new Map(),
    limits,
    random,
    salts: createSalts(options.randomBytes ?? ((length) => new Uint8Array(randomBytes(length)))),
    now,
    ingestTrust: options.ingestTrust ?? NO_TRUST,
    bodies,
    turns: createTurns(setImmediate),
    metrics,
    logger: options.logger ?? { info() {}, warn() {}, error() {} },
    pending: new Map(
      [...logs.keys()].map((name) => {
        const { custodyRequestsMax: countMax, custodyRequestMs: lifetimeMs } = limits;
        return [name, new PendingRequests({ countMax, lifetimeMs })];
      }),
    ),
    authOff: (options.tokens ?? null) === null,
  };
}
