import { formatAddCheckpoint, parseNamedSize, SIZE_CONTENT_TYPE } from '../core/add-checkpoint.ts';
import { concat, utf8 } from '../core/bytes.ts';
import type { CosignHead, CosignTree, WitnessClaim, WitnessSilence } from '../core/cosign-round.ts';
import { isTransparencyError } from '../core/error.ts';
import { type NoteSignature, parseNote } from '../core/note.ts';
import { type Fetch, fetchBounded, type Reply } from './http-fetch.ts';

/** What one conversation with a witness gave. */
export type EndpointReply =
  /** 200: its lines, parsed and not verified. */
  | { readonly kind: 'lines'; readonly lines: readonly NoteSignature[] }
  | { readonly kind: 'claim'; readonly claim: WitnessClaim }
  | { readonly kind: 'silent'; readonly reason: WitnessSilence; readonly detail: string };

/** A conversation and how it began. */
export type EndpointAnswer = EndpointReply & {
  /** The size of its first 409, up to that of the head; null: there was none. */
  readonly named: number | null;
};

/** How a witness is reached, and for how long. */
export interface EndpointOptions {
  /** Submission prefix. */
  readonly url: string;
  readonly fetch: Fetch;
  /** From the first request to the last byte of the last reply, ms. */
  readonly timeoutMs: number;
}

/** One head, and where its conversation begins. */
export interface EndpointQuestion {
  readonly head: CosignHead;
  readonly tree: Pick<CosignTree, 'prove'>;
  /** The size to begin with where none is remembered. */
  readonly oldSize: number;
  readonly signal: AbortSignal;
}

/** Longest reply that is read: sixteen ML-DSA-44 lines fit. */
const REPLY_BYTES_MAX = 65_536;

/**
 * One submission prefix, and the size that it cosigned last. (C2SP tlog-witness)
 *
 * A conversation is one request, and after a 409 a second one with a proof from the size that it named. There is never
 * more than one at a time.
 */
export class WitnessEndpoint {
  readonly #options: EndpointOptions;
  #size: number | null = null;
  #asking = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** The size that it named last, by a 409 or by cosigning it; null: none. */
  get size(): number | null {
    return this.#size;
  }

  get isBusy(): boolean {
    return this.#asking;
  }

  /** Asks for cosignatures. @throws the signal's reason; what `prove` throws */
  async ask(question: EndpointQuestion): Promise<EndpointAnswer> {
    const { timeoutMs } = this.#options;
    // Not AbortSignal.any: where the caller's signal lives for years, its dependants would pile up on it.
    const end = new AbortController();
    const stop = (): void => end.abort(question.signal.reason);
    const timer = setTimeout(() => end.abort(), timeoutMs);
    this.#asking = true;
    question.signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#converse(question, end.signal);
    } catch (error) {
      question.signal.throwIfAborted();
      if (end.signal.aborted) return { ...silent('timeout', `${timeoutMs} ms`), named: null };
      throw error;
    } finally {
      this.#asking = false;
      clearTimeout(timer);
      question.signal.removeEventListener('abort', stop);
    }
  }

  async #converse(question: EndpointQuestion, signal: AbortSignal): Promise<EndpointAnswer> {
    const { size } = question.head;
    const first = Math.min(this.#size ?? question.oldSize, size);
    const answer = await this.#request(question, first, signal);
    if (typeof answer !== 'number') return { ...answer, named: null };
    if (answer === first) {
      const detail = `409 names ${answer}, which was the old size`;
      return { ...silent('unsettled', detail), named: null };
    }
    if (answer > size) {
      this.#size = null;
      return { kind: 'claim', claim: { kind: 'larger-size', size: answer }, named: null };
    }
    this.#size = answer;
    const second = await this.#request(question, answer, signal);
    if (typeof second !== 'number') return { ...second, named: answer };
    this.#size = null;
    return { ...silent('unsettled', `409 names ${answer}, then ${second}`), named: answer };
  }

  /** One request: what it came to, or the size that a 409 named. */
  async #request(
    { head, tree }: EndpointQuestion,
    oldSize: number,
    signal: AbortSignal,
  ): Promise<EndpointReply | number> {
    const proof = oldSize === 0 || oldSize === head.size ? [] : await tree.prove(oldSize);
    const body = formatAddCheckpoint({ oldSize, proof, note: head.note });
    const reply = await this.#post(body, signal);
    if ('kind' in reply) return reply;
    if (reply.status === 200) {
      const lines = linesOf(head, reply.bytes);
      if (lines === undefined) return silent('malformed', '200 without signature lines');
      this.#size = head.size;
      return { kind: 'lines', lines };
    }
    if (reply.status === 409) return namedSize(reply) ?? silent('malformed', '409 without a size');
    if (reply.status === 422 && oldSize === this.#size) {
      this.#size = null;
      const kind = oldSize === head.size ? 'other-root' : 'refused-proof';
      return { kind: 'claim', claim: { kind, size: oldSize } };
    }
    return silent('status', `status ${reply.status} to old size ${oldSize}`);
  }

  async #post(body: Uint8Array, signal: AbortSignal): Promise<Reply | EndpointReply> {
    const { fetch, url, timeoutMs } = this.#options;
    try {
      return await fetchBounded({
        fetch,
        url: `${url}/add-checkpoint`,
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body,
        replyBytesMax: REPLY_BYTES_MAX,
        timeoutMs,
        signal,
      });
    } catch (error) {
      if (!isTransparencyError(error) || signal.aborted) throw error;
      switch (error.code) {
        case 'reply.timeout':
          return silent('timeout', error.message);
        case 'reply.too-large':
          return silent('malformed', error.message);
        case 'reply.status':
          return silent('status', error.message);
        default:
          return silent('unreachable', error.message);
      }
    }
  }
}

function silent(reason: WitnessSilence, detail: string): EndpointReply {
  return { kind: 'silent', reason, detail };
}

/** The lines of a 200, read as those of a note over the text that was sent. */
function linesOf(head: CosignHead, body: Uint8Array): readonly NoteSignature[] | undefined {
  try {
    const { text } = parseNote(head.note);
    return parseNote(concat(text, utf8('\n'), body)).signatures;
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}

/** The type is asked for: a proxy answers 409 for reasons of its own. */
function namedSize(reply: Reply): number | undefined {
  const type = (reply.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== SIZE_CONTENT_TYPE) return undefined;
  try {
    return parseNamedSize(reply.bytes);
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}
