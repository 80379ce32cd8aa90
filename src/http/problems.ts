import { type ErrorCode, type ErrorDetails, TransparencyError } from '../core/error.ts';

/** An RFC 9457 problem. `code` is stable, `detail` may be reworded. (spec/9-errors.md) */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** Names this one occurrence, where the server's own log says more. */
  readonly instance?: string;
  /** The refusal's values: sizes, indices, names. */
  readonly details?: ErrorDetails;
  /** How long to wait before the same request may succeed. */
  readonly retryAfterMs?: number;
}

/** A source of numbers 0 ≤ x < 1, for jitter and names of occurrences; nothing secret comes from it. */
export type RandomFraction = () => number;

/**
 * The problem of a refusal, or of any other thrown value: `server.fault`, which says nothing of the inside.
 *
 * Codes that only this machine's own state can cause are faults too, so that their messages stay in the log.
 */
export function problemOf(error: unknown, random: RandomFraction): Problem {
  const code: ErrorCode = error instanceof TransparencyError ? error.code : 'server.fault';
  const status = statusOf(code);
  if (!(error instanceof TransparencyError) || status === 500) return faultProblem(random);
  const wait = retryAfterMsOf(error, status);
  return {
    type: typeOf(code),
    title: titleOf(code),
    status,
    code,
    detail: error.message.slice(code.length + 2),
    ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
    // Jitter: those who were refused together must not come back together.
    ...(wait > 0 ? { retryAfterMs: Math.ceil(wait * (1 + random())) } : {}),
  };
}

/** Value of `Retry-After`: whole seconds, at least 1. */
export function retryAfterSeconds(problem: Problem): string | undefined {
  if (problem.retryAfterMs === undefined) return undefined;
  return String(Math.max(1, Math.ceil(problem.retryAfterMs / 1_000)));
}

/** Status of a code. 500 stands for what no caller can cause. (spec/9-errors.md) */
export function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'request.malformed':
    case 'request.bad-parameter':
    case 'index.bad-key':
    case 'index-audit.malformed':
    case 'bytes.not-utf8':
    case 'bytes.not-base64':
    case 'bytes.not-hex':
    case 'json.malformed':
    case 'json.duplicate-member':
    case 'json.number':
    case 'json.surrogate':
    case 'json.too-deep':
    case 'json.bom':
    case 'note.malformed':
    case 'checkpoint.malformed':
    case 'tree-head.malformed':
    case 'fork-proof.malformed':
    case 'add-checkpoint.malformed':
    case 'submission.malformed':
    case 'submission.empty':
    case 'custody.malformed':
    case 'ingest.malformed':
      return 400;
    case 'request.unauthenticated':
      return 401;
    case 'request.forbidden':
    case 'request.cross-site':
    case 'event.wrong-source':
    case 'event.role-required':
    case 'custody.needs-tokens':
    case 'custody.same-token':
      return 403;
    case 'request.not-found':
    case 'log.unknown':
    case 'ingest.unknown-format':
    case 'log.wrong-type':
    case 'tile.bad-path':
    case 'tile.not-found':
    case 'bundle.not-found':
    case 'entry.not-found':
    case 'opening.not-found':
    case 'hold.not-found':
    case 'custody.unknown-request':
    case 'checkpoint.not-found':
    case 'log.not-published':
      return 404;
    case 'request.method-not-allowed':
      return 405;
    case 'request.timeout':
      return 408;
    case 'entry.conflict':
    case 'erase.held':
      return 409;
    case 'index.head-gone':
      return 410;
    case 'request.body-too-large':
    case 'submission.too-many-items':
    case 'event.too-large':
    case 'leaf.too-large':
    case 'erase.too-large':
    case 'note.too-large':
    case 'note.too-many-signatures':
      return 413;
    case 'request.bad-content-type':
    case 'request.bad-content-encoding':
      return 415;
    case 'request.host-not-allowed':
      return 421;
    case 'event.schema':
    case 'event.unknown-member':
    case 'event.identifier':
    case 'event.sequence':
    case 'event.time':
    case 'event.body':
    case 'event.secret':
    case 'event.wrong-tenant':
    case 'ingest.bad-signature':
    case 'submission.bad-disclosure':
    case 'submission.openings-not-kept':
    case 'note.bad-signature':
    case 'note.not-signed':
    case 'checkpoint.wrong-origin':
    case 'checkpoint.has-extension':
    case 'checkpoint.too-large':
    case 'inclusion.out-of-range':
    case 'consistency.out-of-range':
      return 422;
    case 'conflict.too-many':
    case 'custody.too-many':
      return 429;
    case 'pool.full':
    case 'pool.stale':
    case 'log.closing':
    case 'log.halted':
    case 'request.overloaded':
    case 'request.quota':
    case 'index.not-ready':
      return 503;
    // What the stored log, its keys or its configuration did; a caller cannot cause it.
    case 'server.fault':
    case 'inclusion.wrong-length':
    case 'inclusion.mismatch':
    case 'consistency.wrong-length':
    case 'consistency.mismatch':
    case 'tile.wrong-length':
    case 'tile.mismatch':
    case 'bundle.malformed':
    case 'bundle.wrong-length':
    case 'bundle.mismatch':
    case 'vkey.malformed':
    case 'vkey.unknown-type':
    case 'vkey.bad-point':
    case 'checkpoint.rollback':
    case 'checkpoint.fork':
    case 'cosignature.malformed':
    case 'tree-head.bad-signature':
    case 'policy.malformed':
    case 'policy.quorum-not-met':
    case 'proof-file.malformed':
    case 'fork-proof.proves-nothing':
    case 'log-list.malformed':
    case 'leaf.malformed':
    case 'genesis.malformed':
    case 'receipt.malformed':
    case 'receipt.mismatch':
    case 'seen.mismatch':
    case 'opening.mismatch':
    case 'store.moved':
    case 'store.corrupt':
    case 'store.locked':
    case 'store.failed':
    case 'store.closed':
    case 'guard.moved':
    case 'guard.corrupt':
    case 'guard.missing':
    case 'guard.failed':
    case 'keys.missing':
    case 'keys.malformed':
    case 'keys.exists':
    case 'start.refused':
    case 'reply.malformed':
    case 'reply.too-large':
    case 'reply.status':
    case 'reply.timeout':
    case 'reply.unreachable':
    case 'audit.mismatch':
    case 'index.malformed':
    case 'index.wrong-head':
    case 'index.mismatch':
    case 'index.incomplete':
    case 'index.stale':
    case 'index.false-posting':
    case 'index.grade':
    case 'index.corrupt':
    case 'index.head-mismatch':
    case 'index-fraud.malformed':
    case 'index-fraud.proves-nothing':
    case 'config.malformed':
      return 500;
    default:
      return unknownCode(code);
  }
}

function unknownCode(code: never): never {
  throw new Error(`bug: no status for ${String(code)}`);
}

function faultProblem(random: RandomFraction): Problem {
  return {
    type: typeOf('server.fault'),
    title: titleOf('server.fault'),
    status: 500,
    code: 'server.fault',
    detail: 'the server failed; its own log says why',
    instance: `urn:varve:fault:${Math.floor(random() * 0x1_0000_0000_0000)
      .toString(16)
      .padStart(12, '0')}`,
  };
}

function retryAfterMsOf(error: TransparencyError, status: number): number {
  if (status !== 503 && status !== 429) return 0;
  const told = error.details['retryAfterMs'];
  if (typeof told === 'number' && told > 0) return told;
  if (error.code === 'log.halted') return 60_000;
  return status === 429 ? 30_000 : 1_000;
}

function typeOf(code: ErrorCode): string {
  return `urn:varve:problem:${code}`;
}

/** `request.body-too-large` reads "request: body too large". */
function titleOf(code: ErrorCode): string {
  return code.replace('.', ': ').replaceAll('-', ' ');
}
