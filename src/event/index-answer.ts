import { base64, parseBase64 } from '../core/base64.ts';
import { equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { type ErrorCode, TransparencyError } from '../core/error.ts';
import { isSize } from '../core/integers.ts';
import type { MiniLogPage } from '../core/mini-log.ts';
import type { TrieNode } from '../core/prefix-trie.ts';
import { TRIE_PATH_MAX } from '../core/prefix-trie-proof.ts';
import { canonicalJson } from './canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from './strict-json.ts';

/** Where an index head stands in the tree of a checkpoint. */
export interface IndexHeadProof {
  readonly leafIndex: number;
  /** Bytes of the leaf. */
  readonly leaf: Uint8Array;
  /** Path of the leaf in the tree of the checkpoint. */
  readonly inclusion: readonly Uint8Array[];
  /** From the size of the head to that of the checkpoint. */
  readonly consistency: readonly Uint8Array[];
}

/** What the index answers for one label: all that a client needs to verify it. (spec/11-index.md §5) */
export interface IndexAnswer {
  /** The signed note, whole. */
  readonly checkpoint: Uint8Array;
  readonly head: IndexHeadProof;
  /** 32 bytes */
  readonly label: Uint8Array;
  readonly present: boolean;
  readonly trie: readonly TrieNode[];
  /** Postings of the label; 0 if absent. */
  readonly count: number;
  /** Null if absent. */
  readonly page: MiniLogPage | null;
}

/** Postings of one page, at most. */
export const PAGE_INDICES_MAX = 10_000;
/** Bytes of an answer, at most. */
export const ANSWER_BYTES_MAX = 2_097_152;

/** The bytes of an answer: canonical JSON. */
export function formatIndexAnswer(answer: IndexAnswer): Uint8Array {
  return canonicalJson({
    checkpoint: utf8Text(answer.checkpoint),
    count: answer.count,
    head: formatHeadProof(answer.head),
    label: base64(answer.label),
    page: answer.page === null ? null : formatPage(answer.page),
    present: answer.present,
    trie: formatTriePath(answer.trie),
  });
}

/**
 * The answer of its bytes: `formatIndexAnswer(parseIndexAnswer(bytes))` is `bytes`. Nothing of it is verified.
 *
 * @throws {TransparencyError} index.malformed
 */
export function parseIndexAnswer(bytes: Uint8Array): IndexAnswer {
  if (bytes.length > ANSWER_BYTES_MAX) throw malformed(`${bytes.length} bytes`);
  const answer = reading(() => answerOf(parseStrictJson(bytes)));
  if (!equalBytes(formatIndexAnswer(answer), bytes)) throw malformed('not in canonical form');
  return answer;
}

/** The members of a head's proof, ready for canonical JSON. */
export function formatHeadProof(head: IndexHeadProof): JsonObject {
  return {
    consistency: head.consistency.map(base64),
    inclusion: head.inclusion.map(base64),
    leaf: base64(head.leaf),
    leafIndex: head.leafIndex,
  };
}

/** The members of a page, ready for canonical JSON. */
export function formatPage(page: MiniLogPage): JsonObject {
  return {
    from: page.from,
    indices: page.indices,
    left: page.left.map(base64),
    right: page.right.map(base64),
  };
}

/** The nodes of a path in the trie, ready for canonical JSON. */
export function formatTriePath(path: readonly TrieNode[]): JsonValue {
  return path.map(({ label, value }) => {
    return { bits: label.bits, label: base64(label.bytes), value: base64(value) };
  });
}

/** @throws {TransparencyError} index.malformed */
export function readHeadProof(value: JsonValue | undefined): IndexHeadProof {
  const head = membersOf(value, ['consistency', 'inclusion', 'leaf', 'leafIndex']);
  return {
    leafIndex: sizeOf(head['leafIndex']),
    leaf: bytesOf(head['leaf']),
    inclusion: hashesOf(head['inclusion']),
    consistency: hashesOf(head['consistency']),
  };
}

/** @throws {TransparencyError} index.malformed */
export function readPage(value: JsonValue | undefined): MiniLogPage {
  const page = membersOf(value, ['from', 'indices', 'left', 'right']);
  return {
    from: sizeOf(page['from']),
    indices: itemsOf(page['indices'], PAGE_INDICES_MAX).map(sizeOf),
    left: hashesOf(page['left']),
    right: hashesOf(page['right']),
  };
}

/** @throws {TransparencyError} index.malformed */
export function readTriePath(value: JsonValue | undefined): readonly TrieNode[] {
  return itemsOf(value, TRIE_PATH_MAX).map((item) => {
    const node = membersOf(item, ['bits', 'label', 'value']);
    return {
      label: { bits: sizeOf(node['bits']), bytes: hashOf(node['label']) },
      value: hashOf(node['value']),
    };
  });
}

/**
 * The members of an object that has these and no others.
 *
 * @throws {TransparencyError} index.malformed
 */
export function membersOf(value: JsonValue | undefined, names: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw malformed('not an object');
  const found = Object.keys(value);
  if (found.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) {
    throw malformed(`not the members ${names.join(', ')}`);
  }
  return value;
}

/** The text of a member. @throws {TransparencyError} index.malformed */
export function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  throw malformed('not a text');
}

/** The size or index of a member. @throws {TransparencyError} index.malformed */
export function sizeOf(value: JsonValue | undefined): number {
  if (typeof value === 'number' && isSize(value)) return value;
  throw malformed('not a size');
}

/** The bytes of a member in base64. @throws {TransparencyError} index.malformed */
export function bytesOf(value: JsonValue | undefined): Uint8Array {
  return parseBase64(textOf(value));
}

/** The 32 bytes of a member in base64. @throws {TransparencyError} index.malformed */
export function hashOf(value: JsonValue | undefined): Uint8Array {
  const bytes = bytesOf(value);
  if (bytes.length === 32) return bytes;
  throw malformed(`${bytes.length} bytes, not 32`);
}

/** Hashes of a member: a path or a compact range. @throws {TransparencyError} index.malformed */
export function hashesOf(value: JsonValue | undefined): readonly Uint8Array[] {
  return itemsOf(value, HASHES_MAX).map(hashOf);
}

/**
 * Reads what came from a stranger: whatever is refused on the way gets this code.
 *
 * @throws {TransparencyError} of the code
 */
export function reading<T>(read: () => T, code: ErrorCode = 'index.malformed'): T {
  try {
    return read();
  } catch (cause) {
    // A fault of the program stays one.
    if (!(cause instanceof TransparencyError) || cause.code === code) throw cause;
    throw new TransparencyError(code, cause.message, { cause });
  }
}

/** Paths have at most 54 hashes, compact ranges at most 106. */
const HASHES_MAX = 128;

function answerOf(value: JsonValue): IndexAnswer {
  const members = ['checkpoint', 'count', 'head', 'label', 'page', 'present', 'trie'];
  const answer = membersOf(value, members);
  const present = answer['present'];
  const count = sizeOf(answer['count']);
  if (typeof present !== 'boolean') throw malformed('present: not true or false');
  if (present === (answer['page'] === null)) throw malformed('a page if present, and only then');
  if (present === (count === 0)) throw malformed('a count if present, and only then');
  return {
    checkpoint: utf8(textOf(answer['checkpoint'])),
    head: readHeadProof(answer['head']),
    label: hashOf(answer['label']),
    present,
    trie: readTriePath(answer['trie']),
    count,
    page: present ? readPage(answer['page']) : null,
  };
}

function itemsOf(value: JsonValue | undefined, most: number): readonly JsonValue[] {
  if (!Array.isArray(value)) throw malformed('not an array');
  if (value.length > most) throw malformed(`${value.length} items, at most ${most}`);
  return value;
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('index.malformed', why);
}
