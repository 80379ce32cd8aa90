import { readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import {
  createTokenStore,
  formatTokens,
  parseTokens,
  type Token,
  type TokenStore,
} from '../http/http.ts';
import { codeOf, makeFolder } from '../storage/folder.ts';
import { removeFile } from '../storage/linked-file.ts';
import { draftOf, replaceByDraft } from '../storage/replaced-file.ts';

/**
 * The tokens of a file; none if there is no file.
 *
 * @throws {TransparencyError} config.malformed, also if others than its owner may read or write it, with the command
 *   that mends it
 */
export function readTokens(path: string): readonly Token[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  // Whoever may write to it may let himself in.
  if ((stats.mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw malformed(`${path} is open to others: chmod 600 '${path}'`);
  }
  if (stats.size > TOKEN_FILE_BYTES_MAX) throw malformed(`${path} has ${stats.size} bytes`);
  try {
    return parseTokens(readFileSync(path));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransparencyError('config.malformed', `${path}: ${why}`, { cause });
  }
}

/**
 * Changes the tokens of a file: the new ones are there, flushed, or the old ones still are.
 *
 * @param options.now  ms since 1970
 * @throws {TransparencyError} config.malformed, also while another process changes them
 */
export async function changeTokens(
  path: string,
  options: {
    readonly now: number;
    readonly change: (tokens: readonly Token[]) => readonly Token[];
  },
): Promise<void> {
  await makeFolder(dirname(path));
  const draft = await openDraft(draftOf(path), options.now);
  // Read behind the draft: it is the lock.
  await replaceByDraft(path, draft, () => formatTokens(options.change(readTokens(path))));
}

/**
 * The tokens of a file as it is now, give or take `RELOAD_MS`. A file that cannot be read any more lets nobody in: what
 * was meant to be revoked is not known.
 *
 * @throws {TransparencyError} config.malformed as `readTokens`
 */
export function openTokenFile(options: {
  readonly path: string;
  /** Milliseconds that only grow. */
  readonly stopwatch: () => number;
  /** The file was read again. */
  readonly onChange: (tokens: number) => void;
  readonly onError: (error: unknown) => void;
}): TokenStore {
  const { path, stopwatch, onChange, onError } = options;
  let stamp = stampOf(path);
  let tokens = readTokens(path);
  let lookedAt = stopwatch();
  const store = createTokenStore(tokens);
  const replace = (others: readonly Token[]): void => {
    // The same object where it is the same token: its quota stays what it is.
    const known = new Map(tokens.map((token) => [JSON.stringify(token), token]));
    tokens = others.map((token) => known.get(JSON.stringify(token)) ?? token);
    store.replace(tokens);
  };
  const look = (): void => {
    try {
      const now = stampOf(path);
      if (now === stamp) return;
      stamp = now;
      replace(readTokens(path));
      onChange(tokens.length);
    } catch (error) {
      replace([]);
      onError(error);
    }
  };
  return {
    find(sha256) {
      if (stopwatch() - lookedAt >= RELOAD_MS) {
        lookedAt = stopwatch();
        look();
      }
      return store.find(sha256);
    },
    replace,
  };
}

/** How long a token that was revoked may still do, at most. */
const RELOAD_MS = 200;
const TOKEN_FILE_BYTES_MAX = 4_194_304;
/** A draft that is older was left behind. */
const DRAFT_AGE_MAX_MS = 60_000;
/** How often a draft that vanished, or was left behind, is tried again. */
const ATTEMPTS_MAX = 8;

/** Changes whenever the file is replaced or written. */
function stampOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? 'none' : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.mode}`;
}

async function openDraft(draft: string, now: number): Promise<FileHandle> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await open(draft, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const stats = statSync(draft, { throwIfNoEntry: false });
      // Gone in between: its process is done, and this one may be next.
      const old = stats === undefined || now - stats.mtimeMs >= DRAFT_AGE_MAX_MS;
      if (attempt >= ATTEMPTS_MAX || !old) {
        throw malformed(`another process changes the tokens: ${draft} exists; try again`);
      }
      if (stats !== undefined) await removeFile(draft);
    }
  }
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
