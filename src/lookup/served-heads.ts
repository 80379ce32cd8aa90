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

  /** Serves a head from now on; those before it stay while readers page under them. */
  async serve(head: ServedHead): Promise<void> {
    if (this.newest?.leafIndex === head.leafIndex) {
      // A run that begins again serves what the one before served.
      await head.rows.release();
      return;
    }
    this.#heads.push({ head, askedMs: Number.NEGATIVE_INFINITY, inUse: 0 });
    await this.#release();
  }

  /** Stops serving. */
  async end(): Promise<void> {
    const heads = this.#heads;
    this.#heads = [];
    for (const { head } of heads) await head.rows.release();
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
    if (this.#heads.length === 0) {
      return new TransparencyError('index.not-ready', 'the index has no published head yet');
    }
    const message = `the head at leaf ${asked} is not served: ask again without it`;
    return new TransparencyError('index.head-gone', message);
  }

  async #release(): Promise<void> {
    const { pinnedHeadsMax, pinnedMs } = this.#limits;
    const oldest = this.#clock() - pinnedMs;
    const kept = this.#heads.filter(({ askedMs, inUse }, i) => {
      const age = this.#heads.length - 1 - i;
      return age === 0 || inUse > 0 || (age <= pinnedHeadsMax && askedMs >= oldest);
    });
    const gone = this.#heads.filter((one) => !kept.includes(one));
    this.#heads = kept;
    for (const { head } of gone) await head.rows.release();
  }
}
