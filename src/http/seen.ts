import { parseBase64url } from '../core/base64.ts';
import type { Log } from '../log/log.ts';
import type { Logger } from './exchange.ts';
import type { HttpRequest } from './request.ts';

/** Longest value of `Varve-Seen`. */
const SEEN_LENGTH_MAX = 2_048;
/** Values that are remembered for each log. */
const REMEMBERED = 256;

/**
 * Hands a log the checkpoint that a request's `Varve-Seen` carries: the highest one that its sender has verified. A
 * rollback shows itself so, with no witness at all. (forks.md, spec/8-http.md §12)
 *
 * The request does not wait for it and is not refused for it: gossip is a gift. The same value is looked at once in a
 * while, since a signature costs more than a request.
 */
export function createSeenReporter(logger: Logger): (request: HttpRequest, log: Log) => void {
  const remembered = new WeakMap<Log, Set<string>>();
  return (request, log) => {
    const value = request.header('varve-seen');
    if (value === undefined || value.length > SEEN_LENGTH_MAX) return;
    let values = remembered.get(log);
    if (values === undefined) {
      values = new Set();
      remembered.set(log, values);
    }
    if (values.has(value)) return;
    if (values.size >= REMEMBERED) values.clear();
    values.add(value);
    const note = noteOf(value);
    if (note === undefined) return;
    log.reportSeen(note).catch((error: unknown) => {
      logger.error(
        { err: error, log: log.name },
        'a checkpoint that was seen could not be checked',
      );
    });
  };
}

function noteOf(value: string): Uint8Array | undefined {
  try {
    return parseBase64url(value);
  } catch {
    return undefined;
  }
}
