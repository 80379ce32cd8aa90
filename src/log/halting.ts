import { isTransparencyError, type TransparencyError } from '../core/error.ts';
import type { HaltReason } from './contract.ts';

/** Errors after which a log is read-only, by what they mean. All others leave it unknown what was written. */
const REASONS: ReadonlyMap<string, HaltReason> = new Map([
  ['store.corrupt', 'corrupt'],
  ['guard.corrupt', 'corrupt'],
  ['store.moved', 'two-writers'],
  ['guard.moved', 'two-writers'],
]);

/** Whom a failed part of a log tells. */
export interface FailureSinks {
  readonly onHalt: (reason: HaltReason, error: TransparencyError) => void;
  readonly onFault: (error: unknown) => void;
}

/** Halts for what proves that going on is unsafe; faults for what leaves the outcome of a write unknown. */
export function reportFailure(error: unknown, { onHalt, onFault }: FailureSinks): void {
  const reason = isTransparencyError(error) ? REASONS.get(error.code) : undefined;
  if (isTransparencyError(error) && reason !== undefined) onHalt(reason, error);
  else onFault(error);
}
