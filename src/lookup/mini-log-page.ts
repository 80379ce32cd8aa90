import { nodeHash } from '../core/hash.ts';
import { type MiniLogPage, miniLogLeafHash, planCompactRange } from '../core/mini-log.ts';
import type { NodeId } from '../core/tree.ts';
import type { IndexReads } from './ports.ts';
import { CHUNK_LEVEL, CHUNK_WIDTH, chunkKey, corrupt, nodeKey, parseChunk } from './rows.ts';

/** A mini-log in the store: its row, read already. */
export interface StoredMiniLog {
  readonly label: Uint8Array;
  readonly count: number;
  /** Its last count mod 64 indices. */
  readonly tail: readonly number[];
}

/**
 * The page of positions [from, to) of a mini-log. It is not verified: whoever answers with it does that.
 *
 * @param positions  0 ≤ from ≤ to ≤ count
 * @throws {TransparencyError} index.corrupt
 */
export async function readPage(
  log: StoredMiniLog,
  positions: { readonly from: number; readonly to: number },
  reads: IndexReads,
): Promise<MiniLogPage> {
  const { from, to } = positions;
  const chunks = new Chunks(log, reads);
  const [left, right, indices] = await Promise.all([
    readRange(planCompactRange(0, from), chunks),
    readRange(planCompactRange(to, log.count), chunks),
    chunks.indices(from, to),
  ]);
  return { from, indices, left, right };
}

/**
 * The position of the first index of a mini-log that is `leafIndex` or above; its count if there is none.
 *
 * @throws {TransparencyError} index.corrupt
 */
export async function findPosition(
  log: StoredMiniLog,
  leafIndex: number,
  reads: IndexReads,
): Promise<number> {
  const chunks = new Chunks(log, reads);
  let from = 0;
  let to = log.count;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const [index] = await chunks.indices(middle, middle + 1);
    if (index === undefined) corrupt('a position without index');
    if (index < leafIndex) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The hashes of the nodes of a compact range: rows from the level of chunks up, made of indices below it. */
async function readRange(plan: readonly NodeId[], chunks: Chunks): Promise<Uint8Array[]> {
  const stored = plan.filter(({ level }) => level >= CHUNK_LEVEL);
  const rows = await chunks.nodes(stored);
  let next = 0;
  const hashes: Uint8Array[] = [];
  for (const node of plan) {
    if (node.level >= CHUNK_LEVEL) {
      hashes.push(rows[next++] as Uint8Array);
      continue;
    }
    const start = node.index * 2 ** node.level;
    hashes.push(rootOf(await chunks.indices(start, start + 2 ** node.level)));
  }
  return hashes;
}

/** Root over the leaves of 2^k indices. */
function rootOf(indices: readonly number[]): Uint8Array {
  let hashes = indices.map(miniLogLeafHash);
  while (hashes.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i + 1 < hashes.length; i += 2) {
      above.push(nodeHash(hashes[i] as Uint8Array, hashes[i + 1] as Uint8Array));
    }
    hashes = above;
  }
  return hashes[0] ?? corrupt('a node without indices');
}

/** Chunks of one mini-log, each read once. */
class Chunks {
  readonly #log: StoredMiniLog;
  readonly #reads: IndexReads;
  readonly #read = new Map<number, Promise<readonly number[]>>();

  constructor(log: StoredMiniLog, reads: IndexReads) {
    this.#log = log;
    this.#reads = reads;
  }

  /** The indices at positions [from, to). */
  async indices(from: number, to: number): Promise<number[]> {
    const indices: number[] = [];
    for (let at = from; at < to; ) {
      const chunk = Math.floor(at / CHUNK_WIDTH);
      const end = Math.min(to, (chunk + 1) * CHUNK_WIDTH);
      const all = await this.#chunk(chunk);
      for (const index of all.slice(at - chunk * CHUNK_WIDTH, end - chunk * CHUNK_WIDTH)) {
        indices.push(index);
      }
      at = end;
    }
    if (indices.length !== to - from) corrupt('a mini-log with fewer indices than its count');
    return indices;
  }

  async nodes(nodes: readonly NodeId[]): Promise<readonly Uint8Array[]> {
    if (nodes.length === 0) return [];
    const keys = nodes.map(({ level, index }) => nodeKey(this.#log.label, level, index));
    const rows = await this.#reads.getMany(keys);
    return rows.map((row) => row ?? corrupt('a node of a mini-log is missing'));
  }

  #chunk(chunk: number): Promise<readonly number[]> {
    const { label, count, tail } = this.#log;
    if (chunk === Math.floor(count / CHUNK_WIDTH)) return Promise.resolve(tail);
    const known = this.#read.get(chunk);
    if (known !== undefined) return known;
    const reading = this.#reads.getMany([chunkKey(label, chunk)]).then(([row]) => {
      return parseChunk(row ?? corrupt('a chunk of a mini-log is missing'));
    });
    this.#read.set(chunk, reading);
    return reading;
  }
}
