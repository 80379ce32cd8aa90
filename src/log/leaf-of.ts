import { equalBytes } from '../core/bytes.ts';
import { leafHash } from '../core/hash.ts';
import { canonicalJson } from '../event/canonical.ts';
import { type EventLeaf, parseLeaf } from '../event/leaf.ts';
import { idempotencyKey, samenessMac } from '../event/sameness.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { isErased, type LeafOf } from './decide.ts';
import { corrupt } from './rows.ts';

/**
 * Follows idempotency and conflict rows to their leaves, and holds the rows to them: LevelDB may hand out an altered row
 * without a word, and a wrong receipt is worse than none.
 *
 * @param readEntry  the bytes of an entry, proven under the tree
 */
export function createLeafOf(
  readEntry: (leafIndex: number) => Promise<Uint8Array>,
  samenessSecret: Uint8Array,
): LeafOf {
  const sameness = contentMac(samenessSecret);
  return async (row, { key, conflict }) => {
    const { leafIndex } = row;
    const entry = await readEntry(leafIndex);
    const leaf = parseLeaf(entry);
    if (leaf.v !== 'nhi.leaf/1') corrupt(`an id points to entry ${leafIndex}, which is no event`);
    const { event, recv } = leaf;
    if (!equalBytes(idempotencyKey(event.src.id, event.id), key) || recv.conflict !== conflict) {
      corrupt(`an id points to entry ${leafIndex}, which is another event`);
    }
    const mac = sameness(leaf);
    if (mac !== null && !isErased(row.sameness) && !equalBytes(mac, row.sameness)) {
      corrupt(`the row of entry ${leafIndex} is of another content`);
    }
    return { leafHash: leafHash(entry), recv };
  };
}

/** The sameness MAC of a leaf; null where it is of raw bytes, which are not in the leaf. */
export function contentMac(samenessSecret: Uint8Array): (leaf: EventLeaf) => Uint8Array | null {
  const mac = samenessMac(samenessSecret);
  return ({ event, recv }) =>
    // A leaf is canonical JSON, so its event is a JSON value.
    recv.adapter === 'native' ? mac(canonicalJson(event as unknown as JsonValue)) : null;
}
