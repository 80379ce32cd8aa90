import type { CosignHead, CosignRound, CosignTree, WitnessState } from '../core/cosign-round.ts';
import type { Policy } from '../core/policy.ts';

/** One row: a key and its value. */
export interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** One change of a batch: the new value of a key, or null to delete it. */
export interface Change {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** What must hold in the store for a batch to be written: the value of a key, or its absence. */
export interface Condition {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Keys from `from` on, below `to`. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** Rows of a half-open range of keys. */
export interface Range extends KeyRange {
  /** At most this many rows, at least 1. */
  readonly limit: number;
  /** From the last key down. Default false. */
  readonly reverse?: boolean;
}

/**
 * An ordered store of rows, keys compared as unsigned bytes.
 *
 * Reads see every batch whose write was answered. Writes run one at a time, in the order of their calls. A write that
 * throws anything but `store.moved` may have happened or not: its caller stops and recovery reads what is there.
 */
export interface Store {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Values in the order of the keys. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Rows in order of keys (or reversed), at most `limit`. */
  scan(range: Range): Promise<readonly Row[]>;
  /**
   * Writes all changes or none. It is on disk before this answers if `flush` is true.
   *
   * @throws {TransparencyError} store.moved if the condition does not hold; nothing was written
   */
  write(batch: {
    readonly changes: readonly Change[];
    readonly condition?: Condition;
    readonly flush: boolean;
  }): Promise<void>;
  /**
   * Rewrites files so that none holds a value that was replaced or deleted in some ranges before the call. The ends of a
   * range are keys of no row. Reads and writes wait or run; nothing that they see changes.
   */
  purge(ranges: readonly KeyRange[]): Promise<void>;
  close(): Promise<void>;
}

/** The highest head ever signed. */
export interface GuardState {
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** Time of the RFC 6962 face, ms since 1970. */
  readonly timeMs: number;
}

/** The memory of what was signed, kept apart from the store. (spec/6-publication.md) */
export interface Guard {
  /** The state, or null if nothing was ever signed. @throws {TransparencyError} guard.corrupt */
  read(): Promise<GuardState | null>;
  /**
   * Replaces `from` by `to`, on disk before it answers.
   *
   * @throws {TransparencyError} guard.moved if the state is not `from`; any other error: outcome unknown
   */
  advance(from: GuardState | null, to: GuardState): Promise<void>;
  close(): Promise<void>;
}

/** Both keys of a log. Private keys stay behind it. */
export interface HeadSigner {
  /** Key name of the log: its origin. */
  readonly origin: string;
  /** 32 bytes of the Ed25519 public key. */
  readonly ed25519PublicKey: Uint8Array;
  /** DER SubjectPublicKeyInfo of the P-256 key. */
  readonly p256PublicKey: Uint8Array;
  /** Ed25519 signature (64 bytes) over a note's text. */
  signNote(text: Uint8Array): Uint8Array;
  /** DER ECDSA signature with SHA-256 over the 50 bytes of a tree head. (RFC 6962 §3.5) */
  signTreeHead(input: Uint8Array): Uint8Array;
}

/**
 * Who asks the witnesses of a policy to cosign heads. (C2SP tlog-witness, spec/10-witness.md §6)
 *
 * The guard has recorded a head, and its row is stored, before it is handed in here. Nothing that a witness does or
 * leaves undone makes a round throw or last longer than the witness timeout. No two rounds run at once.
 */
export interface Cosigner {
  /** Its witnesses are asked, its quorum is what `isQuorum` means. */
  readonly policy: Policy;
  /**
   * Asks all witnesses at once. Answers as soon as the quorum holds, and a moment later for those that are about to
   * answer; else when every witness has answered or run out of time.
   *
   * @throws the signal's reason when it aborts; what `tree.prove` throws, since then the log itself is at fault
   */
  collect(head: CosignHead, tree: CosignTree, signal: AbortSignal): Promise<CosignRound>;
  /**
   * The same for the last stored head after a start: answers as soon as `isConfirmed`. Its lines are as good as those
   * of `collect`. (forks.md, CONFIRMING)
   */
  confirm(head: CosignHead, tree: CosignTree, signal: AbortSignal): Promise<CosignRound>;
  /** One for each witness of the policy, in its order. */
  readonly states: readonly WitnessState[];
}

/** Now, in ms since 1970. May jump; nothing but times that people read depends on it. */
export type Clock = () => number;

/** `length` random bytes from the system. */
export type RandomBytes = (length: number) => Uint8Array;

/** Whose openings a key seals: those of a source that were admitted in a month (UTC, `2026-11`). */
export interface KeyOwner {
  readonly source: string;
  readonly month: string;
}

/**
 * The keys under which openings are sealed, and the sealing itself: AES-256-GCM. (spec/14-privacy.md §2, §3)
 *
 * Keys have ids, 16 digits of lowercase hex, which never come again. Changes of them run one at a time and are on disk
 * before they answer; after one that failed every later one is refused: what is on disk is not known.
 */
export interface OpeningKeys {
  /** The key for what is sealed now, of entries from that index on; undefined: one has to be made. */
  currentOf(owner: KeyOwner, leafIndex: number): string | undefined;
  /** Makes a key for each owner, current from then on, for entries from that index on. @throws store.failed */
  make(owners: readonly KeyOwner[], firstIndex: number): Promise<void>;
  /** Makes a successor, current from then on, for each of some keys. Old id → new id. @throws store.failed */
  renew(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Destroys keys: no file holds them any more. Ids that are not known are passed over. @throws store.failed */
  destroy(ids: readonly string[]): Promise<void>;
  /** No entry below this index has an opening under the key; undefined: there is no such key. */
  firstIndexOf(id: string): number | undefined;
  /** Nonce, ciphertext and tag. `context` has to be given again to open it. The key must be there. */
  seal(id: string, context: Uint8Array, opening: Uint8Array): Uint8Array;
  /**
   * What was sealed; undefined where the key is not there any more.
   *
   * @throws {TransparencyError} store.corrupt if these are not the bytes that were sealed in this context
   */
  open(id: string, context: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}
