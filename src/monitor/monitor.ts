/** The face of the room: who replays a log, and says what does not hold. */
export type { DigestFacts } from './digest-facts.ts';
export {
  DIGEST_RULES,
  type DigestChain,
  type DigestFinding,
  type DigestOptions,
  type DigestReport,
  type DigestRule,
  digestReport,
} from './digest-report.ts';
export {
  type IndexAuditOptions,
  IndexAuditor,
  type IndexAuditReport,
  type IndexFinding,
  postAudit,
  signAuditOf,
} from './index-audit.ts';
export { IndexWatch, type OverdueHead, type Watched } from './index-watch.ts';
export {
  SOURCE_RULES,
  type SourceEntry,
  type SourceFinding,
  type SourceReport,
  type SourceRule,
  sourceReport,
} from './source-report.ts';
