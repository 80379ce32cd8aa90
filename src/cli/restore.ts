import { base64 } from '../core/base64.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { parsePolicy } from '../core/policy.ts';
import { KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import { type KnownHead, type Restored, restoreLog } from '../log/restore.ts';
import type { HeadKeys } from '../log/signed-head.ts';
import { initGuard, openGuardFile, openLevelStore } from '../storage/storage.ts';
import type { Command, CommandIo } from './command.ts';
import { FOLDER_FLAGS, type FolderConfig, readFolderConfig } from './config.ts';
import { type Flags, parseFlags } from './flags.ts';
import { type LogKeys, readKeys } from './key-files.ts';
import { headsOfEvidence, headsOfFiles, headsOfWitnesses, signedHead } from './known-heads.ts';
import {
  guardExists,
  type LogFolder,
  logFolderOf,
  logNames,
  readMark,
  setMark,
} from './log-folder.ts';
import { checkLogName } from './log-identity.ts';
import { monitoringOf, parseMonitoring } from './monitoring.ts';
import { readNamedFile } from './named-file.ts';
import { openSource } from './restore-source.ts';
import { fetchWithToken } from './token-fetch.ts';

/** `varve restore` */
export const restore: Command = {
  name: 'restore',
  summary: 'bring an emptied or rolled back log to the last head that anyone holds',
  help: `varve restore --from URL|DIR [--log NAME] [--data DIR] [--keys DIR]
              [--guard DIR] [--config FILE] [--policy FILE]
              [--monitoring NAME=URL]... [--note FILE]... [--guard-was-restored]

For a log whose store was emptied, lost, or put back to an older copy. Finds the
highest head that the log's key signed, in the guard, in the store, among kept
evidence, at the witnesses of the policy, in the notes given and at the source;
reads every missing entry from the source, each proven under that head before it
is written; and leaves the log ready for 'varve serve'. The server is stopped.
It needs the log's keys, which no backup holds. It can be cut short, and run
again.

  --from URL|DIR  a mirror or the log itself under a URL; another data folder,
                  stopped; or a folder of tlog-tiles files. It is not believed
  --policy FILE   asks its witnesses which head they cosigned last
  --monitoring NAME=URL
                  where the witness of that name in the policy shows it, if not
                  under the URL of its line; may be repeated
  --note FILE     a head that somebody kept, a checkpoint or the line of a tree
                  head; may be repeated
  --guard-was-restored
                  you know that the guard was put back to an older state too,
                  or lost. Without it, a head that the guard never knew is
                  taken for the work of a stolen key, and refused

Exits with 0 when the log is whole, with 1 if heads, entries or store do not
fit, with 2 if it could not run. Prints what it did as a line of JSON.
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: [...FOLDER_FLAGS, 'log', 'from', 'policy'],
      texts: ['note', 'monitoring'],
      on: ['guard-was-restored'],
    });
    const folders = await readFolderConfig(flags, io.env);
    const folder = logFolderOf(folders, await nameOf(folders, flags));
    const keys = await readKeys(folder.keys);
    if ((await readMark(folder.retiredMark)) !== undefined) {
      throw new TransparencyError('start.refused', `the log '${folder.name}' is retired for good`);
    }
    const headKeys: HeadKeys = {
      log: verifierKeyOf(keys.origin, KEY_TYPE.ed25519, keys.signer.ed25519PublicKey),
      p256PublicKey: keys.signer.p256PublicKey,
    };
    const others = [
      ...(await headsOfFiles(flags.texts('note'), headKeys)),
      ...(await askWitnesses(flags, headKeys, io)),
    ];
    const restored = await restoreFolder({ folder, keys, headKeys, others, flags, io });
    tell(folder, keys, restored, io);
    return 0;
  },
};

interface FolderRestore {
  readonly folder: LogFolder;
  readonly keys: LogKeys;
  readonly headKeys: HeadKeys;
  readonly others: readonly KnownHead[];
  readonly flags: Flags;
  readonly io: CommandIo;
}

/** The log named, or the only one. */
async function nameOf(folders: FolderConfig, flags: Flags): Promise<string> {
  const named = flags.text('log');
  if (named !== undefined) {
    checkLogName(named);
    return named;
  }
  const names = await logNames(folders);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw malformed(
    `--log has to say which log: ${names.join(', ') || `no keys in ${folders.keys}`}`,
  );
}

async function askWitnesses(
  flags: Flags,
  keys: HeadKeys,
  io: CommandIo,
): Promise<readonly KnownHead[]> {
  const file = flags.text('policy');
  if (file === undefined) return [];
  const policy = parsePolicy(await readNamedFile(file));
  const told = parseMonitoring(flags.texts('monitoring'));
  const monitoringUrls = monitoringOf(told, policy, '--monitoring');
  const reach = { fetch: io.fetch, monitoringUrls };
  const { heads, silent, isComplete } = await headsOfWitnesses(policy, keys, reach);
  for (const { by, size } of heads) io.note(`${by} holds a head of ${size} entries`);
  for (const line of silent) io.note(`no head from ${line}`);
  if (policy.quorum !== null && !isComplete) {
    io.note(
      'Note: too few witnesses answered to rule out a higher head; the next start waits until they do',
    );
  }
  return heads;
}

async function restoreFolder(options: FolderRestore): Promise<Restored> {
  const { folder, keys, headKeys, others, flags, io } = options;
  const wanted = { ...keys, name: folder.name, keys: headKeys };
  const from = flags.text('from');
  if (from === undefined) throw malformed('--from URL|DIR has to say where the entries are');
  const source = await openSource(from, wanted, fetchWithToken(io));
  try {
    const store = await openLevelStore({ dir: folder.store });
    try {
      const isGuardNew = await makeGuardIfLost(folder, flags, io);
      const guard = await openGuardFile(folder.guard);
      const heads = [
        ...others,
        ...(await headsOfEvidence({ store, dir: folder.evidence }, headKeys)),
        ...(source.note === null ? [] : signedHead(source.note, headKeys, 'the source')),
      ];
      try {
        return await restoreLog({
          ...wanted,
          signer: keys.signer,
          samenessSecret: keys.samenessSecret,
          store,
          guard,
          clock: io.now,
          source,
          heads,
          guardWasRestored: isGuardNew || flags.on('guard-was-restored'),
          onProgress: (size) => io.progress(`${size} entries`),
        });
      } finally {
        await guard.close();
      }
    } finally {
      await store.close();
    }
  } catch (error) {
    throw explained(error, from);
  } finally {
    await source.close();
  }
}

/** A guard that is lost for good is made anew, and marked: its next start is not taken on trust. */
async function makeGuardIfLost(folder: LogFolder, flags: Flags, io: CommandIo): Promise<boolean> {
  if (await guardExists(folder.guard)) return false;
  if (!flags.on('guard-was-restored')) {
    throw new TransparencyError(
      'start.refused',
      `there is no guard in ${folder.guard}: put it back, or name its folder with --guard. If it is lost for good, say ` +
        '--guard-was-restored (deploy/runbooks/guard-missing.md)',
    );
  }
  await setMark(folder.unconfirmedMark);
  await initGuard(folder.guard);
  io.note(`made a new guard in ${folder.guard}`);
  return true;
}

function explained(error: unknown, from: string): unknown {
  if (!isTransparencyError(error)) return error;
  if (error.code === 'tile.not-found' || error.code === 'bundle.not-found') {
    return new TransparencyError(
      error.code,
      `${from} does not hold the whole tree to come back to. Try another mirror; if nobody has it, the log retires (deploy/runbooks/evidence.md)`,
      { cause: error },
    );
  }
  return error;
}

function tell(folder: LogFolder, keys: LogKeys, restored: Restored, io: CommandIo): void {
  const { target, before, after } = restored;
  const { size, rootHash, by } = target;
  const line = { name: folder.name, origin: keys.origin, size, rootHash: base64(rootHash), by };
  io.write(`${JSON.stringify({ ...line, entriesBefore: before, entriesAfter: after })}\n`);
  io.note(
    before === after
      ? `Nothing was missing: the log holds all ${after} entries.`
      : `Put back ${after - before} entries, to the head of ${size} that ${by} holds. 'varve serve' can start.`,
  );
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
