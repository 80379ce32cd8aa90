import { isTransparencyError } from '../core/error.ts';
import type { SubmitOutcome } from '../log/log.ts';
import type { LogExchange } from './exchange.ts';
import { untilRoom } from './until-room.ts';

/** Items that are admitted in one turn: whoever sends a single event beside them waits so long. */
const SLICE_ITEMS = 512;

/**
 * Submits the items of one body, slice by slice, each after the commit of the one before. (spec/8-http.md §2)
 *
 * A log that takes nothing refuses the first slice, and the body with it. Later the pool is waited for, up to a limit;
 * items that are not taken then are refused one by one, and what was taken before keeps its receipts.
 *
 * @param see  told what became of each slice, in their order
 * @throws {TransparencyError} pool.full, log.closing, log.halted, log.wrong-type: nothing was taken
 */
export async function submitSlices(
  items: readonly Uint8Array[],
  exchange: LogExchange,
  see: (outcomes: readonly SubmitOutcome[]) => void,
): Promise<void> {
  const { log, principal, services } = exchange;
  const deadline = services.now() + services.limits.ingestWaitMsMax;
  see(await log.submit(items.slice(0, SLICE_ITEMS), principal.submitter));
  for (let from = SLICE_ITEMS; from < items.length; from += SLICE_ITEMS) {
    see(await submitLater(items.slice(from, from + SLICE_ITEMS), exchange, deadline));
  }
}

async function submitLater(
  slice: readonly Uint8Array[],
  exchange: LogExchange,
  deadline: number,
): Promise<readonly SubmitOutcome[]> {
  const { log, principal } = exchange;
  const submit = (): Promise<readonly SubmitOutcome[]> => log.submit(slice, principal.submitter);
  try {
    return await untilRoom(submit, exchange, { begun: true, deadline });
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return slice.map(() => ({ kind: 'refused', error }));
  }
}
