import { join, resolve } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import { type Policy, parsePolicy } from '../core/policy.ts';
import { isSatisfied } from '../core/quorum.ts';
import type { Limits } from '../http/http.ts';
import type { LogLimits } from '../log/limits.ts';
import type { LogType } from '../log/log.ts';
import { type ConfigFile, type ConfigFileLog, readConfigFile } from './config-file.ts';
import type { Flags, FlagTable } from './flags.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { checkLogName } from './log-identity.ts';
import { type MonitoringUrls, monitoringOf, parseMonitoring } from './monitoring.ts';
import { readNamedFile } from './named-file.ts';

/** One log to serve. What is null was not given: a new log takes its default, an old one keeps what it has. */
export interface LogConfig {
  readonly name: string;
  readonly type: LogType | null;
  readonly origin: string | null;
  /** Tenant of a log of events. */
  readonly tenant: string | null;
  /** Its witnesses and their quorum; null: those of the server, if it has any. */
  readonly policy: Policy | null;
  /** Where the witnesses of its own policy show what they cosigned, if not where they are asked. */
  readonly monitoring: MonitoringUrls;
  readonly limits: Partial<LogLimits>;
}

/** Where an operator's files lie. */
export interface FolderConfig {
  /** Absolute paths of the folders that hold one folder for each log. */
  readonly store: string;
  /** What is derived from the store, and may be lost. */
  readonly leafIndex: string;
  /** The verifiable indexes; they may be lost too. */
  readonly index: string;
  /** Heads of our keys that our tree does not contain, as others showed them. */
  readonly evidence: string;
  /** One file of keys of openings for each log. */
  readonly openings: string;
  readonly keys: string;
  readonly guard: string;
  /** The file of tokens. Beside the keys: a restored copy of the data brings no revoked token back. */
  readonly tokens: string;
  /** Was the folder moved from beside the store to a place of its own? */
  readonly moved: { readonly keys: boolean; readonly guard: boolean };
}

/** Everything that `varve serve` is told. */
export interface ServeConfig {
  readonly folders: FolderConfig;
  readonly listen: ListenAddress;
  /** Under which URL others reach it, without a slash at the end; null: the address that it listens on. */
  readonly url: string | null;
  /** null: none was named, so those that the folder holds, or one named `main`. */
  readonly logs: readonly LogConfig[] | null;
  /** Witnesses and their quorum, for the logs that have none of their own; null: none. */
  readonly policy: Policy | null;
  /** Where the witnesses of that policy show what they cosigned, if not where they are asked. */
  readonly monitoring: MonitoringUrls;
  /** Publish, and say so, when the witnesses do not make the quorum. */
  readonly failOpen: boolean;
  /** Start with a guard that was made anew, or without the witnesses' word. (forks.md, START) */
  readonly startUnconfirmed: boolean;
  /** Does each log of events have its verifiable index? */
  readonly index: boolean;
  /** Is a token asked for? */
  readonly auth: boolean;
  /** Names in `Host` that are answered beside those of loopback, where no token is asked for. */
  readonly hosts: readonly string[];
  /** Files with the certificate chain and its key, PEM. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** The file that names the keys of emitters who sign what they send; null: none, and nothing is verified. */
  readonly emitterKeys: string | null;
  readonly limits: Partial<Limits>;
}

/** The flags that say where an operator's files lie. */
export const FOLDER_FLAGS: readonly string[] = ['data', 'keys', 'guard', 'config'];

/** The flags of `varve serve`. */
export const SERVE_FLAGS: FlagTable = {
  text: [
    ...FOLDER_FLAGS,
    'listen',
    'url',
    'origin',
    'tenant',
    'policy',
    'tls-cert',
    'tls-key',
    'emitter-keys',
  ],
  texts: ['log', 'opaque', 'host', 'monitoring'],
  on: ['auth', 'fail-open', 'no-index', 'start-unconfirmed'],
};

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a server is told, by flags, then by variables (`VARVE_DATA`, `VARVE_KEYS`, `VARVE_GUARD`, `VARVE_LISTEN`), then
 * by the file of `--config`, then by default. Everything is checked before anything is opened.
 *
 * @throws {TransparencyError} config.malformed; keys.malformed for a log's name; policy.malformed; start.refused for an
 *   address that others can reach without tokens, or a quorum that can never be made
 */
export async function readServeConfig(flags: Flags, env: Env): Promise<ServeConfig> {
  const file = await readConfigFile(flags.text('config') ?? env['VARVE_CONFIG']);
  const listen = parseListenAddress(
    flags.text('listen') ?? env['VARVE_LISTEN'] ?? file.listen ?? '127.0.0.1:6962',
  );
  const auth = flags.on('auth') || file.auth;
  if (!auth && !listen.isLoopback) throw reachable(listen);
  const policies = new Map<string, Policy>();
  for (const path of [flags.text('policy'), file.policy, ...file.logs.map((log) => log.policy)]) {
    if (path !== undefined) policies.set(path, await readPolicy(path));
  }
  const logs = logsOf(flags, file, policies);
  const policy = policies.get(flags.text('policy') ?? file.policy ?? '') ?? null;
  const failOpen = flags.on('fail-open') || file.failOpen;
  const quorums = [policy, ...(logs ?? []).map((log) => log.policy)].map((one) => one?.quorum);
  if (failOpen && !quorums.some((quorum) => typeof quorum === 'string')) {
    throw malformed('--fail-open is for a policy with a quorum: there is none');
  }
  return {
    folders: foldersOf(flags, env, file),
    listen,
    url: urlOf(flags.text('url') ?? file.url),
    logs,
    policy,
    monitoring: monitoringOfServer(flags, file, policy),
    failOpen,
    startUnconfirmed: flags.on('start-unconfirmed'),
    index: file.index && !flags.on('no-index'),
    auth,
    hosts: [...flags.texts('host'), ...file.hosts].map(hostOf),
    tls: tlsOf(flags, file),
    emitterKeys: flags.text('emitter-keys') ?? file.emitterKeys ?? null,
    limits: file.limits,
  };
}

/**
 * Where an operator's files lie, for the commands that look at them.
 *
 * @throws {TransparencyError} config.malformed
 */
export async function readFolderConfig(flags: Flags, env: Env): Promise<FolderConfig> {
  return foldersOf(flags, env, await readConfigFile(flags.text('config') ?? env['VARVE_CONFIG']));
}

/** Where an operator's files lie, by flags, variables and a configuration. */
export function foldersOf(
  flags: Flags,
  env: Env,
  file: Pick<ConfigFile, 'data' | 'keys' | 'guard'>,
): FolderConfig {
  const data = flags.text('data') ?? env['VARVE_DATA'] ?? file.data ?? './varve-data';
  const keys = flags.text('keys') ?? env['VARVE_KEYS'] ?? file.keys;
  const guard = flags.text('guard') ?? env['VARVE_GUARD'] ?? file.guard;
  const keysFolder = keys === undefined ? resolve(data, 'keys') : resolve(keys);
  return {
    store: resolve(data, 'store'),
    leafIndex: resolve(data, 'leaf-index'),
    openings: resolve(data, 'openings'),
    index: resolve(data, 'index'),
    evidence: resolve(data, 'evidence'),
    keys: keysFolder,
    guard: guard === undefined ? resolve(data, 'guard') : resolve(guard),
    // No log is named so: a name has no dot.
    tokens: join(keysFolder, 'tokens.json'),
    moved: { keys: keys !== undefined, guard: guard !== undefined },
  };
}

function logsOf(
  flags: Flags,
  file: ConfigFile,
  policies: ReadonlyMap<string, Policy>,
): readonly LogConfig[] | null {
  const named = [
    ...flags.texts('log').map((name) => logOf(name, 'events')),
    ...flags.texts('opaque').map((name) => logOf(name, 'opaque')),
  ];
  const origin = flags.text('origin') ?? null;
  const tenant = flags.text('tenant') ?? null;
  let logs = named.length > 0 ? named : file.logs.map((log) => logOfFile(log, policies));
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
  const monitoring: MonitoringUrls = new Map();
  return { name, type, origin: null, tenant: null, policy: null, monitoring, limits: {} };
}

function logOfFile(log: ConfigFileLog, policies: ReadonlyMap<string, Policy>): LogConfig {
  const { name, type, origin = null, tenant = null, limits } = log;
  const policy = policies.get(log.policy ?? '') ?? null;
  const monitoring = monitoringOf(log.monitoring, policy, `monitoring of the log '${name}'`);
  return { name, type, origin, tenant, policy, monitoring, limits };
}

/** Those of the flags, else those of the file: as the policy that they belong to. */
function monitoringOfServer(flags: Flags, file: ConfigFile, policy: Policy | null): MonitoringUrls {
  const told = parseMonitoring(flags.texts('monitoring'));
  if (told.length > 0) return monitoringOf(told, policy, '--monitoring');
  // The file's belong to the file's policy.
  if (flags.text('policy') !== undefined) return new Map();
  return monitoringOf(file.monitoring, policy, 'monitoring');
}

async function readPolicy(path: string): Promise<Policy> {
  const policy = parsePolicy(await readNamedFile(path));
  const asked = policy.witnesses.filter(({ url }) => url !== null).map(({ name }) => name);
  if (isSatisfied(policy, new Set(asked))) return policy;
  throw new TransparencyError(
    'start.refused',
    `${path}: its quorum cannot be made by the ${asked.length} of ${policy.witnesses.length} witnesses that have a URL, so nothing would ever be published: write the URL of each witness at the end of its line`,
  );
}

function tlsOf(flags: Flags, file: ConfigFile): ServeConfig['tls'] {
  const [cert, key] = [flags.text('tls-cert'), flags.text('tls-key')];
  if ((cert === undefined) !== (key === undefined)) {
    throw malformed('--tls-cert and --tls-key belong together');
  }
  return cert === undefined || key === undefined ? (file.tls ?? null) : { cert, key };
}

function urlOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (/^https?:\/\/[^?#]+$/.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '');
  throw malformed(`url: '${url}' is not an http or https URL`);
}

function hostOf(host: string): string {
  if (/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$/.test(host)) return host;
  throw malformed(`host: '${host}' is not a name without port`);
}

function reachable({ text }: ListenAddress): TransparencyError {
  return new TransparencyError(
    'start.refused',
    `--listen ${text} can be reached from other machines, and without tokens whoever reaches it may write. ` +
      "Add --auth, and make tokens with 'varve token add NAME --role submit'; add --tls-cert and --tls-key, or put a proxy " +
      'that speaks TLS in front of it, or who listens on the way has the tokens too. Or listen on 127.0.0.1',
  );
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
