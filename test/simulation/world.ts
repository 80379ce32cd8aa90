import { parseBase64 } from '../../src/core/base64.ts';
import { equalBytes } from '../../src/core/bytes.ts';
import { parseCheckpoint } from '../../src/core/checkpoint.ts';
import { leafHash } from '../../src/core/hash.ts';
import { hex } from '../../src/core/hex.ts';
import { readRoot } from '../../src/core/prover.ts';
import type { Log, SignedHead, SubmitOutcome } from '../../src/log/log.ts';
import type { Guard, HeadSigner, Store } from '../../src/log/ports.ts';
import type { KeyFile } from '../../src/storage/key-file.ts';
import { memoryGuard, memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { faultGuard } from '../support/fault-guard.ts';
import { faultKeyFile } from '../support/fault-key-file.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { type Fault, type Life, startLife } from '../support/life.ts';
import { type SeededRandom, seededRandom } from '../support/random.ts';
import { ANYONE, openTestLog } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';
import { labelled } from './labels.ts';
import { itemOf, WorldOpenings } from './openings.ts';

/** Keys are made once: what they sign is told apart by the worlds that call them. */
const KEYS = testSigner();

/** A head that was signed, by either face. */
export interface Signature {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** How a life ended. */
export type LifeEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'crashed'; readonly where: string }
  | { readonly kind: 'faulted' }
  | { readonly kind: 'halted'; readonly log: Log }
  | { readonly kind: 'refused'; readonly error: unknown };

/** What a life is to suffer: one fault, at the call of that number among all, or among those of one name. */
export interface PlannedFate {
  readonly fault: Fault;
  readonly callIndex: number;
  readonly call: string | null;
}

/**
 * A log, its disk and its guard over many lives, decided by one seed. It remembers what was answered and what was
 * signed, and holds every life to it.
 */
export class World {
  readonly random: SeededRandom;
  /** What lies under the disk: a test may copy it, and put a copy in its place. */
  base: Store = memoryStore();
  disk: FaultDisk = new FaultDisk(this.base);
  guard: Guard = memoryGuard();
  readonly signed: Signature[] = [];
  readonly signedTimesMs: number[] = [];
  readonly shown: SignedHead[] = [];
  /** Leaf hash by index, of every receipt that was given. */
  readonly receipts: Map<number, string> = new Map();
  /** Index by id and content, of every receipt that was given. */
  readonly indices: Map<string, number> = new Map();
  readonly openings: WorldOpenings = new WorldOpenings();
  /** Calls at which a crash was planned and came, by what the call was for. */
  readonly crashedAt: Set<string> = new Set();
  nowMs = 1_800_000_000_000;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  #nextId = 0;
  #sent: string[] = [];
  #flushFailed = false;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** One life: opens the log, submits, waits for heads; ends by its fate, or closes. */
  async live(fate: PlannedFate | null, steps: number): Promise<LifeEnd> {
    const labels = labelled();
    let matching = 0;
    const life = startLife((point) => {
      const label = labels.take(point);
      if (fate === null || (fate.call !== null && fate.call !== label)) return 'none';
      if (matching++ !== fate.callIndex) return 'none';
      this.crashedAt.add(`${label} ${fate.fault}`);
      return fate.fault;
    });
    const end = await Promise.race([
      this.#run(life, labels.wrap, steps),
      life.death.then((where): LifeEnd => ({ kind: 'crashed', where })),
    ]);
    if (!life.dead) life.kill('the end of the life');
    for (const { wake } of this.#sleepers.splice(0)) wake();
    return end;
  }

  /** The power goes, between two lives: what was not flushed may be lost. */
  async losePower(): Promise<void> {
    this.#flushFailed = false;
    await this.disk.losePower(this.random);
  }

  async #run(
    life: Life,
    wrap: {
      store(store: Store): Store;
      guard(guard: Guard): Guard;
      keyFile(file: KeyFile): KeyFile;
    },
    steps: number,
  ): Promise<LifeEnd> {
    let faulted = (): void => {};
    const fault = new Promise<LifeEnd>((resolve) => {
      faulted = () => {
        this.#flushFailed = true;
        resolve({ kind: 'faulted' });
      };
    });
    const work = async (): Promise<LifeEnd> => {
      const keyFile = wrap.keyFile(faultKeyFile(this.openings.keyFile, life));
      const log = await openTestLog({
        openingKeys: await openOpeningKeys(keyFile),
        store: wrap.store(this.disk.open(life)),
        guard: wrap.guard(faultGuard(this.guard, life)),
        signer: this.#signer(),
        clock: () => this.nowMs,
        sleep: (ms, signal) => this.#sleep(ms, signal),
        gather: () => Promise.resolve(),
        rewriteTail: this.#flushFailed,
        limits: { headKeptMs: 60_000, seenFilterBytes: 64, readCacheBytesMax: 1 << 16 },
        onFault: faulted,
      });
      this.#flushFailed = false;
      if (isHalted(log)) return { kind: 'halted', log };
      await this.#checkKept(log);
      for (let step = 0; step < steps; step++) await this.#step(log);
      if (isHalted(log)) return { kind: 'halted', log };
      if (this.random.chance(0.5)) await log.close();
      return { kind: 'closed' };
    };
    const guarded = work().catch((error): LifeEnd | Promise<LifeEnd> => {
      // Where a planned fault makes a call of ours fail, the log reports the fault too, or never opened: then too what
      // it wrote may not be flushed, and the next start is told.
      this.#flushFailed = true;
      return { kind: 'refused', error };
    });
    return Promise.race([guarded, fault]);
  }

  async #step(log: Log): Promise<void> {
    this.nowMs += this.random.pick([0, 3, 20, 5_000]);
    this.#wakeDue();
    const what = this.random.below(12);
    if (what < 6) await this.#submit(log, 1 + this.random.below(4));
    else if (what < 7) await this.#submit(log, 1 + this.random.below(300));
    else if (what < 9) this.#remember(await this.#published(log));
    else if (what < 10) await this.openings.erase(log, this.random);
    else {
      const jump = this.random.pick([50, 61_000, 130_000, 700_000, -40_000]);
      this.nowMs += jump;
      this.#wakeDue();
      await settle();
    }
    if (log.published !== null) this.#remember(log.published);
  }

  #published(log: Log): Promise<SignedHead> {
    return log.waitPublished(log.figures.integratedSize, new AbortController().signal);
  }

  async #submit(log: Log, count: number): Promise<void> {
    const names = Array.from({ length: count }, () => this.#eventName());
    const parts = this.random.chance(0.3) ? [names, names] : [names];
    const answers = await Promise.all(parts.map((part) => log.submit(part.map(itemOf), ANYONE)));
    for (const [i, part] of parts.entries()) {
      for (const [j, name] of part.entries()) this.#checkOutcome(name, answers[i]?.[j]);
    }
  }

  /** A new event, one that was sent before, or another content of an id that was sent before. */
  #eventName(): string {
    const old = this.#sent.length > 0 ? this.random.pick(this.#sent) : undefined;
    const [id] = old?.split('/') ?? [];
    let name = `e${this.#nextId++}/a`;
    if (old !== undefined && this.random.chance(0.2)) name = old;
    else if (id !== undefined && this.random.chance(0.05)) name = `${id}/b`;
    this.#sent.push(name);
    return name;
  }

  #checkOutcome(name: string, outcome: SubmitOutcome | undefined): void {
    if (outcome === undefined || outcome.kind === 'refused') {
      throw outcome?.error ?? new Error('no outcome');
    }
    const { index, leafHash: hash } = outcome.receipt;
    const before = this.indices.get(name);
    const isBlanked = this.openings.isBlanked(name.split('/')[0] ?? '');
    if (before !== undefined && before !== index && !isBlanked) {
      throw new Error(`${name} was at ${before} and is answered at ${index}`);
    }
    const other = this.receipts.get(index);
    if (other !== undefined && other !== hash) throw new Error(`index ${index} was given twice`);
    this.indices.set(name, index);
    this.openings.note(name, index);
    this.receipts.set(index, hash);
  }

  /** After a start: every receipt and every head of every life before still holds. */
  async #checkKept(log: Log): Promise<void> {
    const head = await this.#published(log);
    this.#remember(head);
    for (const [index, hash] of this.#someReceipts(40)) {
      if (index >= head.size) throw new Error(`the entry of receipt ${index} is gone`);
      const entry = await log.readEntry(index);
      if (!equalBytes(leafHash(entry), parseBase64(hash)))
        throw new Error(`entry ${index} differs`);
    }
    await this.openings.check(log, this.random);
    const sizes = new Map(this.signed.map((signature) => [signature.size, signature.rootHash]));
    for (const [size, rootHash] of [...sizes].slice(-20)) {
      if (!equalBytes(await readRoot(log.tiles, size), rootHash)) {
        throw new Error(`the tree has not the signed head of ${size}`);
      }
    }
  }

  /** The newest receipts and some others: across lives and seeds, all. */
  #someReceipts(count: number): readonly (readonly [number, string])[] {
    const all = [...this.receipts];
    if (all.length <= 2 * count) return all;
    const others = Array.from({ length: count }, () => this.random.pick(all));
    return [...all.slice(-count), ...others];
  }

  #remember(head: SignedHead): void {
    const last = this.shown.at(-1);
    if (last !== undefined && (head.size < last.size || head.timeMs < last.timeMs)) {
      throw new Error(`a head of ${head.size} was shown after one of ${last.size}`);
    }
    if (last !== head) this.shown.push(head);
  }

  #signer(): HeadSigner {
    return {
      ...KEYS,
      signNote: (text) => {
        this.#note(parseCheckpoint(text));
        return KEYS.signNote(text);
      },
      signTreeHead: (input) => {
        const view = new DataView(input.buffer, input.byteOffset);
        this.signedTimesMs.push(Number(view.getBigUint64(2)));
        this.#note({ size: Number(view.getBigUint64(10)), rootHash: input.slice(18, 50) });
        return KEYS.signTreeHead(input);
      },
    };
  }

  #note(signature: Signature): void {
    this.signed.push(signature);
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { atMs: this.nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  #wakeDue(): void {
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.nowMs);
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { wake } of due) wake();
  }
}

/** The two faults that make a fork: two roots of one size, or a time that does not grow. */
export function forkIn(world: World): string | null {
  const roots = new Map<number, string>();
  for (const { size, rootHash } of world.signed) {
    const root = roots.get(size);
    if (root !== undefined && root !== hex(rootHash)) return `two roots of size ${size}`;
    roots.set(size, hex(rootHash));
  }
  for (const [i, timeMs] of world.signedTimesMs.entries()) {
    const before = world.signedTimesMs[i - 1];
    if (before !== undefined && timeMs <= before) return `time ${timeMs} after ${before}`;
  }
  for (const [i, { size }] of world.signed.entries()) {
    if (size < (world.signed[i - 1]?.size ?? 0)) return `size ${size} after a larger one`;
  }
  return null;
}

function isHalted(log: Log): boolean {
  return log.state.kind === 'halted';
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
