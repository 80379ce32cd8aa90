import type { SubmitContext } from '../log/log.ts';
import type { ByteBudget } from './body.ts';

/** What a principal may do. */
export type Role = 'submit' | 'audit' | 'operate';

/** Who asks: the holder of a token, or everybody. */
export interface Principal {
  /** Name of the token; null without one. */
  readonly name: string | null;
  readonly roles: ReadonlySet<Role>;
  /** Logs that it may use by its roles; null: all. */
  readonly logs: ReadonlySet<string> | null;
  /** What the log is told of it. */
  readonly submitter: SubmitContext;
  /** What its unanswered bodies have to fit in; undefined: the server's alone. */
  readonly budget: ByteBudget | undefined;
  /** Counts items against its quota. @throws {TransparencyError} request.quota */
  countItems(count: number): void;
}

/** Everybody, where no token is asked for: the open door of loopback. */
export const OPEN_DOOR: Principal = {
  name: null,
  roles: new Set<Role>(['submit', 'audit', 'operate']),
  logs: null,
  submitter: { by: null, sources: null, operate: true },
  budget: undefined,
  countItems() {},
};
