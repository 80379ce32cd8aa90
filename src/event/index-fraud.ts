import { base64 } from '../core/base64.ts';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { openCheckpoint, type VerifiedCheckpoint } from '../core/checkpoint.ts';
import { TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import { checkInclusion } from '../core/inclusion.ts';
import type { MiniLogPage } from '../core/mini-log.ts';
import type { TrieNode } from '../core/prefix-trie.ts';
import type { VerifierKey } from '../core/vkey.ts';
import { canonicalJson } from './canonical.ts';
import {
  bytesOf,
  formatHeadProof,
  formatPage,
  formatTriePath,
  hashesOf,
  hashOf,
  type IndexHeadProof,
  membersOf,
  readHeadProof,
  reading,
  readPage,
  readTriePath,
  sizeOf,
  textOf,
} from './index-answer.ts';
import { checkLabel, type OpenedIndexHead, openIndexHead } from './index-proof.ts';
import { formatLookupKey, labelOf, mapLeaf } from './map.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';

/** An entry and its path in the tree of the checkpoint. */
export interface IncludedEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly inclusion: readonly Uint8Array[];
}

/** Evidence that an index head is false, which the log signed itself. (spec/11-index.md §10) */
export type IndexFraud = {
  /** The signed note, whole. */
  readonly checkpoint: Uint8Array;
  readonly head: IndexHeadProof;
} & (
  | {
      /** missing: the entry carries the label and is not in its mini-log. false: it is, and does not carry it. */
      readonly kind: 'missing' | 'false';
      readonly entry: IncludedEntry;
      readonly label: Uint8Array;
      readonly trie: readonly TrieNode[];
      readonly count: number;
      readonly page: MiniLogPage | null;
    }
  /** Two heads of one size. */
  | { readonly kind: 'double'; readonly other: IndexHeadProof }
);

/** What a fraud proof shows. */
export interface ShownFraud {
  readonly kind: IndexFraud['kind'];
  readonly origin: string;
  /** Of the false head. */
  readonly leafIndex: number;
  /** One sentence. */
  readonly what: string;
}

/** Bytes of a fraud proof, at most. */
export const FRAUD_BYTES_MAX = 4_194_304;

/** The bytes of a fraud proof: canonical JSON. */
export function formatIndexFraud(fraud: IndexFraud): Uint8Array {
  const shared = {
    v: VERSION,
    kind: fraud.kind,
    checkpoint: utf8Text(fraud.checkpoint),
    head: formatHeadProof(fraud.head),
  };
  if (fraud.kind === 'double')
    return canonicalJson({ ...shared, other: formatHeadProof(fraud.other) });
  const { entry, label, trie, count, page } = fraud;
  return canonicalJson({
    ...shared,
    entry: {
      index: entry.index,
      leaf: base64(entry.leaf),
      inclusion: entry.inclusion.map(base64),
    },
    label: base64(label),
    trie: formatTriePath(trie),
    count,
    page: page === null ? null : formatPage(page),
  });
}

/**
 * The fraud proof of its bytes: `formatIndexFraud(parseIndexFraud(bytes))` is `bytes`. Nothing of it is verified.
 *
 * @throws {TransparencyError} index-fraud.malformed
 */
export function parseIndexFraud(bytes: Uint8Array): IndexFraud {
  if (bytes.length > FRAUD_BYTES_MAX) throw malformed(`${bytes.length} bytes`);
  const fraud = reading(() => fraudOf(parseStrictJson(bytes)), 'index-fraud.malformed');
  if (!equalBytes(formatIndexFraud(fraud), bytes)) throw malformed('not in canonical form');
  return fraud;
}

/**
 * Verifies a fraud proof with the log's key alone: no quorum, no replay. (spec/11-index.md §10)
 *
 * @returns what it shows; whoever gets that holds evidence that the log signed
 * @throws {TransparencyError} index-fraud.malformed; index-fraud.proves-nothing, with the reason as its cause
 */
export function checkIndexFraud(bytes: Uint8Array, logKey: VerifierKey): ShownFraud {
  const fraud = parseIndexFraud(bytes);
  return reading(() => {
    const checkpoint = openCheckpoint(fraud.checkpoint, { logKey });
    const head = openIndexHead(fraud.head, checkpoint);
    const what =
      fraud.kind === 'double'
        ? checkDouble(head, openIndexHead(fraud.other, checkpoint))
        : checkPosting(fraud, head, checkpoint);
    return { kind: fraud.kind, origin: checkpoint.origin, leafIndex: head.leafIndex, what };
  }, 'index-fraud.proves-nothing');
}

const VERSION = 'varve.index-fraud/1';

function checkDouble(head: OpenedIndexHead, other: OpenedIndexHead): string {
  if (head.leafIndex === other.leafIndex) throw nothing('one head, twice');
  if (head.tree.size !== other.tree.size) throw nothing('heads of two sizes');
  return `two index heads of ${head.tree.size} entries, at leaf ${head.leafIndex} and ${other.leafIndex}`;
}

function checkPosting(
  fraud: Exclude<IndexFraud, { readonly kind: 'double' }>,
  head: OpenedIndexHead,
  checkpoint: VerifiedCheckpoint,
): string {
  const { entry, label, trie, count, page } = fraud;
  if (entry.index >= head.tree.size) throw nothing('an entry behind the head');
  checkInclusion({
    leafHash: leafHash(entry.leaf),
    leafIndex: entry.index,
    treeSize: checkpoint.size,
    path: entry.inclusion,
    rootHash: checkpoint.rootHash,
  });
  checkLabel({ label, trie, count, page }, head);
  const key = mapLeaf(entry.leaf).find((one) => equalBytes(labelOf(one), label));
  const place = `the index head at leaf ${head.leafIndex}`;
  if (fraud.kind === 'missing') {
    if (key === undefined) throw nothing('the entry does not carry the label');
    if (page !== null) checkGap(page, count, entry.index);
    return `entry ${entry.index} carries ${formatLookupKey(key)}, and ${place} leaves it out`;
  }
  if (key !== undefined) throw nothing('the entry carries the label');
  if (page?.indices.includes(entry.index) !== true)
    throw nothing('the page does not name the entry');
  return `${place} names entry ${entry.index} for a key that it does not carry`;
}

/** The page has both neighbours of where the index would stand, or ends where the mini-log does. */
function checkGap(page: MiniLogPage, count: number, index: number): void {
  const { from, indices } = page;
  if (indices.includes(index)) throw nothing('the page names the entry');
  const above = indices.findIndex((one) => one > index);
  const isBelowKnown = above > 0 || (above === 0 && from === 0);
  const isLast = above < 0 && indices.length > 0 && from + indices.length === count;
  if (!isBelowKnown && !isLast) throw nothing('the entry may stand on another page');
}

function fraudOf(value: JsonValue): IndexFraud {
  const kind =
    typeof value === 'object' && value !== null && 'kind' in value ? value['kind'] : null;
  const shared = ['v', 'kind', 'checkpoint', 'head'];
  const more = kind === 'double' ? ['other'] : ['entry', 'label', 'trie', 'count', 'page'];
  const fraud = membersOf(value, [...shared, ...more]);
  if (fraud['v'] !== VERSION) throw malformed('of another version');
  const parts = {
    checkpoint: utf8(textOf(fraud['checkpoint'])),
    head: readHeadProof(fraud['head']),
  };
  if (kind === 'double') return { ...parts, kind, other: readHeadProof(fraud['other']) };
  if (kind !== 'missing' && kind !== 'false') throw malformed('of another kind');
  const entry = membersOf(fraud['entry'], ['index', 'leaf', 'inclusion']);
  return {
    ...parts,
    kind,
    entry: {
      index: sizeOf(entry['index']),
      leaf: bytesOf(entry['leaf']),
      inclusion: hashesOf(entry['inclusion']),
    },
    label: hashOf(fraud['label']),
    trie: readTriePath(fraud['trie']),
    count: sizeOf(fraud['count']),
    page: fraud['page'] === null ? null : readPage(fraud['page']),
  };
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('index-fraud.malformed', why);
}

function nothing(why: string): TransparencyError {
  return new TransparencyError('index-fraud.proves-nothing', why);
}
