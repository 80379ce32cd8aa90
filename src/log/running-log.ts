import type { WitnessState } from '../core/cosign-round.ts';
import { TransparencyError } from '../core/error.ts';
import { NodeMemory } from '../core/node-memory.ts';
import type { Tile } from '../core/tile.ts';
import type { TileSource } from '../core/tile-reader.ts';
import { formatVkey } from '../core/vkey.ts';
import { parseLeaf } from '../event/leaf.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import type {
  ClosedAs,
  Log,
  LogFigures,
  LogState,
  LogType,
  SeenVerdict,
  SignedHead,
  SubmitContext,
  SubmitOutcome,
} from './contract.ts';
import type { Custody } from './custody.ts';
import {
  type Evidence,
  type EvidenceTree,
  evidenceOf,
  keepEvidence,
  standingEvidence,
} from './evidence.ts';
import { reportFailure } from './halting.ts';
import { readKeptHead } from './kept-heads.ts';
import { LogLife } from './log-life.ts';
import { createLogParts, type LogParts, type LogPartsSetup } from './log-parts.ts';
import type { OpenLogOptions } from './open-options.ts';
import { type EntryOpenings, readOpenings } from './openings.ts';
import { createPseudonym, type Pseudonym } from './pseudonym.ts';

const NO_OPENINGS: EntryOpenings = { openings: [], erased: [], unreadable: [] };
/** Tiles whose inner nodes are remembered for proofs. */
const TILES_REMEMBERED = 64;

/** A log over its parts: hands on what it is asked, starts and ends its loops, and is held to what others saw of it. */
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
  readonly #parts: LogParts;
  readonly #life: LogLife;
  #unconfirmedWitnesses: readonly string[] = [];
  #closing: Promise<ClosedAs> | null = null;

  constructor(options: OpenLogOptions, setup: Pick<LogPartsSetup, 'logKey' | 'limits' | 'start'>) {
    this.name = options.name;
    this.origin = options.origin;
    this.type = options.type;
    this.tenant = options.tenant ?? options.name;
    this.pseudonym = createPseudonym(options.samenessSecret);
    this.vkey = formatVkey(setup.logKey);
    this.p256PublicKey = options.signer.p256PublicKey;
    this.tiles = {
      readTiles: (tiles) =>
        Promise.all(tiles.map((tile) => this.tileInMemory(tile) ?? this.readTile(tile))),
      nodes: new NodeMemory(TILES_REMEMBERED),
    };
    this.#options = options;
    this.#life = new LogLife(setup.start.state, {
      onStop: (error) => this.#stop(error),
      onHalt: () => options.onHalt?.(this),
      onFault: options.onFault,
    });
    this.#parts = createLogParts(options, {
      ...setup,
      sinks: this.#life,
      log: this,
      onSeen: (note) => this.#meet(note),
    });
  }

  /** Starts the loops. A new log is open once its first head is published, or waits for witnesses. */
  async start(): Promise<void> {
    if (this.#life.isHalted) return;
    const { keys, publisher, witnessing, housekeeping, leafIndex, scrub, custody } = this.#parts;
    const evidence = await standingEvidence(this.#options.store, keys, this.#evidenceTree());
    if (evidence !== null) return this.#haltOn(evidence);
    if (this.#options.startUnconfirmed === true) await this.#startUnconfirmed();
    housekeeping.fill();
    leafIndex.start();
    void scrub?.run().catch((error) => {
      if (this.#closing === null) reportFailure(error, this.#life);
    });
    await custody?.start().catch((error) => reportFailure(error, this.#life));
    publisher.start();
    if (publisher.published === null && witnessing === null) {
      await publisher.waitFor(0, new AbortController().signal);
    }
  }

  get state(): LogState {
    const { state } = this.#life;
    const { publisher, witnessing } = this.#parts;
    if (state.kind !== 'running' || !publisher.confirming) return state;
    return { kind: 'confirming', unconfirmed: witnessing?.unconfirmed ?? [] };
  }

  get witnesses(): readonly WitnessState[] {
    return this.#options.cosigner?.states ?? [];
  }

  get figures(): LogFigures {
    const { pool, publisher, scrub, integrated } = this.#parts;
    return {
      integratedSize: integrated().size,
      publishedSize: this.publishedSize,
      pooledEntries: pool.size,
      pooledBytes: pool.bytes,
      poolFill: pool.fill,
      unwitnessed: publisher.unwitnessed,
      unconfirmedWitnesses: this.#unconfirmedWitnesses,
      scrubbedAtMs: scrub?.finishedAtMs ?? null,
    };
  }

  get published(): SignedHead | null {
    return this.#parts.publisher.published;
  }

  get publishedSize(): number {
    return this.published?.size ?? 0;
  }

  async reportSeen(head: Uint8Array): Promise<SeenVerdict> {
    if (this.#life.isHalted) return 'not-checked';
    const { keys, reads } = this.#parts;
    const evidence = await reads.run(() => evidenceOf(head, keys, this.#evidenceTree()));
    if (typeof evidence === 'string') return evidence;
    if (this.#life.isHalted) return 'not-checked';
    // Halted at once, then kept: a log that stops before it wrote why is told so again.
    this.#haltOn(evidence);
    try {
      await keepEvidence(this.#options.store, evidence);
    } catch (error) {
      reportFailure(error, this.#life);
      throw error;
    }
    return 'evidence';
  }

  async submit(
    items: readonly Uint8Array[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]> {
    this.#checkTakes('events');
    return this.#parts.submissions.submit(items, context);
  }

  async submitMapped(
    items: readonly MappedItem[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]> {
    this.#checkTakes('events');
    return this.#parts.submissions.submitMapped(items, context);
  }

  async add(entry: Uint8Array): Promise<number> {
    this.#checkTakes('opaque');
    return this.#parts.submissions.add(entry);
  }

  async appendOwn(leaf: Uint8Array): Promise<number> {
    this.#checkTakes('events');
    return this.#parts.submissions.appendOwn(leaf);
  }

  waitPublished(
    size: number,
    until: AbortSignal | number,
    options?: { readonly passive?: boolean },
  ): Promise<SignedHead> {
    return this.#parts.publisher.waitFor(size, until, options?.passive);
  }

  async headOf(size: number, noteHash?: Uint8Array): Promise<SignedHead> {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.publishedSize) {
      throw new TransparencyError('checkpoint.not-found', `no head of size ${size}`);
    }
    const { reads, keys } = this.#parts;
    return reads.run(() => readKeptHead(this.#options.store, keys, { size, noteHash }));
  }

  readTile(tile: Tile): Promise<Uint8Array> {
    return this.#parts.reads.tile(tile, this.publishedSize);
  }

  tileInMemory(tile: Tile): Uint8Array | undefined {
    return this.#parts.reads.tileInMemory(tile, this.publishedSize);
  }

  readBundle(index: number, width: number): Promise<Uint8Array> {
    return this.#parts.reads.run((reader) => reader.bundle(index, width, this.publishedSize));
  }

  bundleInMemory(index: number): Uint8Array | undefined {
    return this.#parts.reads.bundleInMemory(index, this.publishedSize);
  }

  readEntry(index: number): Promise<Uint8Array> {
    return this.#parts.reads.run((reader) => reader.entry(index, this.publishedSize));
  }

  async readOpenings(index: number, by: string | null): Promise<EntryOpenings> {
    if (this.type !== 'events') {
      throw new TransparencyError('log.wrong-type', `the log takes ${this.type} entries`);
    }
    const leaf = parseLeaf(await this.readEntry(index));
    const { store, openingKeys: keys, origin } = this.#options;
    if (leaf.v !== 'nhi.leaf/1' || keys === undefined) return NO_OPENINGS;
    const entry = { leafIndex: index, leaf };
    const { reads, access, sequencer } = this.#parts;
    const read = await reads.run(() => readOpenings({ store, keys, origin }, entry));
    const { length } = read.openings;
    // A log that is halted can say nothing any more.
    if (length > 0 && sequencer !== null) access.note(by, { index, openings: length });
    return read;
  }

  get custody(): Custody | null {
    return this.#parts.custody;
  }

  indexOfLeafHash(hash: Uint8Array): Promise<number | undefined> {
    return this.#parts.reads.run(() => this.#parts.leafIndex.find(hash));
  }

  close(): Promise<ClosedAs> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<ClosedAs> {
    const { sequencer, publisher, making, scrub, housekeeping, leafIndex, custody, access } =
      this.#parts;
    access.end();
    const ran = this.#life.close();
    if (ran) {
      await sequencer?.drain();
      await publisher.drain();
    }
    scrub?.end();
    await custody?.end();
    await housekeeping.end();
    await leafIndex.close();
    await this.#options.store.close();
    await this.#options.guard.close();
    const isWhole = ran && !this.#life.hasFailed && making.isLastStored;
    return isWhole ? 'whole' : 'unfinished';
  }

  #stop(error: TransparencyError): void {
    const { sequencer, publisher, scrub, housekeeping, custody } = this.#parts;
    sequencer?.stop(error);
    publisher.stop(error);
    scrub?.end();
    void custody?.end();
    void housekeeping.end();
  }

  /** A note that a witness showed: nobody waits for what comes of it. */
  #meet(note: Uint8Array): void {
    this.reportSeen(note).catch((error: unknown) => {
      if (this.#closing === null) reportFailure(error, this.#life);
    });
  }

  #evidenceTree(): EvidenceTree {
    const { integrated, integratedTiles } = this.#parts;
    return { size: integrated().size, tiles: integratedTiles, published: this.published };
  }

  #haltOn(evidence: Evidence): void {
    const detail = `a head of ${evidence.size} entries was signed with our key, and the tree does not contain it`;
    this.#life.onHalt('evidence', new TransparencyError('checkpoint.fork', detail));
    this.#options.onEvidence?.(evidence);
  }

  /** Goes on though witnesses have not confirmed the last head; which ones, a leaf says. (forks.md, CONFIRMING) */
  async #startUnconfirmed(): Promise<void> {
    const missing = await this.#parts.publisher.skipConfirming();
    this.#unconfirmedWitnesses = missing;
    if (missing.length === 0 || this.type !== 'events') return;
    this.#parts.submissions.say('finding', { rule: 'start.unconfirmed', witnesses: missing });
  }

  #checkTakes(wanted: LogType): void {
    this.#life.checkTakes(this.type, wanted);
  }
}
