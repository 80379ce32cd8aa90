import { TransparencyError } from '../core/error.ts';
import type { SignedHead } from './contract.ts';
import { type FailureSinks, reportFailure } from './halting.ts';
import type { HeadMaking, UnsignedHead } from './head-making.ts';
import { HeadWaiters } from './head-waiters.ts';
import { Latch, type Sleep } from './latch.ts';
import type { LogLimits } from './limits.ts';
import type { Timing } from './observer.ts';
import type { Clock } from './ports.ts';
import type { HeadRow, Publication } from './signed-head.ts';
import type { Witnessing } from './witnessing.ts';

/** What the publisher works on and whom it tells. */
export interface PublisherOptions extends FailureSinks {
  readonly making: HeadMaking;
  /** Null: nobody is asked. */
  readonly witnessing: Witnessing | null;
  /** Publish, and say so, when the witnesses do not make the quorum. */
  readonly failOpen: boolean;
  readonly limits: LogLimits;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly timing: Timing;
  /** The newest committed head. */
  readonly integrated: () => UnsignedHead;
}

/** Heads as recovery found them. */
export interface PublisherStart {
  readonly signed: HeadRow | null;
  readonly published: SignedHead | null;
  /** Sign no new head before the witnesses have confirmed the last one. */
  readonly confirming: boolean;
}

/**
 * The loop that signs and shows heads: without witnesses as soon as someone waits for one, else at most one per
 * interval; with them at most one round per interval; and anew when a head grows old. (spec/6-publication.md §3)
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #latch: Latch = new Latch();
  readonly #waiters: HeadWaiters = new HeadWaiters();
  #signed: HeadRow | null;
  #published: SignedHead | null;
  #confirming: boolean;
  #unwitnessed = false;
  /** When the last head was made or the last round began; moved back with a clock that is moved back. */
  #lastMs: number;
  /** When the head that is being cosigned was begun, by the stopwatch. */
  #begunAt: number | null = null;
  #ended: TransparencyError | null = null;
  #draining = false;
  #running: Promise<void> | null = null;

  constructor(options: PublisherOptions, start: PublisherStart) {
    this.#options = options;
    this.#signed = start.signed;
    this.#published = start.published;
    this.#confirming = start.confirming && start.signed !== null;
    this.#lastMs = this.#confirming ? 0 : (start.published?.timeMs ?? 0);
    this.#unwitnessed = start.signed?.publication === 'unwitnessed';
  }

  get published(): SignedHead | null {
    return this.#published;
  }

  /** True until the witnesses have confirmed the last signed head of the life before. */
  get confirming(): boolean {
    return this.#confirming;
  }

  /** True while the published head was shown without a quorum (fail-open). */
  get unwitnessed(): boolean {
    return this.#unwitnessed;
  }

  /** Starts the loop. */
  start(): void {
    this.#running = this.#run();
  }

  /** Asks the witnesses once whether the last head stands, and goes on whatever they say. Those that did not say so. */
  async skipConfirming(): Promise<readonly string[]> {
    const { witnessing } = this.#options;
    if (!this.#confirming || witnessing === null) return [];
    await this.#confirm(witnessing);
    const missing = this.#confirming ? witnessing.unconfirmed : [];
    this.#confirming = false;
    return missing;
  }

  /** Says that there may be a newer head. */
  poke(): void {
    this.#latch.release();
  }

  /** The published head once it covers `size` entries. @throws {TransparencyError} log.not-published, log.* */
  waitFor(size: number, until: AbortSignal | number, passive = false): Promise<SignedHead> {
    const head = this.#published;
    if (head !== null && head.size >= size) return Promise.resolve(head);
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const waiting = this.#waiters.wait(size, until, passive);
    if (!passive) this.poke();
    return waiting;
  }

  /** Publishes what is integrated, if the witnesses let it, then ends. No commit may follow. */
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
    this.#options.witnessing?.end();
    this.#waiters.refuse(this.#ended);
  }

  async #run(): Promise<void> {
    while (this.#ended === null) {
      const last = this.#draining;
      const due = this.#dueInMs();
      if (due > 0) {
        if (last) return;
        await this.#latch.wait(due, this.#options.sleep);
        continue;
      }
      try {
        await this.#step();
      } catch (error) {
        if (this.#ended === null) this.#fail(error);
      }
      // One round with the witnesses must do: they may be down, and a stop must end.
      if (last && this.#options.witnessing !== null) return;
    }
  }

  /** Milliseconds until the next head or round; 0: now. */
  #dueInMs(): number {
    const { limits, clock, witnessing, integrated } = this.#options;
    const now = clock();
    this.#lastMs = Math.min(this.#lastMs, now);
    const age = now - this.#lastMs;
    if (this.#published === null && this.#signed === null) return 0;
    const pending = this.#confirming || this.#signed?.publication === 'none';
    const behind = integrated().size > (this.#published?.size ?? -1);
    if (!pending && !behind) return Math.max(0, limits.headRefreshMs - age);
    if (this.#draining) return this.#confirming ? 1 : 0;
    if (witnessing !== null) return Math.max(0, limits.witnessIntervalMs - age);
    return this.#waiters.urgent ? 0 : Math.max(0, limits.headIntervalMs - age);
  }

  async #step(): Promise<void> {
    const { making, witnessing, failOpen, integrated, clock, timing } = this.#options;
    this.#lastMs = clock();
    const began = timing.stopwatch();
    if (witnessing === null) {
      this.#signed = await making.sign(integrated(), 'quorum');
      this.#show(this.#signed);
      timing.observer?.published(timing.stopwatch() - began);
      return;
    }
    if (this.#confirming) return this.#confirm(witnessing);
    if (this.#signed === null || this.#signed.publication !== 'none') {
      this.#signed = await making.sign(integrated(), 'none');
      this.#begunAt = began;
    }
    // A head that found no quorum is offered again, before a newer one: what was signed should be seen.
    const lines = await witnessing.collect(this.#signed);
    if (lines !== null) await this.#publish(this.#signed, lines, 'quorum');
    else if (failOpen) {
      await this.#publish(this.#signed, witnessing.linesOf(this.#signed), 'unwitnessed');
    }
  }

  async #confirm(witnessing: Witnessing): Promise<void> {
    const head = this.#signed;
    if (head === null) return;
    const confirmed = await witnessing.confirm(head);
    const lines = witnessing.quorumOf(head);
    if (lines !== null && head.publication === 'none') await this.#publish(head, lines, 'quorum');
    if (confirmed) this.#confirming = false;
  }

  async #publish(
    head: HeadRow,
    lines: Parameters<HeadMaking['publish']>[1],
    publication: Exclude<Publication, 'none'>,
  ): Promise<void> {
    if (this.#ended !== null) return;
    const { making, timing } = this.#options;
    this.#signed = await making.publish(head, lines, publication);
    this.#show(this.#signed);
    if (this.#begunAt !== null) timing.observer?.published(timing.stopwatch() - this.#begunAt);
    this.#begunAt = null;
  }

  #show(head: HeadRow): void {
    if (this.#ended !== null) return;
    this.#published = head;
    this.#unwitnessed = head.publication === 'unwitnessed';
    this.#waiters.show(head);
  }

  #fail(error: unknown): void {
    this.stop(new TransparencyError('log.halted', 'the log signs no more heads', { cause: error }));
    reportFailure(error, this.#options);
  }
}
