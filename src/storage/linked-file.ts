import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeFile, codeOf, flushFile, openFile } from './folder.ts';

/** What names of files begin with that nobody has finished. */
export const DRAFT = 'draft-';

/**
 * Puts a file under its name if that is free, whole and flushed, and says whether it was free. The name itself is not
 * flushed yet: `flushFolder` does.
 *
 * It is written under another name and linked then: exactly one of all processes gets the name, and no reader ever sees
 * half of it.
 */
export async function placeFile(dir: string, name: string, content: Uint8Array): Promise<boolean> {
  const draft = await openDraft(dir);
  try {
    return await placeDraft(draft, join(dir, name), content);
  } finally {
    await Promise.all([closeFile(draft.fd), removeFile(draft.path)]);
  }
}

/** A file of one's own, still empty, that may become any other in its folder. */
export interface Draft {
  readonly path: string;
  readonly fd: number;
}

/** Makes a draft. Whoever made it closes and removes it. */
export async function openDraft(dir: string): Promise<Draft> {
  const path = join(dir, `${DRAFT}${randomUUID()}`);
  return { path, fd: await openFile(path, 'wx', 0o600) };
}

const writeAll: (fd: number, content: Uint8Array) => Promise<void> = promisify(writeFile);

/** The part of `placeFile` that comes behind making a draft and before removing it: three trips to another thread. */
export async function placeDraft(
  draft: Draft,
  path: string,
  content: Uint8Array,
): Promise<boolean> {
  await writeAll(draft.fd, content);
  await flushFile(draft.fd);
  try {
    await link(draft.path, path);
    return true;
  } catch (error) {
    // A draft that is gone was swept up by another process.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Bytes of a file, or undefined if there is none. Flushes it first if asked. */
export async function readFileIfAny(path: string, flush = false): Promise<Uint8Array | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if (flush) await file.sync();
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}

/** Removes a file, if it is there and can be. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}
