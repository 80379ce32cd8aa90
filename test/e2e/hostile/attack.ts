import { type RawAnswer, talkRaw } from '../../support/raw-socket.ts';

/** Who attacks: the holder of a token with these roles, of an invented one, of one for another log, or of none. */
export type Who =
  | 'all'
  | 'submit'
  | 'audit'
  | 'operate'
  | 'other-log'
  | 'one-source'
  | 'invented'
  | 'nobody';

/** One thing that somebody sends who means harm, and what becomes of it. */
export interface Attack {
  readonly name: string;
  /** Default GET. */
  readonly method?: string;
  /** The raw target. */
  readonly target: string;
  /** Lines of the header beside Host, Connection, Authorization and Content-Length. */
  readonly header?: readonly string[];
  readonly body?: string | Uint8Array;
  readonly host?: string;
  /** Default all. */
  readonly who?: Who;
  /** The whole of what is sent, in place of the members above. */
  readonly raw?: readonly (string | Uint8Array)[];
  readonly status: number;
  readonly code: string;
  /** Leaves that the log itself writes about it; default none. */
  readonly leaves?: number;
}

/** Where attacks go. */
export interface Door {
  readonly port: number;
  /** Texts of tokens; empty where none is asked for. */
  readonly tokens: ReadonlyMap<Who, string>;
}

/** Sends an attack as it is, byte by byte. */
export function launch(attack: Attack, { port, tokens }: Door): Promise<RawAnswer> {
  if (attack.raw !== undefined) return talkRaw(port, attack.raw, WAIT_MS);
  const { method = 'GET', target, header = [], host = 'localhost', who = 'all', body } = attack;
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...header];
  const token = tokens.get(who);
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  const tellsLength = header.some((line) => /^(?:content-length|transfer-encoding):/i.test(line));
  if (body !== undefined && !tellsLength) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  const head = `${lines.join('\r\n')}\r\n\r\n`;
  return talkRaw(port, body === undefined ? [head] : [head, body], WAIT_MS);
}

const WAIT_MS = 8_000;
