import { base64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { formatIndexHead, type IndexHead, parseIndexHead } from '../event/index-leaf.ts';
import { EarlierHeads, parseHead } from './earlier-heads.ts';
import { type NewPostings, trieRootOf } from './index-state.ts';
import type { IndexLimits } from './limits.ts';
import type { IndexedLog, IndexStore, LogBatch, LogCursor } from './ports.ts';
import { PostingBuffer } from './posting-buffer.ts';
import type { HeadLeaf } from './rows.ts';
import type { ServedHeads } from './served-heads.ts';
import { type Growth, type PreparedIndex, StoredIndex } from './stored-index.ts';

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

/** A head on its way into the published log. */
interface Proposed {
  readonly index: PreparedIndex;
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
  readonly #stored: StoredIndex;
  #cursor: LogCursor | null = null;
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
  /** When the next head is due. */
  #dueMs = Number.NEGATIVE_INFINITY;
  /** What the last one took to make. */
  #tookMs = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#stored = new StoredIndex(options);
  }

  get figures(): FollowerFigures {
    const { newest } = this.#options.served;
    const servedPostings = newest?.head.postings ?? 0;
    return {
      headSize: this.#options.served.newestSize,
      readSize: this.#cursor?.size ?? 0,
      keys: this.#stored.state.map.keys,
      postings: this.#stored.state.postings,
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
    const stored = this.#stored;
    await stored.open();
    this.#cursor = stored.meta;
    this.#readPostings = stored.meta?.postings ?? 0;
    await stored.checkUnfinished(log);
    this.#startSize = await log.integratedSize();
    const above = stored.meta?.head?.leafIndex ?? -1;
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
      await this.#proposed?.index.batch.drop();
    }
  }

  /** The next entries; null if a head is due first. */
  async #nextOrDue(
    next: Promise<IteratorResult<LogBatch, unknown>>,
    signal: AbortSignal,
  ): Promise<IteratorResult<LogBatch, unknown> | null> {
    // What an earlier run stored and no head covers waits for one, like what was read.
    const isCovered = this.#buffer.postings === 0 && this.#stored.isUnderHead;
    if (this.#proposed?.isAppended ?? isCovered) return next;
    const { clock, sleep } = this.#options;
    const waiting = new AbortController();
    const end = (): void => waiting.abort();
    const wait = Math.max(DUE_MS, this.#dueMs - clock());
    signal.addEventListener('abort', end);
    try {
      return await Promise.race([next, sleep(wait, waiting.signal).then(() => null)]);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  async #take(batch: LogBatch, signal: AbortSignal): Promise<void> {
    for (const [i, entry] of batch.entries.entries()) {
      const leafIndex = batch.firstIndex + i;
      if (parseHead(entry) === null) this.#read(leafIndex, entry);
      else if (leafIndex >= this.#startSize) await this.#adopt(leafIndex, entry);
    }
    this.#cursor = batch.cursor;
    await this.#finish();
    if (this.#stored.unfinished === null) {
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
      const index = await this.#prepare(tree);
      try {
        checkHead(found, this.#headOf(index));
      } catch (error) {
        await index.batch.drop();
        throw error;
      }
      await this.#stored.commit(index, found);
      this.#earlier?.drop();
    }
  }

  /** Stores what is in memory, if it is too much: no head of the log stands before it. */
  async #flush(): Promise<void> {
    const tree = this.#cursor;
    const { bufferPostingsMax, bufferKeysMax } = this.#options.limits;
    const { postings, keys } = this.#buffer;
    // The labels of one bucket are hashed without a pause, and an empty index is one.
    const keysMax = this.#stored.state.map.keys === 0 ? bufferKeysMax / 8 : bufferKeysMax;
    if (tree === null || (postings < bufferPostingsMax && keys < keysMax)) return;
    // A head that can be made now, or is on its way, takes them.
    const isHeadNear = this.#headable !== null && tree.size >= this.#startSize;
    if (isHeadNear || this.#proposed !== null) return;
    await this.#store(tree, null);
  }

  /** Ends the flush that an earlier run began, as soon as its entries are read again. */
  async #finish(): Promise<void> {
    const mark = this.#stored.unfinished;
    if (mark === null || (this.#cursor?.size ?? 0) < mark.size) return;
    await this.#store(mark, mark.label);
  }

  /**
   * Stores the postings of a tree without a head.
   *
   * @param above  labels up to this one have theirs already; null: none has
   */
  #store(tree: LogCursor, above: Uint8Array | null): Promise<void> {
    return this.#growing(tree, above, (growth) => this.#stored.flush(tree, growth));
  }

  /** The index of a tree; it lies apart until it is committed. */
  #prepare(tree: LogCursor): Promise<PreparedIndex> {
    return this.#growing(tree, null, (growth) => this.#stored.prepare(tree, growth));
  }

  /** Takes the postings of a tree out of the buffer, and tells which keys were new. */
  async #growing<T>(
    tree: LogCursor,
    above: Uint8Array | null,
    grow: (growth: Growth) => Promise<T>,
  ): Promise<T> {
    const { pause, onNewKeys } = this.#options;
    const newKeys = new Map<string | null, number>();
    const onNewKey = ({ indices: [first = 0], by }: NewPostings): void => {
      if (first >= this.#startSize) newKeys.set(by, (newKeys.get(by) ?? 0) + 1);
    };
    const postings = await this.#buffer.takeBelow(tree.size, pause);
    const grown = await grow({ postings: postings.sorted(above), onNewKey });
    if (newKeys.size > 0) onNewKeys(newKeys);
    return grown;
  }

  /** Appends a head if one is due. */
  async #propose(): Promise<void> {
    if (this.#stored.unfinished !== null) return;
    const { limits, clock, served } = this.#options;
    await this.#look();
    if (this.#proposed !== null) {
      if (!this.#proposed.isAppended) await this.#append(this.#proposed);
      return;
    }
    const tree = this.#headable;
    if (tree === null || (this.#cursor?.size ?? 0) < this.#startSize) return;
    const entries = tree.size - (this.#stored.meta?.size ?? 0);
    if (clock() < this.#dueMs && entries < limits.headEntriesMax) return;
    this.#reached = null;
    if (this.#buffer.first >= tree.size && this.#stored.isUnderHead) return;
    // What a head brings lies apart until the log has it. Before the first one nobody loses an answer if it does not.
    const isMuch = this.#buffer.postings >= limits.bufferPostingsMax / 8;
    if (isMuch && served.newest === null) await this.#store(tree, null);
    const began = clock();
    const index = await this.#prepare(tree);
    this.#tookMs = clock() - began;
    const leaf = formatIndexHead(this.#headOf(index));
    this.#proposed = { index, leaf, isAppended: false };
    await this.#append(this.#proposed);
  }

  async #append(proposed: Proposed): Promise<void> {
    const { clock, limits } = this.#options;
    const { headIntervalMs, headIntervalMsMax } = limits;
    this.#dueMs = clock() + Math.max(headIntervalMs, Math.min(4 * this.#tookMs, headIntervalMsMax));
    try {
      await this.#options.log.appendIndexHead(proposed.leaf);
      proposed.isAppended = true;
    } catch (error) {
      // It was not appended: it is offered again when the next head is due.
      if (!isTransparencyError(error) || !NOT_APPENDED.has(error.code)) throw error;
    }
  }

  /**
   * The newest published tree that was read to its end, unless what is stored is of more entries: a head of it would be
   * false.
   */
  get #headable(): LogCursor | null {
    const reached = this.#reached;
    return reached !== null && reached.size >= (this.#stored.meta?.size ?? 0) ? reached : null;
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
      this.#reached = this.#ahead.shift() ?? null;
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
    await this.#stored.commit(proposed.index, { leafIndex, leaf: leaf.slice() });
  }

  #headOf({ tree, state }: PreparedIndex): IndexHead {
    return {
      v: 'nhi.index/1',
      origin: this.#options.log.origin,
      map: 'nhi.map/1',
      size: tree.size,
      root: base64(tree.rootHash),
      index: base64(trieRootOf(state)),
      keys: state.map.keys,
      postings: state.postings,
      prev: this.#stored.meta?.head?.leafIndex ?? null,
    };
  }

  /** There is never a second head of one size, and none of entries behind it. */
  #checkGrowth(found: HeadLeaf, head: IndexHead): void {
    const { meta } = this.#stored;
    const last = meta?.head ?? null;
    const lastSize = last === null ? -1 : parseIndexHead(last.leaf).size;
    const size = meta?.size ?? 0;
    if (head.size > lastSize && head.size >= size && head.size <= found.leafIndex) return;
    throw falseHead(found.leafIndex, `of ${head.size} entries, behind one of ${lastSize}`);
  }
}

function checkHead(found: HeadLeaf, made: IndexHead): void {
  if (equalBytes(found.leaf, formatIndexHead(made))) return;
  throw falseHead(found.leafIndex, `the log's entries make another: ${JSON.stringify(made)}`);
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
