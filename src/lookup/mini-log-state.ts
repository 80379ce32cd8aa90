import { invariant } from '../core/error.ts';
import { nodeHash } from '../core/hash.ts';
import { bitAt } from '../core/integers.ts';
import { miniLogLeafHash, miniLogValue } from '../core/mini-log.ts';
import { foldRight } from '../core/tree.ts';
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
export function valueOfMiniLog(state: MiniLogState): Uint8Array {
  return miniLogValue(state.count, foldRight(state.edge));
}

/**
 * The mini-log of a label with more indices, and its changed rows in the batch.
 *
 * @param indices  one at least, strictly increasing, above those before
 */
export function growMiniLog(
  before: MiniLogState,
  grown: { readonly label: Uint8Array; readonly indices: readonly number[] },
  batch: IndexBatch,
): MiniLogState {
  const { label, indices } = grown;
  const edge = before.edge.slice();
  let { count } = before;
  let tail = before.tail.slice();
  let last = tail.at(-1) ?? -1;
  for (const index of indices) {
    invariant(index > last, 'indices of a mini-log increase');
    last = index;
    let hash = miniLogLeafHash(index);
    for (let level = 0; bitAt(count, level) === 1; level++) {
      hash = nodeHash(edge.pop() as Uint8Array, hash);
      if (level + 1 >= CHUNK_LEVEL) {
        const node = Math.floor(count / 2 ** (level + 1));
        batch.put(nodeKey(label, level + 1, node), hash);
      }
    }
    edge.push(hash);
    count += 1;
    tail.push(index);
    if (tail.length === CHUNK_WIDTH) {
      batch.put(chunkKey(label, count / CHUNK_WIDTH - 1), formatChunk(tail));
      tail = [];
    }
  }
  const state = { count, edge, tail };
  batch.put(labelKey(label), formatMiniLog(state));
  return state;
}
