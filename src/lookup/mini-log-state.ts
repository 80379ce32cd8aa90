import { invariant } from '../core/error.ts';
import { HASH_LENGTH, pairHashInto } from '../core/hash.ts';
import { bitAt } from '../core/integers.ts';
import { miniLogLeafHashInto, miniLogValue } from '../core/mini-log.ts';
import type { IndexBatch } from './ports.ts';
import {
  CHUNK_LEVEL,
  CHUNK_WIDTH,
  chunkKey,
  formatChunk,
  formatMiniLog,
  labelKey,
  type MiniLogState,
  nodeKey,
} from './rows.ts';

/** What the trie holds of a mini-log. */
export function valueOfMiniLog({ count, edge }: MiniLogState): Uint8Array {
  invariant(edge.length > 0, 'a mini-log has a leaf at least');
  hashes.set(edge);
  // Root: node(a, node(b, … node(y, z))).
  for (let at = edge.length - 2 * HASH_LENGTH; at >= 0; at -= HASH_LENGTH)
    pairHashInto(hashes, at, hashes, at);
  return miniLogValue(count, hashes.subarray(0, HASH_LENGTH));
}

/**
 * The mini-log of a label with more indices, and its new rows in the batch.
 *
 * @param grown.indices  one at least, strictly increasing, above those before
 */
export function growMiniLog(
  before: MiniLogState,
  grown: { readonly label: Uint8Array; readonly indices: readonly number[] },
  batch: IndexBatch,
): MiniLogState {
  const { label, indices } = grown;
  hashes.set(before.edge);
  let end = before.edge.length;
  let { count } = before;
  let tail = before.tail.slice();
  let last = tail.at(-1) ?? -1;
  for (const index of indices) {
    invariant(index > last, 'indices of a mini-log increase');
    last = index;
    miniLogLeafHashInto(hashes, end, index);
    for (let level = 0; bitAt(count, level) === 1; level++) {
      end -= HASH_LENGTH;
      pairHashInto(hashes, end, hashes, end);
      if (level + 1 >= CHUNK_LEVEL) {
        const node = Math.floor(count / 2 ** (level + 1));
        batch.put(nodeKey(label, level + 1, node), hashes.subarray(end, end + HASH_LENGTH));
      }
    }
    end += HASH_LENGTH;
    count += 1;
    tail.push(index);
    if (tail.length === CHUNK_WIDTH) {
      batch.put(chunkKey(label, count / CHUNK_WIDTH - 1), formatChunk(tail));
      tail = [];
    }
  }
  const state = { count, edge: hashes.slice(0, end), tail };
  batch.put(labelKey(label, last + 1), formatMiniLog(state));
  return state;
}

/** An edge while it changes, and a leaf behind it: its count has 53 bits at most. */
const hashes = new Uint8Array(54 * HASH_LENGTH);
