import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { type OpenedLog, openLogs } from '../../src/cli/open-logs.ts';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ANYONE, testEvent } from '../support/test-log.ts';
import { runCli } from './run-cli.ts';

async function open(data: string, ...args: string[]): Promise<readonly OpenedLog[]> {
  const flags = parseFlags(['--data', data, ...args], SERVE_FLAGS);
  const events = { now: Date.now, onFault: () => {}, onHalt: () => {} };
  return openLogs(await readServeConfig(flags, {}), events);
}

async function closeAll(logs: readonly OpenedLog[]): Promise<void> {
  for (const one of logs) await one.close();
}

async function stopped(): Promise<{ readonly data: string; readonly note: Uint8Array }> {
  const data = tempFolder();
  const logs = await open(data, '--log', 'acme');
  await logs[0]?.log.submit([testEvent('e1'), testEvent('e2')], ANYONE);
  await closeAll(logs);
  return { data, note: logs[0]?.log.published?.note ?? new Uint8Array(0) };
}

const SUCCESSOR = ['--successor', 'acme-2', '--origin', 'log.test/acme-2'];

function retire(data: string, ...args: readonly string[]) {
  const why = ['--reason', 'the key was stolen'];
  return runCli(['retire', '--data', data, '--log', 'acme', ...SUCCESSOR, ...why, ...args]);
}

describe('varve retire', () => {
  it('freezes a log for good, and begins another that names it', async () => {
    const { data, note } = await stopped();
    const evidence = join(tempFolder(), 'fork');
    writeFileSync(evidence, 'a fork proof');
    const { code, lines } = await retire(data, '--evidence', evidence);
    expect([code, lines.length]).toEqual([0, 1]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'acme-2', origin: 'log.test/acme-2' });
    const logs = await open(data);
    const [old, next] = logs.map(({ log }) => log);
    expect(old?.state).toEqual({
      kind: 'halted',
      reason: 'retired',
      detail: "at 3 entries, succeeded by 'acme-2' (log.test/acme-2): the key was stolen",
    });
    expect(old?.published?.note).toEqual(note);
    expect(parseLeaf((await old?.readEntry(1)) ?? utf8('')).v).toBe('nhi.leaf/1');
    await expect(old?.submit([testEvent('e3')], ANYONE)).rejects.toThrow('log.halted: retired');
    const genesis = parseLeaf((await next?.readEntry(0)) ?? utf8(''));
    expect(genesis).toMatchObject({
      origin: 'log.test/acme-2',
      tenant: 'acme',
      predecessor: {
        origin: 'localhost:6962/acme',
        size: 3,
        root: base64(old?.published?.rootHash ?? utf8('')),
        note: utf8Text(note),
        evidence: [base64(sha256(utf8('a fork proof')))],
        reason: 'the key was stolen',
      },
    });
    const [outcome] = (await next?.submit([testEvent('e3')], ANYONE)) ?? [];
    expect(outcome).toMatchObject({ kind: 'appended', receipt: { index: 1 } });
    await closeAll(logs);
  });

  it('can be run again, and only for the same successor', async () => {
    const { data } = await stopped();
    const first = await retire(data);
    const rm = join(data, 'store', 'acme-2');
    expect(await retire(data)).toMatchObject({ code: 2 });
    rmSync(rm, { recursive: true });
    rmSync(join(data, 'guard', 'acme-2'), { recursive: true });
    const vkey = (JSON.parse(first.lines[0] ?? '') as { readonly vkey: string }).vkey;
    writeFileSync(join(data, 'store', 'acme-2.new'), vkey);
    expect(await retire(data)).toMatchObject({ code: 0, stdout: first.stdout });
    const other = ['--successor', 'acme-3', '--origin', 'log.test/acme-3', '--reason', 'x'];
    const refused = await runCli(['retire', '--data', data, '--log', 'acme', ...other]);
    expect(refused.stderr).toContain("is retired already, and succeeded by 'acme-2'");
    const restored = await runCli(['restore', '--data', data, '--log', 'acme', '--from', data]);
    expect(restored.stderr).toContain("the log 'acme' is retired for good");
  });

  it('needs the last head from elsewhere where the store is lost', async () => {
    const { data, note } = await stopped();
    rmSync(join(data, 'store'), { recursive: true });
    expect((await retire(data)).stderr).toContain('--note FILE has to say');
    const file = join(tempFolder(), 'note');
    writeFileSync(file, note);
    expect(await retire(data, '--note', file)).toMatchObject({ code: 0 });
    const logs = await open(data, '--log', 'acme-2');
    const genesis = parseLeaf((await logs[0]?.log.readEntry(0)) ?? utf8(''));
    expect(genesis).toMatchObject({ predecessor: { size: 3, note: utf8Text(note) } });
    await closeAll(logs);
  });

  it.each([
    ['the same origin', ['--origin', 'localhost:6962/acme']],
    ['the same name', ['--successor', 'acme']],
    ['an origin with a scheme', ['--origin', 'https://x.test']],
  ])('refuses %s and freezes nothing', async (_, changed) => {
    const { data } = await stopped();
    const [flag = '', value = ''] = changed;
    const args = ['retire', '--data', data, '--log', 'acme', ...SUCCESSOR, '--reason', 'x'];
    args[args.indexOf(flag) + 1] = value;
    expect(await runCli(args)).toMatchObject({ code: 2, stdout: '' });
    const logs = await open(data);
    expect(logs[0]?.log.state).toEqual({ kind: 'running' });
    await closeAll(logs);
    expect(() => readFileSync(join(data, 'keys', 'acme', 'retired'))).toThrow('ENOENT');
  });
});
