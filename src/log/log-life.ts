import { TransparencyError } from '../core/error.ts';
import type { HaltReason, LogState, LogType } from './contract.ts';
import type { FailureSinks } from './halting.ts';

/** Whom the life of a log tells of its turns. */
export interface LifeListeners {
  /** The loops must end: nothing is written or signed any more. */
  readonly onStop: (error: TransparencyError) => void;
  readonly onHalt: () => void;
  readonly onFault: (error: unknown) => void;
}

/** Where a log stands, changed here alone: it runs, closes, or halts; from `halted` nothing leads back. */
export class LogLife implements FailureSinks {
  readonly #listeners: LifeListeners;
  #state: LogState;
  #faulted = false;

  constructor(state: LogState, listeners: LifeListeners) {
    this.#state = state;
    this.#listeners = listeners;
  }

  get state(): LogState {
    return this.#state;
  }

  get isHalted(): boolean {
    return this.#state.kind === 'halted';
  }

  /** Has it halted, or has a write failed? */
  get hasFailed(): boolean {
    return this.#faulted || this.isHalted;
  }

  /** Takes nothing more. False if it did not run. */
  close(): boolean {
    if (this.#state.kind !== 'running') return false;
    this.#state = { kind: 'closing' };
    return true;
  }

  /** @throws {TransparencyError} log.wrong-type, log.closing, log.halted */
  checkTakes(type: LogType, wanted: LogType): void {
    if (type !== wanted) {
      throw new TransparencyError('log.wrong-type', `the log takes ${type} entries`);
    }
    if (this.#state.kind === 'closing') {
      throw new TransparencyError('log.closing', 'the log is closing');
    }
    if (this.#state.kind === 'halted') {
      throw new TransparencyError('log.halted', `${this.#state.reason}: ${this.#state.detail}`);
    }
  }

  /** Going on is unsafe: read-only from here on. Only the first reason counts. */
  readonly onHalt = (reason: HaltReason, error: TransparencyError): void => {
    if (this.#state.kind === 'halted') return;
    this.#state = { kind: 'halted', reason, detail: error.message };
    this.#listeners.onStop(new TransparencyError('log.halted', `${reason}: ${error.message}`));
    this.#listeners.onHalt();
  };

  /** The outcome of a write is unknown. Nothing more is taken: the process is about to end, and nobody would answer. */
  readonly onFault = (error: unknown): void => {
    this.#faulted = true;
    this.close();
    this.#listeners.onStop(
      new TransparencyError('server.fault', 'a write failed', { cause: error }),
    );
    this.#listeners.onFault(error);
  };
}
