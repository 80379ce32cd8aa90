import { isTransparencyError } from '../core/error.ts';
import type { LogExchange } from './exchange.ts';

/** Between two looks at the pool, for room in it. */
const ROOM_WAIT_MS = 20;

/**
 * Tries again where there was no room, once something of a body was admitted, and not beyond the deadline.
 *
 * @throws {TransparencyError} pool.full, request.quota: no room in time; what `attempt` throws
 */
export async function untilRoom<T>(
  attempt: () => T | Promise<T>,
  { log, services }: LogExchange,
  { begun, deadline }: { readonly begun: boolean; readonly deadline: number },
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const full =
        isTransparencyError(error, 'pool.full') || isTransparencyError(error, 'request.quota');
      if (!full || !begun || services.now() >= deadline) throw error;
      // An attempt makes leaves of all the items: it waits until the pool is half as full as it was.
      const enough = log.figures.poolFill / 2;
      do {
        await new Promise((resolve) => setTimeout(resolve, ROOM_WAIT_MS));
      } while (log.figures.poolFill > enough && services.now() < deadline);
    }
  }
}
