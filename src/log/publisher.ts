import { sha256 } from '#sha256';
import { TransparencyError } from '../core/error.ts';
import type { SignedHead } from './contract.ts';
import { type FailureSinks, reportFailure } from './halting.ts';
import { Latch, type Sleep } from './latch.ts';
import type { LogLimits } from './limits.ts';
import type { Clock, Guard, GuardState, HeadSigner, Store } from './ports.ts';
import { signedHeadKey } from './rows.ts';
import { formatHeadRow, signHead } from './signed-head.ts';

/** A tree head without a signature. */
export interface UnsignedHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** What the publisher works on and whom it tells. */
export interface PublisherOptions extends FailureSinks {
  readonly store: Store;
  readonly guard: Guard;
  readonly signer: HeadSigner;
  readonly limits: LogLimits;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** The newest committed head. */
  readonly integrated: () => UnsignedHead;
}

interface Waiter {
  readonly size: number;
  /** True: it does not hurry the next head along. */
  readonly passive: boolean;
  readonly resolve: (head: SignedHead) => void;
  readonly reject: (error: TransparencyError) => void;
}

/**
 * The loop that signs and shows heads: as soon as someone waits for one, else at most one per interval, and anew when
 * a head grows old. The order is what safety rests on: the guard, then the signatures, then the row, then the world.
 * (forks.md, SIGN; spec/6-publication.md)
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #latch: Latch = new Latch();
  #waiters: Waiter[] = [];
  #published: SignedHead | null;
  /** When it was shown, by the clock; moved back with a clock that is moved back. */
  #shownAtMs: number;
  #guarded: GuardState | null;
  #ended: TransparencyError | null = null;
  #draining = false;
  #running: Promise<void> | null = null;

  /** @param start  the last published head and the guard's state, as recovery found them */
  constructor(
    options: PublisherOptions,
    start: { readonly published: SignedHead | null; readonly guarded: GuardState | null },
  ) {
    this.#options = options;
    this.#published = start.published;
    this.#shownAtMs = start.published?.timeMs ?? 0;
    this.#guarded = start.guarded;
  }

  get published(): SignedHead | null {
    return this.#published;
  }

  /** Starts the loop. */
  start(): void {
    this.#running = this.#run();
  }

  /** Says that there may be a newer head. */
  poke(): void {
    this.#latch.release();
  }

  /** The published head once it covers `size` entries. @throws {TransparencyError} log.not-published, log.* */
  waitFor(size: number, signal: AbortSignal, passive = false): Promise<SignedHead> {
    const head = this.#published;
    if (head !== null && head.size >= size) return Promise.resolve(head);
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(new TransparencyError('log.not-published', `no head of ${size} entries in time`));
      };
      const waiter: Waiter = {
        size,
        passive,
        resolve: (found) => {
          signal.removeEventListener('abort', late);
          resolve(found);
        },
        reject: (error) => {
          signal.removeEventListener('abort', late);
          reject(error);
        },
      };
      if (signal.aborted) {
        late();
        return;
      }
      signal.addEventListener('abort', late, { once: true });
      this.#waiters.push(waiter);
      this.poke();
    });
  }

  /** Publishes what is integrated, then ends. No commit may follow. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.poke();
    await this.#running;
    this.stop(new TransparencyError('log.closing', 'the log is closing'));
  }

  /** Ends the loop: nothing is signed any more. */
  stop(error: TransparencyError): void {
    this.#ended ??= error;
    this.poke();
    for (const waiter of this.#waiters) waiter.reject(this.#ended);
    this.#waiters = [];
  }

  async #run(): Promise<void> {
    while (this.#ended === null) {
      const due = this.#dueInMs();
      if (due > 0) {
        if (this.#draining && !this.#isBehind()) return;
        await this.#latch.wait(due, this.#options.sleep);
        continue;
      }
      try {
        await this.#publish();
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #isBehind(): boolean {
    return this.#published === null || this.#options.integrated().size > this.#published.size;
  }

  /** Milliseconds until the next head; 0: now. */
  #dueInMs(): number {
    const { limits, clock } = this.#options;
    const last = this.#published;
    if (last === null) return 0;
    const now = clock();
    this.#shownAtMs = Math.min(this.#shownAtMs, now);
    const age = now - this.#shownAtMs;
    if (!this.#isBehind()) return Math.max(0, limits.headRefreshMs - age);
    const wanted = this.#draining || this.#waiters.some(({ passive }) => !passive);
    return wanted ? 0 : Math.max(0, limits.headIntervalMs - age);
  }

  async #publish(): Promise<void> {
    const { store, guard, signer, clock, integrated } = this.#options;
    const { size, rootHash } = integrated();
    const before = this.#guarded;
    const next = { size, rootHash, timeMs: Math.max(clock(), (before?.timeMs ?? -1) + 1) };
    // Guard before signing: a head that a restored store forgot must still be known to have been signed.
    await guard.advance(before, next);
    this.#guarded = next;
    if (this.#ended !== null) return;
    const head = signHead(next, signer);
    // Row before showing: what a client has seen must survive us.
    await store.write({
      changes: [
        {
          key: signedHeadKey(size, next.timeMs),
          value: formatHeadRow({ ...head, published: true }),
        },
      ],
      flush: true,
    });
    this.#show(head);
  }

  #show(head: SignedHead): void {
    this.#published = head;
    this.#shownAtMs = this.#options.clock();
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ size }) => size > head.size);
    for (const waiter of waiting) if (waiter.size <= head.size) waiter.resolve(head);
  }

  #fail(error: unknown): void {
    this.stop(new TransparencyError('log.halted', 'the log signs no more heads', { cause: error }));
    reportFailure(error, this.#options);
  }
}

/** What names a version of a checkpoint: SHA-256 of the bytes as served. */
export function noteHashOf(head: SignedHead): Uint8Array {
  return sha256(head.note);
}
