import { isTransparencyError } from '../core/error.ts';
import type { JsonObject } from '../event/strict-json.ts';
import type { Sleep } from './latch.ts';
import type { Clock } from './ports.ts';

/** How long the accesses of one principal are counted before a leaf tells them. */
export const ACCESS_WINDOW_MS = 300_000;

/** What the tally is kept with. */
export interface AccessTallyOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Pools a leaf of type `access`. @throws {TransparencyError} pool.full */
  readonly say: (body: JsonObject) => void;
}

/** What somebody read within a window. */
interface Window {
  readonly fromMs: number;
  untilMs: number;
  requests: number;
  openings: number;
  first: number;
  last: number;
}

/**
 * Counts who is told openings, and says so in leaves: one for each principal and five minutes. (design §7,
 * spec/14-privacy.md §4)
 *
 * GAP: what was counted when a process is killed is not told, at most one window. Writing a row for each read would
 * close it.
 */
export class AccessTally {
  readonly #options: AccessTallyOptions;
  readonly #windows: Map<string | null, Window> = new Map();
  readonly #end: AbortController = new AbortController();
  #waiting = false;

  constructor(options: AccessTallyOptions) {
    this.#options = options;
  }

  /** Somebody was told openings of an entry. @param by  name of the token; null where auth is off */
  note(by: string | null, read: { readonly index: number; readonly openings: number }): void {
    const now = this.#options.clock();
    const { index, openings } = read;
    const window = this.#windows.get(by);
    if (window === undefined) {
      const begun = { fromMs: now, untilMs: now, requests: 1, openings, first: index, last: index };
      this.#windows.set(by, begun);
      this.#wait();
      return;
    }
    window.untilMs = Math.max(window.untilMs, now);
    window.requests++;
    window.openings += openings;
    window.first = Math.min(window.first, index);
    window.last = Math.max(window.last, index);
  }

  /** Tells what was counted, and counts no more. */
  end(): void {
    this.#end.abort();
    this.#tell();
  }

  #wait(): void {
    if (this.#waiting || this.#end.signal.aborted) return;
    this.#waiting = true;
    void this.#options.sleep(ACCESS_WINDOW_MS, this.#end.signal).then(() => {
      this.#waiting = false;
      if (!this.#end.signal.aborted) this.#tell();
    });
  }

  #tell(): void {
    for (const [by, window] of this.#windows) {
      try {
        this.#options.say({ by, what: 'openings', ...window });
        this.#windows.delete(by);
      } catch (error) {
        if (!isTransparencyError(error, 'pool.full')) throw error;
        // Counted on, and told with the next window.
        this.#wait();
      }
    }
  }
}
