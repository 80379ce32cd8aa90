import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatVkey } from '../../src/core/vkey.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { indexEvent } from '../support/index-log.ts';
import { lookupSite, SITE_URL } from '../support/lookup-site.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { type CliRun, runCli } from './run-cli.ts';

const eventAt = (i: number): Uint8Array => indexEvent(i, i % 3 === 0 ? { cred: 'tok' } : {});

async function filled(count = 30, behind = 4): Promise<IndexLife> {
  const life = indexLife();
  for (let i = 0; i < count; i++) life.log.append(eventAt(i));
  await life.settle();
  for (let i = 0; i < behind; i++) life.log.append(eventAt(count + i));
  life.log.publish();
  return life;
}

function lookup(life: IndexLife, ...args: string[]): Promise<CliRun> {
  const { fetch } = lookupSite(life);
  const named = ['--vkey', formatVkey(life.log.vkey), ...args];
  return runCli(['lookup', SITE_URL, 'cred:tok', ...named], { fetch });
}

const indicesOf = ({ lines }: CliRun): number[] => lines.map((line) => JSON.parse(line).index);

describe('varve lookup', () => {
  it('prints the events, one sentence of what is proven, and what is not', async () => {
    const run = await lookup(await filled());
    expect(run.code).toBe(0);
    expect(indicesOf(run)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 31, 34]);
    expect(run.lines.map((line) => JSON.parse(line).indexed).indexOf(false)).toBe(10);
    expect(run.stderr).toMatch(
      /^All 12 events whose leaves carry cred:tok among the first 35 entries, at no known time \(nobody vouches for one\); claimed; 0 leaves unmapped\.\n/,
    );
    expect(run.stderr).toContain('index head    leaf 30, over 30 entries\n');
    expect(run.stderr).toContain('tail          5 entries behind it, read: 2 carry the key');
    expect(run.stderr).toContain('not proven    that the index head is true');
  });

  it('exits by the grade that is required', async () => {
    const life = await filled();
    const run = await lookup(life, '--require', 'audited');
    expect([run.code, run.stderr.trim().split('\n').at(-1)]).toEqual([
      1,
      'NOT ENOUGH: claimed, where audited is required',
    ]);
    const policy = join(tempFolder(), 'policy');
    const vkey = formatVkey(life.log.vkey);
    writeFileSync(policy, `log ${vkey}\nquorum none\n#varve index-grade audited\n`);
    const { fetch } = lookupSite(life);
    const args = ['lookup', SITE_URL, 'cred:tok', '--policy', policy];
    expect((await runCli(args, { fetch })).code).toBe(1);
    expect((await runCli([...args, '--replay'], { fetch })).code).toBe(0);
    expect((await lookup(life, '--require', 'replayed')).code).toBe(0);
  });

  it('exits by what is complete, if that is asked for', async () => {
    const life = await filled();
    expect((await lookup(life, '--complete')).code).toBe(0);
    const run = await lookup(life, '--tail-max', '2');
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('among the first 30 entries');
    const short = await lookup(life, '--tail-max', '2', '--complete');
    expect([short.code, short.stderr]).toEqual([1, expect.stringContaining('NOT COMPLETE: up to')]);
    const range = ['--range', '3:20', '--tail-max', '2', '--complete'];
    expect((await lookup(life, ...range)).code).toBe(0);
  });

  it('prints those of a range, and says which', async () => {
    const run = await lookup(await filled(), '--range', '5:32');
    expect(indicesOf(run)).toEqual([6, 9, 12, 15, 18, 21, 24, 27, 31]);
    expect(run.stderr).toMatch(
      /^All 9 events whose leaves carry cred:tok from entry 5 to below 32/,
    );
  });

  it('prints what is new since the last time, held to what was known then', async () => {
    const file = join(tempFolder(), 'known');
    const life = await filled();
    expect(indicesOf(await lookup(life, '--known', file))).toHaveLength(12);
    for (let i = 60; i < 80; i++) life.log.append(eventAt(i));
    await life.settle();
    const run = await lookup(life, '--known', file);
    // Those that stood behind the index the last time are printed again: now they are in it.
    expect(indicesOf(run).slice(0, 3)).toEqual([31, 34, 36]);
    expect(run.stderr).toMatch(/^All 19 events/);
    expect(indicesOf(await lookup(life, '--known', file))).toEqual([]);

    const kept = JSON.parse(readFileSync(file, 'utf8'));
    const lie = { ...kept, edge: [...kept.edge].reverse() };
    writeFileSync(file, JSON.stringify(lie));
    const refused = await lookup(life, '--known', file);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('index.mismatch')]);
    for (const wrong of [
      { ...kept, key: 'cred:other' },
      { ...kept, edge: kept.edge.slice(1) },
      { ...kept, count: -1 },
      { ...kept, lastIndex: null },
      { ...kept, checkpoint: 7 },
    ]) {
      writeFileSync(file, JSON.stringify(wrong));
      expect(await lookup(life, '--known', file)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('finds that a log is not the one that was seen the last time', async () => {
    const file = join(tempFolder(), 'known');
    expect((await lookup(await filled(), '--known', file)).code).toBe(0);
    const other = indexLife();
    for (let i = 0; i < 60; i++) other.log.append(eventAt(i === 12 ? 13 : i));
    await other.settle();
    const { code, stderr } = await lookup(other, '--known', file);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/DOES NOT HOLD: (checkpoint|tile)\./),
    ]);
  });

  it('says all in one object, if it is asked to', async () => {
    const { code, lines } = await lookup(await filled(), '--json');
    expect([code, lines]).toEqual([0, [expect.any(String)]]);
    const told = JSON.parse(lines[0] ?? '');
    expect(told).toMatchObject({ holds: true, count: 10, grade: 'claimed', isComplete: true });
    expect([told.events.length, told.tail.length, told.known.count]).toEqual([10, 2, 10]);
  });

  it.each([
    [['--since', '1', '--range', '1:2'], 'one of them'],
    [['--since', 'x'], 'an integer'],
    [['--range', '5:2'], 'entries A to below B'],
    [['--require', 'sure'], 'a grade is'],
    [['--policy', 'nowhere'], 'one of them'],
  ])('cannot run with %s', async (args, why) => {
    const run = await lookup(await filled(3, 0), ...args);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(why);
  });
});
