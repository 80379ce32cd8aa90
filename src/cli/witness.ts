import { randomInt } from 'node:crypto';
import { TransparencyError } from '../core/error.ts';
import { type ListedLog, parseLogList } from '../core/log-list.ts';
import { formatVkey, KEY_TYPE, parseVkey } from '../core/vkey.ts';
import {
  createWitnessApp,
  type HttpServer,
  limitsOf,
  listen,
  WITNESS_CONNECTIONS_MAX,
} from '../http/http.ts';
import { createWitness } from '../witness/witness.ts';
import type { Command, CommandIo, ExitCode } from './command.ts';
import { type Flags, type FlagTable, parseFlags } from './flags.ts';
import { readNamedFile } from './named-file.ts';
import { loggerOf } from './serve.ts';
import {
  type OpenedWitness,
  openWitness,
  policyLinesOf,
  type WitnessFolders,
  witnessFoldersOf,
} from './witness-folder.ts';

/** `varve witness` */
export const witness: Command = {
  name: 'witness',
  summary: 'run a witness: cosign heads of logs that only ever grow',
  help: `varve witness serve [--data DIR] [--keys DIR] [--name NAME] [--ml-dsa-44]
                    [--listen 127.0.0.1:6963] [--prefix /PATH] [--metrics]
varve witness add-log VKEY [--origin O] [--requests-per-day N] [--contact TEXT]
varve witness add-log --list FILE
varve witness keys [policy|init] [--name NAME] [--ml-dsa-44] [--url URL]

'serve' answers POST /add-checkpoint by the rules of C2SP tlog-witness. It shows
the last head of each log under GET /HASH/checkpoint, and what it holds against
a log under GET /HASH/evidence, HASH being SHA-256 of the origin. Its first
start makes its keys. It runs until SIGINT or SIGTERM.

'add-log' puts a log on the roster, also while the witness serves; --list takes
a list of the witness network (logs/v0). 'keys' prints its public keys as a line
of JSON, 'keys policy' as lines of a policy, 'keys init' makes them.

  --data DIR     what it must not forget; default ./varve-witness
  --keys DIR     private keys; default DIR/keys
  --name NAME    name of its keys, fixed when they are made; default
                 localhost:6963/witness
  --listen       HOST:PORT, any address: whoever asks has to bring a head that
                 a log on the roster signed. For TLS, put a proxy in front
  --prefix PATH  path before all others
  --metrics      serve /metrics, with the origins and sizes of all logs, also
                 where others than this machine may ask
  --ml-dsa-44    make an ML-DSA-44 key too. EXPERIMENTAL: unaudited library
`,
  async run(args, io) {
    const [what] = parseFlags(args, ANY_FLAGS).operands;
    if (what === 'serve') return await serveWitness(parseFlags(args, SERVE_FLAGS), io);
    if (what === 'add-log') return await addLogs(parseFlags(args, ADD_LOG_FLAGS), io);
    if (what === 'keys') return await showKeys(parseFlags(args, KEYS_FLAGS), io);
    throw malformed(`'${what}' is none of serve, add-log and keys`);
  },
};

const FOLDER_FLAGS = ['data', 'keys'];
const SERVE_FLAGS: FlagTable = {
  text: [...FOLDER_FLAGS, 'name', 'listen', 'prefix'],
  on: ['ml-dsa-44', 'metrics'],
  operands: [1, 1],
};
const ADD_LOG_FLAGS: FlagTable = {
  text: [...FOLDER_FLAGS, 'origin', 'requests-per-day', 'contact', 'list'],
  operands: [1, 2],
};
const KEYS_FLAGS: FlagTable = {
  text: [...FOLDER_FLAGS, 'name', 'url'],
  on: ['ml-dsa-44'],
  operands: [1, 2],
};
/** Finds the command among the flags of all. */
const ANY_FLAGS: FlagTable = {
  text: [SERVE_FLAGS, ADD_LOG_FLAGS, KEYS_FLAGS].flatMap(({ text = [] }) => text),
  on: ['ml-dsa-44', 'metrics'],
  operands: [1, 2],
};

const DEFAULT_NAME = 'localhost:6963/witness';
const DEFAULT_PER_DAY = '86400';

function foldersOf(flags: Flags, io: CommandIo): WitnessFolders {
  const data = flags.text('data') ?? io.env['VARVE_WITNESS_DATA'] ?? './varve-witness';
  return witnessFoldersOf(data, flags.text('keys') ?? io.env['VARVE_WITNESS_KEYS']);
}

async function openOrMake(flags: Flags, io: CommandIo): Promise<OpenedWitness> {
  const name = flags.text('name');
  return await openWitness(foldersOf(flags, io), {
    defaultName: DEFAULT_NAME,
    ...(name === undefined ? {} : { name }),
    ...(flags.on('ml-dsa-44') ? { hasMlDsa44: true } : {}),
  });
}

async function serveWitness(flags: Flags, io: CommandIo): Promise<ExitCode> {
  const address = parseAddress(flags.text('listen') ?? '127.0.0.1:6963');
  const prefix = parsePrefix(flags.text('prefix') ?? '');
  const logger = loggerOf(io);
  const opened = await openOrMake(flags, io);
  const { store, keys, name, isNew } = opened;
  const served = createWitness({ store, keys, clock: io.now });
  const random = (): number => randomInt(2 ** 47) / 2 ** 47;
  const metrics = flags.on('metrics') || isLoopback(address.host);
  const app = createWitnessApp({ witness: served, prefix, metrics, logger, random });
  const limits = limitsOf({
    requestTimeoutMs: 10_000,
    headersTimeoutMs: 5_000,
    connectionsMax: WITNESS_CONNECTIONS_MAX,
  });
  const server = await listen({ app, ...address, limits, random });
  const url = `${server.url}${prefix}`;
  const logs = (await store.logs()).length;
  logger.info({ name, url, vkeys: served.vkeys.join(' '), logs, new: isNew }, 'witnessing');
  if (!io.interactive) io.write(`${JSON.stringify({ name, url, vkeys: served.vkeys })}\n`);
  await untilStopped(server, io);
  await store.close();
  return 0;
}

async function untilStopped(server: HttpServer, io: CommandIo): Promise<void> {
  await new Promise<void>((resolve) => {
    if (io.stop.aborted) resolve();
    io.stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
}

async function addLogs(flags: Flags, io: CommandIo): Promise<ExitCode> {
  const logs = await logsOf(flags);
  const { store } = await openOrMake(flags, io);
  for (const log of logs) {
    const isNew = await store.addLog(log);
    const { origin, requestsPerDay } = log;
    const vkey = formatVkey(log.key);
    io.write(`${JSON.stringify({ origin, vkey, requestsPerDay, new: isNew })}\n`);
  }
  await store.close();
  return 0;
}

async function logsOf(flags: Flags): Promise<readonly ListedLog[]> {
  const [, vkey] = flags.operands;
  const list = flags.text('list');
  if ((vkey === undefined) === (list === undefined)) {
    throw malformed('add-log takes one verifier key, or --list and a file');
  }
  if (list !== undefined) return parseLogList(await readNamedFile(list));
  const key = parseVkey(vkey ?? '');
  if (key.type !== KEY_TYPE.ed25519) {
    throw new TransparencyError('vkey.unknown-type', `a log signs with type 1, not ${key.type}`);
  }
  const perDay = flags.text('requests-per-day') ?? DEFAULT_PER_DAY;
  const requestsPerDay = /^[1-9][0-9]{0,9}$/.test(perDay) ? Number(perDay) : 0;
  if (requestsPerDay < 1 || requestsPerDay >= 2 ** 31) {
    throw malformed(`--requests-per-day ${perDay} is not 1 to 2^31 - 1`);
  }
  const contact = flags.text('contact') ?? 'added by hand';
  return [{ key, origin: flags.text('origin') ?? key.name, requestsPerDay, contact }];
}

async function showKeys(flags: Flags, io: CommandIo): Promise<ExitCode> {
  const [, what] = flags.operands;
  if (what !== undefined && what !== 'init' && what !== 'policy') {
    throw malformed(`'${what}' is neither init nor policy`);
  }
  const opened =
    what === 'init' ? await openOrMake(flags, io) : await openWitness(foldersOf(flags, io), null);
  const url = (flags.text('url') ?? 'http://127.0.0.1:6963').replace(/\/+$/, '');
  const { name, keys, store } = opened;
  const vkeys = keys.map(({ key }) => formatVkey(key));
  io.write(
    what === 'policy' ? policyLinesOf(opened, url) : `${JSON.stringify({ name, url, vkeys })}\n`,
  );
  await store.close();
  return 0;
}

function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):)?([0-9]{1,5})$/.exec(text);
  const port = Number(parts?.[3] ?? Number.NaN);
  if (!(port <= 65_535)) throw malformed(`--listen '${text}' is not HOST:PORT`);
  return { host: parts?.[1] ?? parts?.[2] ?? '127.0.0.1', port };
}

function parsePrefix(text: string): string {
  const prefix = text.replace(/\/+$/, '');
  if (/^(?:\/[A-Za-z0-9._~-]+)*$/.test(prefix)) return prefix;
  throw malformed(`--prefix '${text}' is not a path`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.[0-9.]+$/.test(host);
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
