import type { ErrorCode } from '../core/error.ts';
import type { Clock } from '../log/ports.ts';
import type { Logger } from './exchange.ts';

/** Least time between two lines of one code. */
const LINE_INTERVAL_MS = 1_000;

/**
 * Tells operators what was refused for now, by code and number: at most a line a second for each code, since writing a
 * line for each refusal would add to the overload that it speaks of.
 */
export function createRefusalTeller(logger: Logger, now: Clock): (code: ErrorCode) => void {
  const refused = new Map<ErrorCode, { count: number; toldAt: number }>();
  return (code) => {
    const time = now();
    const since = refused.get(code) ?? { count: 0, toldAt: Number.NEGATIVE_INFINITY };
    since.count += 1;
    refused.set(code, since);
    // The clock may jump back; then the next line is due at once.
    if (Math.abs(time - since.toldAt) < LINE_INTERVAL_MS) return;
    logger.info({ code, count: since.count }, 'requests were refused for now');
    since.count = 0;
    since.toldAt = time;
  };
}
