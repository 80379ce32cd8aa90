import type { WitnessState } from '../core/cosign-round.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { EMPTY_ROOT } from '../core/hash.ts';
import { NodeMemory } from '../core/node-memory.ts';
import type { Tile } from '../core/tile.ts';
import type { TileSource } from '../core/tile-reader.ts';
import { formatVkey, type VerifierKey } from '../core/vkey.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import type {
  HaltReason,
  Log,
  LogFigures,
  LogState,
  LogType,
  SignedHead,
  SubmitContext,
  SubmitOutcome,
} from './contract.ts';
import { ConflictQuota } from './decide.ts';
import {
  type Evidence,
  type EvidenceTree,
  evidenceOf,
  keepEvidence,
  standingEvidence,
} from './evidence.ts';
import { type FailureSinks, reportFailure } from './halting.ts';
import { HeadMaking } from './head-making.ts';
import { Housekeeping } from './housekeeping.ts';
import type { WriterTree } from './integrate.ts';
import { readKeptHead } from './kept-heads.ts';
import { LeafIndex } from './leaf-index.ts';
import { createLeafOf } from './leaf-of.ts';
import type { LogLimits } from './limits.ts';
import type { OpenLogOptions } from './open-options.ts';
import { Pool } from './pool.ts';
import type { GuardState } from './ports.ts';
import { createPseudonym, type Pseudonym } from './pseudonym.ts';
import { Publisher } from './publisher.ts';
import { Reader } from './reader.ts';
import { corrupt } from './rows.ts';
import { Scrub } from './scrub.ts';
import { SeenFilter } from './seen-filter.ts';
import { Sequencer } from './sequencer.ts';
import type { HeadRow } from './signed-head.ts';
import { Submissions } from './submissions.ts';
import type { Tallies } from './tally.ts';
import { gatherByTurn, sleepByTimer } from './timers.ts';
import { Witnessing } from './witnessing.ts';

/** What a start hands over: the proven tree, or as much of it as can be read. */
export interface StartState {
  readonly tree: WriterTree | null;
  /** The newest signed head, published or not. */
  readonly signed: HeadRow | null;
  readonly published: SignedHead | null;
  readonly guarded: GuardState | null;
  readonly tallies: Tallies;
  readonly state: LogState;
}

/** The tree of a log whose store says nothing that can be believed. */
const EMPTY = { size: 0, rootHash: EMPTY_ROOT };
/** Tiles whose inner nodes are remembered for proofs. */
const TILES_REMEMBERED = 64;

/** The parts of a log, put together: admission → pool → writer → publisher, and the reader beside them. */
export class RunningLog implements Log {
  readonly name: string;
  readonly origin: string;
  readonly type: LogType;
  readonly tenant: string;
  readonly pseudonym: Pseudonym;
  readonly vkey: string;
  readonly p256PublicKey: Uint8Array;
  readonly tiles: TileSource;
  readonly #options: OpenLogOptions;
  readonly #keys: { readonly log: VerifierKey; readonly p256PublicKey: Uint8Array };
  readonly #tree: WriterTree | null;
  readonly #submissions: Submissions;
  readonly #pool: Pool;
  readonly #reader: Reader | null;
  readonly #sequencer: Sequencer | null;
  readonly #publisher: Publisher;
  readonly #housekeeping: Housekeeping;
  readonly #leafIndex: LeafIndex;
  readonly #sinks: FailureSinks;
  readonly #integratedTiles: TileSource;
  readonly #witnessing: Witnessing | null;
  readonly #scrub: Scrub | null;
  #state: LogState;
  #unconfirmedWitnesses: readonly string[] = [];
  #closing: Promise<void> | null = null;

  constructor(
    options: OpenLogOptions,
    setup: { readonly logKey: VerifierKey; readonly limits: LogLimits; readonly start: StartState },
  ) {
    const { store, guard, signer, clock, random } = options;
    const { limits, logKey, start } = setup;
    this.name = options.name;
    this.origin = options.origin;
    this.type = options.type;
    this.vkey = formatVkey(logKey);
    this.p256PublicKey = signer.p256PublicKey;
    this.#options = options;
    this.#keys = { log: logKey, p256PublicKey: signer.p256PublicKey };
    this.#tree = start.tree;
    this.#state = start.state;
    this.tiles = {
      readTiles: (tiles) => Promise.all(tiles.map((tile) => this.readTile(tile))),
      nodes: new NodeMemory(TILES_REMEMBERED),
    };

    const tenant = options.tenant ?? options.name;
    const { samenessSecret } = options;
    this.tenant = tenant;
    this.pseudonym = createPseudonym(samenessSecret);
    const pool = new Pool({ entriesMax: limits.poolEntriesMax, bytesMax: limits.poolBytesMax });
    this.#pool = pool;
    this.#submissions = new Submissions({ tenant, samenessSecret, clock, random, limits, pool });
    const seen = new SeenFilter(limits.seenFilterBytes);
    const onFault = (error: unknown): void => this.#fault(error);
    const onHalt: FailureSinks['onHalt'] = (reason, error) => this.#halt(reason, error);
    this.#sinks = { onHalt, onFault };
    const timing = {
      observer: options.observer ?? null,
      stopwatch: options.stopwatch ?? clock,
    };
    const sleep = options.sleep ?? sleepByTimer;
    const integrated = (): { size: number; rootHash: Uint8Array } => this.#integrated();
    const { cosigner } = options;
    const making = new HeadMaking(
      { store, guard, signer, clock, tallies: start.tallies, timing },
      start.guarded,
    );
    this.#integratedTiles = {
      readTiles: (tiles) => Promise.all(tiles.map((tile) => this.#readIntegratedTile(tile))),
    };
    this.#witnessing =
      cosigner === undefined
        ? null
        : new Witnessing({
            cosigner,
            tiles: this.#integratedTiles,
            integratedSize: () => this.#integrated().size,
            onEvidence: ({ note }) => void this.reportSeen(note),
          });
    const failOpen = options.failOpen === true;
    const confirming = cosigner !== undefined && cosigner.policy.quorum !== null;
    this.#publisher = new Publisher(
      {
        making,
        witnessing: this.#witnessing,
        failOpen,
        limits,
        clock,
        sleep,
        timing,
        integrated,
        onHalt,
        onFault,
      },
      { signed: start.signed, published: start.published, confirming },
    );
    this.#housekeeping = new Housekeeping({
      store,
      keys: this.#keys,
      seen,
      tallies: start.tallies,
      limits,
      clock,
      size: () => this.#integrated().size,
      onHalt,
      onFault,
    });
    this.#leafIndex = new LeafIndex(this, options.leafIndexStore ?? null, options.observer ?? null);
    const { tree } = start;
    const reads = { store, cacheBytesMax: limits.readCacheBytesMax };
    this.#reader = tree === null ? null : new Reader({ ...reads, builder: tree.builder });
    this.#scrub =
      tree === null
        ? null
        : new Scrub({
            store,
            builder: tree.builder,
            limits,
            clock,
            sleep,
            size: () => this.#integrated().size,
          });
    this.#sequencer =
      tree === null || start.state.kind === 'halted'
        ? null
        : new Sequencer({
            store,
            pool: this.#pool,
            tree,
            tallies: start.tallies,
            seen,
            limits,
            clock,
            timing,
            conflicts: new ConflictQuota(limits.conflictsPerMinuteMax),
            leafOf: createLeafOf((leafIndex) => this.#integratedEntry(leafIndex), samenessSecret),
            gather: options.gather ?? gatherByTurn,
            onCommit: () => this.#publisher.poke(),
            onIdle: () => this.#housekeeping.run(),
            onHalt,
            onFault,
          });
  }

  /** Starts the loops. A new log is open once its first head is published, or waits for witnesses. */
  async start(): Promise<void> {
    if (this.#state.kind === 'halted') return;
    const evidence = await standingEvidence(this.#options.store, this.#keys, this.#evidenceTree());
    if (evidence !== null) return this.#haltOn(evidence);
    if (this.#options.startUnconfirmed === true) await this.#startUnconfirmed();
    void this.#housekeeping.fillFilter();
    this.#leafIndex.start();
    void this.#scrub?.run().catch((error) => {
      if (this.#closing === null) reportFailure(error, this.#sinks);
    });
    this.#publisher.start();
    if (this.#publisher.published === null && this.#witnessing === null) {
      await this.#publisher.waitFor(0, new AbortController().signal);
    }
  }

  get state(): LogState {
    if (this.#state.kind !== 'running' || !this.#publisher.confirming) return this.#state;
    return { kind: 'confirming', unconfirmed: this.#witnessing?.unconfirmed ?? [] };
  }

  get witnesses(): readonly WitnessState[] {
    return this.#options.cosigner?.states ?? [];
  }

  get figures(): LogFigures {
    return {
      integratedSize: this.#integrated().size,
      publishedSize: this.publishedSize,
      pooledEntries: this.#pool.size,
      pooledBytes: this.#pool.bytes,
      unwitnessed: this.#publisher.unwitnessed,
      unconfirmedWitnesses: this.#unconfirmedWitnesses,
      scrubbedAtMs: this.#scrub?.finishedAtMs ?? null,
    };
  }

  get published(): SignedHead | null {
    return this.#publisher.published;
  }

  get publishedSize(): number {
    return this.#publisher.published?.size ?? 0;
  }

  async reportSeen(note: Uint8Array): Promise<void> {
    if (this.#state.kind === 'halted') return;
    const evidence = await this.#reading(() => evidenceOf(note, this.#keys, this.#evidenceTree()));
    if (evidence === null || isHalted(this.#state)) return;
    // Halted at once, then kept: a log that stops before it wrote why is told so again.
    this.#haltOn(evidence);
    await keepEvidence(this.#options.store, evidence);
  }

  async submit(
    items: readonly Uint8Array[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]> {
    this.#checkOpen('events');
    return this.#submissions.submit(items, context);
  }

  async submitMapped(
    items: readonly MappedItem[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]> {
    this.#checkOpen('events');
    return this.#submissions.submitMapped(items, context);
  }

  async add(entry: Uint8Array): Promise<number> {
    this.#checkOpen('opaque');
    return this.#submissions.add(entry);
  }

  async appendOwn(leaf: Uint8Array): Promise<number> {
    this.#checkOpen('events');
    return this.#submissions.appendOwn(leaf);
  }

  waitPublished(
    size: number,
    signal: AbortSignal,
    options?: { readonly passive?: boolean },
  ): Promise<SignedHead> {
    return this.#publisher.waitFor(size, signal, options?.passive);
  }

  async headOf(size: number, noteHash?: Uint8Array): Promise<SignedHead> {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.publishedSize) {
      throw new TransparencyError('checkpoint.not-found', `no head of size ${size}`);
    }
    return this.#reading(() => readKeptHead(this.#options.store, this.#keys, { size, noteHash }));
  }

  readTile(tile: Tile): Promise<Uint8Array> {
    return this.#reading((reader) => reader.tile(tile, this.publishedSize));
  }

  readBundle(index: number, width: number): Promise<Uint8Array> {
    return this.#reading((reader) => reader.bundle(index, width, this.publishedSize));
  }

  readEntry(index: number): Promise<Uint8Array> {
    return this.#reading((reader) => reader.entry(index, this.publishedSize));
  }

  indexOfLeafHash(hash: Uint8Array): Promise<number | undefined> {
    return this.#reading(() => this.#leafIndex.find(hash));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#state.kind === 'running') {
      this.#state = { kind: 'closing' };
      await this.#sequencer?.drain();
      await this.#publisher.drain();
    }
    this.#scrub?.end();
    await this.#housekeeping.end();
    await this.#leafIndex.close();
    await this.#options.store.close();
    await this.#options.guard.close();
  }

  #evidenceTree(): EvidenceTree {
    return {
      size: this.#integrated().size,
      tiles: this.#integratedTiles,
      published: this.#publisher.published,
    };
  }

  #haltOn(evidence: Evidence): void {
    const detail = `a head of ${evidence.size} entries was signed with our key, and the tree does not contain it`;
    this.#halt('evidence', new TransparencyError('checkpoint.fork', detail));
    this.#options.onEvidence?.(evidence);
  }

  /** Goes on though witnesses have not confirmed the last head; which ones, a leaf says. (forks.md, CONFIRMING) */
  async #startUnconfirmed(): Promise<void> {
    const missing = await this.#publisher.skipConfirming();
    this.#unconfirmedWitnesses = missing;
    if (missing.length === 0 || this.type !== 'events') return;
    this.#submissions.say('finding', { rule: 'start.unconfirmed', witnesses: missing });
  }

  #readIntegratedTile(tile: Tile): Promise<Uint8Array> {
    return this.#reading((reader) => reader.tile(tile, this.#integrated().size));
  }

  #integrated(): { readonly size: number; readonly rootHash: Uint8Array } {
    const { size, rootHash } = this.#tree?.builder ?? EMPTY;
    return { size, rootHash };
  }

  #checkOpen(type: LogType): void {
    if (this.type !== type) {
      throw new TransparencyError('log.wrong-type', `the log takes ${this.type} entries`);
    }
    if (this.#state.kind === 'closing') {
      throw new TransparencyError('log.closing', 'the log is closing');
    }
    if (this.#state.kind === 'halted') {
      throw new TransparencyError('log.halted', `${this.#state.reason}: ${this.#state.detail}`);
    }
  }

  /** Runs a read. What the disk altered is never answered: it halts the log. */
  async #reading<T>(read: (reader: Reader) => Promise<T>): Promise<T> {
    if (this.#reader === null) {
      throw new TransparencyError('log.halted', 'the store is corrupt: nothing of it is served');
    }
    try {
      return await read(this.#reader);
    } catch (error) {
      if (isTransparencyError(error, 'store.corrupt')) this.#halt('corrupt', error);
      throw error;
    }
  }

  /** The bytes of an entry that the store names, verified. */
  async #integratedEntry(leafIndex: number): Promise<Uint8Array> {
    const { size } = this.#integrated();
    if (this.#reader === null || leafIndex >= size) corrupt(`an id points to entry ${leafIndex}`);
    return this.#reader.entry(leafIndex, size);
  }

  #halt(reason: HaltReason, error: TransparencyError): void {
    if (this.#state.kind === 'halted') return;
    this.#state = { kind: 'halted', reason, detail: error.message };
    this.#stop(new TransparencyError('log.halted', `${reason}: ${error.message}`));
    this.#options.onHalt?.(this);
  }

  #fault(error: unknown): void {
    // Nothing more is taken: the process is about to end, and nobody would answer.
    if (this.#state.kind === 'running') this.#state = { kind: 'closing' };
    this.#stop(new TransparencyError('server.fault', 'a write failed', { cause: error }));
    this.#options.onFault(error);
  }

  #stop(error: TransparencyError): void {
    this.#sequencer?.stop(error);
    this.#publisher.stop(error);
    this.#scrub?.end();
    void this.#housekeeping.end();
  }
}

function isHalted(state: LogState): boolean {
  return state.kind === 'halted';
}
