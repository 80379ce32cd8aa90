import type { ReplayedHead } from '../client/index-replay.ts';
import { TransparencyError } from '../core/error.ts';
import { IndexWatch, type OverdueHead } from '../monitor/monitor.ts';

/** Heads that are remembered: the last of them may stand behind the last signed tree. */
const HEADS_KEPT = 1_024;

/** Holds every index head of a log to its entries, while these are read for other ends. */
export class IndexCheck {
  readonly #watch: IndexWatch;
  readonly #overdue: OverdueHead[] = [];
  #kept: ReplayedHead[] = [];

  constructor(origin: string) {
    this.#watch = new IndexWatch(origin);
  }

  /** True heads that were met. */
  get heads(): number {
    return this.#watch.heads;
  }

  /** Times for which no head came. */
  get overdue(): readonly OverdueHead[] {
    return this.#overdue;
  }

  /** The last true head that stands in the first `size` entries. */
  lastIn(size: number): ReplayedHead | null {
    return this.#kept.findLast(({ leafIndex }) => leafIndex < size) ?? null;
  }

  /** What was held to the entries, for a person. */
  get also(): readonly string[] {
    const { last, heads } = this.#watch;
    if (last === null) return [];
    const { size, keys, postings } = last.head;
    return [
      `${heads} index heads, the last of ${size} entries with ${keys} keys and ${postings} postings`,
    ];
  }

  /**
   * Takes the next entry.
   *
   * @throws {TransparencyError} index.head-mismatch
   */
  take(entry: Uint8Array): void {
    const { head, overdue } = this.#watch.take(entry);
    if (overdue !== null) this.#overdue.push(overdue);
    if (head === null) return;
    const { leafIndex, difference } = head;
    if (difference !== null) {
      const message = `the index head at leaf ${leafIndex}: ${difference}`;
      throw new TransparencyError('index.head-mismatch', message, { details: { leafIndex } });
    }
    this.#kept.push(head);
    if (this.#kept.length > 2 * HEADS_KEPT) this.#kept = this.#kept.slice(-HEADS_KEPT);
  }
}
