import { base64 } from '../core/base64.ts';
import { ENTRY_BYTES_MAX } from '../core/bundle.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { parseLeaf, type Recv } from '../event/leaf.ts';
import type { LogLeafType } from '../event/log-leaf.ts';
import type { MappedItem } from '../event/mapped-item.ts';
import type { JsonObject } from '../event/strict-json.ts';
import {
  type Admission,
  type AdmissionOptions,
  type AdmitItems,
  createAdmission,
} from './admission.ts';
import type { SubmitContext, SubmitOutcome } from './contract.ts';
import type { LogLimits } from './limits.ts';
import { OwnLeaves } from './own-leaves.ts';
import type { Effect, EventIdentity, NamedHead, Pool, PooledEntry, Settlement } from './pool.ts';

/** What submissions are made into entries with. */
export interface SubmissionsOptions extends AdmissionOptions {
  readonly pool: Pool;
  readonly limits: LogLimits;
}

/** From what is sent to what is pooled, and from what the writer decides to the answers. */
export class Submissions {
  readonly #options: SubmissionsOptions;
  readonly #admit: AdmitItems;
  readonly #ownLeaves: OwnLeaves;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
    this.#admit = createAdmission(options);
    this.#ownLeaves = new OwnLeaves(options);
  }

  /** Answers in the order of the items, after the commit that holds them. @throws {TransparencyError} pool.full */
  submit(items: readonly Uint8Array[], context: SubmitContext): Promise<readonly SubmitOutcome[]> {
    return this.#submit(items, (item) => this.#admit.native(item, context));
  }

  /** The same for what adapters made. @throws {TransparencyError} pool.full */
  submitMapped(
    items: readonly MappedItem[],
    context: SubmitContext,
  ): Promise<readonly SubmitOutcome[]> {
    return this.#submit(items, (item) => this.#admit.mapped(item, context));
  }

  async #submit<T>(
    items: readonly T[],
    admit: (item: T) => Admission,
  ): Promise<readonly SubmitOutcome[]> {
    const answers = new Answers(items.length);
    const entries: PooledEntry[] = [];
    const refusedLeaves: PooledEntry[] = [];
    for (const [i, item] of items.entries()) {
      const admission = admit(item);
      if (admission.kind === 'admitted') {
        entries.push(new SubmittedEntry(admission, answers, i));
        continue;
      }
      answers.give(i, admission);
      const leaf = this.#ownLeaves.refused(admission.trace);
      if (leaf !== null) refusedLeaves.push(leaf);
    }
    this.#options.pool.put(refusedLeaves.length === 0 ? entries : [...entries, ...refusedLeaves]);
    return answers.all;
  }

  /** The index of an opaque entry, after its commit. @throws {TransparencyError} pool.full, leaf.too-large */
  async add(entry: Uint8Array): Promise<number> {
    checkEntryLength(entry);
    return this.#put(entry);
  }

  /** The index of a leaf by the log itself. @throws {TransparencyError} leaf.malformed, pool.full */
  async appendOwn(leaf: Uint8Array): Promise<number> {
    const own = parseLeaf(leaf);
    // The head of the tree that the index was made of is shown as long as the index head is.
    if (own.v === 'nhi.index/1') return this.#put(leaf, { size: own.size, noteHash: null });
    if (own.v === 'nhi.log/1') return this.#put(leaf);
    throw new TransparencyError('leaf.malformed', `${own.v} is not for the log to append`);
  }

  async #put(entry: Uint8Array, names: NamedHead | null = null): Promise<number> {
    const { clock } = this.#options;
    const hashed = { entry, leafHash: leafHash(entry), atMs: clock() };
    const made = { ...hashed, identity: null, names, openings: null };
    return this.#settled({ ...made, effect: null });
  }

  async #settled(pooled: Omit<PooledEntry, 'settle'>): Promise<number> {
    const { pool } = this.#options;
    const settlement = await new Promise<Settlement>((settle) => pool.put([{ ...pooled, settle }]));
    if (settlement.kind === 'refused') throw settlement.error;
    return settlement.leafIndex;
  }

  /**
   * Appends a statement of the log itself, whose commit changes rows beside it. Its index, after that commit.
   *
   * @throws {TransparencyError} leaf.too-large, pool.full
   */
  async state(type: LogLeafType, body: JsonObject, effect: Effect): Promise<number> {
    const leaf = this.#ownLeaves.make(type, body);
    checkEntryLength(leaf.entry);
    return this.#settled({ ...leaf, effect });
  }

  /** Pools a statement of the log itself. */
  say(type: LogLeafType, body: JsonObject): void {
    this.#options.pool.put([this.#ownLeaves.make(type, body)]);
  }
}

function checkEntryLength({ length }: Uint8Array): void {
  if (length <= ENTRY_BYTES_MAX) return;
  throw new TransparencyError('leaf.too-large', `${length} bytes, at most ${ENTRY_BYTES_MAX}`);
}

/** The outcomes of the items of one call. */
class Answers {
  /** Resolves when each was given. */
  readonly all: Promise<readonly SubmitOutcome[]>;
  readonly #outcomes: SubmitOutcome[];
  #missing: number;
  #resolve: (outcomes: readonly SubmitOutcome[]) => void = () => {};

  constructor(count: number) {
    this.#outcomes = new Array(count);
    this.#missing = count;
    this.all = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (count === 0) this.#resolve([]);
  }

  give(position: number, outcome: SubmitOutcome): void {
    this.#outcomes[position] = outcome;
    if (--this.#missing === 0) this.#resolve(this.#outcomes);
  }
}

/** An item in the pool. A class: thousands wait at a time, and closures would be three more objects for each. */
class SubmittedEntry implements PooledEntry {
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly atMs: number;
  readonly identity: EventIdentity | null;
  readonly names: NamedHead | null;
  readonly openings: PooledEntry['openings'];
  readonly effect: null = null;
  readonly #answers: Answers;
  readonly #position: number;

  constructor(admitted: Omit<PooledEntry, 'settle'>, answers: Answers, position: number) {
    this.entry = admitted.entry;
    this.leafHash = admitted.leafHash;
    this.atMs = admitted.atMs;
    this.identity = admitted.identity;
    this.names = admitted.names;
    this.openings = admitted.openings;
    this.#answers = answers;
    this.#position = position;
  }

  settle(settlement: Settlement): void {
    this.#answers.give(this.#position, outcomeOf(settlement));
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
