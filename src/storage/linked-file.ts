import { randomUUID } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './folder.ts';

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
  const draft = join(dir, `${DRAFT}${randomUUID()}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, join(dir, name));
    return true;
  } catch (error) {
    // A draft that is gone was swept up by another process.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await removeFile(draft);
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
