import { verify } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeys, keysExist, readKeys } from '../../src/cli/key-files.ts';
import type { LogIdentity } from '../../src/cli/log-identity.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { tempFolder } from '../support/temp-folder.ts';

const identity: LogIdentity = {
  name: 'main',
  origin: 'localhost:6962/main',
  type: 'events',
  createdMs: 1_767_225_600_000,
};

async function made(): Promise<string> {
  const dir = join(tempFolder(), 'keys', 'main');
  await createKeys(dir, identity);
  return dir;
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the key folder of a log', () => {
  it('holds four files that its owner alone may read, and nothing beside it', async () => {
    const dir = await made();
    const names = ['ed25519.pem', 'log.json', 'p256.pem', 'sameness.key'];
    expect(readdirSync(dir).sort()).toEqual(names);
    expect(modeOf(dir)).toBe(0o700);
    for (const name of names) expect(modeOf(join(dir, name))).toBe(0o600);
    expect(readdirSync(join(dir, '..'))).toEqual(['main']);
    expect(readFileSync(join(dir, 'ed25519.pem'), 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n/,
    );
    expect(readFileSync(join(dir, 'log.json'), 'utf8')).toBe(
      '{\n  "name": "main",\n  "origin": "localhost:6962/main",\n  "type": "events",\n  "created": 1767225600000\n}\n',
    );
  });

  it('gives back what it was made with, and keys that sign', async () => {
    const keys = await readKeys(await made());
    expect(keys).toMatchObject(identity);
    expect(keys.samenessSecret).toHaveLength(32);
    expect(parseVkey(keys.vkey)).toMatchObject({
      name: identity.origin,
      publicKey: keys.signer.ed25519PublicKey,
    });
    const text = utf8('localhost:6962/main\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n');
    const ed25519Spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      keys.signer.ed25519PublicKey,
    ]);
    const spki = (key: Uint8Array) =>
      ({ key: Buffer.from(key), format: 'der', type: 'spki' }) as const;
    const note = keys.signer.signNote(text);
    expect(note).toHaveLength(64);
    expect(verify(null, text, spki(ed25519Spki), note)).toBe(true);
    const head = keys.signer.signTreeHead(text);
    expect(verify('sha256', text, spki(keys.signer.p256PublicKey), head)).toBe(true);
    expect(note.constructor).toBe(Uint8Array);
  });

  it('differs each time', async () => {
    const [a, b] = [await readKeys(await made()), await readKeys(await made())];
    expect(a.vkey).not.toBe(b.vkey);
    expect(a.samenessSecret).not.toEqual(b.samenessSecret);
    expect(a.signer.p256PublicKey).not.toEqual(b.signer.p256PublicKey);
  });

  it('is made in an empty folder and over nothing else', async () => {
    const parent = tempFolder();
    mkdirSync(join(parent, 'main'));
    expect(await keysExist(join(parent, 'main'))).toBe(false);
    await createKeys(join(parent, 'main'), identity);
    const before = readFileSync(join(parent, 'main', 'ed25519.pem'), 'utf8');
    const again = createKeys(join(parent, 'main'), identity);
    await expect(again).rejects.toMatchObject({ code: 'keys.exists' });
    expect(readFileSync(join(parent, 'main', 'ed25519.pem'), 'utf8')).toBe(before);
    expect(readdirSync(parent)).toEqual(['main']);
    expect(await keysExist(join(parent, 'main'))).toBe(true);
    expect(await keysExist(join(parent, 'none'))).toBe(false);
  });

  it('is made once by many at the same time', async () => {
    const dir = join(tempFolder(), 'main');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => createKeys(dir, identity)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await readKeys(dir);
  });

  it('refuses names and origins that cannot be one, and leaves nothing', async () => {
    const wrong: Partial<LogIdentity>[] = [
      { name: '' },
      { name: 'Main' },
      { name: '../main' },
      { name: 'a'.repeat(64) },
      { name: 'a\n' },
      { origin: '' },
      { origin: 'https://log.example/main' },
      { origin: 'log.example/a b' },
      { origin: 'log.example/a+b' },
      { origin: 'log.example/main/' },
      { origin: 'log.example\nmain' },
      { origin: 'a'.repeat(256) },
      { createdMs: -1 },
      { createdMs: 0.5 },
    ];
    const parent = tempFolder();
    for (const one of wrong) {
      const creation = createKeys(join(parent, 'main'), { ...identity, ...one });
      await expect(creation).rejects.toMatchObject({ code: 'keys.malformed' });
    }
    expect(existsSync(join(parent, 'main'))).toBe(false);
    await createKeys(join(parent, 'main'), {
      ...identity,
      name: 'a'.repeat(63),
      origin: 'ö'.repeat(127),
    });
  });

  it('is refused while others may read a file, and says what to do', async () => {
    const dir = await made();
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      for (const mode of [0o640, 0o604, 0o620]) {
        chmodSync(path, mode);
        await expect(readKeys(dir)).rejects.toMatchObject({
          code: 'keys.malformed',
          message: expect.stringContaining(`chmod 600 '${path}'`),
        });
      }
      chmodSync(path, 0o600);
    }
    chmodSync(dir, 0o750);
    await expect(readKeys(dir)).rejects.toThrow(`chmod 700 '${dir}'`);
    chmodSync(dir, 0o700);
    await readKeys(dir);
  });

  it('is missing if any file is, and says which', async () => {
    const dir = await made();
    for (const name of readdirSync(dir)) {
      renameSync(join(dir, name), join(dir, '..', name));
      await expect(readKeys(dir)).rejects.toMatchObject({
        code: 'keys.missing',
        message: expect.stringContaining(name),
      });
      renameSync(join(dir, '..', name), join(dir, name));
    }
    rmSync(dir, { recursive: true });
    await expect(readKeys(dir)).rejects.toMatchObject({ code: 'keys.missing' });
  });

  it('refuses files of any other content', async () => {
    const dir = await made();
    const file = (name: string): string => readFileSync(join(dir, name), 'utf8');
    const json = file('log.json');
    const damages: [string, string | Uint8Array][] = [
      ['log.json', '{'],
      ['log.json', 'null'],
      ['log.json', '{}'],
      ['log.json', json.replace('\n}', ',\n  "x": 1\n}')],
      ['log.json', json.replace('events', 'other')],
      ['log.json', json.replace('"main"', '"Main"')],
      ['log.json', json.replace('1767225600000', '1767225600000.0')],
      ['log.json', json.replace('"type"', '"origin": "twice",\n  "type"')],
      ['log.json', Uint8Array.of(0xff)],
      ['ed25519.pem', ''],
      ['ed25519.pem', file('p256.pem')],
      ['ed25519.pem', file('ed25519.pem') + file('ed25519.pem')],
      ['ed25519.pem', `key\n${file('ed25519.pem')}`],
      ['ed25519.pem', Uint8Array.of(0xff)],
      ['p256.pem', file('ed25519.pem')],
      ['p256.pem', 'x'.repeat(20_000)],
      ['sameness.key', ''],
      ['sameness.key', `${file('sameness.key')}\n`],
      ['sameness.key', file('sameness.key').trim()],
      ['sameness.key', 'AAAA\n'],
      ['sameness.key', Uint8Array.of(0xff)],
    ];
    for (const [name, content] of damages) {
      const copy = join(tempFolder(), 'copy');
      cpSync(dir, copy, { recursive: true });
      writeFileSync(join(copy, name), content);
      await expect(readKeys(copy), `${name}: ${content}`).rejects.toMatchObject({
        code: 'keys.malformed',
      });
    }
  });
});
