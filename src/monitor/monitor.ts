/** The face of the room: who replays a log, and says what does not hold. */
export {
  type IndexAuditOptions,
  IndexAuditor,
  type IndexAuditReport,
  type IndexFinding,
  postAudit,
} from './index-audit.ts';
