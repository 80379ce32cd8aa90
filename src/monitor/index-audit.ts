import { fetchBounded } from '../client/http-fetch.ts';
import type { LogLocation } from '../client/http-tiles.ts';
import { IndexReplay, type ReplayedHead } from '../client/index-replay.ts';
import type { LogClient } from '../client/log-client.ts';
import { readAllEntries } from '../client/lookup-entries.ts';
import { parseBase64 } from '../core/base64.ts';
import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { type AuditSigner, signIndexAudit } from '../event/index-audit.ts';
import { parseLeaf } from '../event/leaf.ts';
import { searchIndexFraud } from './index-fraud-search.ts';

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

/** Entries with keys that may lie behind the last head. (spec/11-index.md §10) */
export const OVERDUE_ENTRIES = 200_000;
/** The same, by the clock of the log. */
export const OVERDUE_MS = 600_000;

/**
 * Replays a log and holds every index head to it. Each pass reads on from where the one before ended; after a false head
 * there is nothing more to audit. (spec/11-index.md §10)
 */
export class IndexAuditor {
  readonly #options: IndexAuditOptions;
  readonly #replay: IndexReplay;
  #last: ReplayedHead | null = null;
  #noted: number | null = null;
  #false: IndexFinding | null = null;
  #waitingSince: { readonly leafIndex: number; readonly atMs: number } | null = null;
  #isOverdueTold = false;

  constructor(options: IndexAuditOptions) {
    this.#options = options;
    this.#replay = new IndexReplay(options.client.origin);
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
    let heads = 0;
    const tiles = client.tiles(checkpoint);
    const source = { location, checkpoint, tiles, ...(signal === undefined ? {} : { signal }) };
    const range = { from: this.#replay.size, to: checkpoint.size };
    if (this.#false === null) {
      for await (const { index, entry } of readAllEntries(source, range)) {
        const head = this.#replay.take(entry);
        if (head !== null && head.difference !== null) {
          this.#false = await this.#falseHead(head, checkpoint);
          findings.push(this.#false);
          break;
        }
        if (head !== null) {
          heads += 1;
          this.#last = head;
        }
        const overdue = this.#overdue(index, entry, head);
        if (overdue !== null) findings.push(overdue);
        if (index % 1024 === 0) onProgress?.(index, checkpoint.size);
      }
    }
    return { checkpoint, heads, last: this.#last, findings, note: this.#note() };
  }

  async #falseHead(head: ReplayedHead, checkpoint: VerifiedCheckpoint): Promise<IndexFinding> {
    const { client, location, signal } = this.#options;
    const replay = this.#replay;
    const options = {
      client,
      location,
      checkpoint,
      replay,
      ...(signal === undefined ? {} : { signal }),
    };
    const fraud = await searchIndexFraud(options, head, this.#last);
    const what = `the index head at leaf ${head.leafIndex}: ${head.difference}`;
    return { kind: 'false-head', leafIndex: head.leafIndex, what, fraud };
  }

  /** Entries with keys wait for their head, but not for ever. One finding for each time. */
  #overdue(index: number, entry: Uint8Array, head: ReplayedHead | null): IndexFinding | null {
    const waiting = this.#replay.waitingWithKeys;
    if (head !== null || waiting === 0) {
      this.#waitingSince = null;
      this.#isOverdueTold = false;
    }
    if (waiting === 0 || this.#isOverdueTold) return null;
    // The clock is looked at now and then: each look reads a leaf.
    const isLook = this.#waitingSince === null || index % CLOCK_ENTRIES === 0;
    const atMs = isLook ? admissionOf(entry) : null;
    if (this.#waitingSince === null && atMs !== null)
      this.#waitingSince = { leafIndex: index, atMs };
    const since = this.#waitingSince;
    const waitedMs = since === null || atMs === null ? 0 : atMs - since.atMs;
    if (waiting <= OVERDUE_ENTRIES && waitedMs <= OVERDUE_MS) return null;
    this.#isOverdueTold = true;
    const leafIndex = since?.leafIndex ?? index;
    const what = `${waiting} entries with keys, ${waitedMs} ms by the log's clock, and no index head`;
    return { kind: 'overdue', leafIndex, what };
  }

  /** The note of the last true head, once. */
  #note(): Uint8Array | null {
    const { signer, client } = this.#options;
    const last = this.#last;
    if (signer === null || last === null || this.#noted === last.leafIndex) return null;
    this.#noted = last.leafIndex;
    const { leafIndex, head } = last;
    const trieRoot = parseBase64(head.index);
    return signIndexAudit({ origin: client.origin, leafIndex, size: head.size, trieRoot }, signer);
  }
}

const CLOCK_ENTRIES = 256;
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

/** When the log says that it admitted an event; null for what is none. */
function admissionOf(entry: Uint8Array): number | null {
  try {
    const leaf = parseLeaf(entry);
    return leaf.v === 'nhi.leaf/1' ? leaf.recv.at : null;
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}
