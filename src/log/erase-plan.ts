import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { covers, type HoldScope, type Target } from '../event/custody-leaf.ts';
import { type EventLeaf, parseLeaf } from '../event/leaf.ts';
import { withheldBy } from '../event/opening.ts';
import { idempotencyKey, SAMENESS_MAC_LENGTH } from '../event/sameness.ts';
import { isErased } from './decide.ts';
import { OPENINGS_MAX, parseOpeningRow, pointerOfRow } from './opening-row.ts';
import type { Row, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import { conflictKeys, formatIdRow, idKey, openingKeys, parseIdRow } from './rows.ts';

/** What is asked to be erased: openings of entries, or (null) all of one and what its content is recognised by. */
export type WantedTarget = readonly [index: number, pointer: string | null];

/** What an erasure will do. */
export interface ErasePlan {
  readonly targets: readonly Target[];
  /** Keys of the rows of openings, in the order of the targets. */
  readonly openingKeys: readonly Uint8Array[];
  /** Ids of the keys under which they lie. */
  readonly keyIds: readonly string[];
  /** Idempotency rows whose MAC is blanked, as they are and as they will be. */
  readonly blankedIds: readonly { readonly before: Row; readonly after: Row }[];
  /** Keys of conflict rows: a MAC is part of them. */
  readonly conflictKeys: readonly Uint8Array[];
  /** Entries whose MAC goes, sorted. */
  readonly blanked: readonly number[];
}

/** Targets of one erasure. */
export const ERASE_TARGETS_MAX = 1_000;

/** What a plan is made of. */
export interface ErasePlanOptions {
  readonly store: Store;
  /** Bytes of a published entry, proven. @throws {TransparencyError} entry.not-found */
  readonly readEntry: (index: number) => Promise<Uint8Array>;
  /** Holds that stand, or are asked for. */
  readonly holds: readonly HoldScope[];
}

/**
 * Finds what an erasure will do: which rows lie there, under which keys, and by what their events are recognised. Writes
 * nothing. (spec/14-privacy.md §5)
 *
 * @throws {TransparencyError} entry.not-found; opening.not-found where there is nothing to erase; erase.held;
 *   erase.too-large; store.corrupt
 */
export async function planErasure(
  wanted: readonly WantedTarget[],
  options: ErasePlanOptions,
): Promise<ErasePlan> {
  const byIndex = new Map<number, Set<string | null>>();
  for (const [index, pointer] of wanted) {
    byIndex.set(index, (byIndex.get(index) ?? new Set()).add(pointer));
  }
  const plan = new PlanInMaking(options);
  for (const [index, pointers] of [...byIndex].sort(([a], [b]) => a - b)) {
    await plan.add(index, pointers);
  }
  return plan.done();
}

class PlanInMaking {
  readonly #options: ErasePlanOptions;
  readonly #targets: Target[] = [];
  readonly #openingKeys: Uint8Array[] = [];
  readonly #keyIds: Set<string> = new Set();
  readonly #blankedIds: Map<number, { readonly before: Row; readonly after: Row }> = new Map();
  readonly #conflictKeys: Uint8Array[] = [];
  readonly #blanked: Set<number> = new Set();

  constructor(options: ErasePlanOptions) {
    this.#options = options;
  }

  async add(index: number, pointers: ReadonlySet<string | null>): Promise<void> {
    const leaf = await this.#eventLeaf(index);
    const held = this.#options.holds.some((scope) =>
      covers(scope, { index, source: leaf.event.src.id }),
    );
    if (held) {
      throw new TransparencyError('erase.held', `a legal hold covers entry ${index}`, {
        details: { index },
      });
    }
    const found = await this.#addOpenings(index, leaf, pointers);
    const blanks = await this.#addMacs(index, leaf);
    const missing = [...pointers].find((pointer) => pointer !== null && !found.has(pointer));
    if (missing !== undefined || (found.size === 0 && !blanks)) throw nothingAt(index, missing);
    if (this.#targets.length <= ERASE_TARGETS_MAX) return;
    throw new TransparencyError('erase.too-large', `more than ${ERASE_TARGETS_MAX} openings`);
  }

  done(): ErasePlan {
    return {
      targets: this.#targets,
      openingKeys: this.#openingKeys,
      keyIds: [...this.#keyIds],
      blankedIds: [...this.#blankedIds.values()],
      conflictKeys: this.#conflictKeys,
      blanked: [...this.#blanked].sort((a, b) => a - b),
    };
  }

  /** The pointers of what is there and wanted. */
  async #addOpenings(
    index: number,
    leaf: EventLeaf,
    pointers: ReadonlySet<string | null>,
  ): Promise<ReadonlySet<string>> {
    const withheld = withheldBy(leaf);
    const found = new Set<string>();
    const range = { ...openingKeys(index, index + 1), limit: OPENINGS_MAX };
    for (const { key, value } of await this.#options.store.scan(range)) {
      const pointer = pointerOfRow(key, withheld);
      const row = parseOpeningRow(value);
      if (pointer === undefined || row.kind === 'erased') continue;
      if (!pointers.has(null) && !pointers.has(pointer)) continue;
      found.add(pointer);
      this.#targets.push([index, pointer]);
      this.#openingKeys.push(key);
      this.#keyIds.add(row.keyId);
    }
    return found;
  }

  /** Of the entry, and of the first of its id: once that one is blank, nothing is compared any more. */
  async #addMacs(index: number, { event, recv }: EventLeaf): Promise<boolean> {
    const { store } = this.#options;
    const id = idempotencyKey(event.src.id, event.id);
    const first = recv.conflict ?? index;
    const value = await store.get(idKey(id));
    if (value === undefined) return false;
    const row = parseIdRow(value);
    if (!isErased(row.sameness)) {
      const before = { key: idKey(id), value };
      const sameness = new Uint8Array(SAMENESS_MAC_LENGTH);
      const after = { key: before.key, value: formatIdRow({ ...row, sameness }) };
      this.#blankedIds.set(first, { before, after });
    }
    const conflict = recv.conflict === null ? undefined : await this.#conflictKey(index, id);
    if (conflict !== undefined) this.#conflictKeys.push(conflict);
    // Told again where it was blank before: whoever checks finds it by either leaf.
    this.#blanked.add(first).add(index);
    return !isErased(row.sameness) || conflict !== undefined;
  }

  async #conflictKey(index: number, id: Uint8Array): Promise<Uint8Array | undefined> {
    const cursor = new RowCursor(this.#options.store, conflictKeys(id), CONFLICTS_PER_READ);
    for (let row = await cursor.next(); row !== undefined; row = await cursor.next()) {
      if (parseIdRow(row.value).leafIndex === index) return row.key;
    }
    return undefined;
  }

  async #eventLeaf(index: number): Promise<EventLeaf> {
    try {
      const leaf = parseLeaf(await this.#options.readEntry(index));
      if (leaf.v === 'nhi.leaf/1') return leaf;
    } catch (error) {
      if (!isTransparencyError(error, 'leaf.malformed')) throw error;
    }
    throw nothingAt(index, undefined);
  }
}

const CONFLICTS_PER_READ = 256;

function nothingAt(index: number, pointer: string | null | undefined): TransparencyError {
  const what = pointer == null ? 'nothing' : `no opening of ${JSON.stringify(pointer)}`;
  return new TransparencyError('opening.not-found', `${what} is kept of entry ${index}`, {
    details: { index, pointer: pointer ?? null },
  });
}
