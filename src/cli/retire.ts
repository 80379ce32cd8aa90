import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '#sha256';
import { base64 } from '../core/base64.ts';
import { equalBytes, utf8Text } from '../core/bytes.ts';
import { openCheckpoint } from '../core/checkpoint.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import { type Predecessor, parseGenesis } from '../event/genesis.ts';
import { readStoredBundle, splitEntries } from '../log/entries.ts';
import { PUBLISHED_KEY } from '../log/rows.ts';
import { openHeadRow } from '../log/signed-head.ts';
import { codeOf } from '../storage/folder.ts';
import { levelStoreExists, openLevelStore } from '../storage/storage.ts';
import type { Command, CommandIo } from './command.ts';
import { FOLDER_FLAGS, readFolderConfig } from './config.ts';
import { type Flags, parseFlags } from './flags.ts';
import { type LogKeys, readKeys } from './key-files.ts';
import { type LogFolder, logFolderOf, readMark, setMark } from './log-folder.ts';
import { checkLogName, checkOrigin } from './log-identity.ts';
import { logLineOf } from './log-line.ts';
import { readNamedFile } from './named-file.ts';
import { formatRetirement, parseRetirement, type Retirement } from './retirement.ts';
import { beginSuccessor, checkSuccessorIsNew } from './successor.ts';

/** `varve retire` */
export const retire: Command = {
  name: 'retire',
  summary: 'end a log for good, and begin another one that says so in its first leaf',
  help: `varve retire --log NAME --successor NAME --origin O --reason TEXT
             [--evidence FILE]... [--note FILE] [--data DIR] [--keys DIR]
             [--guard DIR] [--config FILE]

For a log whose key is stolen, that was forked, or whose entries nobody has any
more. From then on it is read-only at its last published head, on every start;
nothing takes that back. The successor gets keys and an origin of its own, and
the same tenant; its first leaf names the old log, its last head, the evidence
and the reason. The server is stopped.

  --log NAME        the log that ends      --successor NAME  the log that begins
  --origin O        name of the successor's key; not that of the old log
  --reason TEXT     for everybody to read, in the first leaf of the successor
  --evidence FILE   a fork proof or a note; its SHA-256 is in the first leaf.
                    What the log kept itself is named too. 16 at the most
  --note FILE       the last cosigned head, where the store has lost it

Prints the successor's line, as 'varve keys' does. It can be cut short, and run
again.
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: [...FOLDER_FLAGS, 'log', 'successor', 'origin', 'reason', 'note'],
      texts: ['evidence'],
    });
    const folders = await readFolderConfig(flags, io.env);
    const names = namesOf(flags);
    const old = logFolderOf(folders, names.log);
    const keys = await readKeys(old.keys);
    if (keys.origin === names.origin) {
      throw malformed(`--origin is that of '${names.log}': the successor has another one`);
    }
    const last = await readLast(old, keys, flags);
    const evidence = await readEvidence(old, flags.texts('evidence'));
    await checkNotOther(old, names);
    const successor = logFolderOf(folders, names.successor);
    await checkSuccessorIsNew(successor);
    await setMark(old.retiredMark, formatRetirement(retirementOf(names, last, io)));
    for (const { hash, bytes, isKept } of evidence) {
      if (!isKept) await setMark(join(old.evidence, `${hex(hash)}.evidence`), bytes);
    }
    const predecessor: Predecessor = {
      origin: keys.origin,
      size: last.size,
      root: base64(last.rootHash),
      note: utf8Text(last.note),
      evidence: evidence.map(({ hash }) => base64(hash)),
      reason: names.reason,
    };
    const made = await beginSuccessor(successor, {
      origin: names.origin,
      type: keys.type,
      tenant: last.tenant ?? names.log,
      predecessor,
      now: io.now,
    });
    io.write(`${JSON.stringify(logLineOf(made, 'http://127.0.0.1:6962'))}\n`);
    io.note(
      `The log '${names.log}' is retired at ${last.size} entries. '${names.successor}' begins with its next start; give its key and these heads to everybody who trusted the old one.`,
    );
    return 0;
  },
};

interface Names {
  readonly log: string;
  readonly successor: string;
  readonly origin: string;
  readonly reason: string;
}

function namesOf(flags: Flags): Names {
  const required = (name: string): string => {
    const text = flags.text(name);
    if (text === undefined) throw malformed(`--${name} is missing`);
    return text;
  };
  const names = {
    log: required('log'),
    successor: required('successor'),
    origin: required('origin'),
    reason: required('reason'),
  };
  checkLogName(names.log);
  checkLogName(names.successor);
  checkOrigin(names.origin);
  if (names.log === names.successor) throw malformed('a log does not succeed itself');
  if (names.reason.length > 1_024) throw malformed('--reason has more than 1024 characters');
  return names;
}

/** The last head that others were shown. */
interface LastHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly note: Uint8Array;
  /** Of the genesis leaf; null where it cannot be read. */
  readonly tenant: string | null;
}

async function readLast(old: LogFolder, keys: LogKeys, flags: Flags): Promise<LastHead> {
  const logKey = verifierKeyOf(keys.origin, KEY_TYPE.ed25519, keys.signer.ed25519PublicKey);
  const stored = (await levelStoreExists(old.store)) ? await readStored(old, keys) : null;
  const file = flags.text('note');
  if (file !== undefined) {
    const note = await readNamedFile(file);
    const { size, rootHash } = openCheckpoint(note, { logKey, allowExtensions: true });
    return { size, rootHash, note, tenant: stored?.tenant ?? null };
  }
  if (stored?.note !== undefined) return stored;
  throw malformed(
    `${old.store} holds no published head that can be read: --note FILE has to say which one was the last`,
  );
}

async function readStored(
  old: LogFolder,
  keys: LogKeys,
): Promise<LastHead | { readonly tenant: string | null; readonly note: undefined }> {
  const log = verifierKeyOf(keys.origin, KEY_TYPE.ed25519, keys.signer.ed25519PublicKey);
  const store = await openLevelStore({ dir: old.store });
  try {
    const tenant = keys.type === 'events' ? await tenantOf(store) : null;
    const key = await store.get(PUBLISHED_KEY);
    const value = key === undefined ? undefined : await store.get(key);
    if (key === undefined || value === undefined) return { tenant, note: undefined };
    const { p256PublicKey } = keys.signer;
    const { size, rootHash, note } = openHeadRow({ key, value }, { log, p256PublicKey });
    return { size, rootHash, note, tenant };
  } catch (error) {
    if (!isTransparencyError(error, 'store.corrupt')) throw error;
    return { tenant: null, note: undefined };
  } finally {
    await store.close();
  }
}

async function tenantOf(store: Parameters<typeof readStoredBundle>[0]): Promise<string | null> {
  try {
    const [leaf] = splitEntries(await readStoredBundle(store, 0, 1), 1) ?? [];
    return parseGenesis(leaf ?? new Uint8Array(0)).tenant;
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

interface EvidenceFile {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  /** It lies in the log's folder of evidence already. */
  readonly isKept: boolean;
}

async function readEvidence(
  old: LogFolder,
  files: readonly string[],
): Promise<readonly EvidenceFile[]> {
  const given = await Promise.all(files.map((file) => readNamedFile(file)));
  const all = [
    ...(await keptEvidence(old)).map((bytes) => ({ bytes, hash: sha256(bytes), isKept: true })),
    ...given.map((bytes) => ({ bytes, hash: sha256(bytes), isKept: false })),
  ];
  const once = all.filter(
    ({ hash }, at) => all.findIndex((other) => equalBytes(other.hash, hash)) === at,
  );
  if (once.length > EVIDENCE_MAX) {
    throw malformed(
      `${once.length} files of evidence (${old.evidence} and --evidence): at most ${EVIDENCE_MAX} are named`,
    );
  }
  return once;
}

const EVIDENCE_MAX = 16;

async function keptEvidence(old: LogFolder): Promise<readonly Uint8Array[]> {
  try {
    const names = (await readdir(old.evidence)).sort();
    return await Promise.all(names.map(async (name) => readFile(join(old.evidence, name))));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A log ends once. */
async function checkNotOther(old: LogFolder, names: Names): Promise<void> {
  const text = await readMark(old.retiredMark);
  if (text === undefined) return;
  const { successor, successorOrigin } = parseRetirement(text);
  if (successor === names.successor && successorOrigin === names.origin) return;
  throw new TransparencyError(
    'start.refused',
    `the log '${old.name}' is retired already, and succeeded by '${successor}' (${successorOrigin})`,
  );
}

function retirementOf(names: Names, last: LastHead, io: CommandIo): Retirement {
  const { successor, origin: successorOrigin, reason } = names;
  const { size, rootHash } = last;
  return { successor, successorOrigin, reason, size, rootHash, atMs: io.now() };
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
