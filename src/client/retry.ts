import { TransparencyError } from '../core/error.ts';
import { type BoundedRequest, fetchBounded, type Reply, retryAfterMs } from './http-fetch.ts';

/** How often a request is sent again, and after which waits. */
export interface RetryPolicy {
  /** Tries in all, at least 1. Default 8. */
  readonly attemptsMax?: number;
  /** Wait before the second try, ms; doubled for each one after it. Default 250. */
  readonly firstWaitMs?: number;
  /** Longest wait, ms, also where the server asks for a longer one. Default 10,000. */
  readonly waitMsMax?: number;
  /** Numbers 0 ≤ x < 1 for jitter. Default: from the system's randomness. */
  readonly random?: () => number;
  /** Waits; throws the signal's reason as soon as it aborts. Default: a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Sends a request again, with the same bytes, while it fails in a way that may pass: no connection, no answer in time,
 * 429, 502, 503, 504. Only for requests that may be repeated: reads, and submissions, of which the log makes one entry.
 *
 * Waits as long as `Retry-After` asks, within the policy, and jitters its own waits: those who were refused together
 * must not come back together.
 *
 * @returns the last reply; its status may still be one of the four
 * @throws {TransparencyError} what the last try threw
 */
export async function fetchPatiently(
  request: BoundedRequest,
  policy: RetryPolicy = {},
): Promise<Reply> {
  const { attemptsMax = 8, random = randomFraction, sleep = sleepFor } = policy;
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(request);
    const isLast = attempt >= attemptsMax;
    if (outcome instanceof TransparencyError) {
      if (isLast || !PASSING_ERRORS.has(outcome.code)) throw outcome;
    } else if (isLast || !PASSING_STATUSES.has(outcome.status)) {
      return outcome;
    }
    const asked = outcome instanceof TransparencyError ? undefined : retryAfterMs(outcome.headers);
    await sleep(waitMsOf(policy, { attempt, asked, random }), request.signal);
  }
}

/** Waits on the system's timer; the default of `RetryPolicy.sleep`. */
export function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const PASSING_ERRORS: ReadonlySet<string> = new Set(['reply.unreachable', 'reply.timeout']);

async function tryOnce(request: BoundedRequest): Promise<Reply | TransparencyError> {
  try {
    return await fetchBounded(request);
  } catch (error) {
    if (error instanceof TransparencyError) return error;
    throw error;
  }
}

function waitMsOf(
  policy: RetryPolicy,
  now: {
    readonly attempt: number;
    readonly asked: number | undefined;
    readonly random: () => number;
  },
): number {
  const { firstWaitMs = 250, waitMsMax = 10_000 } = policy;
  const own = firstWaitMs * 2 ** (now.attempt - 1) * (0.5 + now.random() / 2);
  return Math.min(waitMsMax, Math.max(own, now.asked ?? 0));
}

function randomFraction(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}
