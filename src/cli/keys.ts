import { TransparencyError } from '../core/error.ts';
import { levelStoreExists } from '../storage/storage.ts';
import type { Command, CommandIo } from './command.ts';
import { FOLDER_FLAGS, type FolderConfig, readFolderConfig } from './config.ts';
import { type Flags, parseFlags } from './flags.ts';
import { keysExist, readKeys } from './key-files.ts';
import { guardExists, logFolderOf, logNames } from './log-folder.ts';
import { checkLogName } from './log-identity.ts';
import { type LogLine, logLineOf, policyOfLine } from './log-line.ts';
import { createLogKeys } from './open-logs.ts';

/** `varve keys` */
export const keys: Command = {
  name: 'keys',
  summary: 'print the public keys of logs, or make the keys of a new one',
  help: `varve keys [--data DIR] [--keys DIR] [--config FILE] [--log NAME] [--url URL]
varve keys policy …
varve keys init --log NAME|--opaque NAME [--origin O] [--data DIR] [--keys DIR]
                [--guard DIR] [--config FILE]

Prints a line of JSON for each log of a folder: name, origin, url, type, vkey
(Ed25519, signs checkpoints) and p256 (PEM, signs RFC 6962 tree heads).
'keys policy' prints the same as policy files for 'varve verify --policy'.
'keys init' makes the keys of a log by hand, before its first start.

  --data DIR   default ./varve-data        --keys DIR   default DIR/keys
  --log NAME   only this log               --url URL    where the server is,
  default http://127.0.0.1:6962
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: [...FOLDER_FLAGS, 'log', 'opaque', 'origin', 'url'],
      operands: [0, 1],
    });
    const folders = await readFolderConfig(flags, io.env);
    const [what] = flags.operands;
    if (what === 'init') return await initKeys(folders, flags, io);
    if (what !== undefined && what !== 'policy')
      throw malformed(`'${what}' is neither init nor policy`);
    if (flags.text('opaque') !== undefined || flags.text('origin') !== undefined) {
      throw malformed('--opaque and --origin are of keys init');
    }
    const lines = await readLines(folders, flags);
    for (const line of lines) {
      io.write(what === 'policy' ? policyOfLine(line) : `${JSON.stringify(line)}\n`);
    }
    return 0;
  },
};

async function readLines(folders: FolderConfig, flags: Flags): Promise<readonly LogLine[]> {
  const name = flags.text('log');
  const names = name === undefined ? await logNames(folders) : [name];
  if (names.length === 0) {
    throw new TransparencyError('keys.missing', `there are no keys in ${folders.keys}`);
  }
  const url = (flags.text('url') ?? 'http://127.0.0.1:6962').replace(/\/+$/, '');
  const lines: LogLine[] = [];
  for (const one of names) {
    checkLogName(one);
    lines.push(logLineOf(await readKeys(logFolderOf(folders, one).keys), url));
  }
  return lines;
}

async function initKeys(folders: FolderConfig, flags: Flags, io: CommandIo): Promise<0> {
  const events = flags.text('log');
  const name = events ?? flags.text('opaque') ?? 'main';
  if (events !== undefined && flags.text('opaque') !== undefined) {
    throw malformed('--log and --opaque name one log each, and one is made');
  }
  checkLogName(name);
  const folder = logFolderOf(folders, name);
  const hasLost = (await guardExists(folder.guard)) || (await levelStoreExists(folder.store));
  if (hasLost && !(await keysExist(folder.keys))) {
    throw new TransparencyError(
      'start.refused',
      `the log '${name}' has a guard or data: only its own keys can go on with it, and new ones cannot`,
    );
  }
  const type = flags.text('opaque') === undefined ? 'events' : 'opaque';
  const wanted = { name, type, origin: flags.text('origin') ?? null } as const;
  const made = await createLogKeys(folder, wanted, io.now());
  io.write(`${JSON.stringify(logLineOf(made, 'http://127.0.0.1:6962'))}\n`);
  io.note(`Made the keys of '${name}' in ${folder.keys}; its first start makes the rest.`);
  return 0;
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
