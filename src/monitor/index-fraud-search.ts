import type { LogLocation } from '../client/http-tiles.ts';
import type { IndexReplay, ReplayedHead, ReplayedLabel } from '../client/index-replay.ts';
import type { LogClient } from '../client/log-client.ts';
import { askPage } from '../client/lookup-client.ts';
import { type EntrySource, readAllEntries, readEntries } from '../client/lookup-entries.ts';
import { LookupPages, NOTHING_KNOWN } from '../client/lookup-pages.ts';
import { equalBytes } from '../core/bytes.ts';
import type { VerifiedCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError } from '../core/error.ts';
import { miniLogValue, rootOfPage } from '../core/mini-log.ts';
import { proveConsistency, proveInclusion } from '../core/prover.ts';
import type { IndexHeadProof } from '../event/index-answer.ts';
import { checkIndexFraud, formatIndexFraud, type IndexFraud } from '../event/index-fraud.ts';
import { parseIndexHead } from '../event/index-leaf.ts';
import type { OpenedIndexAnswer } from '../event/index-proof.ts';
import { labelOf, mapLeaf } from '../event/map.ts';

/** Where a search asks. */
export interface FraudSearchOptions {
  readonly client: LogClient;
  readonly location: LogLocation;
  readonly checkpoint: VerifiedCheckpoint;
  readonly replay: IndexReplay;
  readonly signal?: AbortSignal;
}

/** Labels that are asked for, at most: those that the false head changed come first. */
const LABELS_MAX = 10_000;

/**
 * Looks for the evidence against a false head: asks the log itself for the labels that it should have, until an answer
 * is not what the entries make. Null if there is none to be had: the log does not answer under a false head, or what is
 * wrong is no posting.
 *
 * @returns bytes of a fraud proof that was checked
 */
export async function searchIndexFraud(
  options: FraudSearchOptions,
  found: ReplayedHead,
  before: { readonly leafIndex: number; readonly leaf: Uint8Array } | null,
): Promise<Uint8Array | null> {
  const double = before !== null && parseIndexHead(before.leaf).size === found.head.size;
  const fraud = double
    ? await doubleFraud(options, found, before)
    : await postingFraud(options, found);
  if (fraud === null) return null;
  const bytes = formatIndexFraud(fraud);
  checkIndexFraud(bytes, options.client.logKey);
  return bytes;
}

async function doubleFraud(
  options: FraudSearchOptions,
  found: ReplayedHead,
  before: { readonly leafIndex: number; readonly leaf: Uint8Array },
): Promise<IndexFraud> {
  return {
    kind: 'double',
    checkpoint: options.checkpoint.note,
    head: await headProof(options, found),
    other: await headProof(options, before),
  };
}

async function postingFraud(
  options: FraudSearchOptions,
  found: ReplayedHead,
): Promise<IndexFraud | null> {
  for (const own of options.replay.labels().slice(0, LABELS_MAX)) {
    const answer = await askUnder(options, own.label, found.leafIndex);
    if (answer === null) return null;
    if (!isSuspect(answer, own, found)) continue;
    const fraud = await fraudOfLabel(options, own.label, answer);
    if (fraud !== null) return fraud;
  }
  return null;
}

/** Under the same head any difference counts; under a later one a posting is missing if there are fewer. */
function isSuspect(answer: OpenedIndexAnswer, own: ReplayedLabel, found: ReplayedHead): boolean {
  const { page, count, head } = answer;
  if (page === null) return true;
  if (head.leafIndex !== found.leafIndex) return count < own.count;
  return (
    count !== own.count || !equalBytes(miniLogValue(count, rootOfPage(page, count)), own.value)
  );
}

/** What the head says of a label against what the entries say. */
async function fraudOfLabel(
  options: FraudSearchOptions,
  label: Uint8Array,
  answer: OpenedIndexAnswer,
): Promise<IndexFraud | null> {
  const said = await allPostings(options, label, answer.head.leafIndex);
  if (said === null) return null;
  const own = await ownPostings(options, label, answer.head.tree.size);
  const isOwn = new Set(own);
  const missing = own.find((index) => !said.has(index));
  const added = [...said].find((index) => !isOwn.has(index));
  const index = missing ?? added;
  if (index === undefined) return null;
  const range = `&range=${index}:${index + 1}&head=${answer.head.leafIndex}`;
  const asked = await askPage(options, label, range);
  const tiles = options.client.tiles(asked.checkpoint);
  const treeSize = asked.checkpoint.size;
  const [entry] = await leavesAt(sourceOf(options), [index]);
  if (entry === undefined) return null;
  return {
    kind: missing === undefined ? 'false' : 'missing',
    checkpoint: asked.checkpoint.note,
    head: asked.raw.head,
    entry: {
      index,
      leaf: entry,
      inclusion: await proveInclusion(tiles, { leafIndex: index, treeSize }, options.signal),
    },
    label,
    trie: asked.raw.trie,
    count: asked.raw.count,
    page: asked.raw.page,
  };
}

/** An answer under a head; under any if that is not served any more; null if there is none. */
async function askUnder(
  options: FraudSearchOptions,
  label: Uint8Array,
  head: number,
): Promise<OpenedIndexAnswer | null> {
  for (const pin of [`&head=${head}`, '']) {
    try {
      return (await askPage(options, label, `${pin}&limit=10000`)).answer;
    } catch (error) {
      if (!isTransparencyError(error, 'reply.status')) throw error;
    }
  }
  return null;
}

async function allPostings(
  options: FraudSearchOptions,
  label: Uint8Array,
  head: number,
): Promise<ReadonlySet<number> | null> {
  const pages = new LookupPages({ known: NOTHING_KNOWN, range: null });
  while (!pages.isComplete) {
    try {
      const place = `&from=${pages.next}&head=${head}&limit=10000`;
      pages.take((await askPage(options, label, place)).answer);
    } catch (error) {
      if (isTransparencyError(error, 'reply.status')) return null;
      throw error;
    }
  }
  return new Set(pages.indices);
}

/** Reads the log once more: a replay keeps no postings. */
async function ownPostings(
  options: FraudSearchOptions,
  label: Uint8Array,
  size: number,
): Promise<readonly number[]> {
  const postings: number[] = [];
  for await (const { index, entry } of readAllEntries(sourceOf(options), { from: 0, to: size })) {
    if (mapLeaf(entry).some((key) => equalBytes(labelOf(key), label))) postings.push(index);
  }
  return postings;
}

async function leavesAt(source: EntrySource, indices: readonly number[]): Promise<Uint8Array[]> {
  const leaves: Uint8Array[] = [];
  for await (const { entry } of readEntries(source, indices)) leaves.push(entry);
  return leaves;
}

async function headProof(
  { client, checkpoint, signal }: FraudSearchOptions,
  { leafIndex, leaf }: { readonly leafIndex: number; readonly leaf: Uint8Array },
): Promise<IndexHeadProof> {
  const tiles = client.tiles(checkpoint);
  const { size: treeSize } = checkpoint;
  const first = parseIndexHead(leaf).size;
  return {
    leafIndex,
    leaf,
    inclusion: await proveInclusion(tiles, { leafIndex, treeSize }, signal),
    consistency: await proveConsistency(tiles, { first, second: treeSize }, signal),
  };
}

function sourceOf({ client, location, checkpoint, signal }: FraudSearchOptions): EntrySource {
  const tiles = client.tiles(checkpoint);
  return { location, checkpoint, tiles, ...(signal === undefined ? {} : { signal }) };
}
