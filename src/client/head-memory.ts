import { equalBytes } from '../core/bytes.ts';
import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { checkConsistency } from '../core/consistency.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { proveForkPath } from '../core/fork-path.ts';
import { proveFork } from '../core/fork-proof.ts';
import { proveConsistency } from '../core/prover.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { VerifierKey } from '../core/vkey.ts';

/** Two heads that one log signed and that do not fit, or of which the later seen one is lower. */
export interface HeadConflict {
  /** `fork`: no tree grows through both. `rollback`: the log went back to an earlier one. */
  readonly kind: 'fork' | 'rollback';
  /** Seen first. */
  readonly earlier: VerifiedCheckpoint;
  /** Seen later. */
  readonly later: VerifiedCheckpoint;
  /** Of a fork: bytes of a fork proof, which convinces whoever has the log's key. Null: it could not be had. */
  readonly proof: Uint8Array | null;
}

/**
 * What a reader remembers of a log: the highest head that verified. Every other head is proven against it, one after
 * another, however many callers there are.
 */
export class HeadMemory {
  readonly #conflicts: HeadConflict[] = [];
  readonly #logKey: VerifierKey;
  readonly #tilesOf: (head: VerifiedCheckpoint) => TileSource;
  #highest: VerifiedCheckpoint | null = null;
  #turn: Promise<void> = Promise.resolve();

  /** @param tilesOf  proven tiles of a head */
  constructor(logKey: VerifierKey, tilesOf: (head: VerifiedCheckpoint) => TileSource) {
    this.#logKey = logKey;
    this.#tilesOf = tilesOf;
  }

  get highest(): VerifiedCheckpoint | null {
    return this.#highest;
  }

  /** At most `CONFLICTS_MAX`; the first ones are kept. */
  get conflicts(): readonly HeadConflict[] {
    return this.#conflicts;
  }

  /** Remembers a head without a proof: the first one, or one of an earlier life. */
  begin(head: VerifiedCheckpoint): void {
    this.#highest = head;
  }

  /**
   * Takes the log's newest head: it must have grown from the highest.
   *
   * @throws {TransparencyError} checkpoint.rollback, checkpoint.fork, tile.*, reply.*
   */
  advance(head: VerifiedCheckpoint, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const known = this.#highest;
      try {
        await this.#prove(head, signal);
      } catch (error) {
        // A log that went back has no tiles of the higher head, and proves nothing either way.
        if (isTransparencyError(error, 'checkpoint.fork')) throw error;
        if (known === null || head.size >= known.size) throw error;
      }
      if (known === null || head.size >= known.size) return;
      this.#keep({ kind: 'rollback', earlier: known, later: head, proof: null });
      const message = `size ${head.size}, seen ${known.size}`;
      const details = { size: head.size, seen: known.size };
      throw new TransparencyError('checkpoint.rollback', message, { details });
    });
  }

  /**
   * Takes a head of any age: it must be a prefix of the highest, or have grown from it.
   *
   * @throws {TransparencyError} checkpoint.fork, tile.*, reply.*
   */
  admit(head: VerifiedCheckpoint, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#prove(head, signal));
  }

  async #prove(head: VerifiedCheckpoint, signal: AbortSignal | undefined): Promise<void> {
    const known = this.#highest;
    if (known === null) {
      this.#highest = head;
      return;
    }
    const [lower, higher] = head.size < known.size ? [head, known] : [known, head];
    if (!(await this.#isPrefix(lower, higher, signal))) {
      const proof = await this.#forkProof(lower, higher, signal);
      this.#keep({ kind: 'fork', earlier: known, later: head, proof });
      const message = `the heads of size ${lower.size} and ${higher.size} are not of one tree`;
      const details = { size: head.size, seen: known.size };
      throw new TransparencyError('checkpoint.fork', message, { details });
    }
    if (head.size >= known.size) this.#highest = head;
  }

  async #isPrefix(
    lower: VerifiedCheckpoint,
    higher: VerifiedCheckpoint,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (lower.size === higher.size) return equalBytes(lower.rootHash, higher.rootHash);
    const sizes = { first: lower.size, second: higher.size };
    const path = await proveConsistency(this.#tilesOf(higher), sizes, signal);
    try {
      checkConsistency({
        ...sizes,
        firstRoot: lower.rootHash,
        secondRoot: higher.rootHash,
        path,
      });
      return true;
    } catch (error) {
      // The path is of tiles that are proven to be under the higher root: the lower one it is that does not fit.
      if (isTransparencyError(error, 'consistency.mismatch')) return false;
      throw error;
    }
  }

  async #forkProof(
    lower: VerifiedCheckpoint,
    higher: VerifiedCheckpoint,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | null> {
    const sizes = { first: lower.size, second: higher.size };
    const isOneSize = lower.size === higher.size;
    try {
      const path = isOneSize ? [] : await proveForkPath(this.#tilesOf(higher), sizes, signal);
      const heads = [
        { face: 'checkpoint', note: lower.note },
        { face: 'checkpoint', note: higher.note },
      ] as const;
      return proveFork({ heads, path }, { logKey: this.#logKey });
    } catch (error) {
      // The log stopped answering. Both notes are kept, and the tiles of the higher one may be had elsewhere.
      if (isTransparencyError(error)) return null;
      throw error;
    }
  }

  #keep(conflict: HeadConflict): void {
    if (this.#conflicts.length < CONFLICTS_MAX) this.#conflicts.push(conflict);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const before = this.#turn;
    const { promise, resolve } = signalOf();
    this.#turn = promise;
    await before;
    try {
      await work();
    } finally {
      resolve();
    }
  }
}

const CONFLICTS_MAX = 16;

function signalOf(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
