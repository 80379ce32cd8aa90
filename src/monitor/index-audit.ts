import { fetchBounded } from '../client/http-fetch.ts';
import type { LogLocation } from '../client/http-tiles.ts';
import type { ReplayedHead } from '../client/index-replay.ts';
import type { LogClient } from '../client/log-client.ts';
import { readAllEntries } from '../client/lookup-entries.ts';
import { parseBase64 } from '../core/base64.ts';
import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { type AuditSigner, signIndexAudit } from '../event/index-audit.ts';
import { searchIndexFraud } from './index-fraud-search.ts';
import { IndexWatch } from './index-watch.ts';

/** What an auditor is made with. */
export interface IndexAuditOptions {
  /** A client of the log, under the policy. */
  readonly client: LogClient;
  readonly location: LogLocation;
  /** Signs the notes; null: nothing is signed. */
  readonly signer: AuditSigner | null;
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** What an audit found that is not as it should be. */
export type IndexFinding =
  | {
      /** A head that is not what the entries make. */
      readonly kind: 'false-head';
      readonly leafIndex: number;
      readonly what: string;
      /** A fraud proof that a stranger can check; null: there is none to be had. */
      readonly fraud: Uint8Array | null;
    }
  | {
      /** Entries with keys that no head came to cover for too long. */
      readonly kind: 'overdue';
      /** The first of them. */
      readonly leafIndex: number;
      readonly what: string;
    };

/** What one pass of an audit came to. */
export interface IndexAuditReport {
  readonly checkpoint: VerifiedCheckpoint;
  /** Heads that were found to be true in this pass. */
  readonly heads: number;
  /** The last true head of all passes. */
  readonly last: ReplayedHead | null;
  readonly findings: readonly IndexFinding[];
  /** The signed note of the last head, if there is a new one. */
  readonly note: Uint8Array | null;
}

/**
 * Replays a log and holds every index head to it. Each pass reads on from where the one before ended; after a false head
 * there is nothing more to audit. (spec/11-index.md §10)
 */
export class IndexAuditor {
  readonly #options: IndexAuditOptions;
  readonly #watch: IndexWatch;
  #noted: number | null = null;
  #false: IndexFinding | null = null;

  constructor(options: IndexAuditOptions) {
    this.#options = options;
    this.#watch = new IndexWatch(options.client.origin);
  }

  /**
   * Replays up to the log's newest checkpoint.
   *
   * @throws {TransparencyError} what clients of a log throw: a log that lies about its tree is not audited
   */
  async pass(): Promise<IndexAuditReport> {
    const { client, location, onProgress, signal } = this.#options;
    const checkpoint = await client.checkpoint(signal);
    const findings: IndexFinding[] = this.#false === null ? [] : [this.#false];
    const headsBefore = this.#watch.heads;
    const tiles = client.tiles(checkpoint);
    const source = { location, checkpoint, tiles, ...(signal === undefined ? {} : { signal }) };
    const range = { from: this.#watch.replay.size, to: checkpoint.size };
    if (this.#false === null) {
      for await (const { index, entry } of readAllEntries(source, range)) {
        const { head, overdue } = this.#watch.take(entry);
        if (head !== null && head.difference !== null) {
          this.#false = await this.#falseHead(head, checkpoint);
          findings.push(this.#false);
          break;
        }
        if (overdue !== null) findings.push({ kind: 'overdue', ...overdue });
        if (index % 1024 === 0) onProgress?.(index, checkpoint.size);
      }
    }
    const { heads, last } = this.#watch;
    return { checkpoint, heads: heads - headsBefore, last, findings, note: this.#note() };
  }

  async #falseHead(head: ReplayedHead, checkpoint: VerifiedCheckpoint): Promise<IndexFinding> {
    const { client, location, signal } = this.#options;
    const { replay, last } = this.#watch;
    const options = {
      client,
      location,
      checkpoint,
      replay,
      ...(signal === undefined ? {} : { signal }),
    };
    const what = `the index head at leaf ${head.leafIndex}: ${head.difference}`;
    const found = { kind: 'false-head', leafIndex: head.leafIndex, what } as const;
    try {
      return { ...found, fraud: await searchIndexFraud(options, head, last) };
    } catch (error) {
      // The head stays false, whatever the log answers to those who look for a proof of it.
      if (!isTransparencyError(error)) throw error;
      return { ...found, what: `${what}; no fraud proof: ${error.message}`, fraud: null };
    }
  }

  /** The note of the last true head, once. */
  #note(): Uint8Array | null {
    const { signer, client } = this.#options;
    const { last } = this.#watch;
    if (signer === null || last === null || this.#noted === last.leafIndex) return null;
    this.#noted = last.leafIndex;
    return signAuditOf(client.origin, last, signer);
  }
}

/** The signed note of a head that was found to be true. */
export function signAuditOf(
  origin: string,
  { leafIndex, head }: Pick<ReplayedHead, 'leafIndex' | 'head'>,
  signer: AuditSigner,
): Uint8Array {
  const trieRoot = parseBase64(head.index);
  return signIndexAudit({ origin, leafIndex, size: head.size, trieRoot }, signer);
}

const POST_REPLY_BYTES_MAX = 65_536;

/**
 * Posts an audit note to the log, which shows it beside its heads.
 *
 * @throws {TransparencyError} reply.*
 */
export async function postAudit(location: LogLocation, note: Uint8Array): Promise<void> {
  const url = `${location.url.replace(/\/+$/, '')}/audits`;
  const reply = await fetchBounded({
    fetch: location.fetch,
    url,
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: note,
    replyBytesMax: POST_REPLY_BYTES_MAX,
    timeoutMs: location.timeoutMs ?? 30_000,
  });
  if (reply.status >= 200 && reply.status < 300) return;
  throw new TransparencyError('reply.status', `${url} answered ${reply.status}`, {
    details: { status: reply.status },
  });
}
