import type { WitnessState } from '../core/cosign-round.ts';
import type { TransparencyError } from '../core/error.ts';
import type { Tile } from '../core/tile.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import type { Receipt } from '../event/receipt.ts';
import type { Custody } from './custody.ts';
import type { EntryOpenings } from './openings.ts';

/** What a log's leaves are: events with a receipt, or any bytes. Fixed at creation. */
export type LogType = 'events' | 'opaque';

/** A signed tree head, both faces of it, as its one row holds it. (spec/6-publication.md) */
export interface SignedHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** The checkpoint: signed note, own Ed25519 line first, then cosignatures. */
  readonly note: Uint8Array;
  /** Time of the RFC 6962 face, ms. */
  readonly timeMs: number;
  /** DER ECDSA signature of the RFC 6962 face. */
  readonly treeHeadSignature: Uint8Array;
}

/** Where the log stands. `halted` is read-only at the last published head. (forks.md, spec/6-publication.md) */
export type LogState =
  | { readonly kind: 'running' }
  /** Admits events and signs no new head until the witnesses have confirmed the last one. */
  | { readonly kind: 'confirming'; readonly unconfirmed: readonly string[] }
  | { readonly kind: 'closing' }
  | { readonly kind: 'halted'; readonly reason: HaltReason; readonly detail: string };

/** Why a log halted. `retired`: for good; another log succeeds it. */
export type HaltReason = 'corrupt' | 'rolled-back' | 'two-writers' | 'evidence' | 'retired';

/** Who submits: what auth found out, or the open door of loopback. */
export interface SubmitContext {
  /** Name of the token, or null where auth is off. */
  readonly by: string | null;
  /** Sources it may speak for; null: all. */
  readonly sources: readonly string[] | null;
  /** May it send `source.register`, `key_change`, `retire`? */
  readonly operate: boolean;
}

/** What became of one submitted item. Everything but `refused` is in the tree, on disk. */
export type SubmitOutcome =
  | { readonly kind: 'appended'; readonly receipt: Receipt }
  | { readonly kind: 'duplicate'; readonly receipt: Receipt }
  /** Same source and id, other content: appended as its own leaf, and the source is told. */
  | { readonly kind: 'conflict'; readonly receipt: Receipt; readonly firstIndex: number }
  | { readonly kind: 'refused'; readonly error: TransparencyError };

/**
 * What became of a head that someone showed. `evidence`: our key signed it and the tree does not contain it; the log
 * halts. `contained`: it is of this tree. `not-signed`: nobody can know whose it is. `not-checked`: the log had halted.
 */
export type SeenVerdict = 'evidence' | 'contained' | 'not-signed' | 'not-checked';

/** Figures for health and metrics. */
export interface LogFigures {
  readonly integratedSize: number;
  readonly publishedSize: number;
  readonly pooledEntries: number;
  readonly pooledBytes: number;
  /** What is taken of the pool, from 0 to 1: at 1 nothing more is admitted. */
  readonly poolFill: number;
  /** True while the published head was shown without a quorum (fail-open). */
  readonly unwitnessed: boolean;
  /** The witnesses without whose word the log was started; empty where all that are needed gave it. */
  readonly unconfirmedWitnesses: readonly string[];
  /** When the whole store was last read and hashed, ms; null: not yet. */
  readonly scrubbedAtMs: number | null;
}

/**
 * How a log was closed. `whole`: nothing failed, and the head that was signed last is stored; its next start may hold
 * the store to that.
 */
export type ClosedAs = 'whole' | 'unfinished';

/**
 * A transparency log: one tree, one writer.
 *
 * `publishedSize` bounds every read: what lies beyond it is not found.
 */
export interface Log {
  readonly name: string;
  readonly origin: string;
  readonly type: LogType;
  /** The one tenant whose events it takes. */
  readonly tenant: string;
  /** Verifier key of the checkpoint: `name+keyhash+key`. */
  readonly vkey: string;
  /** DER SubjectPublicKeyInfo of the RFC 6962 face. */
  readonly p256PublicKey: Uint8Array;
  readonly state: LogState;
  readonly figures: LogFigures;
  /** The published head; null before the first. */
  readonly published: SignedHead | null;
  /** Size of the published head, 0 before the first. */
  readonly publishedSize: number;
  /** Erasures and legal holds; null where no openings are kept, and while nothing is written. */
  readonly custody: Custody | null;
  /** The witnesses of the policy as the log knows them; empty without any. */
  readonly witnesses: readonly WitnessState[];

  /**
   * Holds a head that someone saw against the tree: one with a valid signature of our key that the tree does not contain
   * is evidence, and halts the log. A halted log looks at nothing more. (forks.md, EVIDENCE)
   *
   * @param head  a signed note, or the line of a tree head (spec/7-proof-file.md §5)
   */
  reportSeen(head: Uint8Array): Promise<SeenVerdict>;
  /**
   * Admits items (a bare event or `{event, sig?, disclosures?}`, UTF-8 JSON each) and answers in their order, after the
   * commit that holds them is on disk.
   *
   * @throws {TransparencyError} pool.full, submission.too-many-items for more than the pool ever holds, log.halted,
   *   log.closing, log.wrong-type: no item was admitted
   */
  submit(items: readonly Uint8Array[], context: SubmitContext): Promise<readonly SubmitOutcome[]>;
  /**
   * Admits what adapters made of foreign formats, and answers as `submit` does. Sameness is decided over what was sent,
   * so the same thing sent again is a duplicate although its commitments are new. (spec/12-ingest.md §1)
   *
   * @throws {TransparencyError} as `submit`
   */
  submitMapped(
    items: readonly MappedItem[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]>;
  /**
   * 16 bytes that stand for a content, made with the log's secret: the same content gives the same, and nobody can tell
   * by trying which content it was. (HMAC-SHA256; spec/12-ingest.md §4)
   *
   * @param label  what it is used for, without a newline: one content gives another pseudonym under another label
   */
  pseudonym(label: string, content: Uint8Array): Uint8Array;
  /**
   * Appends one entry of an opaque log; its index, after the commit.
   *
   * @throws {TransparencyError} pool.full, log.halted, log.closing, log.wrong-type, leaf.too-large
   */
  add(entry: Uint8Array): Promise<number>;
  /**
   * Appends a leaf by the log itself, which admission cannot make: `nhi.index/1` or `nhi.log/1`. Its index, after the
   * commit.
   *
   * @throws {TransparencyError} leaf.malformed for any other leaf; pool.full, log.halted, log.closing, log.wrong-type
   */
  appendOwn(leaf: Uint8Array): Promise<number>;
  /**
   * Waits until a head of at least `size` entries is published.
   *
   * @param until  a signal that ends the wait, or milliseconds after which it ends
   * @param options.passive  true: do not hurry the next head along; followers wait so. Default false
   * @throws {TransparencyError} log.not-published when the wait ends first; log.halted, log.closing
   */
  waitPublished(
    size: number,
    until: AbortSignal | number,
    options?: { readonly passive?: boolean },
  ): Promise<SignedHead>;

  /**
   * The kept head of a size: its newest version, or the one whose note has that SHA-256.
   *
   * @throws {TransparencyError} checkpoint.not-found
   */
  headOf(size: number, noteHash?: Uint8Array): Promise<SignedHead>;
  /** Bytes of a hash tile: 32 × width. @throws {TransparencyError} tile.not-found beyond the published tree */
  readTile(tile: Tile): Promise<Uint8Array>;
  /** The same at once, of a tile that is in memory; undefined: `readTile` reads it, or says why not. */
  tileInMemory(tile: Tile): Uint8Array | undefined;
  /**
   * Bytes of an entry bundle: `width` times u16be length ‖ entry.
   *
   * @param width 1..256, at most what the published tree holds of the bundle
   * @throws {TransparencyError} bundle.not-found
   */
  readBundle(index: number, width: number): Promise<Uint8Array>;
  /** The same at once, of a full bundle that is in memory; undefined: `readBundle` reads it, or says why not. */
  bundleInMemory(index: number): Uint8Array | undefined;
  /** Exact bytes of an entry. @throws {TransparencyError} entry.not-found */
  readEntry(index: number): Promise<Uint8Array>;
  /**
   * What is kept of what an entry withholds; nothing for an entry that withholds nothing, or none of an event.
   *
   * @param by  name of the token that is told them, or null where auth is off: leaves of type `access` say who read
   * @throws {TransparencyError} entry.not-found; log.wrong-type for an opaque log
   */
  readOpenings(index: number, by: string | null): Promise<EntryOpenings>;
  /** The lowest index within the published tree whose leaf hash is this one, if there is one. */
  indexOfLeafHash(hash: Uint8Array): Promise<number | undefined>;
  /** The published tree, for provers. */
  readonly tiles: TileSource;

  /** Refuses new work, commits and answers what is pooled, publishes it, closes the store and the guard. */
  close(): Promise<ClosedAs>;
}
