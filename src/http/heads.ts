import { TransparencyError } from '../core/error.ts';
import { parseHex } from '../core/hex.ts';
import type { Log, SignedHead } from '../log/log.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { parseInteger } from './parameters.ts';
import { pathSegment, queryParameter } from './request.ts';

const NEWEST_HEADERS = answerHeaders('text/plain; charset=utf-8', 'revalidate');
const NAMED_HEADERS = answerHeaders('text/plain; charset=utf-8', 'immutable');

/** `GET /{log}/checkpoint`: the published head's note. (tlog-tiles, spec/8-http.md §3) */
export function getCheckpoint({ log }: LogExchange): Answer {
  return { status: 200, headers: NEWEST_HEADERS, body: publishedHead(log).note };
}

/**
 * `GET /{log}/checkpoints/{size}[?note=<hex SHA-256>]`: a kept head, its newest version or the one of that hash.
 *
 * Only the one of a hash never changes: others are cosigned anew.
 */
export async function getKeptCheckpoint({ request, log }: LogExchange): Promise<Answer> {
  const last = pathSegment(request, 2);
  const size = parseInteger(last);
  if (size === undefined) throw notKept(last);
  const note = queryParameter(request, 'note');
  if (note === undefined) {
    const head = await keptHead(log, { size });
    return { status: 200, headers: NEWEST_HEADERS, body: head.note };
  }
  if (note.length !== 64) throw notAHash();
  const head = await keptHead(log, { size, noteHash: parseNoteHash(note) });
  return { status: 200, headers: NAMED_HEADERS, body: head.note };
}

/**
 * The kept head of a size, as far as the tree is published.
 *
 * @throws {TransparencyError} checkpoint.not-found
 */
export async function keptHead(
  log: Pick<Log, 'headOf' | 'publishedSize'>,
  asked: { readonly size: number; readonly noteHash?: Uint8Array },
): Promise<SignedHead> {
  // A head is signed, and kept, before it has its quorum.
  if (asked.size > log.publishedSize) throw notKept(String(asked.size));
  return log.headOf(asked.size, asked.noteHash);
}

/** The published head. @throws {TransparencyError} checkpoint.not-found before the first */
export function publishedHead(log: { readonly published: SignedHead | null }): SignedHead {
  if (log.published !== null) return log.published;
  throw new TransparencyError('checkpoint.not-found', 'nothing is published yet');
}

function parseNoteHash(text: string): Uint8Array {
  try {
    return parseHex(text);
  } catch {
    throw notAHash();
  }
}

function notKept(size: string): TransparencyError {
  const shown = JSON.stringify(size.slice(0, 20));
  return new TransparencyError('checkpoint.not-found', `no checkpoint of size ${shown}`);
}

function notAHash(): TransparencyError {
  return new TransparencyError(
    'request.bad-parameter',
    'note: 64 digits of lowercase hex expected',
  );
}
