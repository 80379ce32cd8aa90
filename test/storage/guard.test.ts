import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isTransparencyError } from '../../src/core/error.ts';
import type { Guard } from '../../src/log/ports.ts';
import { initGuard, openGuardFile } from '../../src/storage/guard-file.ts';
import { formatGuardState, parseGuardState } from '../../src/storage/guard-state.ts';
import { memoryGuard } from '../../src/storage/memory-guard.ts';
import { startChild } from '../support/child.ts';
import { faultGuard } from '../support/fault-guard.ts';
import { startLife } from '../support/life.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { guardContract, guardState } from './guard-contract.ts';

guardContract('a guard in memory', async () => memoryGuard());
guardContract('a guard in memory under faults that do not come', async () =>
  faultGuard(memoryGuard(), startLife()),
);
guardContract('a guard file', async () => (await newGuardFile()).guard);

async function newGuardFile(): Promise<{ dir: string; guard: Guard }> {
  const dir = join(tempFolder(), 'x', 'guard');
  await initGuard(dir);
  return { dir, guard: await openGuard(dir) };
}

/** A guard that is closed before its folder goes: it may still tidy up. */
async function openGuard(dir: string): Promise<Guard> {
  const guard = await openGuardFile(dir);
  onTestFinished(() => guard.close());
  return guard;
}

describe('the text of a guard', () => {
  const numbered = { counter: 12, state: guardState(812, 1_767_225_600_000, 7) };
  const text = [
    'varve-guard/1',
    'counter 12',
    'size 812',
    'root BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=',
    'time 1767225600000',
    'sha256 ',
  ].join('\n');

  it('is lines with a checksum, and one spelling', () => {
    const bytes = formatGuardState(numbered);
    expect(Buffer.from(bytes).toString()).toMatch(text);
    expect(parseGuardState(bytes)).toEqual(numbered);
  });

  it('is refused with any bit changed, any byte missing or one more', () => {
    const bytes = formatGuardState(numbered);
    const wrong = [bytes.subarray(1), Uint8Array.of(...bytes, 10)];
    for (let i = 0; i < bytes.length; i++) {
      wrong.push(bytes.subarray(0, i));
      for (let bit = 0; bit < 8; bit++) {
        wrong.push(bytes.with(i, (bytes[i] as number) ^ (1 << bit)));
      }
    }
    for (const one of wrong) {
      expect(() => parseGuardState(one)).toThrow(
        expect.objectContaining({ code: 'guard.corrupt' }),
      );
    }
  });
});

describe('a guard file', () => {
  it('is missing where it was never made', async () => {
    const dir = tempFolder();
    for (const missing of [dir, join(dir, 'none')]) {
      await expect(openGuardFile(missing)).rejects.toMatchObject({ code: 'guard.missing' });
    }
  });

  it('is made once, empty or with a state', async () => {
    const { dir, guard } = await newGuardFile();
    await expect(initGuard(dir)).rejects.toMatchObject({ code: 'guard.moved' });
    await guard.advance(null, guardState(1, 1));
    await guard.advance(guardState(1, 1), guardState(2, 2));
    await expect(initGuard(dir)).rejects.toMatchObject({ code: 'guard.moved' });
    const other = tempFolder();
    await initGuard(other, guardState(5, 5));
    await expect(initGuard(other)).rejects.toMatchObject({ code: 'guard.moved' });
    expect(await (await openGuard(other)).read()).toEqual(guardState(5, 5));
  });

  it('is read by the next process, and keeps the last two states alone', async () => {
    const { dir, guard } = await newGuardFile();
    let from = guardState(1, 1);
    await guard.advance(null, from);
    for (let size = 2; size <= 20; size++) {
      await guard.advance(from, guardState(size, size));
      from = guardState(size, size);
    }
    await guard.close();
    const names = ['guard-0000000000000019', 'guard-0000000000000020'];
    expect(readdirSync(dir).sort()).toEqual(names);
    expect(await (await openGuard(dir)).read()).toEqual(from);
  });

  it('is missing, not empty, when its states are gone', async () => {
    const { dir, guard } = await newGuardFile();
    await guard.advance(null, guardState(1, 1));
    await guard.advance(guardState(1, 1), guardState(2, 2));
    // A read waits until the guard has tidied up: it does so behind its answer.
    await guard.read();
    for (const name of readdirSync(dir)) rmSync(join(dir, name));
    await expect(guard.read()).rejects.toMatchObject({ code: 'guard.missing' });
    await expect(openGuardFile(dir)).rejects.toMatchObject({ code: 'guard.missing' });
  });

  it('never falls back to the state before a damaged one', async () => {
    const damages: ((path: string) => void)[] = [
      (path) => writeFileSync(path, ''),
      (path) => writeFileSync(path, 'varve-guard/1\nempty\n'),
      (path) => writeFileSync(path, readFileSync(path).subarray(0, 40)),
      // A state of another counter, whole in itself.
      (path) => writeFileSync(path, formatGuardState({ counter: 1, state: guardState(1, 1) })),
    ];
    for (const damage of damages) {
      const { dir, guard } = await newGuardFile();
      await guard.advance(null, guardState(1, 1));
      await guard.advance(guardState(1, 1), guardState(2, 2));
      damage(join(dir, 'guard-0000000000000002'));
      await expect(guard.read()).rejects.toMatchObject({ code: 'guard.corrupt' });
      await expect(openGuardFile(dir)).rejects.toMatchObject({ code: 'guard.corrupt' });
    }
    const { dir } = await newGuardFile();
    writeFileSync(join(dir, 'guard-empty'), '');
    await expect(openGuardFile(dir)).rejects.toMatchObject({ code: 'guard.corrupt' });
  });

  it('passes over files of a writer that died, and removes them', async () => {
    const { dir, guard } = await newGuardFile();
    writeFileSync(join(dir, 'draft-of-the-dead'), 'half');
    expect(await guard.read()).toBeNull();
    await guard.advance(null, guardState(1, 1));
    await guard.close();
    expect(readdirSync(dir).sort()).toEqual(['guard-0000000000000001', 'guard-empty']);
  });

  it('goes on where what it keeps ready was swept up', async () => {
    const { dir, guard } = await newGuardFile();
    await guard.advance(null, guardState(1, 1));
    await guard.read();
    const ready = readdirSync(dir).filter((name) => name.startsWith('draft-'));
    expect(ready).toHaveLength(1);
    for (const name of ready) rmSync(join(dir, name));
    await guard.advance(guardState(1, 1), guardState(2, 2));
    await guard.close();
    expect(readdirSync(dir).sort()).toEqual(['guard-0000000000000001', 'guard-0000000000000002']);
  });

  it('takes a state that was linked by a process that died then', async () => {
    const { dir, guard } = await newGuardFile();
    const left = formatGuardState({ counter: 1, state: guardState(7, 7) });
    writeFileSync(join(dir, 'guard-0000000000000001'), left);
    await expect(guard.advance(null, guardState(1, 1))).rejects.toMatchObject({
      code: 'guard.moved',
    });
    const next = await openGuard(dir);
    await next.advance(guardState(7, 7), guardState(8, 8));
    expect(await next.read()).toEqual(guardState(8, 8));
  });

  it('refuses a writer that slept while another went on, however far', async () => {
    for (let ahead = 1; ahead <= 6; ahead++) {
      const { dir, guard: sleeper } = await newGuardFile();
      await sleeper.advance(null, guardState(1, 1));
      const other = await openGuard(dir);
      for (let size = 2; size < 2 + ahead; size++) {
        await other.advance(guardState(size - 1, size - 1), guardState(size, size));
      }
      const late = sleeper.advance(guardState(1, 1), guardState(50, 50));
      await expect(late).rejects.toMatchObject({ code: 'guard.moved' });
      expect(await other.read()).toEqual(guardState(1 + ahead, 1 + ahead));
      await other.advance(guardState(1 + ahead, 1 + ahead), guardState(60, 60));
      expect(await sleeper.read()).toEqual(guardState(60, 60));
    }
  });

  it('refuses every advance after one of unknown outcome', async () => {
    const { dir, guard } = await newGuardFile();
    await guard.advance(null, guardState(1, 1));
    // Until it has tidied up, it makes a draft there.
    await guard.read();
    rmSync(dir, { recursive: true });
    await expect(guard.advance(guardState(1, 1), guardState(2, 2))).rejects.toMatchObject({
      code: 'guard.missing',
    });
    mkdirSync(dir);
    await initGuard(dir, guardState(1, 1));
    await expect(guard.advance(guardState(1, 1), guardState(2, 2))).rejects.toMatchObject({
      code: 'guard.failed',
    });
  });

  it.skipIf(process.getuid?.() === 0)('reports a folder it may not write', async () => {
    const { dir, guard } = await newGuardFile();
    chmodSync(dir, 0o500);
    await expect(guard.advance(null, guardState(1, 1))).rejects.toMatchObject({
      code: 'guard.failed',
    });
    chmodSync(dir, 0o700);
  });

  it('lets exactly one of two handles through, each time', async () => {
    const { dir, guard } = await newGuardFile();
    const guards = [guard, await openGuard(dir)];
    let from = null as ReturnType<typeof guardState> | null;
    for (let round = 1; round <= 30; round++) {
      const outcomes = await Promise.allSettled(
        guards.map((one, i) => one.advance(from, guardState(round, round, 2 * round + i))),
      );
      const won = outcomes.filter(({ status }) => status === 'fulfilled');
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          expect(isTransparencyError(outcome.reason, 'guard.moved')).toBe(true);
        }
      }
      // Both may lose where one saw the other's state before it was answered; both never win.
      expect(won.length).toBeLessThanOrEqual(1);
      from = await guard.read();
      expect(await guards[1]?.read()).toEqual(from);
    }
  });

  it('gives no state twice to processes that race', async () => {
    const { dir, guard } = await newGuardFile();
    const names = ['a', 'b', 'c'];
    const racers = names.map((name) =>
      startChild({ file: './guard-racer.ts', from: import.meta.url, args: [dir, name, '80'] }),
    );
    for (const racer of racers) expect(await racer.nextLine()).toBe('ready');
    for (const racer of racers) racer.process.stdin?.write('go\n');
    const won = (await Promise.all(racers.map((racer) => racer.restLines()))).flat();
    expect(await Promise.all(racers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const sizes = won.map((line) => Number(line.split(' ')[0]));
    expect(new Set(sizes).size).toBe(sizes.length);
    expect(sizes.length).toBeGreaterThanOrEqual(40);
    const last = await guard.read();
    expect(last?.size).toBe(Math.max(...sizes));
    const winner = won.find((line) => line.startsWith(`${last?.size} `))?.split(' ')[1];
    expect(last?.rootHash[0]).toBe(winner?.charCodeAt(0));
  });
});
