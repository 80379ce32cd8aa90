import type { Fetch } from '../client/http-fetch.ts';
import { type ErrorCode, TransparencyError } from '../core/error.ts';

/** 0: it holds, it is done. 1: it does not hold, or something was refused. 2: could not run. */
export type ExitCode = 0 | 1 | 2;

/** One command of `varve`. */
export interface Command {
  readonly name: string;
  /** What it is for, in one line. */
  readonly summary: string;
  /** How it is called, every flag told. Ends in a newline. */
  readonly help: string;
  /**
   * Runs it to its end.
   *
   * @throws {TransparencyError} whatever refused; `exitCodeOf` tells which code that is
   */
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}

/** What a command may touch of its process, so that tests run one without a process. */
export interface CommandIo {
  /** Writes data to stdout, as it is. */
  write(data: string | Uint8Array): void;
  /** Writes a line for a person to stderr. */
  note(line: string): void;
  /** Shows how far a long run is, where stderr is a terminal; the next line takes its place. */
  progress(line: string): void;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A person sits at stdout: a command may wait for Ctrl-C instead of ending. */
  readonly interactive: boolean;
  readonly fetch: Fetch;
  readonly now: () => number;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
}

/** The code of a run that threw: 1 if what was looked at does not hold, else 2. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof TransparencyError && DOES_NOT_HOLD.has(error.code) ? 1 : 2;
}

const DOES_NOT_HOLD: ReadonlySet<ErrorCode> = new Set([
  'inclusion.out-of-range',
  'inclusion.wrong-length',
  'inclusion.mismatch',
  'consistency.out-of-range',
  'consistency.wrong-length',
  'consistency.mismatch',
  'tile.wrong-length',
  'tile.mismatch',
  'bundle.malformed',
  'bundle.wrong-length',
  'bundle.mismatch',
  'note.malformed',
  'note.too-large',
  'note.too-many-signatures',
  'note.bad-signature',
  'note.not-signed',
  'checkpoint.malformed',
  'checkpoint.too-large',
  'checkpoint.wrong-origin',
  'checkpoint.has-extension',
  'checkpoint.rollback',
  'checkpoint.fork',
  'cosignature.malformed',
  'tree-head.malformed',
  'tree-head.bad-signature',
  'policy.quorum-not-met',
  'proof-file.malformed',
  'fork-proof.malformed',
  'fork-proof.proves-nothing',
  'leaf.malformed',
  'genesis.malformed',
  'receipt.malformed',
  'receipt.mismatch',
  'opening.mismatch',
  'store.corrupt',
  'guard.corrupt',
  'audit.mismatch',
  'index.malformed',
  'index.wrong-head',
  'index.mismatch',
  'index.incomplete',
  'index.stale',
  'index.false-posting',
  'index.grade',
  'index.head-mismatch',
  'index-audit.malformed',
  'index-fraud.malformed',
  'index-fraud.proves-nothing',
]);
