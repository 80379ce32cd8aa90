import { sha256 } from '#sha256';
import { base64url } from '../core/base64.ts';
import { utf8 } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
} from '../event/strict-json.ts';
import type { Role } from './principal.ts';

/** What is kept of a token: not the token. */
export interface Token {
  /** Who it is given to; stands in `recv.by` of what it submits. `[a-z0-9][a-z0-9._-]{0,62}` */
  readonly name: string;
  /** Lowercase hex of the SHA-256 of the token's text. */
  readonly sha256: string;
  readonly roles: readonly Role[];
  /** Names of logs; null: all. */
  readonly logs: readonly string[] | null;
  /** `src.id` of the sources that it may speak for; null: all. */
  readonly sources: readonly string[] | null;
}

/** The tokens that are asked about at each request, so that one is revoked without a restart. */
export interface TokenStore {
  /** The token of that SHA-256, or undefined. */
  find(sha256: string): Token | undefined;
  /** Puts other tokens in the place of all. */
  replace(tokens: readonly Token[]): void;
}

/** A store of tokens in memory; its owner reads the file again when it changes. */
export function createTokenStore(tokens: readonly Token[]): TokenStore {
  let byHash = new Map(tokens.map((token) => [token.sha256, token]));
  return {
    find: (sha256) => byHash.get(sha256),
    replace(others) {
      byHash = new Map(others.map((token) => [token.sha256, token]));
    },
  };
}

/** Text of a new token: 256 bits behind a prefix that scanners of secrets can look for. @param random  32 bytes */
export function formatToken(random: Uint8Array): string {
  if (random.length !== 32) throw new Error('bug: a token is of 32 random bytes');
  return `varve_${base64url(random)}`;
}

/** What is kept of a token's text. */
export function hashOfToken(text: string): string {
  return hex(sha256(utf8(text)));
}

/** Bytes of a token file, a token a line, which `parseTokens` reads. */
export function formatTokens(tokens: readonly Token[]): Uint8Array {
  const lines = tokens.map(({ name, sha256, roles, logs, sources }) =>
    JSON.stringify({ name, sha256, roles, logs, sources }),
  );
  return utf8(`{"v":"varve.tokens/1","tokens":[\n${lines.join(',\n')}\n]}\n`);
}

/**
 * The tokens of a token file. (spec/8-http.md §9)
 *
 * @throws {TransparencyError} config.malformed, also for a name or a hash that is there twice
 */
export function parseTokens(bytes: Uint8Array): readonly Token[] {
  const file = objectOf(parse(bytes), 'the file');
  if (file['v'] !== 'varve.tokens/1') throw malformed('v is not varve.tokens/1');
  checkMembers(file, ['v', 'tokens'], 'the file');
  const tokens = listOf(file['tokens'], 'tokens').map(tokenOf);
  for (const member of ['name', 'sha256'] as const) {
    const values = new Set(tokens.map((token) => token[member]));
    if (values.size < tokens.length) throw malformed(`two tokens of one ${member}`);
  }
  return tokens;
}

const ROLES: ReadonlySet<string> = new Set<Role>(['submit', 'audit', 'operate']);

function tokenOf(value: JsonValue, i: number): Token {
  const where = `token ${i}`;
  const token = objectOf(value, where);
  checkMembers(token, ['name', 'sha256', 'roles', 'logs', 'sources'], where);
  const roles = textsOf(token['roles'], `${where}: roles`);
  const unknown = roles.find((role) => !ROLES.has(role));
  if (unknown !== undefined) throw malformed(`${where}: role ${JSON.stringify(unknown)}`);
  return {
    name: textOf(token['name'], { where: `${where}: name`, form: /^[a-z0-9][a-z0-9._-]{0,62}$/ }),
    sha256: textOf(token['sha256'], { where: `${where}: sha256`, form: /^[0-9a-f]{64}$/ }),
    roles: roles as readonly Role[], // Each was found among the roles.
    logs: token['logs'] == null ? null : textsOf(token['logs'], `${where}: logs`),
    sources: token['sources'] == null ? null : textsOf(token['sources'], `${where}: sources`),
  };
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    throw malformed(isTransparencyError(cause) ? cause.message : 'unreadable', cause);
  }
}

function objectOf(value: JsonValue | undefined, where: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed(`${where} is not an object`);
}

function listOf(value: JsonValue | undefined, where: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  throw malformed(`${where}: a list expected`);
}

function textsOf(value: JsonValue | undefined, where: string): readonly string[] {
  return listOf(value, where).map((item) => textOf(item, { where, form: /./ }));
}

function textOf(
  value: JsonValue | undefined,
  rule: { readonly where: string; readonly form: RegExp },
): string {
  if (typeof value === 'string' && rule.form.test(value)) return value;
  throw malformed(`${rule.where}: not of the form ${rule.form.source}`);
}

function checkMembers(object: JsonObject, known: readonly string[], where: string): void {
  const other = Object.keys(object).find((name) => !known.includes(name));
  if (other !== undefined) throw malformed(`${where}: unknown member ${JSON.stringify(other)}`);
}

function malformed(what: string, cause?: unknown): TransparencyError {
  return new TransparencyError('config.malformed', `token file: ${what}`, { cause });
}
