import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { openLogs } from '../../src/cli/open-logs.ts';
import { bundleKey, segmentKey } from '../../src/log/rows.ts';
import { openLevelStore } from '../../src/storage/storage.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ANYONE, testEvent } from '../support/test-log.ts';
import { type CliRun, runCli } from './run-cli.ts';

/** Runs a log over 300 events and stops it; its folder and its key. */
async function stopped(): Promise<{ readonly data: string; readonly vkey: string }> {
  const data = tempFolder();
  await submitTo(data, 0, 300);
  const { lines } = await runCli(['keys', '--data', data]);
  return { data, vkey: JSON.parse(lines[0] ?? '').vkey };
}

async function submitTo(data: string, from: number, to: number): Promise<void> {
  const config = await readServeConfig(
    parseFlags(['--data', data, '--log', 'acme'], SERVE_FLAGS),
    {},
  );
  const [opened] = await openLogs(config, { now: Date.now, onFault: () => {}, onHalt: () => {} });
  const items = Array.from({ length: to - from }, (_, i) => testEvent(`e${from + i}`));
  await opened?.log.submit(items, ANYONE);
  await opened?.close();
}

function check(data: string, vkey: string, ...args: string[]): Promise<CliRun> {
  return runCli(['check', data, '--vkey', vkey, ...args]);
}

describe('varve check DIR', () => {
  it('derives a stopped folder anew and says what it held to it', async () => {
    const { data, vkey } = await stopped();
    const { code, stdout, stderr } = await check(data, vkey);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('HOLDS        localhost:6962/acme, its tree of 301 entries\n');
    expect(stdout).toContain('300 rows by which events are recognised');
    expect(stdout).toContain('the guard, whose highest head is of 301 entries');
    expect(stdout).not.toContain('not checked');
    expect(JSON.parse((await check(data, vkey, '--json')).stdout)).toMatchObject({
      holds: true,
      size: 301,
      entries: 301,
      bundles: 2,
    });
  });

  it('finds keys and guard elsewhere, and says what it cannot check without them', async () => {
    const { data, vkey } = await stopped();
    const apart = tempFolder();
    renameSync(join(data, 'keys'), join(apart, 'keys'));
    renameSync(join(data, 'guard'), join(apart, 'guard'));
    const without = await check(data, vkey);
    expect(without.code).toBe(0);
    expect(without.stdout).toContain('not checked  the guard');
    expect(without.stdout).toContain('not checked  sameness of events');
    const flags = ['--keys', join(apart, 'keys'), '--guard', join(apart, 'guard')];
    expect((await check(data, vkey, ...flags)).stdout).not.toContain('not checked');
  });

  it('names an entry with one bit changed', async () => {
    const { data, vkey } = await stopped();
    const store = await openLevelStore({ dir: join(data, 'store', 'acme') });
    const keys = [bundleKey(0), bundleKey(1), segmentKey(1), segmentKey(256)];
    const rows = await store.getMany(keys);
    const at = rows.findIndex((row) => row !== undefined);
    const value = (rows[at] ?? new Uint8Array(0)).slice();
    value[200] = (value[200] ?? 0) ^ 1;
    const key = keys[at] ?? new Uint8Array(0);
    await store.write({ changes: [{ key, value }], flush: true });
    await store.close();
    const { code, stderr, stdout } = await check(data, vkey);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /DOES NOT HOLD: (audit\.mismatch|store\.corrupt): .*(entry|bundle|entries|tile)/,
    );
  });

  it('finds an older copy by the guard', async () => {
    const { data, vkey } = await stopped();
    cpSync(join(data, 'store'), join(data, 'older'), { recursive: true });
    await submitTo(data, 300, 310);
    rmSync(join(data, 'store'), { recursive: true });
    renameSync(join(data, 'older'), join(data, 'store'));
    const { code, stderr } = await check(data, vkey);
    expect(code).toBe(1);
    expect(stderr).toContain('the guard knows a head of 311, the tree has 301');
  });

  it('refuses the key of another log', async () => {
    const { data } = await stopped();
    const other = 'other.test/log+427c3201+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';
    expect(await check(data, other)).toMatchObject({ code: 1, stdout: '' });
  });

  it('says that there is nothing, or that a server has it open', async () => {
    const { data, vkey } = await stopped();
    expect(await check(tempFolder(), vkey)).toMatchObject({ code: 2, stdout: '' });
    expect(await check(data, vkey, '--log', 'nope')).toMatchObject({ code: 2, stdout: '' });
    const store = await openLevelStore({ dir: join(data, 'store', 'acme') });
    const { code, stderr } = await check(data, vkey);
    await store.close();
    expect(code).toBe(2);
    expect(stderr).toContain('store.locked');
  });
});
