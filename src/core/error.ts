/**
 * The one error class for refusals, and the closed union of its codes. (spec/9-errors.md)
 *
 * A code is `what.why` and never changes its meaning; messages may be reworded. `http/problems.ts` alone turns codes
 * into statuses.
 */
export type ErrorCode =
  // text and bytes
  | 'bytes.not-utf8'
  | 'bytes.not-base64'
  | 'bytes.not-hex'
  // tree and proofs
  | 'inclusion.out-of-range'
  | 'inclusion.wrong-length'
  | 'inclusion.mismatch'
  | 'consistency.out-of-range'
  | 'consistency.wrong-length'
  | 'consistency.mismatch'
  // tiles and bundles
  | 'tile.bad-path'
  | 'tile.wrong-length'
  | 'tile.mismatch'
  | 'tile.not-found'
  | 'bundle.malformed'
  | 'bundle.wrong-length'
  | 'bundle.mismatch'
  | 'bundle.not-found'
  // signed notes, checkpoints, cosignatures, tree heads, policies
  | 'vkey.malformed'
  | 'vkey.unknown-type'
  | 'vkey.bad-point'
  | 'note.malformed'
  | 'note.too-large'
  | 'note.too-many-signatures'
  | 'note.bad-signature'
  | 'note.not-signed'
  | 'checkpoint.malformed'
  | 'checkpoint.too-large'
  | 'checkpoint.wrong-origin'
  | 'checkpoint.has-extension'
  | 'checkpoint.rollback'
  | 'checkpoint.fork'
  | 'checkpoint.not-found'
  | 'cosignature.malformed'
  | 'tree-head.malformed'
  | 'tree-head.bad-signature'
  | 'policy.malformed'
  | 'policy.quorum-not-met'
  | 'proof-file.malformed'
  | 'fork-proof.malformed'
  | 'fork-proof.proves-nothing'
  | 'add-checkpoint.malformed'
  | 'log-list.malformed'
  // events, leaves, submissions
  | 'json.malformed'
  | 'json.duplicate-member'
  | 'json.number'
  | 'json.surrogate'
  | 'json.too-deep'
  | 'json.bom'
  | 'event.schema'
  | 'event.unknown-member'
  | 'event.identifier'
  | 'event.sequence'
  | 'event.time'
  | 'event.body'
  | 'event.too-large'
  | 'event.secret'
  | 'event.wrong-tenant'
  | 'event.wrong-source'
  | 'event.role-required'
  | 'leaf.malformed'
  | 'leaf.too-large'
  | 'genesis.malformed'
  | 'submission.malformed'
  | 'submission.empty'
  | 'submission.too-many-items'
  | 'submission.bad-disclosure'
  | 'submission.openings-not-kept'
  | 'opening.mismatch'
  | 'opening.not-found'
  | 'erase.too-large'
  | 'erase.held'
  | 'hold.not-found'
  | 'custody.malformed'
  | 'custody.needs-tokens'
  | 'custody.same-token'
  | 'custody.unknown-request'
  | 'custody.too-many'
  | 'ingest.malformed'
  | 'ingest.unknown-format'
  | 'ingest.bad-signature'
  | 'receipt.malformed'
  | 'receipt.mismatch'
  | 'seen.mismatch'
  // the log
  | 'pool.full'
  | 'pool.stale'
  | 'log.closing'
  | 'log.halted'
  | 'log.unknown'
  | 'log.wrong-type'
  | 'log.not-published'
  | 'entry.not-found'
  | 'entry.conflict'
  | 'conflict.too-many'
  // stores, guards, keys
  | 'store.moved'
  | 'store.corrupt'
  | 'store.locked'
  | 'store.failed'
  | 'store.closed'
  | 'guard.moved'
  | 'guard.corrupt'
  | 'guard.missing'
  | 'guard.failed'
  | 'keys.missing'
  | 'keys.malformed'
  | 'keys.exists'
  | 'start.refused'
  // the verifiable index
  | 'index.bad-key'
  | 'index.not-ready'
  | 'index.head-gone'
  | 'index.malformed'
  | 'index.wrong-head'
  | 'index.mismatch'
  | 'index.incomplete'
  | 'index.stale'
  | 'index.false-posting'
  | 'index.grade'
  | 'index.corrupt'
  | 'index.head-mismatch'
  | 'index-audit.malformed'
  | 'index-fraud.malformed'
  | 'index-fraud.proves-nothing'
  // requests
  | 'request.malformed'
  | 'request.body-too-large'
  | 'request.bad-content-type'
  | 'request.bad-content-encoding'
  | 'request.timeout'
  | 'request.not-found'
  | 'request.method-not-allowed'
  | 'request.host-not-allowed'
  | 'request.cross-site'
  | 'request.unauthenticated'
  | 'request.forbidden'
  | 'request.overloaded'
  | 'request.quota'
  | 'request.bad-parameter'
  | 'server.fault'
  // what a client sees of a server
  | 'reply.malformed'
  | 'reply.too-large'
  | 'reply.status'
  | 'reply.timeout'
  | 'reply.unreachable'
  | 'audit.mismatch'
  | 'config.malformed';

/** Values that a refusal carries for its reader: sizes, indices, paths; never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** A refusal: the caller erred or lied. Everything that an attacker can cause is one of these. */
export class TransparencyError extends Error {
  override readonly name = 'TransparencyError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /**
   * @param code     stable, from the closed union
   * @param message  what was seen and what was expected, without the code
   * @param options  details for machines; cause where another error led here
   */
  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
  ) {
    super(`${code}: ${message}`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True for a refusal, and for one of the given code if a code is given. */
export function isTransparencyError(error: unknown, code?: ErrorCode): error is TransparencyError {
  return error instanceof TransparencyError && (code === undefined || error.code === code);
}

/** States what must hold if the program is right. A failure is a bug: nobody catches it. */
export function invariant(condition: boolean, statement: string): asserts condition {
  if (!condition) throw new Error(`bug: not so: ${statement}`);
}
