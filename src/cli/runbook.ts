import type { HaltReason } from '../log/log.ts';

/** States in which a log halts or waits, and what keeps one from starting. */
export type RunbookName =
  | HaltReason
  | 'confirming'
  | 'witnesses'
  | 'guard-missing'
  | 'flush-failed'
  | 'index-stopped'
  | 'erasures'
  | 'start-refused';

/** The page that tells an operator what a state means, how to look, and what to do: its path in this package. */
export function runbookOf(name: RunbookName): string {
  return `deploy/runbooks/${name}.md`;
}
