import { TransparencyError } from '../core/error.ts';
import { isPowerOfTwo } from '../core/integers.ts';
import { type JsonValue, parseStrictJson } from '../event/strict-json.ts';
import { LIMITS, type LimitName, type Limits } from '../http/http.ts';
import type { LogLimits } from '../log/limits.ts';
import type { LogType } from '../log/log.ts';
import { type ConfigObject, configObject } from './config-value.ts';
import { LOG_LIMIT_RANGES } from './log-limits.ts';
import { readNamedFile } from './named-file.ts';

/** What a configuration file says; what it does not say is undefined, or empty. */
export interface ConfigFile {
  readonly data?: string | undefined;
  readonly keys?: string | undefined;
  readonly guard?: string | undefined;
  readonly listen?: string | undefined;
  readonly url?: string | undefined;
  readonly policy?: string | undefined;
  /** Monitoring prefixes by the names of the policy's witnesses. */
  readonly monitoring: readonly (readonly [string, string])[];
  readonly failOpen: boolean;
  /** Is the verifiable index kept? */
  readonly index: boolean;
  readonly auth: boolean;
  /** Names in `Host` that are answered beside those of loopback. */
  readonly hosts: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** The file that names the keys of emitters. */
  readonly emitterKeys?: string | undefined;
  readonly limits: Partial<Limits>;
  readonly logs: readonly ConfigFileLog[];
}

/** What a configuration file says of a log. */
export interface ConfigFileLog {
  readonly name: string;
  readonly type: LogType;
  readonly origin?: string | undefined;
  readonly tenant?: string | undefined;
  readonly policy?: string | undefined;
  readonly monitoring: readonly (readonly [string, string])[];
  readonly limits: Partial<LogLimits>;
}

/** A configuration that says nothing. */
export const NO_CONFIG_FILE: ConfigFile = {
  monitoring: [],
  failOpen: false,
  index: true,
  auth: false,
  hosts: [],
  limits: {},
  logs: [],
};

/**
 * Reads a configuration file: strict JSON, and nothing in it that is not read.
 *
 * @param path  undefined: there is none
 * @throws {TransparencyError} config.malformed, with the place in the file
 */
export async function readConfigFile(path: string | undefined): Promise<ConfigFile> {
  if (path === undefined) return NO_CONFIG_FILE;
  const root = configObject(parseFile(path, await readNamedFile(path)), { file: path, path: '' });
  const tls = root.object('tls');
  const file = {
    data: root.text('data'),
    keys: root.text('keys'),
    guard: root.text('guard'),
    listen: root.text('listen'),
    url: root.text('url'),
    policy: root.text('policy'),
    monitoring: root.textsByName('monitoring'),
    failOpen: root.isOn('failOpen'),
    index: root.isOn('index', true),
    auth: root.isOn('auth'),
    hosts: root.texts('hosts'),
    tls: tls === undefined ? undefined : tlsOf(root, tls),
    emitterKeys: root.text('emitterKeys'),
    limits: root.integers('limits', REQUEST_LIMIT_RANGES),
    logs: root.objects('logs').map(logOf),
  };
  root.end();
  return file;
}

const REQUEST_LIMIT_RANGES = Object.fromEntries(
  Object.entries(LIMITS).map(([name, { range }]) => [name, range]),
) as Record<LimitName, readonly [number, number]>; // The same names.

function tlsOf(root: ConfigObject, tls: ConfigObject): ConfigFile['tls'] {
  const [cert, key] = [tls.text('cert'), tls.text('key')];
  tls.end();
  if (cert === undefined || key === undefined) throw root.wrong('tls', 'needs cert and key');
  return { cert, key };
}

function logOf(log: ConfigObject): ConfigFileLog {
  const name = log.text('name');
  if (name === undefined) throw log.wrong('name', 'missing');
  const type = log.text('type') ?? 'events';
  if (type !== 'events' && type !== 'opaque') throw log.wrong('type', 'neither events nor opaque');
  const tenant = log.text('tenant');
  if (tenant !== undefined && type === 'opaque') {
    throw log.wrong('tenant', 'an opaque log has no tenant');
  }
  const read = {
    name,
    type,
    origin: log.text('origin'),
    tenant,
    policy: log.text('policy'),
    monitoring: log.textsByName('monitoring'),
    limits: log.integers('limits', LOG_LIMIT_RANGES),
  } as const;
  if (!isPowerOfTwo(read.limits.seenFilterBytes ?? 1)) {
    throw log.wrong('limits.seenFilterBytes', 'not a power of two');
  }
  log.end();
  return read;
}

function parseFile(path: string, bytes: Uint8Array): JsonValue {
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransparencyError('config.malformed', `${path}: ${why}`, { cause });
  }
}
