/** The room's face: a verifiable index that follows a log. */
export { type AnsweringLog, assembleAnswer } from './assemble-answer.ts';
export { type PostedAudit, parsePostedAudit } from './audit-notes.ts';
export type { FollowerFigures } from './follower.ts';
export { INDEX_LIMITS, type IndexLimits } from './limits.ts';
export {
  type IndexStateName,
  type LookupFigures,
  type LookupIndex,
  type OpenIndexOptions,
  openIndex,
} from './open-index.ts';
export type {
  IndexBatch,
  IndexedLog,
  IndexReads,
  IndexStore,
  LogBatch,
  LogCursor,
  Row,
} from './ports.ts';
export { type LookupQuestion, type LookupReply, PAGE_INDICES } from './served-head.ts';
