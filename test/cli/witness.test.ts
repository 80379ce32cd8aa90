import { chmodSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/core/policy.ts';
import { KEY_TYPE, parseVkey } from '../../src/core/vkey.ts';
import { signedLog } from '../support/signed-log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runCli } from './run-cli.ts';

const log = signedLog('cli');

describe('varve witness keys', () => {
  it('makes keys that only their owner may read, once, and prints the public ones', async () => {
    const data = tempFolder();
    const made = await runCli(['witness', 'keys', 'init', '--data', data, '--name', 'w.test/1']);
    expect(made.code).toBe(0);
    const { name, vkeys } = JSON.parse(made.stdout);
    expect(name).toBe('w.test/1');
    expect(parseVkey(vkeys[0])).toMatchObject({ name: 'w.test/1', type: KEY_TYPE.cosignature });
    for (const file of readdirSync(join(data, 'keys'))) {
      expect(statSync(join(data, 'keys', file)).mode & 0o777).toBe(0o600);
    }
    const again = await runCli(['witness', 'keys', 'init', '--data', data]);
    expect(JSON.parse(again.stdout).vkeys).toEqual(vkeys);
    const shown = await runCli(['witness', 'keys', '--data', data, '--url', 'https://w.test/']);
    expect(JSON.parse(shown.stdout)).toEqual({ name, url: 'https://w.test', vkeys });
  });

  it('prints lines of a policy, one for each key', async () => {
    const data = tempFolder();
    await runCli(['witness', 'keys', 'init', '--data', data, '--ml-dsa-44']);
    const { stdout: out } = await runCli(['witness', 'keys', 'policy', '--data', data]);
    const policy = parsePolicy(`${out}quorum none\n`);
    const types = policy.witnesses.map(({ key }) => key.type);
    expect(types).toEqual([KEY_TYPE.cosignature, KEY_TYPE.mlDsa44]);
    expect(policy.witnesses[0]?.url).toBe('http://127.0.0.1:6963');
  });

  it('finds none where none were made', async () => {
    const { code, stderr: err } = await runCli(['witness', 'keys', '--data', tempFolder()]);
    expect([code, err]).toEqual([2, expect.stringContaining('keys.missing')]);
  });

  it('refuses another name, and keys that others may read', async () => {
    const data = tempFolder();
    await runCli(['witness', 'keys', 'init', '--data', data, '--name', 'w.test/1']);
    const other = await runCli(['witness', 'keys', 'init', '--data', data, '--name', 'w.test/2']);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('never changes')]);
    chmodSync(join(data, 'keys', 'ed25519.pem'), 0o644);
    const open = await runCli(['witness', 'keys', '--data', data]);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('chmod 600')]);
  });

  it('refuses keys without the memory of what they cosigned', async () => {
    const data = tempFolder();
    await runCli(['witness', 'keys', 'init', '--data', data]);
    renameSync(join(data, 'logs'), join(data, 'lost'));
    for (const args of [['keys'], ['add-log', log.vkey], ['serve', '--listen', '0']]) {
      const { code, stderr: err } = await runCli(['witness', ...args, '--data', data]);
      expect([code, err]).toEqual([2, expect.stringContaining('would cosign a fork')]);
    }
  });
});

describe('varve witness add-log', () => {
  it('adds a log once, under its own origin or another', async () => {
    const data = tempFolder();
    const add = ['witness', 'add-log', '--data', data, log.vkey];
    const first = { origin: log.origin, vkey: log.vkey, requestsPerDay: 86_400, new: true };
    expect(JSON.parse((await runCli(add)).stdout)).toEqual(first);
    expect(JSON.parse((await runCli(add)).stdout)).toEqual({ ...first, new: false });
    const other = await runCli([...add, '--origin', 'other.test', '--requests-per-day', '7']);
    expect(JSON.parse(other.stdout)).toMatchObject({
      origin: 'other.test',
      requestsPerDay: 7,
      new: true,
    });
  });

  it('adds all logs of a list', async () => {
    const data = tempFolder();
    const list = join(data, 'list');
    const entries = ['x', 'y'].map(
      (name) => `vkey ${signedLog(name).vkey}\nqpd 24\ncontact ${name}\n`,
    );
    writeFileSync(list, `logs/v0\n\n${entries.join('\n')}`);
    const { code, stdout: out } = await runCli([
      'witness',
      'add-log',
      '--data',
      data,
      '--list',
      list,
    ]);
    expect(code).toBe(0);
    const origins = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).origin);
    expect(origins).toEqual(['witnessed.test/x', 'witnessed.test/y']);
  });

  it.each([
    ['neither key nor list', []],
    ['both', [log.vkey, '--list', 'x']],
    ['no key', ['nonsense']],
    ['a quota of 0', [log.vkey, '--requests-per-day', '0']],
    ['a list that is none', ['--list', import.meta.filename]],
  ])('refuses %s', async (_name, args) => {
    const { code } = await runCli(['witness', 'add-log', '--data', tempFolder(), ...args]);
    expect(code).toBe(2);
  });
});

it.each([
  { args: [] },
  { args: ['nonsense'] },
  { args: ['serve', '--listen', 'x'] },
  { args: ['serve', '--prefix', '/a b'] },
  { args: ['keys', 'x'] },
])('refuses varve witness $args', async ({ args }) => {
  expect((await runCli(['witness', ...args])).code).toBe(2);
});
