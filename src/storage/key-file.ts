import { dirname } from 'node:path';
import { TransparencyError } from '../core/error.ts';
import { flushFolder, makeFolder } from './folder.ts';
import { readFileIfAny, removeFile } from './linked-file.ts';
import { draftOf, replaceFile } from './replaced-file.ts';

/** A small file that is only ever replaced as a whole. */
export interface KeyFile {
  /** Its content; undefined: there is none. */
  read(): Promise<Uint8Array | undefined>;
  /** On disk before it answers. Where it fails, the old content is there or the new one. */
  replace(content: Uint8Array): Promise<void>;
}

/** Bytes that it may have: 257 keys a month for 20 years. */
const KEY_FILE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * The file of keys at a path, which need not be there yet. What is written, its owner alone may read: mode 0600.
 *
 * What is read is flushed first: after a failed flush the page cache may show what never reached the disk.
 *
 * @throws {TransparencyError} keys.malformed for a file that is too large
 */
export function keyFile(path: string): KeyFile {
  return {
    async read() {
      // Left by a replacement that a crash cut short: it may hold a key that was destroyed.
      await removeFile(draftOf(path));
      const content = await readFileIfAny(path, true);
      if (content === undefined) return undefined;
      if (content.length > KEY_FILE_BYTES_MAX) {
        throw new TransparencyError('keys.malformed', `${path} has ${content.length} bytes`);
      }
      await flushFolder(dirname(path));
      return content;
    },
    async replace(content) {
      await makeFolder(dirname(path));
      await replaceFile(path, content, 0o600);
    },
  };
}

/** A file of keys that lives as long as the process. */
export function memoryKeyFile(): KeyFile {
  let kept: Uint8Array | undefined;
  return {
    read: async () => kept?.slice(),
    async replace(content) {
      kept = content.slice();
    },
  };
}
