import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { draftOf, replaceByDraft, replaceFile } from '../../src/storage/replaced-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Calls of the system in the order in which they come; `failing` fails, before it does anything or behind it. */
const disk = vi.hoisted(() => ({
  calls: [] as string[],
  failing: '',
  isDone: false,
}));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const run = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    disk.calls.push(call);
    if (call !== disk.failing) return await work();
    if (disk.isDone) await work();
    throw new Error(`${call} failed`);
  };
  return {
    ...real,
    rename: (from: string, to: string) => run('rename', () => real.rename(from, to)),
    async open(path: string, flags: string, mode?: number) {
      const what = flags === 'r' ? 'folder' : 'draft';
      const file = await run(`open ${what}`, () => real.open(path, flags, mode));
      const write = file.writeFile.bind(file);
      const sync = file.sync.bind(file);
      file.writeFile = (content) => run(`write ${what}`, () => write(content));
      file.sync = () => run(`flush ${what}`, sync);
      return file;
    },
  };
});

afterEach(() => {
  disk.failing = '';
});

/** A file with an old content; what its folder holds, and what it holds. */
function oldFile(): { readonly path: string; state(): readonly string[] } {
  const path = join(tempFolder(), 'file');
  writeFileSync(path, 'old', { mode: 0o644 });
  disk.calls.length = 0;
  return { path, state: () => [...readdirSync(dirname(path)), readFileSync(path, 'utf8')] };
}

/** What is done, in this order: a name that goes before its content is flushed may stand for half of it. */
const STEPS = ['open draft', 'write draft', 'flush draft', 'rename', 'open folder', 'flush folder'];

describe('replacing a file', () => {
  it('flushes its content before its name, and its name before it answers', async () => {
    const { path, state } = oldFile();
    await replaceFile(path, 'new', 0o600);
    expect(disk.calls).toEqual(STEPS);
    expect(state()).toEqual(['file', 'new']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('makes one that was not there', async () => {
    const path = join(tempFolder(), 'file');
    await replaceFile(path, Uint8Array.of(1, 2), 0o600);
    expect(new Uint8Array(readFileSync(path))).toEqual(Uint8Array.of(1, 2));
  });

  it.each(STEPS)('leaves one of both and no draft where it fails undone: %s', async (step) => {
    const { path, state } = oldFile();
    disk.failing = step;
    disk.isDone = false;
    await expect(replaceFile(path, 'new', 0o600)).rejects.toThrow(`${step} failed`);
    const content = STEPS.indexOf(step) > STEPS.indexOf('rename') ? 'new' : 'old';
    expect(state()).toEqual(['file', content]);
    disk.failing = '';
    await replaceFile(path, 'newer', 0o600);
    expect(state()).toEqual(['file', 'newer']);
  });

  it.each(STEPS.slice(1))(
    'leaves one of both and no draft where it fails though done: %s',
    async (step) => {
      const { path, state } = oldFile();
      disk.failing = step;
      disk.isDone = true;
      await expect(replaceFile(path, 'new', 0o600)).rejects.toThrow(`${step} failed`);
      const content = STEPS.indexOf(step) >= STEPS.indexOf('rename') ? 'new' : 'old';
      expect(state()).toEqual(['file', content]);
    },
  );

  it('leaves a folder that lies in its place', async () => {
    const path = tempFolder();
    await expect(replaceFile(path, 'new', 0o600)).rejects.toThrow();
    expect(statSync(path).isDirectory()).toBe(true);
    expect(() => statSync(draftOf(path))).toThrow('ENOENT');
  });
});

describe('replacing a file by a draft that is a lock', () => {
  const lock = (path: string): Promise<FileHandle> => open(draftOf(path), 'wx', 0o600);

  it('asks for the content while the lock is held', async () => {
    const { path, state } = oldFile();
    await replaceByDraft(path, await lock(path), () => {
      expect(state()).toEqual(['file', 'file.new', 'old']);
      return 'new';
    });
    expect(state()).toEqual(['file', 'new']);
  });

  it('lets go of the lock where there is no content', async () => {
    const { path, state } = oldFile();
    const refused = replaceByDraft(path, await lock(path), () => {
      throw new Error('not to be changed so');
    });
    await expect(refused).rejects.toThrow('not to be changed so');
    expect(state()).toEqual(['file', 'old']);
    await (await lock(path)).close();
  });
});
