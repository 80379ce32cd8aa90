import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { readKeys } from '../../src/cli/key-files.ts';
import { type OpenedLog, openLogs } from '../../src/cli/open-logs.ts';
import { originHash } from '../../src/core/add-checkpoint.ts';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { tilesOfSize } from '../../src/core/tile.ts';
import { formatBundlePath, formatTilePath } from '../../src/core/tile-path.ts';
import { formatVkey } from '../../src/core/vkey.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ANYONE, testEvent } from '../support/test-log.ts';
import { testWitnessKey } from '../support/test-witness.ts';
import { runCli } from './run-cli.ts';

async function open(data: string): Promise<OpenedLog> {
  const flags = parseFlags(['--data', data, '--log', 'acme'], SERVE_FLAGS);
  const events = { now: Date.now, onFault: () => {}, onHalt: () => {} };
  const [opened] = await openLogs(await readServeConfig(flags, {}), events);
  if (opened === undefined) throw new Error('no log');
  return opened;
}

/** Submits events `from`..`to` and stops; the note that was published last. */
async function run(data: string, from: number, to: number): Promise<Uint8Array> {
  const opened = await open(data);
  const items = Array.from({ length: to - from }, (_, i) => testEvent(`e${from + i}`));
  await opened.log.submit(items, ANYONE);
  await opened.close();
  return opened.log.published?.note ?? new Uint8Array(0);
}

/** A log of 700 events, its copy when it had 300, and a whole copy elsewhere. */
async function rolledBack() {
  const data = tempFolder();
  const older = await run(data, 0, 300);
  const backup = join(tempFolder(), 'backup');
  cpSync(data, backup, { recursive: true });
  const note = await run(data, 300, 700);
  const other = join(tempFolder(), 'other');
  cpSync(data, other, { recursive: true });
  const put = (...parts: readonly string[]): void => {
    for (const part of parts) {
      rmSync(join(data, part), { recursive: true, force: true });
      cpSync(join(backup, part), join(data, part), { recursive: true });
    }
  };
  const restore = (...args: readonly string[]) =>
    runCli(['restore', '--data', data, '--from', other, ...args]);
  return { data, other, note, older, put, restore };
}

async function isWhole(data: string): Promise<void> {
  const opened = await open(data);
  expect(opened.log.state).toEqual({ kind: 'running' });
  expect(opened.log.publishedSize).toBe(701);
  const [again, fresh] = await opened.log.submit([testEvent('e650'), testEvent('new')], ANYONE);
  expect([again?.kind, fresh?.kind]).toEqual(['duplicate', 'appended']);
  await opened.close();
  await holds(data);
}

async function holds(data: string): Promise<void> {
  const [line] = (await runCli(['keys', '--data', data])).lines;
  const { vkey } = JSON.parse(line ?? '') as { readonly vkey: string };
  expect(await runCli(['check', data, '--vkey', vkey])).toMatchObject({ code: 0, stderr: '' });
}

describe('varve restore', () => {
  it('puts back what an older copy lacks, and the log goes on', async () => {
    const { data, put, restore } = await rolledBack();
    put('store');
    const halted = await open(data);
    expect(halted.log.state).toMatchObject({ kind: 'halted', reason: 'rolled-back' });
    await halted.close();
    const { code, lines, stderr } = await restore();
    expect([code, stderr.split('\n')[0]]).toEqual([
      0,
      "Put back 400 entries, to the head of 701 that the guard holds. 'varve serve' can start.",
    ]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      name: 'acme',
      size: 701,
      by: 'the guard',
      entriesBefore: 301,
      entriesAfter: 701,
    });
    await holds(data);
    await isWhole(data);
    expect((await restore()).stderr).toContain('Nothing was missing');
  });

  it('fills an emptied store', async () => {
    const { data, restore } = await rolledBack();
    rmSync(join(data, 'store'), { recursive: true });
    expect(await restore()).toMatchObject({ code: 0 });
    await isWhole(data);
  });

  it('reads a folder of tiles as any mirror has it', async () => {
    const { data, other } = await rolledBack();
    const mirror = tempFolder();
    const opened = await open(other);
    const { log } = opened;
    const write = (path: string, bytes: Uint8Array): void => {
      mkdirSync(dirname(join(mirror, path)), { recursive: true });
      writeFileSync(join(mirror, path), bytes);
    };
    for (const tile of tilesOfSize(log.publishedSize)) {
      write(formatTilePath(tile), await log.readTile(tile));
      if (tile.level > 0) continue;
      const path = formatBundlePath(tile.index, tile.width);
      write(path, await log.readBundle(tile.index, tile.width));
    }
    await opened.close();
    rmSync(join(data, 'store'), { recursive: true });
    const { code, stderr } = await runCli(['restore', '--data', data, '--from', mirror]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('Put back 701 entries')]);
    await isWhole(data);
  });

  it('takes a head that the guard never knew only from who knows that the guard is old', async () => {
    const { data, put, note, restore } = await rolledBack();
    put('store', 'guard');
    const file = join(tempFolder(), 'note');
    writeFileSync(file, note);
    const refused = await restore('--note', file);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('either the guard was put back too, or the key is stolen');
    expect(await restore('--note', file, '--guard-was-restored')).toMatchObject({ code: 0 });
    await isWhole(data);
  });

  it('asks the witnesses what they cosigned last', async () => {
    const { data, put, note, restore } = await rolledBack();
    put('store', 'guard');
    const policy = join(tempFolder(), 'policy');
    const { key } = testWitnessKey('witness.test/w');
    const other = testWitnessKey('witness.test/v').key;
    const lines = [
      `witness w ${formatVkey(key)} http://w.test`,
      `witness v ${formatVkey(other)} http://v.test`,
      ...['group g any w v', 'quorum g', ''],
    ];
    writeFileSync(policy, lines.join('\n'));
    // It shows what it cosigned elsewhere than where it is asked.
    const url = `http://mon.test/w/${originHash('localhost:6962/acme')}/checkpoint`;
    const monitoring = ['--monitoring', 'w=http://mon.test/w'];
    const fetch = (asked: string): Promise<Response> =>
      asked === url
        ? Promise.resolve(new Response(new Uint8Array(note)))
        : Promise.reject(new Error('down'));
    const empty = join(tempFolder(), 'none');
    mkdirSync(join(empty, 'tile'), { recursive: true });
    const lacking = await runCli(
      [
        ...['restore', '--data', data, '--from', empty, '--policy', policy, ...monitoring],
        '--guard-was-restored',
      ],
      { fetch },
    );
    expect(lacking.code).toBe(2);
    expect(lacking.stderr).toContain('witness w holds a head of 701 entries');
    expect(lacking.stderr).toContain('no head from v: reply.unreachable');
    expect(lacking.stderr).toContain('too few witnesses answered');
    expect(lacking.stderr).toContain('does not hold the whole tree');
    expect(await restore('--note', await noteFile(note), '--guard-was-restored')).toMatchObject({
      code: 0,
    });
    await isWhole(data);
  });

  it('refuses a second tree of the same key', async () => {
    const { data, put, restore } = await rolledBack();
    put('store');
    const { signer, origin } = await readKeys(join(data, 'keys', 'acme'));
    const fork = signCheckpoint({ origin, size: 500, rootHash: new Uint8Array(32) }, signer);
    const { code, stderr } = await restore('--note', await noteFile(fork));
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('checkpoint.fork: the head of 500'),
    ]);
    const halted = await open(data);
    expect(halted.log.state).toMatchObject({ reason: 'rolled-back' });
    await halted.close();
  });

  it('refuses a note that the log did not sign, and a source that is none', async () => {
    const { data, put, older, restore } = await rolledBack();
    put('store');
    const text = older.slice();
    text[25] = (text[25] ?? 0) ^ 1;
    expect(await restore('--note', await noteFile(text))).toMatchObject({ code: 1, stdout: '' });
    const nowhere = await runCli(['restore', '--data', data, '--from', tempFolder()]);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(await runCli(['restore', '--data', data])).toMatchObject({ code: 2, stdout: '' });
  });

  it('makes a new guard only where the operator says that it is lost', async () => {
    const { data, note, restore } = await rolledBack();
    renameSync(join(data, 'guard'), join(data, 'lost'));
    rmSync(join(data, 'store'), { recursive: true });
    expect((await restore()).stderr).toContain('there is no guard in');
    expect(await restore('--guard-was-restored', '--note', await noteFile(note))).toMatchObject({
      code: 0,
    });
    await expect(open(data)).rejects.toThrow('--start-unconfirmed');
  });
});

async function noteFile(note: Uint8Array): Promise<string> {
  const file = join(tempFolder(), 'note');
  writeFileSync(file, note);
  return file;
}
