import { base64 } from '../core/base64.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { GrowingTrie } from '../core/growing-trie.ts';
import { leafHash } from '../core/hash.ts';
import { miniLogLeafHash, miniLogValue } from '../core/mini-log.ts';
import { appendToEdge, type Edge, EMPTY_EDGE, rootOfEdge } from '../core/tree.ts';
import { type IndexHead, parseIndexHead } from '../event/index-leaf.ts';
import { formatLookupKey, type LookupKey, labelOf, MAP, mapLeaf } from '../event/map.ts';
import { WaitingEntries } from './waiting-entries.ts';

/** An index head that was met in a replay, and how it differs from what the entries make; null: it is true. */
export interface ReplayedHead {
  readonly leafIndex: number;
  readonly leaf: Uint8Array;
  readonly head: IndexHead;
  readonly difference: string | null;
}

/** The mini-log of a label as far as it is replayed. */
export interface ReplayedLabel {
  readonly label: Uint8Array;
  readonly count: number;
  /** VALUE; what the trie of a true head holds. */
  readonly value: Uint8Array;
}

/** A key that was met. */
interface KnownKey {
  readonly label: Uint8Array;
  edge: Edge;
  /** Of the entries up to which it was last touched: what has grown under a head is known by it. */
  grownAt: number;
}

/**
 * Replays a log in memory, entry by entry in order, and holds every index head to it. It shares no code with the index
 * that made them but the map and the hashes. A few hundred bytes a key, some fifty an entry that is under no head yet.
 * (spec/11-index.md §10)
 */
export class IndexReplay {
  readonly #origin: string;
  readonly #keys = new Map<string, KnownKey>();
  readonly #trie = new GrowingTrie();
  /** Entries that were read and are under no head yet. */
  readonly #waiting = new WaitingEntries<KnownKey>();
  #waitingWithKeys = 0;
  #tree: Edge = EMPTY_EDGE;
  #postings = 0;
  #last: { readonly leafIndex: number; readonly size: number } | null = null;
  /** Entries of the index before the last head that was taken in. */
  #grownFrom = 0;

  /** @param origin  of the log: heads of others are false */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Entries that were read. */
  get size(): number {
    return this.#tree.size + this.#waiting.length;
  }

  /** Entries with keys that are under no head yet. */
  get waitingWithKeys(): number {
    return this.#waitingWithKeys;
  }

  /** Labels that the index has, those first that have grown since the head before the last one. */
  labels(): readonly ReplayedLabel[] {
    const known = [...this.#keys.values()].filter(({ edge }) => edge.size > 0);
    const hasGrown = ({ grownAt }: KnownKey): boolean => grownAt >= this.#grownFrom;
    return [...known.filter(hasGrown), ...known.filter((key) => !hasGrown(key))].map((key) => {
      return { label: key.label, count: key.edge.size, value: valueOfEdge(key.edge) };
    });
  }

  /** Takes the next entry, whatever it is. Does it carry keys? */
  add(entry: Uint8Array): boolean {
    const keys = mapLeaf(entry).map((key) => this.#known(key));
    this.#waiting.push(leafHash(entry), keys);
    if (keys.length > 0) this.#waitingWithKeys += 1;
    return keys.length > 0;
  }

  /** Takes all that was read into the index: for whom no head of fewer entries matters. */
  settle(): void {
    this.#advance(this.size);
  }

  /** Takes the next entry; if it is an index head, it says whether that is true. */
  take(entry: Uint8Array): ReplayedHead | null {
    const leafIndex = this.size;
    const head = this.add(entry) ? null : headOf(entry);
    if (head === null) return null;
    const difference = this.#difference(leafIndex, head);
    const replayed = { leafIndex, leaf: entry.slice(), head, difference };
    if (difference === null) this.#last = { leafIndex, size: head.size };
    return replayed;
  }

  /**
   * Checks a head over entries that were all read.
   *
   * @throws {TransparencyError} index.head-mismatch
   */
  check(leafIndex: number, head: IndexHead): void {
    this.#advance(head.size);
    const why = this.#differenceOfContent(head);
    if (why === null) return;
    const message = `the index head at leaf ${leafIndex}: ${why}`;
    throw new TransparencyError('index.head-mismatch', message, { details: { leafIndex } });
  }

  #difference(leafIndex: number, head: IndexHead): string | null {
    const last = this.#last;
    if (head.size > leafIndex) return `${head.size} entries, of which some stand behind it`;
    if (last !== null && head.size <= last.size) {
      return `${head.size} entries, where the head before it has ${last.size}`;
    }
    if (head.size < this.#tree.size)
      return `${head.size} entries, fewer than a false head before it`;
    if (head.prev !== (last?.leafIndex ?? null)) {
      return `prev ${head.prev}, where the head before it is at ${last?.leafIndex ?? 'no leaf'}`;
    }
    this.#advance(head.size);
    return this.#differenceOfContent(head);
  }

  #differenceOfContent(head: IndexHead): string | null {
    const differences = [
      ['origin', head.origin, this.#origin],
      ['size', head.size, this.#tree.size],
      ['root', head.root, base64(rootOfEdge(this.#tree))],
      ['keys', head.keys, this.#trie.keys],
      ['postings', head.postings, this.#postings],
      ['index', head.index, base64(this.#trie.root())],
    ] as const;
    const found = differences.find(([, said, is]) => said !== is);
    return found === undefined ? null : `${found[0]} ${found[1]}, its entries make ${found[2]}`;
  }

  /** Takes waiting entries into the index, up to a size. */
  #advance(size: number): void {
    this.#grownFrom = this.#tree.size;
    const grown = new Set<KnownKey>();
    while (this.#tree.size < size && this.#waiting.length > 0) {
      const { hash, keys } = this.#waiting.shift();
      const index = this.#tree.size;
      const leaf = miniLogLeafHash(index);
      for (const key of keys) {
        key.edge = appendToEdge(key.edge, leaf);
        key.grownAt = index;
        grown.add(key);
        this.#postings += 1;
      }
      if (keys.length > 0) this.#waitingWithKeys -= 1;
      this.#tree = appendToEdge(this.#tree, hash);
    }
    for (const { label, edge } of grown) this.#trie.set(label, valueOfEdge(edge));
  }

  #known(key: LookupKey): KnownKey {
    const text = formatLookupKey(key);
    let known = this.#keys.get(text);
    if (known === undefined) {
      known = { label: labelOf(key), edge: EMPTY_EDGE, grownAt: 0 };
      this.#keys.set(text, known);
    }
    return known;
  }
}

function valueOfEdge(edge: Edge): Uint8Array {
  return miniLogValue(edge.size, rootOfEdge(edge));
}

/** The head of this map that an entry is, if it is one. */
function headOf(entry: Uint8Array): IndexHead | null {
  try {
    const head = parseIndexHead(entry);
    return head.map === MAP ? head : null;
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}
