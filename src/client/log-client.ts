import { type BundleSource, ENTRY_BYTES_MAX, openBundle } from '../core/bundle.ts';
import { equalBytes } from '../core/bytes.ts';
import { openCheckpoint, type VerifiedCheckpoint } from '../core/checkpoint.ts';
import { TransparencyError } from '../core/error.ts';
import { HASH_LENGTH, leafHash } from '../core/hash.ts';
import { NOTE_BYTES_MAX } from '../core/note.ts';
import type { Policy } from '../core/policy.ts';
import { openProofFile, type ProvenEntry } from '../core/proof-file.ts';
import { proveInclusion } from '../core/prover.ts';
import { TILE_WIDTH, tileWidth } from '../core/tile.ts';
import { authenticatedTiles, type TileSource } from '../core/tile-reader.ts';
import type { VerifierKey } from '../core/vkey.ts';
import { type HeadConflict, HeadMemory } from './head-memory.ts';
import type { Fetch } from './http-fetch.ts';
import { httpTiles, type LogLocation, readResource } from './http-tiles.ts';
import type { RetryPolicy } from './retry.ts';
import { logKeyOfPolicy } from './trust.ts';
import { varveSeen } from './varve-seen.ts';

/** Which log is read, where, and what it is held against. */
export interface LogClientOptions {
  /** Prefix of the log's paths: `http://127.0.0.1:6962/main`. */
  readonly url: string;
  /** The log's key, and the witnesses whose quorum every checkpoint must have. `policyOfVkey` makes one of a key. */
  readonly policy: Policy;
  /** Which log of the policy, where it names several. */
  readonly origin?: string;
  /** A checkpoint that was verified in an earlier life: what is read must have grown from it. */
  readonly known?: Uint8Array;
  /** Default: the global one. */
  readonly fetch?: Fetch;
  /** Time for one reply, ms. Default 30,000. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
}

/** A path that was checked: the entry with this leaf hash is under this checkpoint. */
export interface InclusionProof {
  readonly leafIndex: number;
  readonly leafHash: Uint8Array;
  /** From the leaf's sibling up. */
  readonly path: readonly Uint8Array[];
  readonly checkpoint: VerifiedCheckpoint;
}

/** A proof file that was verified, and what it proves. */
export interface VerifiedProofFile {
  readonly bytes: Uint8Array;
  readonly proven: ProvenEntry;
}

/**
 * A reader of one log that believes nothing: whatever it returns is proven under a checkpoint that the log signed, and
 * every checkpoint is proven to have grown from, or to be a prefix of, the highest one that was seen before.
 */
export interface LogClient {
  readonly origin: string;
  readonly logKey: VerifierKey;
  /** The highest verified checkpoint; null before the first. Keep its note, and give it back as `known`. */
  readonly highest: VerifiedCheckpoint | null;
  /** Heads that contradicted each other, oldest first; show them to others. */
  readonly conflicts: readonly HeadConflict[];
  /**
   * The log's newest checkpoint.
   *
   * @throws {TransparencyError} checkpoint.not-found before the first; checkpoint.rollback if it is lower than one seen
   *   before; checkpoint.fork if it contradicts one; what `openCheckpoint` throws; tile.*; reply.*
   */
  checkpoint(signal?: AbortSignal): Promise<VerifiedCheckpoint>;
  /**
   * Verifies a checkpoint that came another way, of any size, and holds it against the highest one.
   *
   * @throws {TransparencyError} as `checkpoint`, but for checkpoint.rollback
   */
  admit(note: Uint8Array, signal?: AbortSignal): Promise<VerifiedCheckpoint>;
  /** The tiles of a checkpoint, each proven before it is returned, and its bundles, not proven. */
  tiles(checkpoint: VerifiedCheckpoint): TileSource & BundleSource;
  /**
   * The exact bytes of an entry, proven under the highest checkpoint; a newer one is read if that does not cover it.
   *
   * @throws {TransparencyError} entry.not-found; bundle.mismatch if it is another entry; as `checkpoint`
   */
  entry(leafIndex: number, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * The path of an entry, made from proven tiles.
   *
   * @throws {TransparencyError} entry.not-found; as `checkpoint`
   */
  proveInclusion(leafIndex: number, signal?: AbortSignal): Promise<InclusionProof>;
  /**
   * The log's proof file for an entry that the caller holds.
   *
   * @throws {TransparencyError} entry.not-found if nothing is published that covers it; what `openProofFile` throws;
   *   inclusion.mismatch if it speaks of another index; as `checkpoint`
   */
  proofFile(
    entry: { readonly leafIndex: number; readonly leafHash: Uint8Array },
    signal?: AbortSignal,
  ): Promise<VerifiedProofFile>;
}

/**
 * Opens a client of one log; nothing is read yet.
 *
 * @throws {TransparencyError} policy.malformed if the policy does not tell which log; what `openCheckpoint` throws of
 *   `known`
 */
export function openLogClient(options: LogClientOptions): LogClient {
  return new HttpLogClient(options);
}

class HttpLogClient implements LogClient {
  readonly logKey: VerifierKey;
  readonly #policy: Policy;
  readonly #location: LogLocation;
  readonly #memory: HeadMemory;
  #told:
    | {
        readonly head: VerifiedCheckpoint | null;
        readonly headers: Readonly<Record<string, string>>;
      }
    | undefined;
  #headTiles: { readonly head: VerifiedCheckpoint; readonly tiles: TileSource } | undefined;

  constructor(options: LogClientOptions) {
    const { url, fetch = globalThis.fetch, timeoutMs, retry } = options;
    this.#policy = options.policy;
    this.logKey = logKeyOfPolicy(options.policy, options.origin);
    this.#location = {
      url,
      fetch,
      headers: () => this.#seen(),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(retry === undefined ? {} : { retry }),
    };
    this.#memory = new HeadMemory(this.logKey, (head) => this.tiles(head));
    if (options.known !== undefined) this.#memory.begin(this.#open(options.known));
  }

  get origin(): string {
    return this.logKey.name;
  }

  get highest(): VerifiedCheckpoint | null {
    return this.#memory.highest;
  }

  get conflicts(): readonly HeadConflict[] {
    return this.#memory.conflicts;
  }

  async checkpoint(signal?: AbortSignal): Promise<VerifiedCheckpoint> {
    const resource = { path: 'checkpoint', bytesMax: NOTE_BYTES_MAX };
    const note = await readResource(this.#location, resource, signal);
    if (note === undefined) {
      throw new TransparencyError('checkpoint.not-found', 'the log has published nothing yet');
    }
    const head = this.#open(note);
    await this.#memory.advance(head, signal);
    return head;
  }

  async admit(note: Uint8Array, signal?: AbortSignal): Promise<VerifiedCheckpoint> {
    const head = this.#open(note);
    await this.#memory.admit(head, signal);
    return head;
  }

  tiles(head: VerifiedCheckpoint): TileSource & BundleSource {
    const source = httpTiles(this.#location);
    if (this.#headTiles?.head !== head) {
      this.#headTiles = { head, tiles: authenticatedTiles(source, head) };
    }
    const { readTiles } = this.#headTiles.tiles;
    return { readTiles, readBundles: source.readBundles };
  }

  async entry(leafIndex: number, signal?: AbortSignal): Promise<Uint8Array> {
    const head = await this.#headOver(leafIndex, signal);
    const hash = await this.#leafHash(head, leafIndex, signal);
    const path = `entries/${leafIndex}`;
    const entry = await readResource(this.#location, { path, bytesMax: ENTRY_BYTES_MAX }, signal);
    // Logs of others serve bundles alone.
    if (entry === undefined) return this.#entryOfBundle(head, leafIndex, signal);
    if (equalBytes(leafHash(entry), hash)) return entry;
    throw new TransparencyError('bundle.mismatch', `entry ${leafIndex} is not what the tree holds`);
  }

  async proveInclusion(leafIndex: number, signal?: AbortSignal): Promise<InclusionProof> {
    const checkpoint = await this.#headOver(leafIndex, signal);
    const tiles = this.tiles(checkpoint);
    const treeSize = checkpoint.size;
    const path = await proveInclusion(tiles, { leafIndex, treeSize }, signal);
    return {
      leafIndex,
      leafHash: await this.#leafHash(checkpoint, leafIndex, signal),
      path,
      checkpoint,
    };
  }

  async proofFile(
    entry: { readonly leafIndex: number; readonly leafHash: Uint8Array },
    signal?: AbortSignal,
  ): Promise<VerifiedProofFile> {
    const path = `entries/${entry.leafIndex}/proof`;
    const resource = { path, bytesMax: 2 * NOTE_BYTES_MAX };
    const bytes = await readResource(this.#location, resource, signal);
    if (bytes === undefined) throw notFound(entry.leafIndex);
    const proven = openProofFile(bytes, { leafHash: entry.leafHash, policy: this.#policy });
    if (proven.leafIndex !== entry.leafIndex) {
      const message = `the proof is of entry ${proven.leafIndex}, not ${entry.leafIndex}`;
      throw new TransparencyError('inclusion.mismatch', message);
    }
    // A policy may name several logs; this client reads one.
    const checkpoint = await this.admit(proven.checkpoint.note, signal);
    return { bytes, proven: { ...proven, checkpoint } };
  }

  /** What was seen of this log goes back to it with every request: gossip that costs nothing. */
  #seen(): Readonly<Record<string, string>> {
    const { highest } = this.#memory;
    if (this.#told?.head !== highest) {
      this.#told = { head: highest, headers: varveSeen(highest?.note ?? null, this.logKey) };
    }
    return this.#told.headers;
  }

  #open(note: Uint8Array): VerifiedCheckpoint {
    return openCheckpoint(note, { logKey: this.logKey, policy: this.#policy });
  }

  async #headOver(leafIndex: number, signal: AbortSignal | undefined): Promise<VerifiedCheckpoint> {
    if (!Number.isSafeInteger(leafIndex) || leafIndex < 0) throw notFound(leafIndex);
    const known = this.highest;
    if (known !== null && leafIndex < known.size) return known;
    const head = await this.checkpoint(signal);
    if (leafIndex < head.size) return head;
    throw notFound(leafIndex);
  }

  /** The leaf hash of an entry, from its proven tile. */
  async #leafHash(
    head: VerifiedCheckpoint,
    leafIndex: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const index = Math.floor(leafIndex / TILE_WIDTH);
    const tile = { level: 0, index, width: tileWidth(0, index, head.size) };
    const [bytes] = await this.tiles(head).readTiles([tile], signal);
    const offset = (leafIndex % TILE_WIDTH) * HASH_LENGTH;
    return (bytes ?? new Uint8Array(0)).slice(offset, offset + HASH_LENGTH);
  }

  async #entryOfBundle(
    head: VerifiedCheckpoint,
    leafIndex: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const source = this.tiles(head);
    const index = Math.floor(leafIndex / TILE_WIDTH);
    const bundle = { index, width: tileWidth(0, index, head.size) };
    const [[tile], [bytes]] = await Promise.all([
      source.readTiles([{ level: 0, ...bundle }], signal),
      source.readBundles([bundle], signal),
    ]);
    if (tile === undefined || bytes === undefined) throw notFound(leafIndex);
    const entry = openBundle({ bundle, bytes, tile })[leafIndex % TILE_WIDTH];
    if (entry === undefined) throw notFound(leafIndex);
    return entry.slice();
  }
}

function notFound(leafIndex: number): TransparencyError {
  return new TransparencyError('entry.not-found', `entry ${leafIndex} is in no published tree`);
}
