import { base64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import { invariant, isTransparencyError, TransparencyError } from '../core/error.ts';
import { formatIndexHead, type IndexHead, parseIndexHead } from '../event/index-leaf.ts';
import { EarlierHeads, parseHead } from './earlier-heads.ts';
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
import type { IndexBatch, IndexedLog, IndexStore, LogBatch, LogCursor } from './ports.ts';
import { PostingBuffer } from './posting-buffer.ts';
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
import { loadTrieMap } from './trie-map.ts';

/** What a follower is made of. */
export interface FollowerOptions {
  readonly log: IndexedLog;
  readonly store: IndexStore;
  readonly served: ServedHeads;
  readonly limits: IndexLimits;
  readonly clock: () => number;
  /** Lets others run: heads are served by the same thread. */
  readonly pause: () => Promise<void>;
  /** Resolves after a time, or when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of each head that is served from then on. */
  readonly onHead: () => void;
  /** Told of keys that are new with entries that came since the run began, by the token that submitted these. */
  readonly onNewKeys: (counts: ReadonlyMap<string | null, number>) => void;
}

/** Figures of a follower. */
export interface FollowerFigures {
  /** Entries under the newest head; 0 before the first. */
  readonly headSize: number;
  /** Entries read. */
  readonly readSize: number;
  readonly keys: number;
  readonly postings: number;
  /** Postings that were read and are under no head that is served. */
  readonly bufferedPostings: number;
}

/** An index that lies apart until its head is in the log. */
interface Prepared {
  readonly tree: LogCursor;
  readonly state: IndexState;
  readonly batch: IndexBatch;
}

/** A head on its way into the published log. */
interface Proposed extends Prepared {
  readonly leaf: Uint8Array;
  /** Has the log taken it? If not, it is offered again. */
  isAppended: boolean;
}

/**
 * One run over a log: from what the store holds to the end of the log, and on. (spec/11-index.md §4)
 *
 * What it has read and what it makes towards the next head lies apart and is dropped with it: a run begins where the
 * store is, which is the last head that was seen in the published log.
 */
export class FollowerRun {
  readonly #options: FollowerOptions;
  readonly #buffer = new PostingBuffer();
  #meta: IndexMeta | null = null;
  #state: IndexState = EMPTY_INDEX;
  #cursor: LogCursor | null = null;
  /** A flush that an earlier run did not end. Nothing else is stored before it is. */
  #unfinished: FlushMark | null = null;
  /** Heads of earlier lives that this run has still to make again. */
  #earlier: EarlierHeads | null = null;
  /** Up to here the log may hold heads that this run did not make. */
  #startSize = 0;
  /** The newest published tree that was read to its end. */
  #reached: LogCursor | null = null;
  /** Published trees ahead, some way apart from one another. */
  #ahead: LogCursor[] = [];
  #proposed: Proposed | null = null;
  /** Postings of all entries up to the cursor. */
  #readPostings = 0;
  #headMs = Number.NEGATIVE_INFINITY;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get figures(): FollowerFigures {
    const { newest } = this.#options.served;
    const servedPostings = newest?.head.postings ?? 0;
    return {
      headSize: newest?.tree.size ?? 0,
      readSize: this.#cursor?.size ?? 0,
      keys: this.#state.map.keys,
      postings: this.#state.postings,
      bufferedPostings: Math.max(0, this.#readPostings - servedPostings),
    };
  }

  /**
   * Follows the log until the signal aborts.
   *
   * @throws {TransparencyError} index.head-mismatch: the log holds a false head; index.corrupt, consistency.mismatch:
   *   the store has to be made anew; what log and store throw
   */
  async follow(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    await this.#open();
    await this.#checkUnfinished();
    this.#startSize = await log.integratedSize();
    const above = this.#meta?.head?.leafIndex ?? -1;
    const { pause, limits } = this.#options;
    const place = { from: this.#cursor, above, to: this.#startSize };
    this.#earlier = new EarlierHeads({ log, ...place, heldMax: limits.earlierHeadsMax, pause });
    const batches = log.follow(this.#cursor, signal)[Symbol.asyncIterator]();
    try {
      const ask = (): Promise<IteratorResult<LogBatch, unknown>> => {
        const asked = batches.next();
        // A failure is thrown when its turn comes.
        asked.catch(() => undefined);
        return asked;
      };
      let next = ask();
      while (!signal.aborted) {
        const result = await this.#nextOrDue(next, signal);
        if (result !== null) {
          if (result.done === true) return;
          // The next ones are read while these are mapped.
          next = ask();
          await this.#take(result.value, signal);
        }
        // Whoever ends a run wants nothing more of it in the log.
        if (!signal.aborted) await this.#propose();
      }
    } finally {
      await this.#proposed?.batch.drop();
    }
  }

  /** The next entries; null if a head is due first. */
  async #nextOrDue(
    next: Promise<IteratorResult<LogBatch, unknown>>,
    signal: AbortSignal,
  ): Promise<IteratorResult<LogBatch, unknown> | null> {
    // What an earlier run stored and no head covers waits for one, like what was read.
    const isCovered = this.#buffer.postings === 0 && this.#isUnderHead();
    if (this.#proposed?.isAppended ?? isCovered) return next;
    const { clock, sleep, limits } = this.#options;
    const waiting = new AbortController();
    const end = (): void => waiting.abort();
    const wait = Math.max(DUE_MS, this.#headMs + limits.headIntervalMs - clock());
    signal.addEventListener('abort', end);
    try {
      return await Promise.race([next, sleep(wait, waiting.signal).then(() => null)]);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  /** Reads what the store holds, and serves its head. */
  async #open(): Promise<void> {
    const { store } = this.#options;
    const [row, mark] = await store.getMany([META_KEY, FLUSH_KEY]);
    if (row === undefined && mark === undefined) return;
    const meta = row === undefined ? null : parseMeta(row);
    const unfinished = mark === undefined ? null : parseFlushMark(mark);
    const postings = (unfinished ?? meta)?.postings ?? 0;
    const state = { map: await loadTrieMap(store), postings };
    this.#meta = meta;
    this.#unfinished = unfinished;
    this.#state = state;
    this.#cursor = meta;
    this.#readPostings = meta?.postings ?? 0;
    // The rows are of no one tree, and no head's, until the flush is at its end.
    if (unfinished !== null || meta === null || meta.head === null) return;
    const head = parseHead(meta.head.leaf) ?? corrupt('the stored head is none');
    if (head.size !== meta.size) return;
    if (head.index !== base64(trieRootOf(state)) || head.keys !== state.map.keys) {
      corrupt('the stored trie is not that of its head');
    }
    await this.#serve(meta.head, head);
  }

  /** The log must have the tree of the flush still. */
  async #checkUnfinished(): Promise<void> {
    const mark = this.#unfinished;
    if (mark === null) return;
    const { log } = this.#options;
    const published = (await log.published())?.size ?? 0;
    if (published >= mark.size && equalBytes(await log.rootAt(mark.size), mark.rootHash)) return;
    const why = `the log, of ${published} entries, has not the tree of the flush at ${mark.size}`;
    throw new TransparencyError('consistency.mismatch', why);
  }

  async #take(batch: LogBatch, signal: AbortSignal): Promise<void> {
    for (const [i, entry] of batch.entries.entries()) {
      const leafIndex = batch.firstIndex + i;
      if (parseHead(entry) === null) this.#read(leafIndex, entry);
      else if (leafIndex >= this.#startSize) await this.#adopt(leafIndex, entry);
    }
    this.#cursor = batch.cursor;
    await this.#finish();
    if (this.#unfinished === null) {
      await this.#passEarlier(signal);
      await this.#flush();
    }
    await this.#options.pause();
  }

  #read(leafIndex: number, entry: Uint8Array): void {
    const before = this.#buffer.postings;
    // Keys of older entries are counted for nobody: they are already, or were when there was no index.
    this.#buffer.add(leafIndex, entry, { isCounted: leafIndex >= this.#startSize });
    this.#readPostings += this.#buffer.postings - before;
  }

  /** Makes the heads of earlier lives again, and compares. */
  async #passEarlier(signal: AbortSignal): Promise<void> {
    for (;;) {
      const found = (await this.#earlier?.first(signal)) ?? null;
      if (found === null) return;
      const head = parseIndexHead(found.leaf);
      if (head.size > (this.#cursor?.size ?? 0)) return;
      this.#checkGrowth(found, head);
      const tree = { size: head.size, rootHash: await this.#options.log.rootAt(head.size) };
      const prepared = await this.#prepare(tree);
      this.#check(found, this.#headOf(prepared));
      await this.#commit(prepared, found);
      this.#earlier?.drop();
    }
  }

  /** Stores what is in memory, if it is too much: no head of the log stands before it. */
  async #flush(): Promise<void> {
    const tree = this.#cursor;
    const { bufferPostingsMax, bufferKeysMax } = this.#options.limits;
    const { postings, keys } = this.#buffer;
    // The labels of one bucket are hashed without a pause, and an empty index is one.
    const keysMax = this.#state.map.keys === 0 ? bufferKeysMax / 8 : bufferKeysMax;
    if (tree === null || (postings < bufferPostingsMax && keys < keysMax)) return;
    // A head that can be made now, or is on its way, takes them.
    const isHeadNear = this.#reached !== null && tree.size >= this.#startSize;
    if (isHeadNear || this.#proposed !== null) return;
    await this.#store(tree, null);
    this.#reached = null;
  }

  /** Ends the flush that an earlier run began, as soon as its entries are read again. */
  async #finish(): Promise<void> {
    const mark = this.#unfinished;
    if (mark === null || (this.#cursor?.size ?? 0) < mark.size) return;
    await this.#store(mark, mark.label);
    this.#unfinished = null;
  }

  /**
   * Stores the postings of a tree, some at a time.
   *
   * @param above  labels up to this one have theirs already; null: none has
   */
  async #store(tree: LogCursor, above: Uint8Array | null): Promise<void> {
    const { store, limits } = this.#options;
    const batch = new FlushParts(store, tree, limits.flushBytesMax);
    const onReached = (label: Uint8Array, postings: number): Promise<void> =>
      batch.reach(label, postings);
    await this.#commit(await this.#grow(tree, above, { batch, onReached }), null);
  }

  /** Appends a head if one is due. */
  async #propose(): Promise<void> {
    if (this.#unfinished !== null) return;
    const { limits, clock, served } = this.#options;
    await this.#look();
    if (this.#proposed !== null) {
      if (!this.#proposed.isAppended) await this.#append(this.#proposed);
      return;
    }
    const tree = this.#reached;
    if (tree === null || (this.#cursor?.size ?? 0) < this.#startSize) return;
    const entries = tree.size - (this.#meta?.size ?? 0);
    const isDue =
      clock() - this.#headMs >= limits.headIntervalMs || entries >= limits.headEntriesMax;
    if (!isDue) return;
    this.#reached = null;
    if (this.#buffer.first >= tree.size && this.#isUnderHead()) return;
    // What a head brings lies apart until the log has it. Before the first one nobody loses an answer if it does not.
    const isMuch = this.#buffer.postings >= limits.bufferPostingsMax / 8;
    if (isMuch && served.newest === null) await this.#store(tree, null);
    const prepared = await this.#prepare(tree);
    const leaf = formatIndexHead(this.#headOf(prepared));
    this.#proposed = { ...prepared, leaf, isAppended: false };
    await this.#append(this.#proposed);
  }

  async #append(proposed: Proposed): Promise<void> {
    this.#headMs = this.#options.clock();
    try {
      await this.#options.log.appendIndexHead(proposed.leaf);
      proposed.isAppended = true;
    } catch (error) {
      // It was not appended: it is offered again when the next head is due.
      if (!isTransparencyError(error) || !NOT_APPENDED.has(error.code)) throw error;
    }
  }

  /** Are all stored postings under a head? */
  #isUnderHead(): boolean {
    const meta = this.#meta;
    if (meta === null) return this.#state.postings === 0;
    return meta.head !== null && parseIndexHead(meta.head.leaf).postings === meta.postings;
  }

  /** Looks which trees are published: heads are made of those alone. */
  async #look(): Promise<void> {
    const read = this.#cursor?.size ?? 0;
    const published = await this.#options.log.published();
    if (published !== null && published.size > 0) {
      const last = this.#ahead.at(-1)?.size ?? Number.NEGATIVE_INFINITY;
      const isApart = published.size >= last + this.#options.limits.headEntriesMax / 4;
      if (published.size <= read) this.#ahead = [published];
      else if (isApart) this.#ahead.push(published);
    }
    while ((this.#ahead[0]?.size ?? Number.POSITIVE_INFINITY) <= read) {
      const reached = this.#ahead.shift() ?? null;
      // What was stored since may be of more entries: then a head of fewer would be false.
      if (reached !== null && reached.size >= (this.#meta?.size ?? 0)) this.#reached = reached;
    }
  }

  /** The head that was appended is in the published log: from now on it is served. */
  async #adopt(leafIndex: number, leaf: Uint8Array): Promise<void> {
    const proposed = this.#proposed;
    if (proposed === null || !equalBytes(proposed.leaf, leaf)) {
      // It came late from an earlier life, or it is false: the next run makes it again and compares.
      throw new Error(`the index head at leaf ${leafIndex} was not made by this run`);
    }
    this.#proposed = null;
    await this.#commit(proposed, { leafIndex, leaf: leaf.slice() });
  }

  /** The index of a tree; it lies apart until it is committed. */
  #prepare(tree: LogCursor): Promise<Prepared> {
    return this.#grow(tree, null, { batch: this.#options.store.batch() });
  }

  async #grow(
    tree: LogCursor,
    above: Uint8Array | null,
    into: Pick<GrowOptions, 'batch' | 'onReached'>,
  ): Promise<Prepared> {
    const { store, pause, onNewKeys } = this.#options;
    const { batch } = into;
    // An index does not go back: what is taken in stays in it.
    invariant(tree.size >= (this.#meta?.size ?? 0), 'an index is made of what is read');
    const newKeys = new Map<string | null, number>();
    const onNewKey = ({ indices: [first = 0], by }: NewPostings): void => {
      if (first >= this.#startSize) newKeys.set(by, (newKeys.get(by) ?? 0) + 1);
    };
    try {
      const postings = await this.#buffer.takeBelow(tree.size, pause);
      const options = { ...into, reads: store, pause, onNewKey };
      const state = await growIndex(this.#state, postings.sorted(above), options);
      if (newKeys.size > 0) onNewKeys(newKeys);
      return { tree, state, batch };
    } catch (error) {
      await batch.drop();
      throw error;
    }
  }

  #headOf({ tree, state }: Prepared): IndexHead {
    return {
      v: 'nhi.index/1',
      origin: this.#options.log.origin,
      map: 'nhi.map/1',
      size: tree.size,
      root: base64(tree.rootHash),
      index: base64(trieRootOf(state)),
      keys: state.map.keys,
      postings: state.postings,
      prev: this.#meta?.head?.leafIndex ?? null,
    };
  }

  /** There is never a second head of one size, and none of entries behind it. */
  #checkGrowth(found: HeadLeaf, head: IndexHead): void {
    const last = this.#meta?.head ?? null;
    const lastSize = last === null ? -1 : parseIndexHead(last.leaf).size;
    const size = this.#meta?.size ?? 0;
    if (head.size > lastSize && head.size >= size && head.size <= found.leafIndex) return;
    throw falseHead(found.leafIndex, `of ${head.size} entries, behind one of ${lastSize}`);
  }

  #check(found: HeadLeaf, made: IndexHead): void {
    if (equalBytes(found.leaf, formatIndexHead(made))) return;
    throw falseHead(found.leafIndex, `the log's entries make another: ${JSON.stringify(made)}`);
  }

  async #commit({ tree, state, batch }: Prepared, leaf: HeadLeaf | null): Promise<void> {
    const head = leaf ?? this.#meta?.head ?? null;
    const meta: IndexMeta = { ...tree, postings: state.postings, head };
    batch.put(META_KEY, formatMeta(meta));
    await batch.write();
    this.#meta = meta;
    this.#state = state;
    if (this.#reached !== null && this.#reached.size < tree.size) this.#reached = null;
    if (leaf !== null) await this.#serve(leaf, parseIndexHead(leaf.leaf));
  }

  async #serve(leaf: HeadLeaf, head: IndexHead): Promise<void> {
    const meta = this.#meta;
    invariant(meta !== null && meta.size === head.size, 'the rows are those of the served head');
    await this.#options.served.serve({
      ...leaf,
      head,
      tree: { size: meta.size, rootHash: meta.rootHash },
      trieRoot: trieRootOf(this.#state),
      state: this.#state,
      rows: this.#options.store.snapshot(),
    });
    this.#options.onHead();
  }
}

/** The log refuses these before it takes an entry. */
const NOT_APPENDED: ReadonlySet<string> = new Set(['pool.full', 'log.halted', 'log.closing']);

/** A head that is due and cannot be made yet, of entries that are not published, is looked after at this interval. */
const DUE_MS = 10;

function falseHead(leafIndex: number, why: string): TransparencyError {
  return new TransparencyError(
    'index.head-mismatch',
    `the index head at leaf ${leafIndex}: ${why}`,
    {
      details: { leafIndex },
    },
  );
}
