import { base64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import { invariant, TransparencyError } from '../core/error.ts';
import { type IndexHead, parseIndexHead } from '../event/index-leaf.ts';
import { parseHead } from './earlier-heads.ts';
import { FlushParts } from './flush-parts.ts';
import {
  EMPTY_INDEX,
  type GrowOptions,
  growIndex,
  type IndexState,
  type NewPostings,
  trieRootOf,
} from './index-state.ts';
import type { IndexLimits } from './limits.ts';
import { loadTrieMap, oldMiniLogs } from './load-trie-map.ts';
import type { IndexBatch, IndexedLog, IndexStore, LogCursor } from './ports.ts';
import { RetiredRows, RetiringBatch } from './retired-rows.ts';
import {
  corrupt,
  FLUSH_KEY,
  type FlushMark,
  formatMeta,
  type HeadLeaf,
  type IndexMeta,
  META_KEY,
  parseFlushMark,
  parseMeta,
} from './rows.ts';
import type { ServedHeads } from './served-heads.ts';

/** What a stored index is made of. */
export interface StoredIndexOptions {
  readonly store: IndexStore;
  readonly served: ServedHeads;
  readonly limits: Pick<IndexLimits, 'flushBytesMax'>;
  /** Lets others run: heads are served by the same thread. */
  readonly pause: () => Promise<void>;
  /** Told of each head that is served from then on. */
  readonly onHead: () => void;
}

/** The postings that an index grows by: each label once, in the order of the labels. */
export interface Growth {
  readonly postings: Iterable<NewPostings>;
  /** Told of each label that the index did not have. */
  readonly onNewKey: (postings: NewPostings) => void;
}

/** An index that lies apart until it is committed or dropped. */
export interface PreparedIndex {
  readonly tree: LogCursor;
  readonly state: IndexState;
  readonly batch: RetiringBatch;
}

/** The rows of an index, what they are of, and what becomes of those that newer ones take the place of. */
export class StoredIndex {
  readonly #options: StoredIndexOptions;
  #meta: IndexMeta | null = null;
  #state: IndexState = EMPTY_INDEX;
  #unfinished: FlushMark | null = null;
  /** Rows to be removed, the oldest first, when no head is served any more that is read from them. */
  readonly #retired: RetiredRows[] = [];

  constructor(options: StoredIndexOptions) {
    this.#options = options;
  }

  /** What the rows are of; null: of nothing, or of an unfinished flush. */
  get meta(): IndexMeta | null {
    return this.#meta;
  }

  get state(): IndexState {
    return this.#state;
  }

  /** A flush that an earlier run did not end. Nothing else is stored before it is. */
  get unfinished(): FlushMark | null {
    return this.#unfinished;
  }

  /** Are all stored postings under a head? */
  get isUnderHead(): boolean {
    const meta = this.#meta;
    if (meta === null) return this.#state.postings === 0;
    return meta.head !== null && parseIndexHead(meta.head.leaf).postings === meta.postings;
  }

  /** Reads what the store holds, and serves its head. @throws {TransparencyError} index.corrupt */
  async open(): Promise<void> {
    const { store, served } = this.#options;
    const [row, mark] = await store.getMany([META_KEY, FLUSH_KEY]);
    if (row === undefined && mark === undefined) return;
    const meta = row === undefined ? null : parseMeta(row);
    const unfinished = mark === undefined ? null : parseFlushMark(mark);
    const { size = 0, postings = 0 } = unfinished ?? meta ?? {};
    const { map, old } = await loadTrieMap(store, size);
    this.#meta = meta;
    this.#unfinished = unfinished;
    this.#state = { map, postings };
    this.#serveStored();
    // Of an earlier life; heads that it served are not served any more, unless a run of the same process failed.
    const rows = new RetiredRows(served.newestSize);
    for (const bucket of old) {
      for (const key of await oldMiniLogs(map, store, bucket)) rows.add(key);
      await this.#options.pause();
    }
    for (const bucket of old) rows.add(bucket);
    this.#retired.push(rows);
    await this.#sweep();
  }

  /** The log must have the tree of an unfinished flush still. @throws {TransparencyError} consistency.mismatch */
  async checkUnfinished(log: IndexedLog): Promise<void> {
    const mark = this.#unfinished;
    if (mark === null) return;
    const published = (await log.published())?.size ?? 0;
    if (published >= mark.size && equalBytes(await log.rootAt(mark.size), mark.rootHash)) return;
    const why = `the log, of ${published} entries, has not the tree of the flush at ${mark.size}`;
    throw new TransparencyError('consistency.mismatch', why);
  }

  /** The index of a tree with more postings; it lies apart until it is committed. */
  prepare(tree: LogCursor, growth: Growth): Promise<PreparedIndex> {
    return this.#grow(tree, growth, { batch: this.#options.store.batch() });
  }

  /** Stores the postings of a tree, some at a time, and so ends an unfinished flush. */
  async flush(tree: LogCursor, growth: Growth): Promise<void> {
    const { store, limits } = this.#options;
    const batch = new FlushParts(store, tree, limits.flushBytesMax);
    const onReached = (label: Uint8Array, postings: number): Promise<void> =>
      batch.reach(label, postings);
    await this.commit(await this.#grow(tree, growth, { batch, onReached }), null);
    this.#unfinished = null;
  }

  /** Writes what was prepared; with a head of it, that one is served from now on. */
  async commit({ tree, state, batch }: PreparedIndex, leaf: HeadLeaf | null): Promise<void> {
    const head = leaf ?? this.#meta?.head ?? null;
    const { size, rootHash } = tree;
    const meta: IndexMeta = { size, rootHash, postings: state.postings, head };
    batch.put(META_KEY, formatMeta(meta));
    await batch.write();
    this.#meta = meta;
    this.#state = state;
    if (batch.retired.size > 0) this.#retired.push(batch.retired);
    if (leaf !== null) this.#serve(leaf, parseIndexHead(leaf.leaf));
    await this.#sweep();
  }

  async #grow(
    tree: LogCursor,
    { postings, onNewKey }: Growth,
    { batch: into, onReached }: Pick<GrowOptions, 'batch' | 'onReached'>,
  ): Promise<PreparedIndex> {
    const { store: reads, pause, served } = this.#options;
    // An index does not go back: what is taken in stays in it.
    invariant(tree.size >= (this.#meta?.size ?? 0), 'an index is made of what is read');
    const batch = new RetiringBatch(into, served.newestSize);
    try {
      const reached = onReached === undefined ? {} : { onReached };
      const options = { reads, batch, pause, onNewKey, ...reached };
      const state = await growIndex(this.#state, postings, options);
      return { tree, state, batch };
    } catch (error) {
      await batch.drop();
      throw error;
    }
  }

  /** The head of the stored rows, if they are those of one. */
  #serveStored(): void {
    const meta = this.#meta;
    // The rows are of no one tree, and no head's, until the flush is at its end.
    if (this.#unfinished !== null || meta === null || meta.head === null) return;
    const head = parseHead(meta.head.leaf) ?? corrupt('the stored head is none');
    if (head.size !== meta.size) return;
    if (head.index !== base64(trieRootOf(this.#state)) || head.keys !== this.#state.map.keys) {
      corrupt('the stored trie is not that of its head');
    }
    this.#serve(meta.head, head);
  }

  #serve(leaf: HeadLeaf, head: IndexHead): void {
    const meta = this.#meta;
    invariant(meta !== null && meta.size === head.size, 'the rows are those of the served head');
    this.#options.served.serve({
      ...leaf,
      head,
      tree: { size: meta.size, rootHash: meta.rootHash },
      trieRoot: trieRootOf(this.#state),
      state: this.#state,
      rows: this.#options.store,
    });
    this.#options.onHead();
  }

  /** Removes the rows that no head is served from any more; mini-logs first, which a later start finds by their buckets. */
  async #sweep(): Promise<void> {
    const { store, served, pause } = this.#options;
    for (;;) {
      const [first] = this.#retired;
      if (first === undefined || first.servedSize >= served.oldestSize) return;
      this.#retired.shift();
      let batch: IndexBatch | null = null;
      let deleted = 0;
      for (const key of first.keys()) {
        batch ??= store.batch();
        batch.delete(key);
        deleted += 1;
        if (deleted % DELETES_A_TURN === 0) await pause();
        if (deleted % DELETES_A_BATCH !== 0) continue;
        await batch.write();
        batch = null;
      }
      await batch?.write();
    }
  }
}

const DELETES_A_TURN = 512;
const DELETES_A_BATCH = 65_536;
