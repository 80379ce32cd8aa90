import type { ListedLog } from '../core/log-list.ts';
import type { NoteSignature } from '../core/note.ts';
import type { VerifierKey } from '../core/vkey.ts';

/** A log that the witness knows. */
export interface RosterLog {
  readonly origin: string;
  /** At least one; a log that changes its key has two for a while. */
  readonly keys: readonly VerifierKey[];
  /** Most requests that it may send a day: the least of what its entries say. */
  readonly requestsPerDay: number;
}

/** The last head that the witness cosigned. */
export interface WitnessedHead {
  /** Grows by one with each; 1 for the first. */
  readonly counter: number;
  /** Text, the lines of the log, the lines of the witness. */
  readonly note: Uint8Array;
}

/** What a log signed and should not have. */
export interface WitnessEvidenceFile {
  /** `fork`: a fork proof, which convinces by keys alone. `refused`: a signed request that did not fit, as it came. */
  readonly kind: 'fork' | 'refused';
  readonly bytes: Uint8Array;
}

/**
 * What a witness must not forget. Logs go by `originHash`. (spec/10-witness.md §3)
 *
 * Processes may share one: `advance` is a compare-and-swap among all of them.
 */
export interface WitnessStore {
  /** Hashes of the origins of all logs. */
  logs(): Promise<readonly string[]>;
  /** A log of the roster as it is now, or null. @throws {TransparencyError} store.corrupt, store.failed */
  log(hash: string): Promise<RosterLog | null>;
  /** Adds a log, or a key to a log, on disk before it answers; false if the log has that key already. */
  addLog(log: ListedLog): Promise<boolean>;
  /** The last head, or null if none was cosigned. Never an older one. @throws {TransparencyError} store.corrupt */
  head(hash: string): Promise<WitnessedHead | null>;
  /**
   * Puts `note` in the place of the head with that counter (0: of none), on disk before it answers.
   *
   * @throws {TransparencyError} store.moved if another is the last head; any other error: outcome unknown
   */
  advance(hash: string, from: number, note: Uint8Array): Promise<void>;
  /** Keeps evidence under `kind-<SHA-256>`; the first `EVIDENCE_MAX` of a kind for each log, and once each. */
  addEvidence(hash: string, evidence: WitnessEvidenceFile): Promise<void>;
  /** Names of the evidence against a log, sorted. */
  evidenceNames(hash: string): Promise<readonly string[]>;
  evidence(hash: string, name: string): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** Most files of one kind that are kept against one log. */
export const EVIDENCE_MAX = 16;

/** One key of the witness; the private half stays behind it. */
export interface WitnessKey {
  readonly key: VerifierKey;
  /** The line by which it cosigns the text of a checkpoint. */
  cosign(text: Uint8Array, timestampSeconds: number): NoteSignature;
}
