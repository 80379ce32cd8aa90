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

const NOTHING = { origin: null, tenant: null, policy: null, monitoring: new Map(), limits: {} };
const VKEY = 'other.test/log+427c3201+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';
const WITNESS = 'witness.test+61c1f3c7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';

describe('readServeConfig', () => {
  it('takes monitoring prefixes of witnesses, each of the policy beside which it stands', async () => {
    const policy = fileOf(`witness w ${WITNESS} https://w.test\nquorum w\n`);
    const other = fileOf(`witness v ${WITNESS} https://v.test\nquorum v\n`);
    const path = fileOf({
      policy,
      monitoring: { w: 'https://mon.test/w/' },
      logs: [{ name: 'a' }, { name: 'b', policy: other, monitoring: { v: 'http://mon.test:8' } }],
    });
    const config = await read(['--config', path]);
    expect(config.monitoring).toEqual(new Map([['w', 'https://mon.test/w']]));
    expect(config.logs?.map(({ monitoring }) => [...monitoring])).toEqual([
      [],
      [['v', 'http://mon.test:8']],
    ]);
    const flags = ['--policy', policy, '--monitoring', 'w=https://else.test/x=1'];
    expect((await read(flags)).monitoring).toEqual(new Map([['w', 'https://else.test/x=1']]));
    // The file's are of the file's policy.
    expect((await read(['--config', path, '--policy', other])).monitoring).toEqual(new Map());
  });

  it.each([
    [['w'], "--monitoring 'w' is not NAME=URL"],
    [['x=https://x.test'], "--monitoring: the policy has no witness 'x'"],
    [['w=ftp://w.test'], "'ftp://w.test' is not an http or https URL"],
    [['w=http://w.test', 'w=http://v.test'], "'w' is named twice"],
  ])('refuses monitoring prefixes %j', async (values, why) => {
    const policy = fileOf(`witness w ${WITNESS} https://w.test\nquorum w\n`);
    const flags = values.flatMap((value) => ['--monitoring', value]);
    await expect(read(['--policy', policy, ...flags])).rejects.toThrow(why);
  });

  it('needs nothing', async () => {
    expect(await read([])).toEqual({
      folders: {
        store: resolve('varve-data/store'),
        leafIndex: resolve('varve-data/leaf-index'),
        openings: resolve('varve-data/openings'),
        index: resolve('varve-data/index'),
        evidence: resolve('varve-data/evidence'),
        keys: resolve('varve-data/keys'),
        guard: resolve('varve-data/guard'),
        tokens: resolve('varve-data/keys/tokens.json'),
        moved: { keys: false, guard: false },
      },
      listen: { host: '127.0.0.1', port: 6962, isLoopback: true, text: '127.0.0.1:6962' },
      url: null,
      logs: null,
      policy: null,
      monitoring: new Map(),
      failOpen: false,
      startUnconfirmed: false,
      index: true,
      auth: false,
      hosts: [],
      tls: null,
      emitterKeys: null,
      limits: {},
    });
  });

  it('takes flags before variables before the file', async () => {
    const path = fileOf({ data: '/file', keys: '/file-keys', guard: '/file-guard', listen: '1' });
    const env = { VARVE_DATA: '/env', VARVE_KEYS: '/env-keys' };
    const config = await read(['--config', path, '--data', '/flag'], env);
    expect(config.folders).toEqual({
      store: '/flag/store',
      leafIndex: '/flag/leaf-index',
      openings: '/flag/openings',
      index: '/flag/index',
      evidence: '/flag/evidence',
      keys: '/env-keys',
      guard: '/file-guard',
      tokens: '/env-keys/tokens.json',
      moved: { keys: true, guard: true },
    });
    expect(config.listen).toMatchObject({ host: '127.0.0.1', port: 1 });
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
      { ...NOTHING, name: 'a', type: 'events', origin: 'o.test/a', tenant: 't' },
      { ...NOTHING, name: 'b', type: 'opaque' },
    ]);
  });

  it('gives origin and tenant to the only log', async () => {
    expect((await read(['--origin', 'o.test/m', '--tenant', 'acme'])).logs).toEqual([
      { ...NOTHING, name: 'main', type: 'events', origin: 'o.test/m', tenant: 'acme' },
    ]);
  });

  it.each([
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['127.9.9.9:65535', '127.9.9.9', 65_535],
    ['localhost:0', '127.0.0.1', 0],
    ['[::1]:80', '::1', 80],
    ['8080', '127.0.0.1', 8080],
  ])('listens on %s', async (text, host, port) => {
    expect((await read(['--listen', text])).listen).toMatchObject({ host, port, isLoopback: true });
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
    for (const advice of ['--auth', 'varve token add', '--tls-cert', 'a proxy']) {
      await expect(refused).rejects.toThrow(advice);
    }
    expect((await read(['--listen', text, '--auth'])).listen).toMatchObject({ isLoopback: false });
  });

  it('takes every setting of a file', async () => {
    const folder = tempFolder();
    const policy = join(folder, 'policy');
    writeFileSync(policy, `witness w ${WITNESS} https://w.test\nquorum w\n`);
    const config = await read([
      '--config',
      fileOf({
        data: '/d',
        keys: '/k',
        guard: '/g',
        listen: '0.0.0.0:1',
        url: 'https://log.test/',
        policy,
        failOpen: true,
        auth: true,
        hosts: ['log.test'],
        tls: { cert: 'c.pem', key: 'k.pem' },
        limits: { connectionsMax: 7 },
        logs: [{ name: 'a', policy, limits: { poolEntriesMax: 9, witnessIntervalMs: 50 } }],
      }),
    ]);
    expect(config).toMatchObject({
      folders: { store: '/d/store', keys: '/k', guard: '/g', tokens: '/k/tokens.json' },
      listen: { host: '0.0.0.0', port: 1, isLoopback: false },
      url: 'https://log.test',
      policy: { quorum: 'w' },
      failOpen: true,
      auth: true,
      hosts: ['log.test'],
      tls: { cert: 'c.pem', key: 'k.pem' },
      limits: { connectionsMax: 7 },
      logs: [
        {
          name: 'a',
          policy: { quorum: 'w' },
          limits: { poolEntriesMax: 9, witnessIntervalMs: 50 },
        },
      ],
    });
  });

  it('takes the same settings as flags', async () => {
    const policy = fileOf(`witness w ${WITNESS} https://w.test\nquorum w\n`);
    const args = ['--auth', '--fail-open', '--start-unconfirmed', '--policy', policy];
    const tls = ['--tls-cert', 'c', '--tls-key', 'k', '--host', 'a.test', '--host', '[::1]'];
    expect(await read([...args, ...tls, '--url', 'http://a.test'])).toMatchObject({
      auth: true,
      failOpen: true,
      startUnconfirmed: true,
      policy: { quorum: 'w' },
      tls: { cert: 'c', key: 'k' },
      hosts: ['a.test', '[::1]'],
      url: 'http://a.test',
    });
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
    ['[]', 'varve.json: not an object'],
    [{ dta: 'x' }, 'varve.json: dta: no such setting'],
    [{ data: 1 }, 'varve.json: data: not a text'],
    [{ data: '' }, 'data: not a text'],
    [{ auth: 1 }, 'auth: not true or false'],
    [{ url: 'log.test' }, "url: 'log.test' is not an http or https URL"],
    [{ hosts: ['a', 1] }, 'hosts[1]: not a text'],
    [{ hosts: ['a:80'] }, "host: 'a:80' is not a name without port"],
    [{ tls: { cert: 'c' } }, 'tls: needs cert and key'],
    [{ tls: { cert: 'c', key: 'k', ca: 'x' } }, 'tls.ca: no such setting'],
    [{ limits: { poolMax: 1 } }, 'limits.poolMax: no such limit'],
    [{ limits: { connectionsMax: 0 } }, 'limits.connectionsMax: not an integer from 1 to 65536'],
    [{ limits: { connectionsMax: '1' } }, 'limits.connectionsMax: not an integer'],
    [{ limits: { toString: 1 } }, 'limits.toString: no such limit'],
    [{ failOpen: true }, '--fail-open is for a policy with a quorum'],
    [{ monitoring: { w: 'http://w.test' } }, "the policy has no witness 'w'"],
    [{ monitoring: 'http://w.test' }, 'monitoring: not an object'],
    [{ monitoring: { w: 7 } }, 'monitoring.w: not a text'],
    [{ logs: {} }, 'logs: not an array'],
    [{ logs: ['a'] }, 'logs[0]: not an object'],
    [{ logs: [{ name: 'a' }, { name: 'b', type: 'x' }] }, 'logs[1].type: neither events nor'],
    [{ logs: [{ name: 'a', x: 1 }] }, 'logs[0].x: no such setting'],
    [{ logs: [{ type: 'events' }] }, 'logs[0].name: missing'],
    [{ logs: [{ name: 'A' }] }, 'log name "A" is not'],
    [{ logs: [{ name: 'a', type: 'opaque', tenant: 't' }] }, 'logs[0].tenant: an opaque log'],
    [{ logs: [{ name: 'a', limits: { seenFilterBytes: 5000 } }] }, 'not a power of two'],
    [{ logs: [{ name: 'a', limits: { scrubPauseMs: -1 } }] }, 'logs[0].limits.scrubPauseMs: not'],
  ])('refuses the file %j', async (content, message) => {
    const refused = read(['--config', fileOf(content)]);
    await expect(refused).rejects.toThrow(/^(?:config|keys)\.malformed/);
    await expect(refused).rejects.toThrow(message);
  });

  it('accepts policies, and refuses one by which nothing would ever be published', async () => {
    await expect(read(['--policy', fileOf(`log ${VKEY}\nquorum none\n`)])).resolves.toBeDefined();
    const unreachable = fileOf(`witness w ${WITNESS}\nquorum w\n`);
    await expect(read(['--policy', unreachable])).rejects.toThrow(
      `start.refused: ${unreachable}: its quorum cannot be made by the 0 of 1 witnesses`,
    );
    await expect(read(['--policy', fileOf('quorum')])).rejects.toThrow('policy.malformed');
  });

  it.each([
    ['--tls-cert', 'c'],
    ['--tls-key', 'k'],
  ])('refuses %s alone', async (...args) => {
    await expect(read(args)).rejects.toThrow('--tls-cert and --tls-key belong together');
  });
});
