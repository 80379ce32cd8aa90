import { base64 } from '../core/base64.ts';
import { TransparencyError } from '../core/error.ts';
import { KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import type { GuardState } from '../log/ports.ts';
import { keysOf } from '../log/rows.ts';
import { openHeadRow } from '../log/signed-head.ts';
import { initGuard, levelStoreExists, openGuardFile, openLevelStore } from '../storage/storage.ts';
import type { Command, CommandIo } from './command.ts';
import { FOLDER_FLAGS, type FolderConfig, readFolderConfig } from './config.ts';
import { parseFlags } from './flags.ts';
import { readKeys } from './key-files.ts';
import {
  clearMark,
  guardExists,
  type LogFolder,
  logFolderOf,
  logNames,
  readMark,
  setMark,
} from './log-folder.ts';
import { checkLogName } from './log-identity.ts';

/** `varve guard` */
export const guard: Command = {
  name: 'guard',
  summary: 'show what was signed last, or make a guard that was lost',
  help: `varve guard show [--log NAME] [--data DIR] [--keys DIR] [--guard DIR]
                 [--config FILE]
varve guard init --log NAME [--data DIR] [--keys DIR] [--guard DIR]
                 [--config FILE]

'guard show' prints a line of JSON for each log: the highest head that was ever
signed (size, rootHash, time), and whether a start still has to confirm it.

'guard init' is for a guard that is lost for good, while keys and data are
there: it makes one from the highest head that the data holds. If newer heads
were signed than this copy of the data holds, the next head is a fork: so the
next start asks the witnesses of its policy, or, without any, is refused unless
it is told --start-unconfirmed.
`,
  async run(args, io) {
    const flags = parseFlags(args, { text: [...FOLDER_FLAGS, 'log'], operands: [1, 1] });
    const folders = await readFolderConfig(flags, io.env);
    const name = flags.text('log');
    if (name !== undefined) checkLogName(name);
    const [what] = flags.operands;
    if (what === 'show') return await showGuards(folders, name, io);
    if (what !== 'init') throw malformed(`'${what}' is neither show nor init`);
    if (name === undefined) throw malformed('--log says whose guard is made');
    return await makeGuard(logFolderOf(folders, name), io);
  },
};

async function showGuards(
  folders: FolderConfig,
  name: string | undefined,
  io: CommandIo,
): Promise<0> {
  for (const one of name === undefined ? await logNames(folders) : [name]) {
    const folder = logFolderOf(folders, one);
    const opened = await openGuardFile(folder.guard);
    const state = await opened.read();
    await opened.close();
    const unconfirmed = (await readMark(folder.unconfirmedMark)) !== undefined;
    io.write(`${JSON.stringify({ name: one, ...shown(state), unconfirmed })}\n`);
  }
  return 0;
}

function shown(state: GuardState | null): object {
  if (state === null) return { size: null, rootHash: null, time: null };
  const { size, rootHash, timeMs } = state;
  return { size, rootHash: base64(rootHash), time: new Date(timeMs).toISOString() };
}

async function makeGuard(folder: LogFolder, io: CommandIo): Promise<0> {
  if (await guardExists(folder.guard)) {
    throw new TransparencyError('start.refused', `${folder.guard} holds a guard: it stays`);
  }
  const state = await readHighestHead(folder);
  // The mark first: a guard without it passes for one that was always there.
  await setMark(folder.unconfirmedMark);
  try {
    await initGuard(folder.guard, state);
  } catch (error) {
    if (!(await guardExists(folder.guard))) await clearMark(folder.unconfirmedMark);
    throw error;
  }
  io.write(`${JSON.stringify({ name: folder.name, ...shown(state), unconfirmed: true })}\n`);
  io.note(
    `Made the guard of '${folder.name}' from its data. Heads that were signed after this copy was made are not in it: ` +
      'start with --start-unconfirmed only if you know that there are none.',
  );
  return 0;
}

/** The highest head of the stored rows, its signatures verified. */
async function readHighestHead(folder: LogFolder): Promise<GuardState | null> {
  const keys = await readKeys(folder.keys);
  if (!(await levelStoreExists(folder.store))) {
    throw new TransparencyError('start.refused', `there is no data in ${folder.store}`);
  }
  const log = verifierKeyOf(keys.origin, KEY_TYPE.ed25519, keys.signer.ed25519PublicKey);
  const store = await openLevelStore({ dir: folder.store });
  try {
    const [row] = await store.scan({ ...keysOf('S'), limit: 1, reverse: true });
    if (row === undefined) return null;
    const { p256PublicKey } = keys.signer;
    const { size, rootHash, timeMs } = openHeadRow(row, { log, p256PublicKey });
    return { size, rootHash, timeMs };
  } finally {
    await store.close();
  }
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
