import { type Problem, problemOf, type RandomFraction, retryAfterSeconds } from './problems.ts';

/** Header fields of an answer. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** An answer, of no library: Hono's adapter makes a `Response` of it, the short way writes it as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string | Uint8Array;
}

/** How long an answer may be kept, by whom; `posted`: nobody keeps answers of POST. */
export type Caching = 'posted' | 'never' | 'revalidate' | 'immutable' | 'private-never';

/** Kinds of bytes that are answered. */
export type MediaType =
  | 'application/json'
  | 'application/x-ndjson'
  | 'application/problem+json'
  | 'application/octet-stream'
  | 'application/x-protobuf'
  | 'text/plain; charset=utf-8';

const CACHE_CONTROL: Readonly<Record<Exclude<Caching, 'posted'>, string>> = {
  never: 'no-store',
  // A head is superseded at any moment; caches ask again each time.
  revalidate: 'no-cache',
  immutable: 'public, max-age=31536000, immutable',
  'private-never': 'private, no-store',
};

const kept = new Map<string, AnswerHeaders>();

/**
 * Header fields of a type and a caching; one frozen object for each pair.
 *
 * No answer is taken for another type than it says, or drawn into another site's page. There is no CORS.
 */
export function answerHeaders(type: MediaType, caching: Caching): AnswerHeaders {
  const key = `${type}|${caching}`;
  let headers = kept.get(key);
  if (headers === undefined) {
    const embedding = { 'Cross-Origin-Resource-Policy': 'same-origin' };
    headers = Object.freeze({
      'Content-Type': type,
      'X-Content-Type-Options': 'nosniff',
      // Each field costs a third of a microsecond; a POST is neither kept nor drawn in.
      ...(caching === 'posted' ? {} : { 'Cache-Control': CACHE_CONTROL[caching], ...embedding }),
    });
    kept.set(key, headers);
  }
  return headers;
}

/** The answer to a refusal or a fault. */
export function answerOfError(error: unknown, random: RandomFraction): Answer {
  return answerOfProblem(problemOf(error, random));
}

/** The answer that is a problem. */
export function answerOfProblem(problem: Problem, extra: AnswerHeaders = {}): Answer {
  const retryAfter = retryAfterSeconds(problem);
  return {
    status: problem.status,
    headers: {
      ...answerHeaders('application/problem+json', 'never'),
      ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }),
      ...extra,
    },
    body: JSON.stringify(problem),
  };
}
