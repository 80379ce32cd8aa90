/** The room's face: a log, and how to open one. */
export type {
  HaltReason,
  Log,
  LogFigures,
  LogState,
  LogType,
  SignedHead,
  SubmitContext,
  SubmitOutcome,
} from './contract.ts';
export type { Custody } from './custody.ts';
export { type EraseReport, type Hold, NOT_REACHED } from './custody-rows.ts';
export { ERASE_TARGETS_MAX, type WantedTarget } from './erase-plan.ts';
export { type FeedBatch, type FeedCursor, followEntries } from './feed.ts';
export { LOG_LIMITS, type LogLimits } from './limits.ts';
export { openLog } from './open-log.ts';
export type { OpenLogOptions } from './open-options.ts';
export type { EntryOpenings } from './openings.ts';
export type {
  Change,
  Clock,
  Condition,
  Guard,
  GuardState,
  HeadSigner,
  OpeningKeys,
  RandomBytes,
  Range,
  Row,
  Store,
} from './ports.ts';
