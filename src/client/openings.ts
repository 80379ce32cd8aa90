import { TransparencyError } from '../core/error.ts';
import { parseLeaf } from '../event/leaf.ts';
import { type CheckedOpenings, checkToldOpenings } from '../event/told-openings.ts';
import { type LogLocation, readResource } from './http-tiles.ts';
import type { LogClient } from './log-client.ts';

/** Texts of 65 openings of 64 KiB each, as JSON in JSON. */
const OPENINGS_BYTES_MAX = 16 * 1024 * 1024;

/**
 * What is kept of what an entry withholds. The entry is proven to be in the tree, and every opening is held against it:
 * what is returned is what the source, or the adapter, withheld. What is `erased` or `unreadable` is the log's word.
 *
 * @param location  where the log is, with a token of the audit role where one is asked for
 * @throws {TransparencyError} opening.mismatch for a value that the entry does not commit to; entry.not-found, also for
 *   a log that serves no openings; leaf.malformed for an entry that is no event; what `LogClient.entry` throws; reply.*
 */
export async function readOpenings(
  client: LogClient,
  location: LogLocation,
  leafIndex: number,
  signal?: AbortSignal,
): Promise<CheckedOpenings> {
  const leaf = parseLeaf(await client.entry(leafIndex, signal));
  if (leaf.v !== 'nhi.leaf/1') {
    throw new TransparencyError(
      'leaf.malformed',
      `entry ${leafIndex} is no event: it withholds nothing`,
    );
  }
  const path = `entries/${leafIndex}/openings`;
  const told = await readResource(location, { path, bytesMax: OPENINGS_BYTES_MAX }, signal);
  if (told === undefined) {
    throw new TransparencyError('entry.not-found', `no openings of entry ${leafIndex} are served`);
  }
  return checkToldOpenings(told, { index: leafIndex, leaf });
}
