import { formatNote, type NoteSignature, parseNote } from '../core/note.ts';
import type { Timing } from './observer.ts';
import type { Clock, Guard, GuardState, HeadSigner, Row, Store } from './ports.ts';
import { PUBLISHED_KEY, signedHeadKey } from './rows.ts';
import { formatHeadRow, type HeadRow, type Publication, signHead } from './signed-head.ts';
import { type Tallies, tallied, tallyChange } from './tally.ts';

/** A tree head without a signature. */
export interface UnsignedHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** What heads are made with. */
export interface HeadMakingOptions {
  readonly store: Store;
  readonly guard: Guard;
  readonly signer: HeadSigner;
  readonly clock: Clock;
  readonly tallies: Tallies;
  readonly timing: Timing;
}

/**
 * Makes signed heads, in the one order that is safe: the guard, then the signatures, then the row, then the world.
 * (forks.md, SIGN; spec/6-publication.md §3)
 */
export class HeadMaking {
  readonly #options: HeadMakingOptions;
  #guarded: GuardState | null;
  /** Time of the newest head that is stored; null: none is. */
  #storedMs: number | null;

  /** @param stored  the newest head that is stored: a crash may have come between the guard and the row */
  constructor(options: HeadMakingOptions, guarded: GuardState | null, stored: HeadRow | null) {
    this.#options = options;
    this.#guarded = guarded;
    this.#storedMs = stored?.timeMs ?? null;
  }

  /** Is the last head that the guard knows of stored? */
  get isLastStored(): boolean {
    return this.#storedMs === (this.#guarded?.timeMs ?? null);
  }

  /**
   * Signs both faces of a head and stores them.
   *
   * @param publication  `none` while cosignatures are to be collected; else the head is published by this row
   * @throws {TransparencyError} guard.moved; any other error: outcome unknown
   */
  async sign({ size, rootHash }: UnsignedHead, publication: Publication): Promise<HeadRow> {
    const { guard, signer, clock, timing } = this.#options;
    const { observer, stopwatch } = timing;
    const before = this.#guarded;
    const next = { size, rootHash, timeMs: Math.max(clock(), (before?.timeMs ?? -1) + 1) };
    // Guard before signing: a head that a restored store forgot must still be known to have been signed.
    const began = stopwatch();
    await guard.advance(before, next);
    this.#guarded = next;
    const guarded = stopwatch();
    observer?.guarded(guarded - began);
    const head = signHead(next, signer);
    observer?.signed(stopwatch() - guarded);
    // Row before showing, also towards a witness: what others have seen must survive us.
    return this.#write({ ...head, publication }, []);
  }

  /** Stores a signed head as published, with the lines of those who cosigned it behind the log's own. */
  publish(
    head: HeadRow,
    lines: readonly NoteSignature[],
    publication: Exclude<Publication, 'none'>,
  ): Promise<HeadRow> {
    const { text, signatures } = parseNote(head.note);
    const [own] = signatures;
    const note = formatNote({ text, signatures: own === undefined ? lines : [own, ...lines] });
    return this.#write({ ...head, note, publication }, [rowOf(head)]);
  }

  /** @param dropped  the row that it takes the place of */
  async #write(head: HeadRow, dropped: readonly Row[]): Promise<HeadRow> {
    const { store, tallies } = this.#options;
    const row = rowOf(head);
    tallies.heads = tallied('S', tallies.heads, { added: [row], dropped });
    const published = { key: PUBLISHED_KEY, value: row.key };
    const rows = head.publication === 'none' ? [row] : [row, published];
    await store.write({ changes: [...rows, tallyChange('S', tallies.heads)], flush: true });
    this.#storedMs = head.timeMs;
    return head;
  }
}

function rowOf(head: HeadRow): Row {
  return { key: signedHeadKey(head.size, head.timeMs), value: formatHeadRow(head) };
}
