import {
  type CanonicalForm,
  formatCanonicalValue,
  parseCanonicalValue,
} from './canonical-value.ts';
import { EVENT_LIMITS } from './limits.ts';
import { schemas } from './schema.generated.ts';
import type { JsonValue } from './strict-json.ts';

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

/**
 * Bytes of an index head, canonical.
 *
 * @throws {TransparencyError} leaf.malformed
 */
export function formatIndexHead(head: IndexHead): Uint8Array {
  return formatCanonicalValue(head as unknown as JsonValue, FORM);
}

/**
 * The index head of a leaf's bytes.
 *
 * @throws {TransparencyError} leaf.malformed
 */
export function parseIndexHead(bytes: Uint8Array): IndexHead {
  // The schema holds, so the value has the shape of its type.
  return parseCanonicalValue(bytes, FORM) as unknown as IndexHead;
}

const FORM: CanonicalForm = {
  schema: schemas.index,
  depthMax: EVENT_LIMITS.eventDepthMax,
  code: 'leaf.malformed',
};
