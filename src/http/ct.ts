import { base64, parseBase64 } from '../core/base64.ts';
import { parseBundle } from '../core/bundle.ts';
import { TransparencyError } from '../core/error.ts';
import { HASH_LENGTH } from '../core/hash.ts';
import { proveConsistency, proveInclusion } from '../core/prover.ts';
import { TILE_WIDTH, tileWidth } from '../core/tile.ts';
import { formatTreeHeadSignature } from '../core/tree-head.ts';
import type { Log } from '../log/log.ts';
import { type Answer, answerHeaders, type Caching } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { publishedHead } from './heads.ts';
import type { Limits } from './limits.ts';
import { requiredInteger } from './parameters.ts';
import { queryParameter } from './request.ts';

/** `GET /{log}/ct/v1/get-sth`: the published head, in its other form. (RFC 6962 §4.3, spec/8-http.md §10) */
export function getTreeHead({ log }: LogExchange): Answer {
  const head = publishedHead(log);
  const told = {
    tree_size: head.size,
    timestamp: head.timeMs,
    sha256_root_hash: base64(head.rootHash),
    tree_head_signature: base64(formatTreeHeadSignature(head.treeHeadSignature)),
  };
  return answerJson(told, 'revalidate');
}

/** `get-sth-consistency?first=&second=`: any two sizes of the published tree. (RFC 6962 §4.4) */
export async function getConsistency({ request, log }: LogExchange): Promise<Answer> {
  const first = requiredInteger(request, 'first');
  const second = requiredTreeSize(request, log, 'second');
  if (first > second) throw badParameter(`first: ${first} is above second`);
  const path = await proveConsistency(log.tiles, { first, second });
  return answerJson({ consistency: path.map(base64) }, 'immutable');
}

/** `get-proof-by-hash?hash=&tree_size=`: of several such leaves the first. (RFC 6962 §4.5) */
export async function getProofByHash({ request, log }: LogExchange): Promise<Answer> {
  const treeSize = requiredTreeSize(request, log, 'tree_size');
  const leafIndex = await log.indexOfLeafHash(requiredHash(request));
  if (leafIndex === undefined || leafIndex >= treeSize) {
    throw new TransparencyError('entry.not-found', `no such leaf in the tree of size ${treeSize}`);
  }
  const path = await proveInclusion(log.tiles, { leafIndex, treeSize });
  return answerJson({ leaf_index: leafIndex, audit_path: path.map(base64) }, 'immutable');
}

/**
 * `get-entries?start=&end=`: entries from `start` to `end`, both included, or as many of the first of them as fit in an
 * answer. (RFC 6962 §4.6)
 */
export async function getEntries(exchange: LogExchange): Promise<Answer> {
  const { request, log, services } = exchange;
  const start = requiredInteger(request, 'start');
  const end = requiredInteger(request, 'end');
  if (end < start) throw badParameter(`end: ${end} is below start`);
  if (start >= log.publishedSize)
    throw badParameter(`start: beyond the ${log.publishedSize} entries`);
  const entries = await readEntries(log, { start, end, limits: services.limits });
  return answerJson({ entries: entries.map(entryOf) }, cachingOfEntries(exchange));
}

/** `get-entry-and-proof?leaf_index=&tree_size=`. (RFC 6962 §4.8) */
export async function getEntryAndProof(exchange: LogExchange): Promise<Answer> {
  const { request, log } = exchange;
  const leafIndex = requiredInteger(request, 'leaf_index');
  const treeSize = requiredTreeSize(request, log, 'tree_size');
  if (leafIndex >= treeSize) throw badParameter(`leaf_index: ${leafIndex} is not below tree_size`);
  const entry = await log.readEntry(leafIndex);
  const path = await proveInclusion(log.tiles, { leafIndex, treeSize });
  const told = { ...entryOf(entry), audit_path: path.map(base64) };
  return answerJson(told, cachingOfEntries(exchange));
}

/** Entries from `start` on, within the bounds of one answer; at least one. */
async function readEntries(
  log: Log,
  asked: { readonly start: number; readonly end: number; readonly limits: Limits },
): Promise<readonly Uint8Array[]> {
  const { start, limits } = asked;
  const size = log.publishedSize;
  const stop = Math.min(asked.end + 1, size, start + limits.getEntriesMax);
  const entries: Uint8Array[] = [];
  let length = 0;
  for (let index = Math.floor(start / TILE_WIDTH); index * TILE_WIDTH < stop; index++) {
    const first = index * TILE_WIDTH;
    const width = tileWidth(0, index, size);
    const bundle = parseBundle(await log.readBundle(index, width), width);
    for (const entry of bundle.slice(Math.max(0, start - first), stop - first)) {
      length += entry.length;
      if (entries.length > 0 && length > limits.getEntriesBytesMax) return entries;
      entries.push(entry);
    }
  }
  return entries;
}

/** The leaf input is the entry as it is: these leaves are no `MerkleTreeLeaf`, and have no extra data. */
function entryOf(entry: Uint8Array): { readonly leaf_input: string; readonly extra_data: string } {
  return { leaf_input: base64(entry), extra_data: '' };
}

function requiredTreeSize(
  request: LogExchange['request'],
  log: Pick<Log, 'publishedSize'>,
  name: string,
): number {
  const size = requiredInteger(request, name);
  if (size >= 1 && size <= log.publishedSize) return size;
  throw badParameter(`${name}: from 1 to the ${log.publishedSize} entries that are published`);
}

function requiredHash(request: LogExchange['request']): Uint8Array {
  // In a query `+` is a space; base64 has no spaces, so what was meant is plain.
  const text = queryParameter(request, 'hash')?.replaceAll(' ', '+');
  if (text === undefined) throw badParameter('hash: missing');
  let hash: Uint8Array;
  try {
    hash = parseBase64(text);
  } catch {
    throw badParameter('hash: not base64');
  }
  if (hash.length !== HASH_LENGTH) throw badParameter(`hash: ${hash.length} bytes, not 32`);
  return hash;
}

function cachingOfEntries({ services }: LogExchange): Caching {
  return services.authOff ? 'immutable' : 'private-never';
}

function answerJson(told: object, caching: Caching): Answer {
  const headers = answerHeaders('application/json', caching);
  return { status: 200, headers, body: JSON.stringify(told) };
}

function badParameter(what: string): TransparencyError {
  return new TransparencyError('request.bad-parameter', what);
}
