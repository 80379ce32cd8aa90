import { base64url } from '../core/base64.ts';
import { leafHash } from '../core/hash.ts';
import { formatLogLeaf } from '../event/log-leaf.ts';
import type { RefusedTrace } from './admission.ts';
import type { LogLimits } from './limits.ts';
import type { PooledEntry } from './pool.ts';
import type { Clock, RandomBytes } from './ports.ts';

/**
 * Makes the `refused` leaves: what the log would not keep, it says that it was sent. At most some in a minute; the
 * next one tells how many went untold. (design §4, "No vanishing"; spec/4-leaf.md)
 */
export class RefusedLeaves {
  readonly #options: { clock: Clock; random: RandomBytes; limits: LogLimits };
  #minute = 0;
  #told = 0;
  #untold = 0;

  constructor(options: {
    readonly clock: Clock;
    readonly random: RandomBytes;
    readonly limits: LogLimits;
  }) {
    this.#options = options;
  }

  /** The leaf for a refusal, ready for the pool; null if there is nothing to tell or too much was told. */
  leafOf(trace: RefusedTrace | null): PooledEntry | null {
    if (trace === null) return null;
    const { clock, random, limits } = this.#options;
    const at = clock();
    const minute = Math.floor(at / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#told = 0;
    }
    if (this.#told >= limits.refusedLeavesPerMinuteMax) {
      this.#untold++;
      return null;
    }
    this.#told++;
    const entry = formatLogLeaf({
      v: 'nhi.log/1',
      type: 'refused',
      at,
      salt: base64url(random(16)),
      body: { source: trace.sourceId, id: trace.id, code: trace.code, untold: this.#untold },
    });
    this.#untold = 0;
    return { entry, leafHash: leafHash(entry), atMs: at, identity: null, settle: () => {} };
  }
}
