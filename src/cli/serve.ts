import { pino } from 'pino';
import { formatVkey } from '../core/vkey.ts';
import type { Logger } from '../http/http.ts';
import type { Command, CommandIo, ExitCode } from './command.ts';
import { readServeConfig, SERVE_FLAGS, type ServeConfig } from './config.ts';
import { parseFlags } from './flags.ts';
import { type RunningServer, startServer } from './server.ts';
import { readTokens } from './token-file.ts';

/** `varve serve` */
export const serve: Command = {
  name: 'serve',
  summary: 'run the log server',
  help: `varve serve [--data DIR] [--keys DIR] [--guard DIR] [--listen 127.0.0.1:6962]
            [--log NAME]... [--opaque NAME]... [--origin O] [--tenant T]
            [--policy FILE] [--monitoring NAME=URL]... [--fail-open]
            [--start-unconfirmed]
            [--auth] [--tls-cert FILE --tls-key FILE] [--host NAME]...
            [--emitter-keys FILE] [--no-index] [--url URL] [--config FILE]

Serves one log or several, each under /NAME, until SIGINT or SIGTERM: then it
answers what is in flight, publishes it, and ends with 0. A second signal ends
it at once with 1. Where stdout is no terminal, it prints a line of JSON for
each log as soon as it listens, as 'varve keys' does.

  --data DIR     everything that is kept; default ./varve-data
  --keys DIR     private keys; default DIR/keys
  --guard DIR    the memory of what was signed; default DIR/guard. Move both to
                 where a restored copy of the data does not take them along
  --listen       HOST:PORT; an address that others reach needs --auth
  --log NAME     a log of events; default: those that the folder holds, or main
  --opaque NAME  a log of any bytes (POST /NAME/add)
  --origin O     name of the log's key, fixed when the log is made; default
                 localhost:6962/NAME; only with one log
  --tenant T     whose events a new log takes; default NAME; only with one log
  --policy FILE  witnesses, where they are, and their quorum (C2SP tlog-policy):
                 a head is shown when they have cosigned it
  --monitoring NAME=URL  where the witness of that name in the policy shows what
                 it cosigned last, if not under the URL where it is asked
  --fail-open    show heads without a quorum too, while none can be had
  --start-unconfirmed  begin without the witnesses' word that the last head is
                 the last that was shown, or with a guard that was made anew
  --auth         ask for a token: see 'varve token'
  --tls-cert FILE  certificate chain (PEM)    --tls-key FILE  its key
  --host NAME    without --auth: answer to this name too, beside localhost
  --emitter-keys FILE  keys of emitters who sign what they send; without them
                 tokens, attestations and digests are taken unverified
  --no-index     keep no verifiable index: 'varve lookup' finds nothing here
  --url URL      under which others reach it; for what is printed
  --config FILE  JSON: data keys guard listen url policy monitoring {NAME: URL}
                 failOpen index auth hosts tls {cert, key}, emitterKeys, limits
                 {...}, logs [{name, type, origin, tenant, policy, monitoring
                 {...}, limits {...}}]; spec/13-configuration.md

Variables: VARVE_DATA VARVE_KEYS VARVE_GUARD VARVE_LISTEN VARVE_CONFIG
`,
  async run(args, io) {
    const config = await readServeConfig(parseFlags(args, SERVE_FLAGS), io.env);
    const logger = loggerOf(io);
    const server = await startServer({ config, logger, now: io.now, fetch: io.fetch });
    tellStart(server, config, logger);
    if (!io.interactive) for (const line of server.lines) io.write(`${JSON.stringify(line)}\n`);
    return await serveUntilStopped(server, io, logger);
  },
};

/** Waits for the end: 0 when it was asked to stop, 2 when a write failed. */
export async function serveUntilStopped(
  server: RunningServer,
  io: CommandIo,
  logger: Logger,
): Promise<ExitCode> {
  const stopped = new Promise<'stop'>((resolve) => {
    if (io.stop.aborted) resolve('stop');
    io.stop.addEventListener('abort', () => resolve('stop'), { once: true });
  });
  const faulted = server.fault.then(() => 'fault' as const);
  if ((await Promise.race([stopped, faulted])) === 'fault') return 2;
  logger.info({}, 'stopping: what is in flight is answered first');
  const closed = server.close().then(() => 'closed' as const);
  if ((await Promise.race([closed, faulted])) === 'fault') return 2;
  logger.info({}, 'stopped');
  return 0;
}

/** Lines for a person where one reads, else lines of JSON; both on stderr. */
export function loggerOf(io: CommandIo): Logger {
  if (!io.interactive) return pino({ base: null }, pino.destination({ fd: 2, sync: true }));
  const tell =
    (level: string) =>
    (values: object, message: string): void =>
      io.note(`${level}${message}${wordsOf(values)}`);
  return { info: tell(''), warn: tell('Note: '), error: tell('ERROR: ') };
}

function wordsOf(values: object): string {
  const words = Object.entries(values).map(([name, value]) => {
    return `${name} ${value instanceof Error ? value.message : String(value)}`;
  });
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}

/** Says where it listens, who it is, and what it cannot notice. */
function tellStart(server: RunningServer, config: ServeConfig, logger: Logger): void {
  const { folders } = config;
  for (const [i, line] of server.lines.entries()) {
    const { log, isNew } = server.logs[i] ?? {};
    const { name, url, vkey } = line;
    logger.info(
      {
        log: name,
        url,
        listens: server.url,
        vkey,
        publishedSize: log?.publishedSize ?? 0,
        new: isNew ?? false,
      },
      'serving',
    );
  }
  tellTrust(server, config, logger);
  tellDoor(config, logger);
  const unmoved = [
    ...(folders.moved.keys ? [] : ['--keys']),
    ...(folders.moved.guard ? [] : ['--guard']),
  ];
  if (unmoved.length === 0) return;
  logger.warn(
    { unmoved: unmoved.join(' ') },
    'keys or guard lie in the data folder: whoever copies or restores that folder takes them along, so a copy can sign and an old copy passes for the newest',
  );
}

/** Says who vouches for the heads. */
function tellTrust(server: RunningServer, config: ServeConfig, logger: Logger): void {
  const alone: string[] = [];
  for (const { log, keys, policy } of server.logs) {
    if (typeof policy?.quorum !== 'string') alone.push(log.name);
    const { logs = [], witnesses = [], quorum = null } = policy ?? {};
    if (witnesses.length > 0) {
      const names = witnesses.map(({ name }) => name).join(' ');
      logger.info({ log: log.name, witnesses: names, quorum: quorum ?? 'none' }, 'witnessed');
    }
    if (logs.length > 0 && !logs.some(({ key }) => formatVkey(key) === keys.vkey)) {
      logger.warn({ log: log.name }, 'the policy names other logs, and not this one');
    }
  }
  if (config.failOpen) {
    logger.warn({}, 'fail open: heads are shown though the witnesses do not make the quorum');
  }
  if (alone.length === 0) return;
  logger.warn(
    { logs: alone.join(' ') },
    'quorum none: no witness vouches for these heads, and a backup that is restored together with its guard would not be noticed here',
  );
}

/** Says who is let in. */
function tellDoor({ auth, listen, tls, folders }: ServeConfig, logger: Logger): void {
  if (!auth) return;
  if (readTokens(folders.tokens).length === 0) {
    logger.warn(
      {},
      "there is no token yet, so nobody may submit or read entries: 'varve token add'",
    );
  }
  if (tls !== null || listen.isLoopback) return;
  logger.warn(
    { listen: listen.text },
    'without TLS whoever is on the way sees tokens: --tls-cert and --tls-key, or a proxy in front',
  );
}
