import { originHash } from '../core/add-checkpoint.ts';
import { equalBytes } from '../core/bytes.ts';
import { type Checkpoint, parseCheckpoint } from '../core/checkpoint.ts';
import { parseCosignature } from '../core/cosignature.ts';
import { invariant, isTransparencyError } from '../core/error.ts';
import {
  ed25519Verifier,
  formatNote,
  formatSignatureLine,
  type NoteSignature,
  openNote,
  parseNote,
} from '../core/note.ts';
import { formatVkey } from '../core/vkey.ts';
import { forkOf } from './contradiction.ts';
import { judge, type ReadRequest, readRequest } from './judge.ts';
import type { RosterLog, WitnessedHead, WitnessKey, WitnessStore } from './ports.ts';
import { RequestQuota } from './request-quota.ts';

export type {
  RosterLog,
  WitnessEvidenceFile,
  WitnessedHead,
  WitnessKey,
  WitnessStore,
} from './ports.ts';

/** What a witness answers to `add-checkpoint`. `detail` is for people. (spec/10-witness.md §2) */
export type AddCheckpointAnswer =
  /** Signature lines, each with its newline. The record is on disk. */
  | { readonly kind: 'cosigned'; readonly lines: string }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'unknown-log'; readonly detail: string }
  | { readonly kind: 'not-signed'; readonly detail: string }
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The size of the last head that was cosigned. */
  | { readonly kind: 'stale'; readonly size: number }
  | { readonly kind: 'inconsistent'; readonly detail: string }
  /** The clock is behind the last cosignature: what it says of time would not be true. */
  | { readonly kind: 'clock-behind'; readonly detail: string };

/** What a witness works on. */
export interface WitnessOptions {
  readonly store: WitnessStore;
  /** Its keys, 1 or more; each gives a line. */
  readonly keys: readonly WitnessKey[];
  /** ms since 1970. */
  readonly clock: () => number;
}

/** Figures for metrics. */
export interface WitnessFigures {
  /** Answers since the start. */
  readonly answers: Readonly<Record<AddCheckpointAnswer['kind'], number>>;
  /** The last heads cosigned since the start, by origin. */
  readonly heads: ReadonlyMap<string, { readonly size: number; readonly atSeconds: number }>;
}

/** A witness. */
export interface Witness {
  /** Verifier keys of its cosignatures. */
  readonly vkeys: readonly string[];
  readonly figures: WitnessFigures;
  /** Answers one request. @throws {TransparencyError} store.*: nothing was cosigned that anybody has seen */
  addCheckpoint(body: Uint8Array): Promise<AddCheckpointAnswer>;
  /** The note that it cosigned last for the log of that `originHash`; null: none. */
  monitored(hash: string): Promise<Uint8Array | null>;
  /** Names of what is kept against a log; null where it is not on the roster. */
  evidenceNames(hash: string): Promise<readonly string[] | null>;
  evidence(hash: string, name: string): Promise<Uint8Array | null>;
}

/** The witness over a store. Requests of one log are answered one after another. (C2SP tlog-witness) */
export function createWitness(options: WitnessOptions): Witness {
  return new StoredWitness(options);
}

/** A clock that is behind by no more than this signs with the time of the last cosignature. */
const CLOCK_STEP_SECONDS = 60;
/** So long the lines of the last head are given again to whoever sends that head again. */
const FRESH_SECONDS = 10;
/** Other processes on the same store may win a race; each time one does, the log has grown. */
const ATTEMPTS = 8;

class StoredWitness implements Witness {
  readonly #options: WitnessOptions;
  readonly #quota: RequestQuota;
  readonly #roster: Map<string, RosterLog> = new Map();
  readonly #turns: Map<string, Promise<unknown>> = new Map();
  readonly #answers: Record<AddCheckpointAnswer['kind'], number> = {
    cosigned: 0,
    malformed: 0,
    'unknown-log': 0,
    'not-signed': 0,
    limited: 0,
    stale: 0,
    inconsistent: 0,
    'clock-behind': 0,
  };
  readonly #heads: Map<string, { size: number; atSeconds: number }> = new Map();

  constructor(options: WitnessOptions) {
    invariant(options.keys.length > 0, 'a witness has a key');
    this.#options = options;
    this.#quota = new RequestQuota(options.clock);
  }

  get vkeys(): readonly string[] {
    return this.#options.keys.map(({ key }) => formatVkey(key));
  }

  get figures(): WitnessFigures {
    return { answers: { ...this.#answers }, heads: this.#heads };
  }

  async addCheckpoint(body: Uint8Array): Promise<AddCheckpointAnswer> {
    const answer = await this.#answerTo(body);
    this.#answers[answer.kind] += 1;
    return answer;
  }

  async monitored(hash: string): Promise<Uint8Array | null> {
    return (await this.#options.store.head(hash))?.note ?? null;
  }

  async evidenceNames(hash: string): Promise<readonly string[] | null> {
    const { store } = this.#options;
    if ((await store.log(hash)) === null) return null;
    return await store.evidenceNames(hash);
  }

  evidence(hash: string, name: string): Promise<Uint8Array | null> {
    return this.#options.store.evidence(hash, name);
  }

  async #answerTo(body: Uint8Array): Promise<AddCheckpointAnswer> {
    let request: ReadRequest;
    try {
      request = readRequest(body);
    } catch (error) {
      if (!isTransparencyError(error)) throw error;
      return { kind: 'malformed', detail: error.message };
    }
    const { origin } = request.checkpoint;
    const hash = originHash(origin);
    const log = await this.#logOf(hash);
    if (log === null) return { kind: 'unknown-log', detail: `not on the roster: ${origin}` };
    const signed = await this.#verify(hash, log, request);
    if ('kind' in signed) return signed;
    return await this.#inTurn(hash, () => this.#cosign(hash, request, signed));
  }

  async #logOf(hash: string): Promise<RosterLog | null> {
    const known = this.#roster.get(hash);
    if (known !== undefined) return known;
    const found = await this.#options.store.log(hash);
    if (found !== null) this.#roster.set(hash, found);
    return found;
  }

  /** The lines of the log's keys, all of them verified. */
  async #verify(
    hash: string,
    log: RosterLog,
    request: ReadRequest,
  ): Promise<SignedBy | Extract<AddCheckpointAnswer, { kind: 'not-signed' }>> {
    const answer = verify(log, request);
    if ('lines' in answer) return answer;
    // A key may have been added since: the roster grows while the witness serves.
    this.#roster.delete(hash);
    const fresh = await this.#logOf(hash);
    return fresh === null || fresh.keys.length === log.keys.length
      ? answer
      : verify(fresh, request);
  }

  async #cosign(
    hash: string,
    request: ReadRequest,
    { log, lines }: SignedBy,
  ): Promise<AddCheckpointAnswer> {
    for (let attempt = 1; ; attempt++) {
      const head = await this.#options.store.head(hash);
      const known = head === null ? null : checkpointOf(head.note);
      const judgement = judge(known, request);
      const isAtOdds = judgement.kind === 'inconsistent' && judgement.isHeadAtOdds;
      if (judgement.kind !== 'fits')
        await this.#keepEvidence(hash, request, { log, head, isAtOdds });
      if (judgement.kind === 'stale') return judgement;
      const isAgain = head !== null && equalBytes(parseNote(head.note).text, request.parsed.text);
      if (judgement.kind === 'fits' && isAgain) {
        const told = this.#freshLines(head);
        if (told !== null) return { kind: 'cosigned', lines: told };
      } else if (attempt === 1) {
        const isGrowth = judgement.kind === 'fits' && request.checkpoint.size > (known?.size ?? -1);
        const retryAfterMs = this.#waitOf(hash, log, isGrowth);
        if (retryAfterMs > 0) return { kind: 'limited', retryAfterMs };
      }
      if (judgement.kind === 'inconsistent') {
        return { kind: 'inconsistent', detail: judgement.detail };
      }
      try {
        return await this.#sign(hash, request, { log, lines, head });
      } catch (error) {
        if (!isTransparencyError(error, 'store.moved') || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #sign(
    hash: string,
    request: ReadRequest,
    { log, lines, head }: SignedBy & { readonly head: WitnessedHead | null },
  ): Promise<AddCheckpointAnswer> {
    const atSeconds = this.#timeAfter(head);
    if (atSeconds === null) {
      return { kind: 'clock-behind', detail: 'the clock is behind the last cosignature' };
    }
    const { text } = request.parsed;
    const own = this.#options.keys.map((one) => one.cosign(text, atSeconds));
    const note = formatNote({ text, signatures: [...lines, ...own] });
    // On disk before anybody sees a line: a witness that forgets what it cosigned would cosign a fork.
    await this.#options.store.advance(hash, head?.counter ?? 0, note);
    this.#heads.set(log.origin, { size: request.checkpoint.size, atSeconds });
    return { kind: 'cosigned', lines: own.map(formatSignatureLine).join('') };
  }

  /**
   * Heads that grow have a bucket of their own: they alone are sure to come from the log. Anybody can send it an old
   * head, or a wrong proof, and must not use up what the log needs.
   */
  #waitOf(hash: string, log: RosterLog, isGrowth: boolean): number {
    return this.#quota.take(`${hash} ${isGrowth ? 'growth' : 'other'}`, log.requestsPerDay);
  }

  /** Time of the next cosignature, never before the last one: each says what was the largest tree at its time. */
  #timeAfter(head: WitnessedHead | null): number | null {
    const now = Math.max(1, Math.floor(this.#options.clock() / 1_000));
    const last = head === null ? 0 : this.#lastTime(head.note);
    if (now >= last) return now;
    return last - now <= CLOCK_STEP_SECONDS ? last : null;
  }

  #lastTime(note: Uint8Array): number {
    const times = this.#ownLines(note).map((line) => parseCosignature(line.signature));
    return Math.max(0, ...times.map(({ timestampSeconds }) => timestampSeconds));
  }

  /**
   * The lines of the last head, while they are as good as new ones. Anybody can send that head again: it costs a write
   * once in ten seconds at most, and never what the log needs to hear it.
   */
  #freshLines(head: WitnessedHead): string | null {
    const own = this.#ownLines(head.note);
    const age = this.#options.clock() / 1_000 - this.#lastTime(head.note);
    const isFresh = age < FRESH_SECONDS && age >= -CLOCK_STEP_SECONDS;
    return isFresh && own.length === this.#options.keys.length
      ? own.map(formatSignatureLine).join('')
      : null;
  }

  #ownLines(note: Uint8Array): readonly NoteSignature[] {
    const { signatures } = parseNote(note);
    return signatures.filter((line) =>
      this.#options.keys.some(({ key }) => key.name === line.name && key.keyHash === line.keyHash),
    );
  }

  async #keepEvidence(
    hash: string,
    request: ReadRequest,
    at: { log: RosterLog; head: WitnessedHead | null; isAtOdds: boolean },
  ): Promise<void> {
    const { store } = this.#options;
    const seen = { ...request.checkpoint, note: request.note };
    if (at.head !== null) {
      const known = { ...checkpointOf(at.head.note), note: at.head.note };
      const path = at.isAtOdds ? request.proof : [];
      const fork = forkOf({ known, seen, keys: at.log.keys }, path);
      if (fork !== undefined) return await store.addEvidence(hash, fork);
    }
    if (at.isAtOdds) await store.addEvidence(hash, { kind: 'refused', bytes: request.body });
  }

  /** One after another for each log, so that the losers of a race read what the winner wrote. */
  async #inTurn<T>(hash: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(hash) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(hash, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(hash) === turn) this.#turns.delete(hash);
    }
  }
}

interface SignedBy {
  readonly log: RosterLog;
  readonly lines: readonly NoteSignature[];
}

function verify(
  log: RosterLog,
  request: ReadRequest,
): SignedBy | Extract<AddCheckpointAnswer, { kind: 'not-signed' }> {
  try {
    const { verified } = openNote(request.note, log.keys.map(ed25519Verifier));
    return { log, lines: verified };
  } catch (error) {
    if (isTransparencyError(error)) return { kind: 'not-signed', detail: error.message };
    throw error;
  }
}

function checkpointOf(note: Uint8Array): Checkpoint {
  return parseCheckpoint(parseNote(note).text, { allowExtensions: true });
}
