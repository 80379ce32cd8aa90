import { TransparencyError } from '../core/error.ts';
import type { SignedHead } from './contract.ts';

interface Waiter {
  readonly size: number;
  /** True: it does not hurry the next head along. */
  readonly passive: boolean;
  readonly resolve: (head: SignedHead) => void;
  readonly reject: (error: TransparencyError) => void;
}

/** Those who wait for a head of some size. */
export class HeadWaiters {
  #waiters: Waiter[] = [];

  /** Does someone wait who wants it soon? */
  get urgent(): boolean {
    return this.#waiters.some(({ passive }) => !passive);
  }

  /**
   * Waits for a head of `size`.
   *
   * @param until  a signal, or milliseconds: a signal costs as much as all else that a waiter needs
   * @throws {TransparencyError} log.not-published when the signal aborts first, or the time is over
   */
  wait(size: number, until: AbortSignal | number, passive: boolean): Promise<SignedHead> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(new TransparencyError('log.not-published', `no head of ${size} entries in time`));
      };
      const forget = callAtEnd(until, late);
      const settled = <T>(settle: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          forget();
          settle(value);
        };
      };
      const waiter = { size, passive, resolve: settled(resolve), reject: settled(reject) };
      this.#waiters.push(waiter);
      if (typeof until !== 'number' && until.aborted) late();
    });
  }

  /** Answers those whom a head satisfies. */
  show(head: SignedHead): void {
    const waiting = this.#waiters;
    this.#waiters = waiting.filter(({ size }) => size > head.size);
    for (const waiter of waiting) if (waiter.size <= head.size) waiter.resolve(head);
  }

  /** Answers all: there will be no more heads. */
  refuse(error: TransparencyError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}

/** Calls `late` when the signal aborts or so many milliseconds are over, unless what it returns is called before. */
function callAtEnd(until: AbortSignal | number, late: () => void): () => void {
  if (typeof until === 'number') {
    const timer = setTimeout(late, until);
    return () => clearTimeout(timer);
  }
  until.addEventListener('abort', late, { once: true });
  return () => until.removeEventListener('abort', late);
}
