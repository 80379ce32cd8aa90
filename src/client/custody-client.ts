import { TransparencyError } from '../core/error.ts';
import { canonicalJson } from '../event/canonical.ts';
import { type JsonValue, parseStrictJson } from '../event/strict-json.ts';
import { type Refusal, refusalOfReply } from './answers.ts';
import { fetchBounded } from './http-fetch.ts';
import type { LogLocation } from './http-tiles.ts';

/** What a log answers about its erasures or holds. */
export type CustodyAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly value: JsonValue }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Reports of many erasures. */
const REPLY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Tells a log of an erasure or a hold, or asks for its list. Sent once: what was asked for twice would wait twice.
 * (spec/14-privacy.md §7)
 *
 * @param body  default none: the list is asked for
 * @throws {TransparencyError} reply.*
 */
export async function callCustody(
  location: LogLocation,
  what: 'erase' | 'hold',
  body?: JsonValue,
  signal?: AbortSignal,
): Promise<CustodyAnswer> {
  const sent =
    body === undefined
      ? {}
      : {
          method: 'POST' as const,
          headers: { 'Content-Type': 'application/json' },
          body: canonicalJson(body),
        };
  const reply = await fetchBounded({
    ...sent,
    fetch: location.fetch,
    url: `${location.url.replace(/\/+$/, '')}/${what}`,
    replyBytesMax: REPLY_BYTES_MAX,
    timeoutMs: location.timeoutMs ?? 60_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const { status } = reply;
  if (status < 200 || status > 299) return { kind: 'refused', refusal: refusalOfReply(reply) };
  try {
    return { kind: 'answer', status, value: parseStrictJson(reply.bytes) };
  } catch (cause) {
    throw new TransparencyError('reply.malformed', 'not JSON', { cause });
  }
}
