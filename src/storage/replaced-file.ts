import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { flushFolder } from './folder.ts';
import { removeFile } from './linked-file.ts';

/** Where what is to replace a file is written first, beside it. Whoever makes it exclusively has a lock. */
export const draftOf = (path: string): string => `${path}.new`;

/**
 * Puts a file in the place of the one at a path, as a whole: whoever reads, and whoever starts after a power cut, finds
 * the old content or the new one. On disk before it answers. Where it throws, either may be there; a draft is not.
 *
 * The folder has to be there. One writer at a time: two would write one draft.
 *
 * @param mode  of the file, less the umask
 */
export async function replaceFile(
  path: string,
  content: Uint8Array | string,
  mode: number,
): Promise<void> {
  await replaceByDraft(path, await open(draftOf(path), 'w', mode), () => content);
}

/**
 * The same by a draft that was made already, and is closed here.
 *
 * @param draft      open for writing, at `draftOf(path)`
 * @param contentOf  called while the draft is there; what it throws leaves the file as it is
 */
export async function replaceByDraft(
  path: string,
  draft: FileHandle,
  contentOf: () => Uint8Array | string,
): Promise<void> {
  try {
    try {
      await draft.writeFile(contentOf());
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(draftOf(path), path);
  } catch (error) {
    await removeFile(draftOf(path));
    throw error;
  }
  // Until the folder is flushed, a power cut may bring the old file back.
  await flushFolder(dirname(path));
}
