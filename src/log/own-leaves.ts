import { base64url } from '../core/base64.ts';
import { leafHash } from '../core/hash.ts';
import { formatLogLeaf, type LogLeafType } from '../event/log-leaf.ts';
import type { JsonObject } from '../event/strict-json.ts';
import type { RefusedTrace } from './admission.ts';
import type { LogLimits } from './limits.ts';
import type { PooledEntry } from './pool.ts';
import type { Clock, RandomBytes } from './ports.ts';

/** What the log's own leaves are made with. */
export interface OwnLeavesOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly limits: LogLimits;
}

/** Makes the leaves by which the log itself speaks. (design §4, "No vanishing"; spec/4-leaf.md) */
export class OwnLeaves {
  readonly #options: OwnLeavesOptions;
  #minute = 0;
  #told = 0;
  #untold = 0;

  constructor(options: OwnLeavesOptions) {
    this.#options = options;
  }

  /** A statement, ready for the pool. */
  make(type: LogLeafType, body: JsonObject): PooledEntry {
    const { clock, random } = this.#options;
    const at = clock();
    const salt = base64url(random(16));
    const entry = formatLogLeaf({ v: 'nhi.log/1', type, at, salt, body });
    return {
      entry,
      leafHash: leafHash(entry),
      atMs: at,
      identity: null,
      names: null,
      openings: null,
      effect: null,
      settle: () => {},
    };
  }

  /**
   * The leaf for a refusal: what the log would not keep, it says that it was sent. At most some in a minute, the next
   * one tells how many went untold; null if there is nothing to tell or too much was told.
   */
  refused(trace: RefusedTrace | null): PooledEntry | null {
    if (trace === null) return null;
    const { clock, limits } = this.#options;
    const minute = Math.floor(clock() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#told = 0;
    }
    if (this.#told >= limits.refusedLeavesPerMinuteMax) {
      this.#untold++;
      return null;
    }
    this.#told++;
    const { sourceId: source, id, code } = trace;
    const leaf = this.make('refused', { source, id, code, untold: this.#untold });
    this.#untold = 0;
    return leaf;
  }
}
