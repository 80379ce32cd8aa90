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
import type { NamedHead, Pool, PooledEntry, Settlement } from './pool.ts';

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
    const outcomes: (SubmitOutcome | undefined)[] = new Array(items.length);
    const entries: PooledEntry[] = [];
    const refusedLeaves: PooledEntry[] = [];
    let waiting = 0;
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    for (const [i, item] of items.entries()) {
      const admission = admit(item);
      if (admission.kind === 'refused') {
        outcomes[i] = admission;
        const leaf = this.#ownLeaves.refused(admission.trace);
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
    this.#options.pool.put(refusedLeaves.length === 0 ? entries : [...entries, ...refusedLeaves]);
    if (waiting > 0) await answered;
    return outcomes as SubmitOutcome[]; // each was refused above or settled
  }

  /** The index of an opaque entry, after its commit. @throws {TransparencyError} pool.full, leaf.too-large */
  async add(entry: Uint8Array): Promise<number> {
    if (entry.length > ENTRY_BYTES_MAX) {
      throw new TransparencyError(
        'leaf.too-large',
        `${entry.length} bytes, at most ${ENTRY_BYTES_MAX}`,
      );
    }
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
    const { pool, clock } = this.#options;
    const hashed = { entry, leafHash: leafHash(entry), atMs: clock() };
    const made = { ...hashed, identity: null, names, openings: null };
    const settlement = await new Promise<Settlement>((settle) => pool.put([{ ...made, settle }]));
    if (settlement.kind === 'refused') throw settlement.error;
    return settlement.leafIndex;
  }

  /** Pools a statement of the log itself. */
  say(type: LogLeafType, body: JsonObject): void {
    this.#options.pool.put([this.#ownLeaves.make(type, body)]);
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
