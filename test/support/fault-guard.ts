import { isTransparencyError, TransparencyError } from '../../src/core/error.ts';
import type { Guard } from '../../src/log/ports.ts';
import { type Life, PlannedFault } from './life.ts';

/**
 * The guard as a process of that life sees it. Points `guard.read` and `guard.advance`. What `base` holds outlives it.
 *
 * As with the guard file, every advance after one that failed by anything but `guard.moved` is refused.
 */
export function faultGuard(base: Guard, life: Life): Guard {
  let failed = false;
  return {
    async read() {
      try {
        return await life.run('guard.read', () => base.read());
      } catch (error) {
        throw adapterError(error);
      }
    },
    async advance(from, to) {
      try {
        await life.run('guard.advance', () => {
          if (failed)
            throw new TransparencyError('guard.failed', 'an advance before this one failed');
          return base.advance(from, to);
        });
      } catch (error) {
        const thrown = adapterError(error);
        failed ||= isTransparencyError(thrown) && thrown.code !== 'guard.moved';
        throw thrown;
      }
    },
    async close() {},
  };
}

/** What the guard file throws for a planned fault. */
function adapterError(error: unknown): unknown {
  if (!(error instanceof PlannedFault)) return error;
  return new TransparencyError('guard.failed', error.message, { cause: error });
}
