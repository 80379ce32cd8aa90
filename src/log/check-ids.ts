import { sha256 } from '#sha256';
import { parseBase64 } from '../core/base64.ts';
import { equalBytes, readU64be } from '../core/bytes.ts';
import { eraseBodyOf } from '../event/custody-leaf.ts';
import { type EventLeaf, parseLeaf } from '../event/leaf.ts';
import { IDEMPOTENCY_KEY_LENGTH, idempotencyKey } from '../event/sameness.ts';
import type { ReadEntry } from './check-entries.ts';
import { heldTo, lie } from './check-lie.ts';
import { isErased } from './decide.ts';
import { contentMac } from './leaf-of.ts';
import type { Row, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import {
  ANY_NOTE,
  conflictKey,
  conflictKeys,
  type IdRow,
  idKey,
  keptKey,
  keysOf,
  parseIdRow,
  RESTORED_KEY,
} from './rows.ts';
import { SeenFilter } from './seen-filter.ts';
import { emptyTally, readTally, tallied } from './tally.ts';

const ROWS_PER_READ = 4_096;
/** Keys of one lookup: an array of them is held. */
const LOOKUPS_AT_ONCE = 512;
/** Conflict rows that are looked through where the content of each cannot be told: 60 a minute may come. */
const CONFLICTS_PER_READ = 256;
/** Rows without a MAC that are remembered until an entry says why. */
const BLANK_MAX = 1_000_000;
/** Remembers which heads were named: 60 bits for each of two million. */
const NAMED_FILTER_BYTES = 16 * 1024 * 1024;

interface EventEntry {
  readonly leafIndex: number;
  readonly leaf: EventLeaf;
  readonly id: Uint8Array;
}

/** Holds the idempotency, conflict and kept rows of a store to the events of its entries, in both directions. */
export class IdCheck {
  readonly #store: Store;
  readonly #macOf: ((leaf: EventLeaf) => Uint8Array | null) | null;
  readonly #named: SeenFilter = new SeenFilter(NAMED_FILTER_BYTES);
  /** What is wrong of entries whose MAC is gone, unless an entry says so. */
  readonly #blank: Map<number, string> = new Map();
  readonly #erased: Set<number> = new Set();
  /** Size up to which MACs of raw bytes did not come back from elsewhere. */
  #restoredSize: number | null = null;
  ids = 0;
  conflicts = 0;
  keptMarks = 0;

  /** @param samenessSecret  null: contents are not compared */
  constructor(store: Store, samenessSecret: Uint8Array | null) {
    this.#store = store;
    this.#macOf = samenessSecret === null ? null : contentMac(samenessSecret);
    this.#named.complete = true;
  }

  /** Entries of the tree, in order, each once. @throws {TransparencyError} audit.mismatch naming the row */
  async check(entries: readonly ReadEntry[]): Promise<void> {
    this.#restoredSize ??= await restoredSizeOf(this.#store);
    const events: EventEntry[] = [];
    for (const { leafIndex, entry } of entries) {
      const leaf = heldTo(`entry ${leafIndex} is no leaf`, () => parseLeaf(entry));
      if (leaf.v === 'nhi.genesis/1' && leafIndex > 0) {
        lie(`entry ${leafIndex} is a second genesis`, at(leafIndex));
      }
      if (leaf.v === 'nhi.index/1') await this.#checkNamed(leafIndex, leaf.size, ANY_NOTE);
      if (leaf.v === 'nhi.log/1') {
        const erased = heldTo(`entry ${leafIndex}`, () => eraseBodyOf(leaf));
        for (const index of erased?.blanked ?? []) this.#erased.add(index);
      }
      if (leaf.v !== 'nhi.leaf/1') continue;
      events.push({ leafIndex, leaf, id: idempotencyKey(leaf.event.src.id, leaf.event.id) });
    }
    for (let at = 0; at < events.length; at += LOOKUPS_AT_ONCE) {
      const some = events.slice(at, at + LOOKUPS_AT_ONCE);
      const rows = await this.#store.getMany(some.map(({ id }) => idKey(id)));
      for (const [i, event] of some.entries()) {
        await this.#checkEvent(event, rows[i]);
        const seen = event.leaf.event.ctx?.seen;
        if (seen?.note === undefined) continue;
        await this.#checkNamed(event.leafIndex, seen.size, parseBase64(seen.note));
      }
    }
  }

  /** After the last entry: no row is left over, and the tally is that of the rows. @throws {TransparencyError} audit.mismatch */
  async finish(): Promise<void> {
    for (const [index, wrong] of this.#blank) {
      if (!this.#erased.has(index))
        lie(`${wrong}, and no entry says that it was erased`, at(index));
    }
    let tally = emptyTally('I');
    for await (const rows of this.#pagesOf('I')) tally = tallied('I', tally, { added: rows });
    if (tally.count !== this.ids) {
      lie(`${tally.count} idempotency rows are stored, the entries make ${this.ids}`);
    }
    const stored = await readTally(this.#store, 'I');
    if (stored.count !== tally.count || !equalBytes(stored.sum, tally.sum)) {
      lie('the tally of the idempotency rows is not theirs');
    }
    let conflicts = 0;
    for await (const rows of this.#pagesOf('J')) conflicts += rows.length;
    if (conflicts !== this.conflicts) {
      lie(`${conflicts} conflict rows are stored, the entries make ${this.conflicts}`);
    }
    for await (const rows of this.#pagesOf('K')) {
      for (const { key, value } of rows) {
        if (value.length > 0 || !this.#named.mayContain(filterKey(key))) {
          lie('a kept row is there of a head that no entry names');
        }
        this.keptMarks++;
      }
    }
  }

  async #checkEvent(event: EventEntry, stored: Uint8Array | undefined): Promise<void> {
    const { leafIndex, leaf, id } = event;
    const first = leaf.recv.conflict ?? leafIndex;
    if (stored === undefined) lie(`the idempotency row of entry ${first} is missing`, at(first));
    const row = parseIdRow(stored);
    if (row.leafIndex !== first) {
      const message = `the idempotency row of entry ${first} points to entry ${row.leafIndex}`;
      lie(message, at(first));
    }
    if (leaf.recv.conflict === null) {
      this.ids++;
      this.#checkContent(event, row, 'idempotency');
      return;
    }
    if (first >= leafIndex) lie(`entry ${leafIndex} conflicts with a later one`, at(leafIndex));
    this.conflicts++;
    const found = await this.#conflictRow(event);
    if (found === undefined) {
      this.conflicts--;
      this.#markBlank(event, `the conflict row of entry ${leafIndex} is missing`);
      return;
    }
    const conflict = parseIdRow(found.value);
    if (!equalBytes(found.key, conflictKey(id, conflict.sameness))) {
      lie(`the conflict row of entry ${leafIndex} lies in another's place`, at(leafIndex));
    }
    this.#checkContent(event, conflict, 'conflict');
  }

  #checkContent(event: EventEntry, row: IdRow, kind: string): void {
    if (isErased(row.sameness)) {
      this.#markBlank(event, `the ${kind} row of entry ${event.leafIndex} is blank`);
      return;
    }
    const mac = this.#macOf?.(event.leaf) ?? null;
    if (mac === null || equalBytes(mac, row.sameness)) return;
    const { leafIndex } = event;
    lie(`the ${kind} row of entry ${leafIndex} is of another content`, at(leafIndex));
  }

  /** A MAC is gone: erased, as an entry will say; or of raw bytes, and the entry came back from elsewhere. */
  #markBlank({ leafIndex, leaf }: EventEntry, wrong: string): void {
    if (leaf.recv.adapter !== 'native' && leafIndex < (this.#restoredSize ?? 0)) return;
    if (this.#blank.size >= BLANK_MAX) lie('too many rows are blank', at(leafIndex));
    this.#blank.set(leafIndex, wrong);
  }

  /** The row that points to a conflicting entry. */
  async #conflictRow({ leafIndex, id }: EventEntry): Promise<Row | undefined> {
    const cursor = new RowCursor(this.#store, conflictKeys(id), CONFLICTS_PER_READ);
    for (;;) {
      const row = await cursor.next();
      if (row === undefined || parseIdRow(row.value).leafIndex === leafIndex) return row;
    }
  }

  /** The mark of a head that an entry names. */
  async #checkNamed(leafIndex: number, size: number, noteHash: Uint8Array): Promise<void> {
    const key = keptKey(size, noteHash);
    this.#named.add(filterKey(key));
    if ((await this.#store.get(key)) === undefined) {
      lie(`the kept row of the head that entry ${leafIndex} names is missing`, at(leafIndex));
    }
  }

  #pagesOf(tag: string): AsyncIterable<readonly Row[]> {
    return new RowCursor(this.#store, keysOf(tag), ROWS_PER_READ).pages();
  }
}

async function restoredSizeOf(store: Store): Promise<number> {
  const value = await store.get(RESTORED_KEY);
  return value === undefined ? 0 : (readU64be(value) ?? 0);
}

function filterKey(key: Uint8Array): Uint8Array {
  return sha256(key).subarray(0, IDEMPOTENCY_KEY_LENGTH);
}

function at(entryIndex: number): { readonly entryIndex: number } {
  return { entryIndex };
}
