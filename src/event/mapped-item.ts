import type { ParsedEvent } from './event.ts';
import type { Recv } from './leaf.ts';

/**
 * What an adapter made of one thing that an emitter sent: an event, and what the log needs to keep beside it.
 * (spec/12-ingest.md §1)
 *
 * `disclosures` and `rawSalt` are openings: whoever has them reads what the event withholds.
 */
export interface MappedItem {
  readonly event: ParsedEvent;
  /** Name of the adapter, as `recv.adapter` holds it. */
  readonly adapter: string;
  /** Id and hash of the mapping that made the event. */
  readonly map: NonNullable<Recv['map']>;
  /** What was sent, as the adapter read it. Sameness is decided over these bytes: the event's salts are new each time. */
  readonly raw: Uint8Array;
  /** Commitment to `raw`, as `recv.raw` holds it. */
  readonly rawCommitment: string;
  /** The salt of that commitment, if `raw` is to be kept as an opening; else null. */
  readonly rawSalt: Uint8Array | null;
  /** Texts of openings; each fits a digest of the event's `sd`. */
  readonly disclosures: readonly string[];
}
