import type { ClassicLevel } from 'classic-level';
import type { KeyRange } from '../log/ports.ts';

/**
 * Makes LevelDB drop what was replaced or deleted in some ranges, from its tables and its logs.
 *
 * One compaction is not enough. It flushes the memtable, and with it the log file, into a table that may hold the old
 * value of a key beside its new one, and may lie below every level that it would merge with; such a table is left as it
 * is. So two marks that span the range are written behind it: the table that they become lies above the others, and the
 * second compaction merges all of them, where the newest value of each key alone survives.
 *
 * @param ranges  whose ends are keys of no row: they are the marks
 */
export async function purgeRanges(
  db: ClassicLevel<Uint8Array, Uint8Array>,
  ranges: readonly KeyRange[],
): Promise<void> {
  for (const { from, to } of ranges) await db.compactRange(from, to);
  const marks = db.batch();
  for (const { from, to } of ranges) marks.del(from).del(to);
  await marks.write({ sync: true });
  for (const { from, to } of ranges) await db.compactRange(from, to);
}
