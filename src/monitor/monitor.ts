/** The face of the room: who replays a log, and says what does not hold. */
export {
  type IndexAuditOptions,
  IndexAuditor,
  type IndexAuditReport,
  type IndexFinding,
  postAudit,
  signAuditOf,
} from './index-audit.ts';
export { IndexWatch, type OverdueHead, type Watched } from './index-watch.ts';
