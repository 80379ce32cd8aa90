import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { originHash } from '../../src/core/add-checkpoint.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { memoryWitnessStore } from '../../src/storage/memory-witness-store.ts';
import { openWitnessFolder } from '../../src/storage/witness-folder.ts';
import { formatWitnessHead, parseWitnessHead } from '../../src/storage/witness-head-file.ts';
import type { WitnessStore } from '../../src/witness/ports.ts';
import { codeOf } from '../core/note-fixtures.ts';
import { startChild } from '../support/child.ts';
import { signedLog } from '../support/signed-log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { witnessStoreContract } from './witness-store-contract.ts';

const log = signedLog('folder');
const hash = originHash(log.origin);
const listed = { key: log.key, origin: log.origin, requestsPerDay: 86_400, contact: 'test' };

async function newFolder(): Promise<{ dir: string; at: string; store: WitnessStore }> {
  const dir = tempFolder();
  const store = await openWitnessFolder(dir);
  await store.addLog(listed);
  return { dir, at: join(dir, 'logs', hash), store };
}

witnessStoreContract('the memory', async () => memoryWitnessStore());
witnessStoreContract('a folder', async () => await openWitnessFolder(tempFolder()));

describe('a folder of a witness', () => {
  it('is remembered by the next process, and seen by others that have it open', async () => {
    const { dir, store } = await newFolder();
    const other = await openWitnessFolder(dir);
    await store.advance(hash, 0, log.note(1));
    expect(await other.head(hash)).toEqual({ counter: 1, note: log.note(1) });
    await other.advance(hash, 1, log.note(2));
    await expect(store.advance(hash, 1, log.note(3))).rejects.toMatchObject({
      code: 'store.moved',
    });
    expect(await (await openWitnessFolder(dir)).head(hash)).toEqual({
      counter: 2,
      note: log.note(2),
    });
  });

  it('keeps at most two heads and no drafts', async () => {
    const { at, store } = await newFolder();
    writeFileSync(join(at, 'draft-of-one-that-died'), 'half');
    for (let i = 0; i < 6; i++) await store.advance(hash, i, log.note(i));
    const names = readdirSync(at).filter((name) => !name.startsWith('key-'));
    expect(names.sort()).toEqual(['head-0000000000000005', 'head-0000000000000006']);
  });

  it.each([
    ['a flipped bit', (bytes: Buffer) => bytes.map((byte, i) => (i === 150 ? byte ^ 1 : byte))],
    ['an end that is missing', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['nothing in it', () => new Uint8Array(0)],
    ['a note too many', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ])('never falls back to the head before one with %s', async (_name, change) => {
    const { dir, at, store } = await newFolder();
    await store.advance(hash, 0, log.note(1));
    await store.advance(hash, 1, log.note(2));
    const path = join(at, 'head-0000000000000002');
    const bytes = readFileSync(path);
    rmSync(path);
    writeFileSync(path, change(bytes));
    const again = await openWitnessFolder(dir);
    await expect(again.head(hash)).rejects.toMatchObject({ code: 'store.corrupt' });
  });

  it('refuses a head under the name of another', async () => {
    const { at, store } = await newFolder();
    await store.advance(hash, 0, log.note(1));
    writeFileSync(
      join(at, 'head-0000000000000009'),
      readFileSync(join(at, 'head-0000000000000001')),
    );
    await expect(store.head(hash)).rejects.toMatchObject({ code: 'store.corrupt' });
  });

  it('refuses an entry of the roster that is of another log', async () => {
    const { dir, at } = await newFolder();
    const other = signedLog('other');
    writeFileSync(join(at, 'key-00000000'), `logs/v0\nvkey ${other.vkey}\nqpd 1\ncontact x\n`);
    const store = await openWitnessFolder(dir);
    await expect(store.log(hash)).rejects.toMatchObject({ code: 'store.corrupt' });
  });

  it('writes no more for a log once a write failed', async () => {
    const { at, store } = await newFolder();
    await store.advance(hash, 0, log.note(1));
    renameSync(at, `${at}.away`);
    writeFileSync(at, 'no folder');
    await expect(store.advance(hash, 1, log.note(2))).rejects.toMatchObject({
      code: 'store.failed',
    });
    rmSync(at);
    renameSync(`${at}.away`, at);
    await expect(store.advance(hash, 1, log.note(2))).rejects.toMatchObject({
      code: 'store.failed',
    });
    expect(await store.head(hash)).toEqual({ counter: 1, note: log.note(1) });
  });

  it('gives no counter twice to processes that race', async () => {
    const { dir, store } = await newFolder();
    const racers = ['a', 'b', 'c'].map((name) => {
      const args = [dir, log.origin, name, '60'];
      return startChild({ file: './witness-racer.ts', from: import.meta.url, args });
    });
    for (const racer of racers) expect(await racer.nextLine()).toBe('ready');
    for (const racer of racers) racer.process.stdin?.write('go\n');
    const won = (await Promise.all(racers.map((racer) => racer.restLines()))).flat();
    expect(await Promise.all(racers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const counters = won.map((line) => Number(line.split(' ')[0]));
    expect(new Set(counters).size).toBe(counters.length);
    expect(counters.length).toBeGreaterThanOrEqual(30);
    expect((await store.head(hash))?.counter).toBeGreaterThanOrEqual(Math.max(...counters));
  });
});

describe('parseWitnessHead', () => {
  it('reads what formatWitnessHead writes, whatever the note holds', () => {
    for (const note of [utf8(''), utf8('\n\n'), utf8('é'.repeat(100)), log.note(7)]) {
      const head = { counter: 2 ** 53 - 1, note };
      expect(parseWitnessHead(formatWitnessHead(head))).toEqual(head);
    }
  });

  it.each([
    '',
    'varve-witness/1\n',
    'varve-witness/1\ncounter 0\nsha256 00\n\n',
    'varve-witness/2\n\n',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parseWitnessHead(utf8(text)))).toBe('store.corrupt');
  });
});
