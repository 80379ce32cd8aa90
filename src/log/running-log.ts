import { base64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import type { Tile } from '../core/tile.ts';
import type { TileSource } from '../core/tile-reader.ts';
import { formatVkey, type VerifierKey } from '../core/vkey.ts';
import { parseLeaf, type Recv } from '../event/leaf.ts';
import { idempotencyKey } from '../event/sameness.ts';
import { type Admission, createAdmission } from './admission.ts';
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
import { ConflictQuota, type FirstLeaf } from './decide.ts';
import type { FailureSinks } from './halting.ts';
import { Housekeeping } from './housekeeping.ts';
import type { WriterTree } from './integrate.ts';
import { readKeptHead } from './kept-heads.ts';
import { LeafIndex } from './leaf-index.ts';
import type { LogLimits } from './limits.ts';
import type { OpenLogOptions } from './open-options.ts';
import { Pool, type PooledEntry, type Settlement } from './pool.ts';
import type { GuardState } from './ports.ts';
import { Publisher } from './publisher.ts';
import { Reader } from './reader.ts';
import { RefusedLeaves } from './refused-leaves.ts';
import { corrupt } from './rows.ts';
import { SeenFilter } from './seen-filter.ts';
import { Sequencer } from './sequencer.ts';

/** What a start hands over: the proven tree, or as much of it as can be read. */
export interface StartState {
  readonly tree: WriterTree | null;
  readonly published: SignedHead | null;
  readonly guarded: GuardState | null;
  readonly state: LogState;
}

/** The parts of a log, put together: admission → pool → writer → publisher, and the reader beside them. */
export class RunningLog implements Log {
  readonly name: string;
  readonly origin: string;
  readonly type: LogType;
  readonly vkey: string;
  readonly p256PublicKey: Uint8Array;
  readonly tiles: TileSource;
  readonly #options: OpenLogOptions;
  readonly #keys: { readonly log: VerifierKey; readonly p256PublicKey: Uint8Array };
  readonly #tree: WriterTree | null;
  readonly #admit: (item: Uint8Array, context: SubmitContext) => Admission;
  readonly #refusedLeaves: RefusedLeaves;
  readonly #pool: Pool;
  readonly #reader: Reader | null;
  readonly #sequencer: Sequencer | null;
  readonly #publisher: Publisher;
  readonly #housekeeping: Housekeeping;
  readonly #leafIndex: LeafIndex;
  #state: LogState;
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
    this.tiles = { readTiles: (tiles) => Promise.all(tiles.map((tile) => this.readTile(tile))) };

    const tenant = options.tenant ?? options.name;
    const { samenessSecret } = options;
    this.#admit = createAdmission({ tenant, samenessSecret, clock, random });
    this.#refusedLeaves = new RefusedLeaves({ clock, random, limits });
    this.#pool = new Pool({ entriesMax: limits.poolEntriesMax, bytesMax: limits.poolBytesMax });
    const seen = new SeenFilter(limits.seenFilterBytes);
    const onFault = (error: unknown): void => this.#fault(error);
    const onHalt: FailureSinks['onHalt'] = (reason, error) => this.#halt(reason, error);
    const sleep = options.sleep ?? sleepByTimer;
    const integrated = (): { size: number; rootHash: Uint8Array } => this.#integrated();
    this.#publisher = new Publisher(
      { store, guard, signer, limits, clock, sleep, integrated, onHalt, onFault },
      start,
    );
    this.#housekeeping = new Housekeeping({
      store,
      keys: this.#keys,
      seen,
      limits,
      clock,
      size: () => this.#integrated().size,
      onHalt,
      onFault,
    });
    this.#leafIndex = new LeafIndex(this, options.leafIndexStore ?? null);
    const { tree } = start;
    const reads = { store, cacheBytesMax: limits.readCacheBytesMax };
    this.#reader = tree === null ? null : new Reader({ ...reads, builder: tree.builder });
    this.#sequencer =
      tree === null || start.state.kind === 'halted'
        ? null
        : new Sequencer({
            store,
            pool: this.#pool,
            tree,
            seen,
            limits,
            clock,
            conflicts: new ConflictQuota(limits.conflictsPerMinuteMax),
            firstLeafOf: (leafIndex, key) => this.#firstLeafOf(leafIndex, key),
            gather: options.gather ?? gatherByTurn,
            onCommit: () => this.#publisher.poke(),
            onIdle: () => this.#housekeeping.run(),
            onHalt,
            onFault,
          });
  }

  /** Starts the loops. The log is open once a head is published. */
  async start(): Promise<void> {
    if (this.#state.kind !== 'running') return;
    void this.#housekeeping.fillFilter();
    this.#leafIndex.start();
    this.#publisher.start();
    if (this.#publisher.published === null) {
      await this.#publisher.waitFor(0, new AbortController().signal);
    }
  }

  get state(): LogState {
    return this.#state;
  }

  get figures(): LogFigures {
    return {
      integratedSize: this.#integrated().size,
      publishedSize: this.publishedSize,
      pooledEntries: this.#pool.size,
      pooledBytes: this.#pool.bytes,
    };
  }

  get published(): SignedHead | null {
    return this.#publisher.published;
  }

  get publishedSize(): number {
    return this.#publisher.published?.size ?? 0;
  }

  async submit(
    items: readonly Uint8Array[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]> {
    this.#checkOpen('events');
    const outcomes: (SubmitOutcome | undefined)[] = new Array(items.length);
    const entries: PooledEntry[] = [];
    const refusedLeaves: PooledEntry[] = [];
    let waiting = 0;
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    for (const [i, item] of items.entries()) {
      const admission = this.#admit(item, context);
      if (admission.kind === 'refused') {
        outcomes[i] = admission;
        const leaf = this.#refusedLeaves.leafOf(admission.trace);
        if (leaf !== null) refusedLeaves.push(leaf);
        continue;
      }
      waiting++;
      entries.push({
        ...admission.pooled,
        settle: (settlement) => {
          outcomes[i] = outcomeOf(settlement);
          if (--waiting === 0) answer();
        },
      });
    }
    this.#pool.put(refusedLeaves.length === 0 ? entries : [...entries, ...refusedLeaves]);
    if (waiting > 0) await answered;
    return outcomes as SubmitOutcome[];
  }

  async add(entry: Uint8Array): Promise<number> {
    this.#checkOpen('opaque');
    if (entry.length > 65_535) {
      throw new TransparencyError('leaf.too-large', `${entry.length} bytes, at most 65535`);
    }
    const settlement = await new Promise<Settlement>((resolve) => {
      this.#pool.put([
        {
          entry,
          leafHash: leafHash(entry),
          atMs: this.#options.clock(),
          identity: null,
          settle: resolve,
        },
      ]);
    });
    if (settlement.kind === 'refused') throw settlement.error;
    return settlement.leafIndex;
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
    await this.#housekeeping.end();
    await this.#leafIndex.close();
    await this.#options.store.close();
    await this.#options.guard.close();
  }

  #integrated(): { readonly size: number; readonly rootHash: Uint8Array } {
    const { builder } = this.#tree ?? corrupt('there is no tree');
    return { size: builder.size, rootHash: builder.rootHash };
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

  /** The leaf that an idempotency row points to; it must be of that id. */
  async #firstLeafOf(leafIndex: number, key: Uint8Array): Promise<FirstLeaf> {
    const { size } = this.#integrated();
    if (this.#reader === null || leafIndex >= size) corrupt(`an id points to entry ${leafIndex}`);
    const entry = await this.#reader.entry(leafIndex, size);
    const leaf = parseLeaf(entry);
    if (leaf.v !== 'nhi.leaf/1') corrupt(`an id points to entry ${leafIndex}, which is no event`);
    if (!equalBytes(idempotencyKey(leaf.event.src.id, leaf.event.id), key)) {
      corrupt(`an id points to entry ${leafIndex}, which is another event`);
    }
    return { leafHash: leafHash(entry), recv: leaf.recv };
  }

  #halt(reason: HaltReason, error: TransparencyError): void {
    if (this.#state.kind === 'halted') return;
    this.#state = { kind: 'halted', reason, detail: error.message };
    this.#stop(new TransparencyError('log.halted', `${reason}: ${error.message}`));
    this.#options.onHalt?.(this);
  }

  #fault(error: unknown): void {
    this.#stop(new TransparencyError('server.fault', 'a write failed', { cause: error }));
    this.#options.onFault(error);
  }

  #stop(error: TransparencyError): void {
    this.#sequencer?.stop(error);
    this.#publisher.stop(error);
    void this.#housekeeping.end();
  }
}

function outcomeOf(settlement: Settlement): SubmitOutcome {
  if (settlement.kind === 'refused') return settlement;
  const { kind, leafIndex: index, repeated: duplicate } = settlement;
  const recv = settlement.recv as Recv; // an event's settlement has one
  const receipt = { index, leafHash: base64(settlement.leafHash), recv, duplicate };
  if (kind === 'conflict') return { kind, receipt, firstIndex: recv.conflict ?? 0 };
  return { kind, receipt };
}

/** Until the requests that have arrived by now were read. */
function gatherByTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sleepByTimer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.min(ms, 0x7fff_ffff));
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
