import { TransparencyError } from '../core/error.ts';
import type { IndexLimits } from './limits.ts';
import {
  answerUnder,
  type LookupQuestion,
  type LookupReply,
  type ServedHead,
} from './served-head.ts';

/** The newest head, and those before it whose readers still page. */
export class ServedHeads {
  readonly #limits: IndexLimits;
  readonly #clock: () => number;
  /** Oldest first. */
  #heads: { readonly head: ServedHead; askedMs: number; inUse: number }[] = [];

  constructor(limits: IndexLimits, clock: () => number) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get newest(): ServedHead | null {
    return this.#heads.at(-1)?.head ?? null;
  }

  /** Entries under the newest head that is served; 0: none is. */
  get newestSize(): number {
    return this.newest?.tree.size ?? 0;
  }

  /** Entries under the oldest head that is served; infinite if none is. */
  get oldestSize(): number {
    return this.#heads[0]?.head.tree.size ?? Number.POSITIVE_INFINITY;
  }

  /** Serves a head from now on; those before it stay while readers page under them. */
  serve(head: ServedHead): void {
    // A run that begins again serves what the one before served.
    if (this.newest?.leafIndex === head.leafIndex) return;
    this.#heads.push({ head, askedMs: Number.NEGATIVE_INFINITY, inUse: 0 });
    this.#letGo();
  }

  /** Stops serving. */
  end(): void {
    this.#heads = [];
  }

  /**
   * Answers under the newest head, or the one that is asked for.
   *
   * @throws {TransparencyError} index.not-ready, index.head-gone; what `answerUnder` throws
   */
  async answer(question: LookupQuestion): Promise<LookupReply> {
    const asked = question.head;
    const served =
      asked === undefined
        ? this.#heads.at(-1)
        : this.#heads.find(({ head }) => head.leafIndex === asked);
    if (served === undefined) throw this.#none(asked);
    served.inUse += 1;
    try {
      const reply = await answerUnder(served.head, question);
      // Whoever got a part of the postings will come back for more under the same head.
      const { page, count } = reply;
      const isPart = page !== null && page.from + page.indices.length < count;
      if (isPart || asked !== undefined) served.askedMs = this.#clock();
      return reply;
    } finally {
      served.inUse -= 1;
    }
  }

  #none(asked: number | undefined): TransparencyError {
    if (this.#heads.length === 0) return indexNotReady();
    const message = `the head at leaf ${asked} is not served: ask again without it`;
    return new TransparencyError('index.head-gone', message);
  }

  #letGo(): void {
    const { pinnedHeadsMax, pinnedMs } = this.#limits;
    const oldest = this.#clock() - pinnedMs;
    this.#heads = this.#heads.filter(({ askedMs, inUse }, i) => {
      const age = this.#heads.length - 1 - i;
      return age === 0 || inUse > 0 || (age <= pinnedHeadsMax && askedMs >= oldest);
    });
  }
}

/** Nothing is served: the index is being made. */
export function indexNotReady(): TransparencyError {
  return new TransparencyError('index.not-ready', 'the index has no published head yet');
}
