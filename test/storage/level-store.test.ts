import { cpSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import { levelStoreExists, openLevelStore } from '../../src/storage/level-store.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { startLife } from '../support/life.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { storeContract } from './store-contract.ts';

storeContract('a LevelDB store', () => {
  const dir = join(tempFolder(), 'a', 'store');
  return { open: () => openLevelStore({ dir }) };
});

storeContract('a LevelDB store under a fault store without faults', () => {
  const dir = tempFolder();
  return {
    async open() {
      const disk = new FaultDisk(await openLevelStore({ dir, writeBufferSize: 65_536 }));
      const store = disk.open(startLife());
      return {
        ...store,
        async close() {
          await store.close();
          await disk.close();
        },
      };
    },
  };
});

describe('a LevelDB store', () => {
  const row = { changes: [{ key: utf8('k'), value: utf8('v') }], flush: true };

  /** A folder with a store that holds one row. */
  async function written(): Promise<string> {
    const dir = join(tempFolder(), 'store');
    const store = await openLevelStore({ dir });
    await store.write(row);
    await store.close();
    return dir;
  }

  it('is opened once at a time', async () => {
    const dir = await written();
    const store = await openLevelStore({ dir });
    await expect(openLevelStore({ dir })).rejects.toMatchObject({ code: 'store.locked' });
    expect(await store.get(utf8('k'))).toEqual(utf8('v'));
    await store.close();
    await (await openLevelStore({ dir })).close();
  });

  it('says whether a folder holds one', async () => {
    const dir = await written();
    expect(await levelStoreExists(dir)).toBe(true);
    expect(await levelStoreExists(join(dir, 'none'))).toBe(false);
    expect(await levelStoreExists(tempFolder())).toBe(false);
  });

  it('never begins anew over the files of another', async () => {
    const dir = await written();
    rmSync(join(dir, 'CURRENT'));
    await expect(openLevelStore({ dir })).rejects.toMatchObject({ code: 'store.corrupt' });
    await expect(levelStoreExists(dir)).rejects.toMatchObject({ code: 'store.corrupt' });
    expect(readdirSync(dir).some((name) => name.endsWith('.log'))).toBe(true);
  });

  it('begins anew after a first start that was cut short', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'MANIFEST-000001'), 'cut');
    const store = await openLevelStore({ dir });
    await store.write(row);
    await store.close();
  });

  it('reports a state that is damaged or names files that are gone', async () => {
    const dir = await written();
    const manifest = readdirSync(dir).find((name) => name.startsWith('MANIFEST')) as string;
    const damages: ((copy: string) => void)[] = [
      (copy) => truncateSync(join(copy, 'CURRENT'), 0),
      (copy) => writeFileSync(join(copy, 'CURRENT'), 'MANIFEST-999999\n'),
      (copy) => truncateSync(join(copy, manifest), 0),
      (copy) => rmSync(join(copy, manifest)),
    ];
    for (const damage of damages) {
      const copy = join(tempFolder(), 'copy');
      cpSync(dir, copy, { recursive: true });
      damage(copy);
      await expect(openLevelStore({ dir: copy })).rejects.toMatchObject({ code: 'store.corrupt' });
    }
  });

  it('reports a table that was cut, on each way to read it', async () => {
    const dir = await written();
    await (await openLevelStore({ dir })).close();
    const table = readdirSync(dir).find((name) => name.endsWith('.ldb')) as string;
    truncateSync(join(dir, table), 20);
    const store = await openLevelStore({ dir });
    const key = utf8('k');
    const reads: (() => Promise<unknown>)[] = [
      () => store.get(key),
      () => store.getMany(new Array<Uint8Array>(20).fill(key)),
      () => store.scan({ from: key, to: utf8('l'), limit: 1 }),
      () => store.write({ changes: [], condition: { key, value: key }, flush: true }),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ code: 'store.corrupt' });
    await store.close();
  });

  it('reports a folder that is a file', async () => {
    const dir = join(tempFolder(), 'file');
    writeFileSync(dir, 'x');
    await expect(openLevelStore({ dir })).rejects.toMatchObject({ code: 'store.failed' });
  });
});
