import type { NewOpenings } from './decide.ts';
import { formatSealedRow, openingContext } from './opening-row.ts';
import type { Change, KeyOwner, OpeningKeys } from './ports.ts';
import { openingKey } from './rows.ts';

/** Seals what is kept beside the new entries of a batch; the keys are on disk before it answers. */
export type SealOpenings = (batch: readonly NewOpenings[]) => Promise<readonly Change[]>;

/** The month of a time, `2026-11`, UTC. @param ms  since 1970 */
export function monthOf(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.slice(0, text.indexOf('-', 1) + 3);
}

/**
 * Seals openings under the keys of their sources and months. (spec/14-privacy.md §2, §3)
 *
 * A key that is made lies on disk before the first row under it does: a row without its key would be an opening that
 * nobody can read.
 */
export function createSeal(keys: OpeningKeys, origin: string): SealOpenings {
  return async (batch) => {
    const missing = new Map<string, KeyOwner>();
    const owned = batch.map((item) => {
      const owner = { source: item.sourceId, month: monthOf(item.atMs) };
      if (keys.currentOf(owner, item.leafIndex) === undefined) {
        missing.set(`${owner.month} ${owner.source}`, owner);
      }
      return { item, owner };
    });
    const [first] = batch;
    if (first !== undefined && missing.size > 0) {
      await keys.make([...missing.values()], first.leafIndex);
    }
    const changes: Change[] = [];
    for (const { item, owner } of owned) {
      const { leafIndex } = item;
      const keyId = keys.currentOf(owner, leafIndex) ?? '';
      for (const { ordinal, pointer, bytes } of item.openings) {
        const context = openingContext({ origin, leafIndex, pointer });
        const value = formatSealedRow(keyId, keys.seal(keyId, context, bytes));
        changes.push({ key: openingKey(leafIndex, ordinal), value });
      }
    }
    return changes;
  };
}
