import {
  cpSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { type OpenedLog, openLogs } from '../../src/cli/open-logs.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { initGuard, openGuardFile } from '../../src/storage/storage.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ANYONE, testEvent } from '../support/test-log.ts';
import { runCli } from './run-cli.ts';

async function open(data: string, ...args: string[]): Promise<readonly OpenedLog[]> {
  const flags = parseFlags(['--data', data, ...args], SERVE_FLAGS);
  return openLogs(await readServeConfig(flags, {}), {
    now: () => Date.now(),
    onFault: (error) => {
      throw error;
    },
    onHalt: () => {},
  });
}

async function openMain(data: string, ...args: string[]): Promise<OpenedLog> {
  const [only, ...others] = await open(data, ...args);
  if (only === undefined || others.length > 0) throw new Error('not one log');
  return only;
}

/** Starts a log, submits an event, stops it. */
async function runOnce(data: string, id: string, ...args: string[]): Promise<void> {
  const opened = await openMain(data, ...args);
  const [outcome] = await opened.log.submit([testEvent(id)], ANYONE);
  expect(outcome?.kind).toBe('appended');
  await opened.close();
}

const ACME = ['--log', 'acme'];

describe('openLogs', () => {
  it('makes a log where nothing is, and finds it again', async () => {
    const data = join(tempFolder(), 'data');
    const first = await openMain(data);
    expect(first).toMatchObject({ isNew: true, log: { name: 'main', publishedSize: 1 } });
    await first.close();
    const again = await openMain(data);
    expect(again).toMatchObject({ isNew: false, log: { vkey: first.log.vkey } });
    expect(again.log.state).toEqual({ kind: 'running' });
    await again.close();
  });

  it('lets nobody but the owner read keys', async () => {
    const data = join(tempFolder(), 'data');
    await (await openMain(data)).close();
    for (const name of readdirSync(join(data, 'keys', 'main'))) {
      expect(statSync(join(data, 'keys', 'main', name)).mode & 0o077).toBe(0);
    }
  });

  it('serves the logs that the folder holds where none is named', async () => {
    const data = tempFolder();
    for (const one of await open(data, '--log', 'b', '--opaque', 'a')) await one.close();
    const logs = await open(data);
    expect(logs.map(({ log }) => [log.name, log.type])).toEqual([
      ['a', 'opaque'],
      ['b', 'events'],
    ]);
    for (const one of logs) await one.close();
  });

  it('keeps the tenant that a log was made for', async () => {
    const data = tempFolder();
    await (await openMain(data, '--tenant', 'acme')).close();
    await runOnce(data, 'e1');
    await expect(openMain(data, '--tenant', 'other')).rejects.toThrow(
      "the log 'main' was created for tenant 'acme'",
    );
  });

  it.each([
    ['origin', ['--origin', 'other.test/x'], "with origin 'localhost:6962/main'"],
    ['type', ['--opaque', 'main'], "with type 'events'"],
  ])('refuses another %s than the log was made with', async (_, args, message) => {
    const data = tempFolder();
    await (await openMain(data)).close();
    await expect(openMain(data, ...args)).rejects.toThrow(message);
  });

  it('closes the logs that it opened when one cannot be', async () => {
    const data = tempFolder();
    for (const one of await open(data, '--log', 'a', '--log', 'b')) await one.close();
    rmSync(join(data, 'guard', 'b'), { recursive: true });
    await expect(open(data)).rejects.toThrow('start.refused');
    await (await openMain(data, '--log', 'a')).close();
  });

  it('refuses a folder that another process has open', async () => {
    const data = tempFolder();
    const first = await openMain(data);
    await expect(openMain(data)).rejects.toThrow('store.locked');
    await first.close();
  });

  const parts = ['keys', 'guard', 'store'] as const;
  const some = [1, 2, 3, 4, 5, 6].map((bits) => parts.filter((_, i) => (bits & (1 << i)) > 0));
  it.each(some)('refuses to start where %s and %s are lost, and says so', async (...lost) => {
    const data = tempFolder();
    await runOnce(data, 'e1', ...ACME);
    for (const part of parts) {
      if (lost.includes(part)) rmSync(join(data, part, 'acme'), { recursive: true });
    }
    const before = readdirSync(data, { recursive: true }).sort();
    const refused = openMain(data, ...ACME);
    await expect(refused).rejects.toThrow("start.refused: of the log 'acme'");
    for (const part of parts) {
      const what = { keys: 'its keys', guard: 'its guard', store: 'its data' }[part];
      const place = `${what} in ${join(data, part, 'acme')}`;
      const words = lost.includes(part) ? `not [^.]*${place}` : `'acme', [^.]*${place}`;
      await expect(refused).rejects.toThrow(new RegExp(words));
    }
    expect(readdirSync(data, { recursive: true }).sort()).toEqual(before);
  });

  it.each(['keys', 'guard'] as const)(
    'goes on with a start cut short after the %s',
    async (step) => {
      const data = tempFolder();
      expect((await runCli(['keys', 'init', '--log', 'acme', '--data', data])).code).toBe(0);
      if (step === 'guard') await initGuard(join(data, 'guard', 'acme'));
      await runOnce(data, 'e1', ...ACME);
      expect(existsSync(join(data, 'store', 'acme.new'))).toBe(false);
    },
  );

  it('does not take a copy of new keys for new once their log has signed', async () => {
    const data = tempFolder();
    await runCli(['keys', 'init', '--log', 'acme', '--data', data]);
    const copy = tempFolder();
    cpSync(join(data, 'keys'), join(copy, 'keys'), { recursive: true });
    await runOnce(data, 'e1', ...ACME);
    await expect(openMain(copy, ...ACME)).rejects.toThrow('start.refused');
  });

  it('halts, read-only, on an older copy of its data', async () => {
    const data = tempFolder();
    await runOnce(data, 'e1', ...ACME);
    cpSync(join(data, 'store'), join(data, 'older'), { recursive: true });
    await runOnce(data, 'e2', ...ACME);
    rmSync(join(data, 'store'), { recursive: true });
    renameSync(join(data, 'older'), join(data, 'store'));
    const opened = await openMain(data, ...ACME);
    expect(opened.log.state).toMatchObject({ kind: 'halted', reason: 'rolled-back' });
    await expect(opened.log.submit([testEvent('e3')], ANYONE)).rejects.toThrow('log.halted');
    await opened.close();
  });

  it('goes on after a process that closed nothing', async () => {
    const data = tempFolder();
    const opened = await openMain(data, ...ACME);
    await opened.log.submit([testEvent('e1')], ANYONE);
    const copy = tempFolder();
    cpSync(data, copy, { recursive: true });
    await opened.close();
    expect(existsSync(join(data, 'store', 'acme.running'))).toBe(false);
    expect(existsSync(join(copy, 'store', 'acme.running'))).toBe(true);
    const again = await openMain(copy, ...ACME);
    const [outcome] = await again.log.submit([testEvent('e1')], ANYONE);
    expect(outcome).toMatchObject({ kind: 'duplicate', receipt: { index: 1 } });
    await again.close();
  });

  it('goes on after a crash that left a head unstored, and a stop while no witness answered', async () => {
    const data = tempFolder();
    const key = new Uint8Array(32).fill(7);
    const vkey = formatVkey(verifierKeyOf('w.test', KEY_TYPE.cosignature, key));
    const policy = join(data, 'policy');
    writeFileSync(policy, `witness w ${vkey} http://127.0.0.1:1/\nquorum w\n`);
    await runOnce(data, 'e1', ...ACME);
    const guard = await openGuardFile(join(data, 'guard', 'acme'));
    const last = await guard.read();
    if (last === null) throw new Error('nothing was signed');
    await guard.advance(last, { ...last, timeMs: last.timeMs + 1 });
    await guard.close();
    writeFileSync(join(data, 'store', 'acme.running'), 'another boot');
    for (const round of [1, 2]) {
      const opened = await openMain(data, ...ACME, '--policy', policy);
      expect(opened.log.state, `start ${round}`).toMatchObject({ kind: 'confirming' });
      await opened.close();
    }
  });
});

describe('varve guard', () => {
  it('shows the highest head that was signed', async () => {
    const data = tempFolder();
    await runOnce(data, 'e1', ...ACME);
    const { code, lines } = await runCli(['guard', 'show', '--data', data]);
    expect(code).toBe(0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'acme', size: 2, unconfirmed: false });
  });

  it('makes a guard that was lost, which then has to be confirmed', async () => {
    const data = tempFolder();
    await runOnce(data, 'e1', ...ACME);
    const shown = await runCli(['guard', 'show', '--data', data]);
    rmSync(join(data, 'guard', 'acme'), { recursive: true });
    const made = await runCli(['guard', 'init', '--log', 'acme', '--data', data]);
    expect(made.code).toBe(0);
    expect(made.stdout).toBe(shown.stdout.replace('"unconfirmed":false', '"unconfirmed":true'));
    await expect(openMain(data, ...ACME)).rejects.toThrow('--start-unconfirmed');
    await runOnce(data, 'e2', ...ACME, '--start-unconfirmed');
    await runOnce(data, 'e3', ...ACME);
  });

  it('replaces no guard, and needs data and keys', async () => {
    const data = tempFolder();
    await runOnce(data, 'e1', ...ACME);
    const init = ['guard', 'init', '--log', 'acme', '--data', data];
    expect((await runCli(init)).stderr).toContain('holds a guard: it stays');
    rmSync(join(data, 'guard', 'acme'), { recursive: true });
    rmSync(join(data, 'store', 'acme'), { recursive: true });
    expect(await runCli(init)).toMatchObject({ code: 2 });
    expect(existsSync(join(data, 'guard', 'acme'))).toBe(false);
  });
});

describe('varve keys', () => {
  it('prints a line for each log, and its policy', async () => {
    const data = tempFolder();
    const made = await runCli(['keys', 'init', '--data', data, '--origin', 'log.test/main']);
    const [line] = (await runCli(['keys', '--data', data])).lines;
    expect(made.lines).toEqual([line]);
    const read = JSON.parse(line ?? '');
    expect(read).toMatchObject({
      name: 'main',
      origin: 'log.test/main',
      url: 'http://127.0.0.1:6962/main',
      type: 'events',
    });
    expect(read.vkey).toMatch(/^log\.test\/main\+[0-9a-f]{8}\+AS?/);
    expect(read.p256).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const policy = await runCli(['keys', 'policy', '--data', data, '--url', 'https://log.test/']);
    expect(policy.stdout).toBe(`log ${read.vkey} https://log.test/main\nquorum none\n`);
  });

  it('says so where there are none', async () => {
    expect(await runCli(['keys', '--data', tempFolder()])).toMatchObject({ code: 2, stdout: '' });
  });

  it('makes no keys where some are, and none for data that lost its own', async () => {
    const data = tempFolder();
    await runOnce(data, 'e1', ...ACME);
    const init = ['keys', 'init', '--log', 'acme', '--data', data];
    expect((await runCli(init)).stderr).toContain('keys.exists');
    expect(existsSync(join(data, 'store', 'acme.new'))).toBe(false);
    rmSync(join(data, 'keys', 'acme'), { recursive: true });
    expect((await runCli(init)).stderr).toContain('start.refused');
    expect(existsSync(join(data, 'keys', 'acme'))).toBe(false);
  });
});
