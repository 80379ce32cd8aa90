import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import type { OpeningKeys } from '../../src/log/ports.ts';
import { type KeyFile, keyFile, memoryKeyFile } from '../../src/storage/key-file.ts';
import { formatOpeningKeys, parseOpeningKeys } from '../../src/storage/opening-key-list.ts';
import { openOpeningKeys, SOURCES_PER_MONTH_MAX } from '../../src/storage/opening-keys.ts';
import { tempFolder } from '../support/temp-folder.ts';

const OWNER = { source: 'ci', month: '2026-11' };
const CONTEXT = utf8('where it lies');

/** The current key of an owner, which must be there. */
function current(keys: OpeningKeys, owner = OWNER, leafIndex = 1_000): string {
  const id = keys.currentOf(owner, leafIndex);
  if (id === undefined) throw new Error('no key');
  return id;
}

describe('keys of openings', () => {
  it('open what they sealed, after a restart too, and nothing in another place', async () => {
    const file = memoryKeyFile();
    const keys = await openOpeningKeys(file);
    await keys.make([OWNER], 0);
    const id = current(keys);
    const sealed = keys.seal(id, CONTEXT, utf8('10.42.0.17'));
    const later = await openOpeningKeys(file);
    expect(later.open(id, CONTEXT, sealed)).toEqual(utf8('10.42.0.17'));
    expect(() => later.open(id, utf8('elsewhere'), sealed)).toThrow('store.corrupt');
    for (const at of [0, 12, sealed.length - 1]) {
      const altered = sealed.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => later.open(id, CONTEXT, altered)).toThrow('store.corrupt');
    }
    expect(() => later.open(id, CONTEXT, sealed.subarray(0, 20))).toThrow('store.corrupt');
  });

  it('seal nothing twice alike', async () => {
    const keys = await openOpeningKeys(memoryKeyFile());
    await keys.make([OWNER], 0);
    const seal = (): Uint8Array => keys.seal(current(keys), CONTEXT, utf8('x'));
    expect(seal()).not.toEqual(seal());
  });

  it('are one for each source and month', async () => {
    const keys = await openOpeningKeys(memoryKeyFile());
    const others = [OWNER, { ...OWNER, month: '2026-12' }, { ...OWNER, source: 'vault' }];
    await keys.make(others, 0);
    expect(new Set(others.map((owner) => current(keys, owner))).size).toBe(3);
  });

  it('are shared by the sources of a month that come when there are many', async () => {
    const file = memoryKeyFile();
    const keys = await openOpeningKeys(file);
    const many = Array.from({ length: SOURCES_PER_MONTH_MAX + 20 }, (_, i) => {
      return { source: `s${i}`, month: '2026-11' };
    });
    await keys.make(many.slice(0, 200), 0);
    await keys.make(many.slice(200), 0);
    for (const read of [keys, await openOpeningKeys(file)]) {
      const ids = many.map((owner) => current(read, owner));
      expect(new Set(ids).size).toBe(SOURCES_PER_MONTH_MAX + 1);
      expect(new Set(ids.slice(SOURCES_PER_MONTH_MAX)).size).toBe(1);
    }
  });

  it('are made anew for entries below the first that they are for', async () => {
    const keys = await openOpeningKeys(memoryKeyFile());
    await keys.make([OWNER], 50);
    expect(keys.currentOf(OWNER, 49)).toBeUndefined();
    await keys.make([OWNER], 49);
    expect(keys.firstIndexOf(current(keys, OWNER, 49))).toBe(49);
  });

  it('are gone when they are destroyed, and their successors stay current', async () => {
    const file = memoryKeyFile();
    const keys = await openOpeningKeys(file);
    await keys.make([OWNER], 7);
    const old = current(keys);
    const sealed = keys.seal(old, CONTEXT, utf8('x'));
    const renewed = await keys.renew([old]);
    expect(keys.open(old, CONTEXT, sealed)).toEqual(utf8('x'));
    await keys.destroy([old, '0123456789abcdef']);
    for (const read of [keys, await openOpeningKeys(file)]) {
      expect(read.open(old, CONTEXT, sealed)).toBeUndefined();
      expect(current(read)).toBe(renewed.get(old));
      expect(read.firstIndexOf(current(read))).toBe(7);
    }
  });

  it.each(['fails-undone', 'fails-done'] as const)(
    'are after a write that %s those of before or those of after, and change no more in this life',
    async (how) => {
      const file = memoryKeyFile();
      const before = await openOpeningKeys(file);
      await before.make([OWNER], 0);
      const id = current(before);
      const failing: KeyFile = {
        read: () => file.read(),
        async replace(content) {
          if (how === 'fails-done') await file.replace(content);
          throw new Error('the disk is full');
        },
      };
      const keys = await openOpeningKeys(failing);
      await expect(keys.destroy([id])).rejects.toThrow('store.failed');
      await expect(keys.make([OWNER], 0)).rejects.toThrow('store.failed');
      expect(current(keys)).toBe(id);
      const after = await openOpeningKeys(file);
      expect(after.currentOf(OWNER, 0)).toBe(how === 'fails-done' ? undefined : id);
    },
  );

  it('change one after the other, though nobody waits', async () => {
    const keys = await openOpeningKeys(memoryKeyFile());
    const owners = Array.from({ length: 20 }, (_, i) => ({ source: `s${i}`, month: '2026-11' }));
    await Promise.all(owners.map((owner) => keys.make([owner], 0)));
    expect(new Set(owners.map((owner) => current(keys, owner))).size).toBe(20);
  });
});

describe('the file of keys', () => {
  it('is replaced as a whole, and is for its owner alone', async () => {
    const dir = tempFolder();
    const path = join(dir, 'openings', 'main.keys');
    const file = keyFile(path);
    expect(await file.read()).toBeUndefined();
    await file.replace(utf8('first'));
    await file.replace(utf8('second'));
    expect(await file.read()).toEqual(new Uint8Array(utf8('second')));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dir, 'openings'))).toEqual(['main.keys']);
  });

  it('drops what a replacement that was cut short left: it may hold a destroyed key', async () => {
    const path = join(tempFolder(), 'main.keys');
    await keyFile(path).replace(utf8('kept'));
    writeFileSync(`${path}.new`, 'half', { mode: 0o600 });
    expect(await keyFile(path).read()).toEqual(new Uint8Array(utf8('kept')));
    expect(() => readFileSync(`${path}.new`)).toThrow('ENOENT');
  });

  it('is not taken for an empty one where it cannot be read', async () => {
    const key = { id: '0123456789abcdef', source: null, month: '2026-11', firstIndex: 0 };
    const right = formatOpeningKeys([{ ...key, bytes: new Uint8Array(32) }]);
    expect(parseOpeningKeys(right)).toHaveLength(1);
    const text = new TextDecoder().decode(right);
    for (const wrong of [
      '',
      '{}',
      text.replace('keys/1', 'keys/2'),
      text.replace('"month":"2026-11",', ''),
      text.replace('"id":"0', '"id":"g'),
      text.replace('AAAA=', 'AAA='),
      text.replace('"firstIndex":0', '"firstIndex":0.5'),
      text.replace('[\n', '[\n{},'),
    ]) {
      expect(() => parseOpeningKeys(utf8(wrong)), wrong).toThrow('keys.malformed');
    }
  });
});
