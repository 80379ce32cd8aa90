import { canonicalJson } from './canonical.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';

/** A head of the verifiable index, a leaf made by the log alone: `nhi.index/1`. (spec/4-leaf.md §7) */
export interface IndexHead {
  readonly v: 'nhi.index/1';
  readonly origin: string;
  readonly map: 'nhi.map/1';
  /** Entries that the index covers: a published size. */
  readonly size: number;
  /** Base64 of the root of the log at that size. */
  readonly root: string;
  /** Base64 of the root of the trie. */
  readonly index: string;
  readonly keys: number;
  readonly postings: number;
  /** Leaf index of the last head of this map, or null. */
  readonly prev: number | null;
}

/** Bytes of an index head, canonical. */
export function formatIndexHead(head: IndexHead): Uint8Array {
  return canonicalJson(head as unknown as JsonValue);
}

/**
 * The index head of a leaf's bytes.
 *
 * @throws {TransparencyError} leaf.malformed
 */
export function parseIndexHead(bytes: Uint8Array): IndexHead {
  return parseStrictJson(bytes) as unknown as IndexHead;
}
