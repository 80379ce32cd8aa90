import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { miniLogLeafHash } from '../core/mini-log.ts';
import { quorumTime } from '../core/quorum.ts';
import { appendToEdge } from '../core/tree.ts';
import { ANSWER_BYTES_MAX, type IndexAnswer, parseIndexAnswer } from '../event/index-answer.ts';
import { parseIndexHead } from '../event/index-leaf.ts';
import {
  type OpenedIndexAnswer,
  type OpenedIndexHead,
  openIndexAnswer,
} from '../event/index-proof.ts';
import {
  formatLookupKey,
  type LookupKey,
  labelOf,
  mapLeaf,
  NONCONFORMING,
  UNMAPPED,
} from '../event/map.ts';
import type { LogLocation } from './http-tiles.ts';
import { readResource } from './http-tiles.ts';
import type { LogClient } from './log-client.ts';
import {
  type EntrySource,
  type LookupEntry,
  readAllEntries,
  readEntries,
} from './lookup-entries.ts';
import { type GradeOf, gradeOf } from './lookup-grade.ts';
import { type IndexRange, type KnownPostings, LookupPages, NOTHING_KNOWN } from './lookup-pages.ts';
import { isAtLeast, type LookupPolicy } from './lookup-policy.ts';

/** What a lookup is made with. */
export interface LookupOptions {
  /** A client of the log, under the policy: it holds every checkpoint to those before. */
  readonly client: LogClient;
  readonly location: LogLocation;
  readonly policy: LookupPolicy;
  /** POSIX seconds; only asked for where the policy asks for an age. */
  readonly nowSeconds: () => number;
  /** Entries behind the head that are read, at most. Default 65,536; 0: none. */
  readonly tailMax?: number;
  /** Replay the log up to the head, whatever the policy asks. Default false. */
  readonly replay?: boolean;
  /** Return what was found though its grade is below what the policy requires. Default false. */
  readonly anyGrade?: boolean;
  /**
   * Given each entry in order as soon as it is verified, and waited for: then the result holds none, and the memory that
   * a lookup takes does not grow with what it finds. What `lookup` throws later holds for these too.
   */
  readonly onEvent?: (event: LookupEntry, indexed: boolean) => void | Promise<void>;
  /** Told of how far it is. */
  readonly onProgress?: (what: string, done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** What is looked up. */
export interface LookupQuery {
  readonly key: LookupKey;
  /** Postings that the caller has already; a range passes them over. */
  readonly known?: KnownPostings;
  /** Only entries of these indices. */
  readonly range?: IndexRange;
}

/** What was proven. */
export interface LookupResult {
  readonly key: LookupKey;
  readonly range: IndexRange | null;
  readonly head: OpenedIndexHead;
  /** The tree that everything was verified in. */
  readonly checkpoint: VerifiedCheckpoint;
  /** The quorum vouches that the checkpoint was the newest at this time; null: nobody does. */
  readonly asOfSeconds: number | null;
  /** Postings under the head, all of them. */
  readonly count: number;
  /** Entries under the head that carry the key and were asked for. */
  readonly found: number;
  /** Those, unless `onEvent` was given them. */
  readonly events: readonly LookupEntry[];
  /** Entries behind the head that carry the key and were asked for; null: they were not read. */
  readonly tailFound: number | null;
  /** Those, unless `onEvent` was given them; null: they were not read. */
  readonly tail: readonly LookupEntry[] | null;
  /** Complete among the first so many entries; of a range: as far as it goes, at most to here. */
  readonly completeTo: number;
  /** Leaves that no mapping covers, among the first `mappedTo` entries. */
  readonly unmapped: number;
  readonly mappedTo: number;
  readonly grade: GradeOf;
  /** What to give as `known` next time; null for a range. */
  readonly known: KnownPostings | null;
}

/** Entries behind a head that are read, at most. */
export const TAIL_MAX = 65_536;

/**
 * Looks up all events of a key, with the proof that these are all. (spec/11-index.md §7)
 *
 * It trusts the policy and nothing else: whatever the log answers is verified before it is used.
 *
 * @throws {TransparencyError} index.*; what clients of a log throw. index.false-posting, index.head-mismatch and proofs
 *   that fail are lies of the log
 */
export async function lookup(options: LookupOptions, query: LookupQuery): Promise<LookupResult> {
  const { policy } = options;
  let found = await ask(options, query);
  let tail = await readTail(options, query, found);
  if (tail?.newerHead !== undefined) {
    // A head that stands in the tail shortens it. If it is not served yet, the longer tail does as well.
    const newer = await askAgain(options, query, tail.newerHead);
    if (newer !== null) {
      found = newer;
      tail = await readTail(options, query, found);
    }
  }
  const { checkpoint, pages, last } = found;
  const asOfSeconds = quorumTime(policy.policy, checkpoint.cosignatures).notBeforeSeconds;
  checkAge(options, asOfSeconds);
  const grade = await gradeOf(options, found);
  if (options.anyGrade !== true && !isAtLeast(grade.grade, policy.grade)) {
    const message = `${grade.grade}, where the policy requires ${policy.grade}`;
    throw new TransparencyError('index.grade', message, { details: { grade: grade.grade } });
  }
  const unmapped = await countUnmapped(options, found);
  const events = await readMatching(options, query.key, found);
  const { onEvent } = options;
  if (onEvent !== undefined) for (const one of tail?.matches ?? []) await onEvent(one, false);
  const mappedTo = tail === null || tail.isNeedless ? last.head.tree.size : checkpoint.size;
  return {
    key: query.key,
    range: query.range ?? null,
    head: last.head,
    checkpoint,
    asOfSeconds,
    count: last.count,
    found: pages.indices.length,
    events,
    tailFound: tail?.matches.length ?? null,
    tail: tail === null ? null : onEvent === undefined ? tail.matches : [],
    completeTo: tail?.isNeedless === true ? (query.range?.hi ?? mappedTo) : mappedTo,
    unmapped: unmapped + (tail?.unmapped ?? 0),
    mappedTo,
    grade,
    known: query.range === undefined ? knownAfter(query, pages, last) : null,
  };
}

/** Verified pages that hold all that was asked for, and the tree that they were verified in. */
export interface Found {
  readonly checkpoint: VerifiedCheckpoint;
  readonly pages: LookupPages;
  readonly first: OpenedIndexAnswer;
  readonly last: OpenedIndexAnswer;
  readonly source: EntrySource;
}

/** Steps 1 to 4, page by page. A head that goes away while its pages are read is asked for anew. */
async function ask(options: LookupOptions, query: LookupQuery, head?: number): Promise<Found> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askOnce(options, query, head);
    } catch (error) {
      const isGone =
        isTransparencyError(error, 'reply.status') && error.details['status'] === HEAD_GONE;
      if (!isGone || head !== undefined || attempt === 3) throw error;
    }
  }
}

async function askAgain(
  options: LookupOptions,
  query: LookupQuery,
  head: number,
): Promise<Found | null> {
  try {
    return await ask(options, query, head);
  } catch (error) {
    if (isTransparencyError(error, 'reply.status')) return null;
    throw error;
  }
}

const HEAD_GONE = 410;

async function askOnce(options: LookupOptions, query: LookupQuery, head?: number): Promise<Found> {
  const { range = null } = query;
  const known = range === null ? (query.known ?? NOTHING_KNOWN) : NOTHING_KNOWN;
  const pages = new LookupPages({ known, range });
  const label = labelOf(query.key);
  let checkpoint: VerifiedCheckpoint | null = null;
  let first: OpenedIndexAnswer | null = null;
  let last: OpenedIndexAnswer;
  do {
    const place =
      range !== null && first === null ? `&range=${range.lo}:${range.hi}` : `&from=${pages.next}`;
    const pinned = first?.head.leafIndex ?? head;
    const pin = pinned === undefined ? '' : `&head=${pinned}`;
    const opened = await askPage(options, label, `${place}${pin}&limit=${PAGE_LIMIT}`);
    last = opened.answer;
    pages.take(last);
    checkpoint ??= opened.checkpoint;
    first ??= last;
    options.onProgress?.('postings', pages.next, last.count);
  } while (!pages.isComplete);
  const { client, location, signal } = options;
  const source = {
    location,
    checkpoint,
    tiles: client.tiles(checkpoint),
    ...(signal === undefined ? {} : { signal }),
  };
  return { checkpoint, pages, first, last, source };
}

const PAGE_LIMIT = 10_000;

/**
 * One page: its checkpoint opened and held to those before, its head, trie and page verified.
 *
 * @param parameters  of the query behind the label: `&from=7`
 * @throws {TransparencyError} as `lookup`
 */
export async function askPage(
  options: Pick<LookupOptions, 'client' | 'location' | 'signal'>,
  label: Uint8Array,
  parameters: string,
): Promise<AskedPage> {
  const { client, location, signal } = options;
  const path = `lookup?label=${hex(label)}${parameters}`;
  const bytes = await readResource(location, { path, bytesMax: ANSWER_BYTES_MAX }, signal);
  if (bytes === undefined) {
    throw new TransparencyError('reply.status', 'this log answers no lookups', {
      details: { status: 404 },
    });
  }
  const raw = parseIndexAnswer(bytes);
  const checkpoint = await client.admit(raw.checkpoint, signal);
  return { checkpoint, raw, answer: openIndexAnswer(raw, { checkpoint, label }) };
}

/** A page that was verified, and as it came. */
export interface AskedPage {
  readonly checkpoint: VerifiedCheckpoint;
  readonly raw: IndexAnswer;
  readonly answer: OpenedIndexAnswer;
}

/** Step 5: the entries themselves, and that each carries the key. */
async function readMatching(
  options: LookupOptions,
  key: LookupKey,
  found: Found,
): Promise<readonly LookupEntry[]> {
  const { indices } = found.pages;
  const events: LookupEntry[] = [];
  let read = 0;
  for await (const one of readEntries(found.source, indices)) {
    if (!carries(one.entry, key)) {
      const message = `entry ${one.index} does not carry ${formatLookupKey(key)}`;
      throw new TransparencyError('index.false-posting', message, {
        details: { index: one.index },
      });
    }
    if (options.onEvent === undefined) events.push(one);
    else await options.onEvent(one, true);
    options.onProgress?.('entries', ++read, indices.length);
  }
  return events;
}

interface Tail {
  readonly matches: readonly LookupEntry[];
  readonly unmapped: number;
  /** It was not read, because the range that is asked for ends before it. */
  readonly isNeedless: boolean;
  /** Leaf index of the newest head in it. */
  readonly newerHead?: number;
}

/** Step 6: what came after the head, mapped here. */
async function readTail(
  options: LookupOptions,
  query: LookupQuery,
  found: Found,
): Promise<Tail | null> {
  const { tailMax = TAIL_MAX, onProgress } = options;
  const from = found.last.head.tree.size;
  const to = found.checkpoint.size;
  const { lo, hi } = query.range ?? { lo: 0, hi: Number.POSITIVE_INFINITY };
  if (hi <= from) return { matches: [], unmapped: 0, isNeedless: true };
  if (to - from > tailMax) return null;
  const matches: LookupEntry[] = [];
  let unmapped = 0;
  let newerHead: number | undefined;
  for await (const one of readAllEntries(found.source, { from, to })) {
    if (isHeadOf(one.entry, from)) newerHead = one.index;
    const isAsked = one.index >= lo && one.index < hi;
    if (isAsked && carries(one.entry, query.key)) matches.push(one);
    if (carries(one.entry, UNMAPPED) || carries(one.entry, NONCONFORMING)) unmapped += 1;
    onProgress?.('tail', one.index - from + 1, to - from);
  }
  return {
    matches,
    unmapped,
    isNeedless: false,
    ...(newerHead === undefined ? {} : { newerHead }),
  };
}

/** Is the entry a head of more entries? It is only asked for, never believed. */
function isHeadOf(entry: Uint8Array, size: number): boolean {
  if (mapLeaf(entry).length > 0) return false;
  try {
    return parseIndexHead(entry).size > size;
  } catch (error) {
    if (isTransparencyError(error)) return false;
    throw error;
  }
}

/** Leaves under the head that no mapping covers: two lookups more, under the same head. */
async function countUnmapped(options: LookupOptions, found: Found): Promise<number> {
  const { leafIndex } = found.last.head;
  let count = 0;
  for (const key of [UNMAPPED, NONCONFORMING]) {
    const { answer } = await askPage(options, labelOf(key), `&limit=1&head=${leafIndex}`);
    if (answer.head.leafIndex !== leafIndex) {
      throw new TransparencyError('index.incomplete', 'answered under another head than was asked');
    }
    count += answer.count;
  }
  return count;
}

function carries(entry: Uint8Array, key: LookupKey): boolean {
  return mapLeaf(entry).some(({ selector, value }) => {
    return selector === key.selector && value === key.value;
  });
}

/** Step 1, its second half. */
function checkAge({ policy, nowSeconds }: LookupOptions, asOfSeconds: number | null): void {
  const { maxAgeSeconds } = policy;
  if (maxAgeSeconds === null) return;
  if (asOfSeconds === null) {
    const message = 'an age is asked for, and with quorum none nobody vouches for a time';
    throw new TransparencyError('index.stale', message);
  }
  const ageSeconds = nowSeconds() - asOfSeconds;
  if (ageSeconds <= maxAgeSeconds) return;
  const message = `the checkpoint is ${ageSeconds} s old, at most ${maxAgeSeconds}`;
  throw new TransparencyError('index.stale', message, { details: { ageSeconds } });
}

/** The compact range of all postings: whoever keeps it can ask for the rest later, and hold it to what was known. */
function knownAfter(
  query: LookupQuery,
  pages: LookupPages,
  last: OpenedIndexAnswer,
): KnownPostings | null {
  const { known = NOTHING_KNOWN } = query;
  if (known.edge === null) return null;
  let edge = { size: known.count, hashes: known.edge };
  for (const index of pages.indices) edge = appendToEdge(edge, miniLogLeafHash(index));
  const lastIndex = pages.indices.at(-1) ?? known.lastIndex;
  return { count: last.count, lastIndex, edge: edge.hashes };
}
