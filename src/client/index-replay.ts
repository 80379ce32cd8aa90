import { base64 } from '../core/base64.ts';
import { compareBytes } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { miniLogLeafHash, miniLogValue } from '../core/mini-log.ts';
import { trieRoot } from '../core/prefix-trie.ts';
import { appendToEdge, type Edge, EMPTY_EDGE, rootOfEdge } from '../core/tree.ts';
import type { OpenedIndexHead } from '../event/index-proof.ts';
import { formatLookupKey, labelOf, mapLeaf } from '../event/map.ts';

/**
 * Replays a log in memory, entry by entry, and says whether an index head is what its entries make. It costs a few
 * hundred bytes a key. (spec/11-index.md §9, grade `replayed`)
 */
export class IndexReplay {
  readonly #miniLogs = new Map<string, { readonly label: Uint8Array; edge: Edge }>();
  #tree: Edge = EMPTY_EDGE;
  #postings = 0;

  /** Entries so far. */
  get size(): number {
    return this.#tree.size;
  }

  /** Takes the next entry. */
  add(entry: Uint8Array): void {
    const leaf = miniLogLeafHash(this.#tree.size);
    for (const key of mapLeaf(entry)) {
      const text = formatLookupKey(key);
      const known = this.#miniLogs.get(text) ?? { label: labelOf(key), edge: EMPTY_EDGE };
      known.edge = appendToEdge(known.edge, leaf);
      this.#miniLogs.set(text, known);
      this.#postings += 1;
    }
    this.#tree = appendToEdge(this.#tree, leafHash(entry));
  }

  /**
   * Checks a head over exactly these entries.
   *
   * @throws {TransparencyError} index.head-mismatch
   */
  check(opened: OpenedIndexHead): void {
    const { head, tree, leafIndex } = opened;
    const differences = [
      ['size', tree.size, this.#tree.size],
      ['root', head.root, base64(rootOfEdge(this.#tree))],
      ['keys', head.keys, this.#miniLogs.size],
      ['postings', head.postings, this.#postings],
      ['index', head.index, base64(this.#trieRoot())],
    ] as const;
    for (const [what, said, is] of differences) {
      if (said === is) continue;
      throw new TransparencyError(
        'index.head-mismatch',
        `the index head at leaf ${leafIndex} says ${what} ${said}, its entries make ${is}`,
        { details: { leafIndex, what } },
      );
    }
  }

  #trieRoot(): Uint8Array {
    const leaves = [...this.#miniLogs.values()].sort((a, b) => compareBytes(a.label, b.label));
    return trieRoot({
      labels: leaves.map(({ label }) => label),
      values: leaves.map(({ edge }) => miniLogValue(edge.size, rootOfEdge(edge))),
    });
  }
}
