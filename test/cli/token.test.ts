import { chmodSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTokenFile } from '../../src/cli/token-file.ts';
import { formatTokens, hashOfToken } from '../../src/http/http.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { type CliRun, runCli } from './run-cli.ts';

function tokenCommand(data: string, ...args: string[]): Promise<CliRun> {
  return runCli(['token', ...args, '--data', data]);
}

const fileIn = (data: string): string => join(data, 'keys', 'tokens.json');

describe('varve token', () => {
  it('shows a token once, and keeps its hash', async () => {
    const data = join(tempFolder(), 'data');
    const added = await tokenCommand(data, 'add', 'ci', '--role', 'submit');
    expect(added.code).toBe(0);
    expect(added.stdout).toMatch(/^varve_[A-Za-z0-9_-]{43}\n$/);
    const text = added.stdout.trim();
    const kept = readFileSync(fileIn(data), 'utf8');
    expect(kept).not.toContain(text);
    expect(kept).not.toContain(text.slice('varve_'.length));
    expect(kept).toContain(hashOfToken(text));
    expect(statSync(fileIn(data)).mode & 0o777).toBe(0o600);
    expect(added.stderr).not.toContain(text);
  });

  it('lists what tokens are for, and revokes them', async () => {
    const data = tempFolder();
    await tokenCommand(data, 'add', 'ci', '--role', 'submit', '--log', 'main', '--source', 's1');
    await tokenCommand(data, 'add', 'boss', '--role', 'audit', '--role', 'operate');
    const lines = (await tokenCommand(data, 'list')).lines.map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { name: 'ci', roles: ['submit'], logs: ['main'], sources: ['s1'] },
      { name: 'boss', roles: ['audit', 'operate'], logs: null, sources: null },
    ]);
    expect((await tokenCommand(data, 'revoke', 'ci')).code).toBe(0);
    expect((await tokenCommand(data, 'list')).lines).toHaveLength(1);
  });

  it.each([
    [['add'], 'takes one NAME'],
    [['add', 'a', 'b', '--role', 'submit'], 'takes one NAME'],
    [['add', 'a'], '--role has to say'],
    [['add', 'a', '--role', 'root'], "--role 'root' is none of"],
    [['add', 'A b', '--role', 'submit'], 'is not a name of a token'],
    [['add', 'a', '--role', 'submit', '--log', 'A'], 'log name "A"'],
    [['revoke', 'nobody'], "no token named 'nobody'"],
    [['revoke'], 'is none of add NAME'],
    [['list', 'x'], 'is none of add NAME'],
    [['list', '--role', 'submit'], '--role is of token add'],
    [['make'], 'is none of add NAME'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await tokenCommand(tempFolder(), ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('makes no second token of a name', async () => {
    const data = tempFolder();
    await tokenCommand(data, 'add', 'ci', '--role', 'submit');
    const again = await tokenCommand(data, 'add', 'ci', '--role', 'audit');
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect((await tokenCommand(data, 'list')).lines).toHaveLength(1);
  });

  it('loses none of several that are added at once', async () => {
    const data = tempFolder();
    const names = Array.from({ length: 8 }, (_, i) => `t${i}`);
    const runs = await Promise.all(
      names.map((name) => tokenCommand(data, 'add', name, '--role', 'submit')),
    );
    const made = names.filter((_, i) => runs[i]?.code === 0);
    for (const { code, stderr } of runs) if (code !== 0) expect(stderr).toContain('try again');
    const listed = (await tokenCommand(data, 'list')).lines.map((line) => JSON.parse(line).name);
    expect(listed.sort()).toEqual(made.sort());
    expect(made.length).toBeGreaterThan(0);
  });

  it('goes on over what a process that died left behind', async () => {
    const data = tempFolder();
    await tokenCommand(data, 'add', 'a', '--role', 'submit');
    const draft = `${fileIn(data)}.new`;
    writeFileSync(draft, 'half');
    // The clock of the command stands at 2026-01-01.
    utimesSync(draft, 1_767_225_600, 1_767_225_590);
    expect((await tokenCommand(data, 'add', 'b', '--role', 'submit')).stderr).toContain(
      'try again',
    );
    utimesSync(draft, 1_767_225_600, 1_767_225_500);
    expect((await tokenCommand(data, 'add', 'b', '--role', 'submit')).code).toBe(0);
    expect(existsSync(draft)).toBe(false);
  });

  it('refuses a file that others may write to, and tells the command that mends it', async () => {
    const data = tempFolder();
    await tokenCommand(data, 'add', 'a', '--role', 'submit');
    chmodSync(fileIn(data), 0o620);
    const { code, stderr } = await tokenCommand(data, 'list');
    expect(code).toBe(2);
    expect(stderr).toContain(`chmod 600 '${fileIn(data)}'`);
  });
});

describe('the token file of a server', () => {
  const token = (n: number, sources: readonly string[] | null = null) => {
    const sha256 = String(n).repeat(64);
    return { name: `t${n}`, sha256, roles: ['submit'] as const, logs: null, sources };
  };

  it('is read again when it changes, and keeps what stayed the same', () => {
    const path = join(tempFolder(), 'tokens.json');
    const write = (...tokens: ReturnType<typeof token>[]): void => {
      writeFileSync(path, formatTokens(tokens), { mode: 0o600 });
      // Coarse file systems: two writes of one moment differ all the same.
      utimesSync(path, 1, ++written);
    };
    let written = 0;
    let time = 0;
    const changes: number[] = [];
    const errors: unknown[] = [];
    write(token(1), token(2));
    const store = openTokenFile({
      path,
      stopwatch: () => time,
      onChange: (count) => changes.push(count),
      onError: (error) => errors.push(error),
    });
    const [one, two] = ['1', '2'].map((n) => store.find(n.repeat(64)));
    expect([one?.name, two?.name]).toEqual(['t1', 't2']);

    write(token(1), token(2, ['s']), token(3));
    expect(store.find('3'.repeat(64))).toBeUndefined();
    time += 1_000;
    expect(store.find('3'.repeat(64))?.name).toBe('t3');
    expect(store.find('1'.repeat(64))).toBe(one);
    expect(store.find('2'.repeat(64))).not.toBe(two);

    write(token(3));
    time += 1_000;
    expect(store.find('1'.repeat(64))).toBeUndefined();
    expect(changes).toEqual([3, 1]);

    writeFileSync(path, 'nonsense');
    time += 1_000;
    expect(store.find('3'.repeat(64))).toBeUndefined();
    expect(errors).toHaveLength(1);
    write(token(3));
    time += 1_000;
    expect(store.find('3'.repeat(64))?.name).toBe('t3');
  });

  it('lets nobody in where there is none', () => {
    const path = join(tempFolder(), 'tokens.json');
    const never = (): void => {
      throw new Error('told');
    };
    const store = openTokenFile({ path, stopwatch: () => 0, onChange: never, onError: never });
    expect(store.find('1'.repeat(64))).toBeUndefined();
  });
});
