import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readServeConfig, SERVE_FLAGS, type ServeConfig } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { tempFolder } from '../support/temp-folder.ts';

function read(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ServeConfig> {
  return readServeConfig(parseFlags(args, SERVE_FLAGS), env);
}

function fileOf(content: unknown): string {
  const path = join(tempFolder(), 'varve.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const VKEY = 'other.test/log+427c3201+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';
const WITNESS = 'witness.test+61c1f3c7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';

describe('readServeConfig', () => {
  it('needs nothing', async () => {
    expect(await read([])).toEqual({
      folders: {
        store: resolve('varve-data/store'),
        leafIndex: resolve('varve-data/leaf-index'),
        evidence: resolve('varve-data/evidence'),
        keys: resolve('varve-data/keys'),
        guard: resolve('varve-data/guard'),
        moved: { keys: false, guard: false },
      },
      listen: { host: '127.0.0.1', port: 6962 },
      logs: null,
      startUnconfirmed: false,
    });
  });

  it('takes flags before variables before the file', async () => {
    const path = fileOf({ data: '/file', keys: '/file-keys', guard: '/file-guard', listen: '1' });
    const env = { VARVE_DATA: '/env', VARVE_KEYS: '/env-keys' };
    const config = await read(['--config', path, '--data', '/flag'], env);
    expect(config.folders).toEqual({
      store: '/flag/store',
      leafIndex: '/flag/leaf-index',
      evidence: '/flag/evidence',
      keys: '/env-keys',
      guard: '/file-guard',
      moved: { keys: true, guard: true },
    });
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 1 });
    expect((await read([], { VARVE_CONFIG: path })).folders.store).toBe('/file/store');
  });

  it('takes several logs of both types', async () => {
    const { logs } = await read(['--log', 'a', '--opaque', 'b', '--log', 'c']);
    expect(logs?.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'events'],
      ['c', 'events'],
      ['b', 'opaque'],
    ]);
  });

  it('takes logs with origin and tenant from the file', async () => {
    const logs = [
      { name: 'a', origin: 'o.test/a', tenant: 't' },
      { name: 'b', type: 'opaque' },
    ];
    expect((await read(['--config', fileOf({ logs })])).logs).toEqual([
      { name: 'a', type: 'events', origin: 'o.test/a', tenant: 't' },
      { name: 'b', type: 'opaque', origin: null, tenant: null },
    ]);
  });

  it('gives origin and tenant to the only log', async () => {
    expect((await read(['--origin', 'o.test/m', '--tenant', 'acme'])).logs).toEqual([
      { name: 'main', type: 'events', origin: 'o.test/m', tenant: 'acme' },
    ]);
  });

  it.each([
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['127.9.9.9:65535', '127.9.9.9', 65_535],
    ['localhost:0', '127.0.0.1', 0],
    ['[::1]:80', '::1', 80],
    ['8080', '127.0.0.1', 8080],
  ])('listens on %s', async (text, host, port) => {
    expect((await read(['--listen', text])).listen).toEqual({ host, port });
  });

  it.each([
    '0.0.0.0:6962',
    '[::]:6962',
    '192.168.1.2:80',
    'example.com:80',
    '127.0.0.1.evil.test:80',
  ])('refuses to listen on %s without tokens, and says what to do', async (text) => {
    const refused = read(['--listen', text]);
    await expect(refused).rejects.toThrow(`start.refused: --listen ${text} can be reached`);
    await expect(refused).rejects.toThrow('put a proxy');
  });

  it.each([
    [['--listen', 'x:y'], "--listen 'x:y' is not HOST:PORT"],
    [['--listen', '127.0.0.1:65536'], 'is not HOST:PORT'],
    [['--listen', '::1:80'], 'is not HOST:PORT'],
    [['--listen', '[127.0.0.1]:80'], 'is not HOST:PORT'],
    [['--log', 'Main'], 'log name "Main" is not'],
    [['--log', '../x'], 'log name "../x" is not'],
    [['--log', 'a', '--opaque', 'a'], "the log 'a' is named twice"],
    [['--log', 'a', '--log', 'b', '--origin', 'o'], '--origin and --tenant are of one log'],
    [['--opaque', 'a', '--tenant', 't'], 'an opaque log has no tenant'],
    [['--config', '/no/such/file'], '/no/such/file'],
  ])('refuses %j', async (args, message) => {
    const refused = read(args);
    await expect(refused).rejects.toThrow(/^(?:config|keys)\.malformed/);
    await expect(refused).rejects.toThrow(message);
  });

  it.each([
    ['{"data":"a","data":"b"}', 'json.duplicate-member'],
    ['[]', 'not an object'],
    [{ dta: 'x' }, "'dta' is no setting"],
    [{ data: 1 }, 'data: not a text'],
    [{ data: '' }, 'data: not a text'],
    [{ logs: {} }, 'logs: not an array'],
    [{ logs: ['a'] }, 'an element is no object'],
    [{ logs: [{ name: 'a', type: 'x' }] }, "type: 'x' is no type"],
    [{ logs: [{ name: 'a', x: 1 }] }, "logs: 'x' is no setting"],
    [{ logs: [{ type: 'events' }] }, 'log name "" is not'],
    [{ logs: [{ name: 'a', type: 'opaque', tenant: 't' }] }, 'an opaque log has no tenant'],
  ])('refuses the file %j', async (content, message) => {
    const refused = read(['--config', fileOf(content)]);
    await expect(refused).rejects.toThrow(/^(?:config|keys)\.malformed/);
    await expect(refused).rejects.toThrow(message);
  });

  it('accepts a policy without witnesses, and refuses one that it would not keep', async () => {
    await expect(read(['--policy', fileOf(`log ${VKEY}\nquorum none\n`)])).resolves.toBeDefined();
    const witnessed = fileOf(`log ${VKEY}\nwitness w ${WITNESS} https://w.test\nquorum w\n`);
    await expect(read(['--policy', witnessed])).rejects.toThrow('start.refused');
    await expect(read(['--policy', fileOf('quorum')])).rejects.toThrow('policy.malformed');
  });
});
