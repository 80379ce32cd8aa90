import { equalBytes } from '../core/bytes.ts';
import { eraseBodyOf, type HoldBody, holdBodyOf } from '../event/custody-leaf.ts';
import { type EventLeaf, type Leaf, parseLeaf } from '../event/leaf.ts';
import type { LogLeaf } from '../event/log-leaf.ts';
import { checkOpening, withheldBy } from '../event/opening.ts';
import type { ReadEntry } from './check-entries.ts';
import { heldTo, lie } from './check-lie.ts';
import { parseErasureRow, parseHoldRow } from './custody-rows.ts';
import { openingContext, parseOpeningRow, pointerOfRow } from './opening-row.ts';
import type { OpeningKeys, Row, Store } from './ports.ts';
import { RowCursor } from './row-cursor.ts';
import { erasureKey, holdKey, keysOf, numberOfKey } from './rows.ts';

const ROWS_PER_READ = 256;
/** Marks of erased openings whose leaf has not come by yet. */
const MARKS_MAX = 1_000_000;

/** Holds the rows of openings, erasures and holds of a store to its entries. */
export class CustodyCheck {
  readonly #store: Store;
  readonly #origin: string;
  readonly #keys: OpeningKeys | null;
  readonly #rows: RowCursor;
  readonly #holds: Map<number, HoldBody> = new Map();
  /** What marks say: `index pointer`, by the leaf that they name. */
  readonly #marks: Map<number, string[]> = new Map();
  #markCount = 0;
  /** Openings whose rows are there, and those that were opened and fit. */
  openings = 0;
  opened = 0;
  erasures = 0;

  /** @param keys  null: openings are not opened */
  constructor(store: Store, origin: string, keys: OpeningKeys | null) {
    this.#store = store;
    this.#origin = origin;
    this.#keys = keys;
    this.#rows = new RowCursor(store, keysOf('O'), ROWS_PER_READ);
  }

  /** Entries of the tree, in order, each once. @throws {TransparencyError} audit.mismatch naming the row */
  async check(entries: readonly ReadEntry[]): Promise<void> {
    for (const { leafIndex, entry } of entries) {
      // Most entries have no opening, and are no statement: they need not be parsed again.
      const row = await this.#rows.peek();
      const hasRows = row !== undefined && numberOfKey(row.key) <= leafIndex;
      if (!hasRows && !isLogLeaf(entry)) continue;
      const leaf = heldTo(`entry ${leafIndex} is no leaf`, () => parseLeaf(entry));
      await this.#checkRows(leafIndex, leaf);
      if (leaf.v === 'nhi.log/1') this.#checkStatement(leafIndex, leaf);
    }
  }

  /** After the last entry. @throws {TransparencyError} audit.mismatch */
  async finish(): Promise<void> {
    if ((await this.#rows.peek()) !== undefined) lie('an opening lies beyond the tree');
    const [unsaid] = this.#marks.keys();
    if (unsaid !== undefined) {
      lie(`openings are marked as erased by entry ${unsaid}, which does not say so`);
    }
    for await (const { key, value } of this.#rowsOf('L')) {
      const hold = heldTo('the row of a hold', () => parseHoldRow(value));
      const isRight = equalBytes(key, holdKey(hold.index)) && this.#holds.delete(hold.index);
      if (!isRight) lie(`a hold of entry ${hold.index} is stored, and no entry places it`);
    }
    const [missing] = this.#holds.keys();
    if (missing !== undefined) lie(`the row of the hold that entry ${missing} places is missing`);
    for await (const { key, value } of this.#rowsOf('X')) {
      const report = heldTo('the row of an erasure', () => parseErasureRow(value));
      if (!equalBytes(key, erasureKey(report.index))) lie('the row of an erasure lies elsewhere');
      this.erasures++;
    }
  }

  async #checkRows(leafIndex: number, leaf: Leaf): Promise<void> {
    for (;;) {
      const row = await this.#rows.peek();
      if (row === undefined) return;
      const index = numberOfKey(row.key);
      if (index > leafIndex) return;
      if (index < leafIndex || leaf.v !== 'nhi.leaf/1') {
        lie(`an opening is stored of entry ${index}, which withholds nothing`, {
          entryIndex: index,
        });
      }
      this.#checkRow(leafIndex, leaf, row);
      await this.#rows.next();
    }
  }

  #checkRow(leafIndex: number, leaf: EventLeaf, { key, value }: Row): void {
    const pointer = pointerOfRow(key, withheldBy(leaf));
    if (pointer === undefined) {
      lie(`an opening of nothing is stored of entry ${leafIndex}`, { entryIndex: leafIndex });
    }
    const row = heldTo('the row of an opening', () => parseOpeningRow(value));
    if (row.kind === 'erased') {
      if (row.by <= leafIndex || ++this.#markCount > MARKS_MAX) lie('a mark of an erased opening');
      const marks = this.#marks.get(row.by) ?? [];
      this.#marks.set(row.by, [...marks, `${leafIndex} ${pointer}`]);
      return;
    }
    this.openings++;
    const context = openingContext({ origin: this.#origin, leafIndex, pointer });
    const what = `the opening of ${pointer} of entry ${leafIndex}`;
    const bytes = heldTo(what, () => this.#keys?.open(row.keyId, context, row.sealed));
    if (bytes === undefined) return;
    heldTo(what, () => checkOpening(leaf, { pointer, bytes }));
    this.opened++;
  }

  #checkStatement(leafIndex: number, leaf: LogLeaf): void {
    const erased = heldTo(`entry ${leafIndex}`, () => eraseBodyOf(leaf));
    if (erased !== null) {
      const said = new Set(erased.targets.map(([index, pointer]) => `${index} ${pointer}`));
      for (const mark of this.#marks.get(leafIndex) ?? []) {
        if (!said.has(mark)) lie(`${mark} is marked as erased by entry ${leafIndex}, wrongly`);
      }
      this.#marks.delete(leafIndex);
    }
    const hold = heldTo(`entry ${leafIndex}`, () => holdBodyOf(leaf));
    if (hold?.action === 'place') this.#holds.set(leafIndex, hold);
    if (hold?.action === 'lift') this.#holds.delete(hold.hold ?? -1);
  }

  async *#rowsOf(tag: 'L' | 'X'): AsyncGenerator<Row, void, undefined> {
    const cursor = new RowCursor(this.#store, keysOf(tag), ROWS_PER_READ);
    for (let row = await cursor.next(); row !== undefined; row = await cursor.next()) yield row;
  }
}

/** `v` sorts last. */
function isLogLeaf(entry: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(entry.subarray(-16)).endsWith('"v":"nhi.log/1"}');
}
