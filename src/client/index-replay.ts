import { base64 } from '../core/base64.ts';
import { compareBytes } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { miniLogLeafHash, miniLogValue } from '../core/mini-log.ts';
import { trieRoot } from '../core/prefix-trie.ts';
import { appendToEdge, type Edge, EMPTY_EDGE, rootOfEdge } from '../core/tree.ts';
import { type IndexHead, parseIndexHead } from '../event/index-leaf.ts';
import { formatLookupKey, labelOf, MAP, mapLeaf } from '../event/map.ts';

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

/**
 * Replays a log in memory, entry by entry in order, and holds every index head to it. It shares no code with the index
 * that made them but the map and the hashes. A few hundred bytes a key. (spec/11-index.md §10)
 */
export class IndexReplay {
  readonly #origin: string;
  readonly #miniLogs = new Map<string, { readonly label: Uint8Array; edge: Edge }>();
  /** Entries that were read and are under no head yet. */
  #waiting: { readonly hash: Uint8Array; readonly keys: readonly string[] }[] = [];
  #waitingWithKeys = 0;
  #tree: Edge = EMPTY_EDGE;
  #postings = 0;
  #last: { readonly leafIndex: number; readonly size: number } | null = null;
  #touched = new Set<string>();

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

  /** Labels that have grown since the head before the last one, those of the last ones first. */
  labels(): readonly ReplayedLabel[] {
    const texts = [...this.#touched, ...this.#miniLogs.keys()];
    return [...new Set(texts)].map((text) => this.#labelOf(text));
  }

  /** Takes the next entry, whatever it is. Its keys, as text. */
  add(entry: Uint8Array): readonly string[] {
    const keys = mapLeaf(entry).map(formatLookupKey);
    this.#waiting.push({ hash: leafHash(entry), keys });
    if (keys.length > 0) this.#waitingWithKeys += 1;
    return keys;
  }

  /** Takes the next entry; if it is an index head, it says whether that is true. */
  take(entry: Uint8Array): ReplayedHead | null {
    const leafIndex = this.size;
    const head = this.add(entry).length === 0 ? headOf(entry) : null;
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
    throw new TransparencyError(
      'index.head-mismatch',
      `the index head at leaf ${leafIndex}: ${why}`,
      {
        details: { leafIndex },
      },
    );
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
      ['keys', head.keys, this.#miniLogs.size],
      ['postings', head.postings, this.#postings],
      ['index', head.index, base64(this.#trieRoot())],
    ] as const;
    const found = differences.find(([, said, is]) => said !== is);
    return found === undefined ? null : `${found[0]} ${found[1]}, its entries make ${found[2]}`;
  }

  /** Takes waiting entries into the index, up to a size. */
  #advance(size: number): void {
    this.#touched = new Set();
    const count = Math.max(0, size - this.#tree.size);
    for (const { hash, keys } of this.#waiting.slice(0, count)) {
      const leaf = miniLogLeafHash(this.#tree.size);
      for (const text of keys) this.#append(text, leaf);
      if (keys.length > 0) this.#waitingWithKeys -= 1;
      this.#tree = appendToEdge(this.#tree, hash);
    }
    this.#waiting = this.#waiting.slice(count);
  }

  #append(text: string, leaf: Uint8Array): void {
    let known = this.#miniLogs.get(text);
    if (known === undefined) {
      const colon = text.indexOf(':');
      const selector = text.slice(0, colon) as Parameters<typeof labelOf>[0]['selector']; // It was one before.
      known = { label: labelOf({ selector, value: text.slice(colon + 1) }), edge: EMPTY_EDGE };
      this.#miniLogs.set(text, known);
    }
    known.edge = appendToEdge(known.edge, leaf);
    this.#touched.add(text);
    this.#postings += 1;
  }

  #labelOf(text: string): ReplayedLabel {
    const known = this.#miniLogs.get(text);
    if (known === undefined) throw new Error('bug: a label that was never replayed');
    const { label, edge } = known;
    return { label, count: edge.size, value: miniLogValue(edge.size, rootOfEdge(edge)) };
  }

  #trieRoot(): Uint8Array {
    const leaves = [...this.#miniLogs.values()].sort((a, b) => compareBytes(a.label, b.label));
    return trieRoot({
      labels: leaves.map(({ label }) => label),
      values: leaves.map(({ edge }) => miniLogValue(edge.size, rootOfEdge(edge))),
    });
  }
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
