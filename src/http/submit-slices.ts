import { isTransparencyError } from '../core/error.ts';
import type { SubmitOutcome } from '../log/log.ts';
import type { LogExchange } from './exchange.ts';

/** Items that are admitted in one turn: whoever sends a single event beside them waits so long. */
const SLICE_ITEMS = 512;
/** Between two tries to find room in the pool. */
const ROOM_WAIT_MS = 20;

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
  { log, principal, services }: LogExchange,
  deadline: number,
): Promise<readonly SubmitOutcome[]> {
  for (;;) {
    try {
      return await log.submit(slice, principal.submitter);
    } catch (error) {
      if (!isTransparencyError(error)) throw error;
      if (error.code !== 'pool.full' || services.now() >= deadline) {
        return slice.map(() => ({ kind: 'refused', error }));
      }
      await new Promise((resolve) => setTimeout(resolve, ROOM_WAIT_MS));
    }
  }
}
