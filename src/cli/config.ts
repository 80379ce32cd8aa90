import { resolve } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import { parsePolicy } from '../core/policy.ts';
import { type JsonObject, type JsonValue, parseStrictJson } from '../event/strict-json.ts';
import type { LogType } from '../log/log.ts';
import type { Flags, FlagTable } from './flags.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { checkLogName } from './log-identity.ts';
import { readNamedFile } from './named-file.ts';

/** One log to serve. What is null was not given: a new log takes its default, an old one keeps what it has. */
export interface LogConfig {
  readonly name: string;
  readonly type: LogType | null;
  readonly origin: string | null;
  /** Tenant of a log of events. */
  readonly tenant: string | null;
}

/** Where an operator's files lie. */
export interface FolderConfig {
  /** Absolute paths of the folders that hold one folder for each log. */
  readonly store: string;
  /** What is derived from the store, and may be lost. */
  readonly leafIndex: string;
  /** Heads of our keys that our tree does not contain, as others showed them. */
  readonly evidence: string;
  readonly keys: string;
  readonly guard: string;
  /** Was the folder moved from beside the store to a place of its own? */
  readonly moved: { readonly keys: boolean; readonly guard: boolean };
}

/** Everything that `varve serve` is told. */
export interface ServeConfig {
  readonly folders: FolderConfig;
  readonly listen: ListenAddress;
  /** null: none was named, so those that the folder holds, or one named `main`. */
  readonly logs: readonly LogConfig[] | null;
  /** Start with a guard that was made anew from the store. (forks.md, START) */
  readonly startUnconfirmed: boolean;
}

/** The flags that say where an operator's files lie. */
export const FOLDER_FLAGS: readonly string[] = ['data', 'keys', 'guard', 'config'];

/** The flags of `varve serve`. */
export const SERVE_FLAGS: FlagTable = {
  text: [...FOLDER_FLAGS, 'listen', 'origin', 'tenant', 'policy'],
  texts: ['log', 'opaque'],
  on: ['start-unconfirmed'],
};

/**
 * What a server is told, by flags, then by variables (`VARVE_DATA`, `VARVE_KEYS`, `VARVE_GUARD`, `VARVE_LISTEN`), then
 * by the file of `--config`, then by default. Everything is checked before anything is opened.
 *
 * @throws {TransparencyError} config.malformed; keys.malformed for a log's name; start.refused for an address that is not
 *   of loopback, or a policy that names witnesses
 */
export async function readServeConfig(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServeConfig> {
  const file = await readConfigFile(flags.text('config') ?? env['VARVE_CONFIG']);
  const listen = flags.text('listen') ?? env['VARVE_LISTEN'] ?? textOf(file, 'listen');
  const config = {
    folders: foldersOf(flags, env, file),
    listen: parseListenAddress(listen ?? '127.0.0.1:6962'),
    logs: logsOf(flags, file),
    startUnconfirmed: flags.on('start-unconfirmed'),
  };
  const policy = flags.text('policy') ?? textOf(file, 'policy');
  if (policy !== undefined) await checkPolicy(policy);
  return config;
}

/**
 * Where an operator's files lie, for the commands that look at them.
 *
 * @throws {TransparencyError} config.malformed
 */
export async function readFolderConfig(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<FolderConfig> {
  return foldersOf(flags, env, await readConfigFile(flags.text('config') ?? env['VARVE_CONFIG']));
}

const MEMBERS: ReadonlySet<string> = new Set(['data', 'keys', 'guard', 'listen', 'policy', 'logs']);
const LOG_MEMBERS: ReadonlySet<string> = new Set(['name', 'type', 'origin', 'tenant']);

async function readConfigFile(path: string | undefined): Promise<JsonObject> {
  if (path === undefined) return {};
  const value = parseFile(path, await readNamedFile(path));
  if (!isObject(value)) throw malformed(`${path}: not an object`);
  checkMembers(value, MEMBERS, path);
  return value;
}

function parseFile(path: string, bytes: Uint8Array): JsonValue {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransparencyError('config.malformed', `${path}: ${why}`, { cause });
  }
}

/**
 * Where an operator's files lie, by flags, variables and the members of a configuration.
 *
 * @throws {TransparencyError} config.malformed
 */
export function foldersOf(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
  file: JsonObject,
): FolderConfig {
  const data = flags.text('data') ?? env['VARVE_DATA'] ?? textOf(file, 'data') ?? './varve-data';
  const keys = flags.text('keys') ?? env['VARVE_KEYS'] ?? textOf(file, 'keys');
  const guard = flags.text('guard') ?? env['VARVE_GUARD'] ?? textOf(file, 'guard');
  return {
    store: resolve(data, 'store'),
    leafIndex: resolve(data, 'leaf-index'),
    evidence: resolve(data, 'evidence'),
    keys: keys === undefined ? resolve(data, 'keys') : resolve(keys),
    guard: guard === undefined ? resolve(data, 'guard') : resolve(guard),
    moved: { keys: keys !== undefined, guard: guard !== undefined },
  };
}

function logsOf(flags: Flags, file: JsonObject): readonly LogConfig[] | null {
  const named = [
    ...flags.texts('log').map((name) => logOf(name, 'events')),
    ...flags.texts('opaque').map((name) => logOf(name, 'opaque')),
  ];
  const origin = flags.text('origin') ?? null;
  const tenant = flags.text('tenant') ?? null;
  let logs = named.length > 0 ? named : logsOfFile(file);
  if (origin !== null || tenant !== null) {
    const [only = logOf('main', 'events'), ...others] = logs;
    if (others.length > 0) {
      throw malformed('--origin and --tenant are of one log: write several into --config');
    }
    if (tenant !== null && only.type === 'opaque') throw malformed('an opaque log has no tenant');
    logs = [{ ...only, origin: origin ?? only.origin, tenant: tenant ?? only.tenant }];
  }
  for (const [i, { name }] of logs.entries()) {
    checkLogName(name);
    if (logs.findIndex((other) => other.name === name) < i) {
      throw malformed(`the log '${name}' is named twice`);
    }
  }
  return logs.length > 0 ? logs : null;
}

function logOf(name: string, type: LogType): LogConfig {
  return { name, type, origin: null, tenant: null };
}

function logsOfFile(file: JsonObject): LogConfig[] {
  const list = file['logs'] ?? [];
  if (!Array.isArray(list)) throw malformed('logs: not an array');
  return list.map((value: JsonValue) => {
    if (!isObject(value)) throw malformed('logs: an element is no object');
    checkMembers(value, LOG_MEMBERS, 'logs');
    const type = textOf(value, 'type') ?? 'events';
    if (type !== 'events' && type !== 'opaque') throw malformed(`type: '${type}' is no type`);
    const tenant = textOf(value, 'tenant') ?? null;
    if (tenant !== null && type === 'opaque') throw malformed('an opaque log has no tenant');
    return {
      name: textOf(value, 'name') ?? '',
      type,
      origin: textOf(value, 'origin') ?? null,
      tenant,
    };
  });
}

async function checkPolicy(path: string): Promise<void> {
  const policy = parsePolicy(await readNamedFile(path));
  if (policy.quorum === null && policy.witnesses.length === 0) return;
  throw new TransparencyError(
    'start.refused',
    `${path} names witnesses, and this version does not ask them yet: a policy with 'quorum none' and no witness is all that it can serve`,
  );
}

function checkMembers(value: JsonObject, known: ReadonlySet<string>, where: string): void {
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown !== undefined) throw malformed(`${where}: '${unknown}' is no setting`);
}

function textOf(value: JsonObject, name: string): string | undefined {
  const text = value[name];
  if (text === undefined || (typeof text === 'string' && text !== '')) return text;
  throw malformed(`${name}: not a text`);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
