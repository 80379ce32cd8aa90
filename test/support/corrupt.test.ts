import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLevelStore } from '../../src/storage/level-store.ts';
import { startChild } from './child.ts';
import { doDamage, planDamages, storeFiles } from './corrupt.ts';
import { seededRandom } from './random.ts';
import { tempFolder } from './temp-folder.ts';

/** A store with a table file, a log file and rows in both; and a copy of it from before the last rows. */
async function writtenStore(): Promise<{ dir: string; olderDir: string }> {
  const dir = join(tempFolder(), 'store');
  const olderDir = join(tempFolder(), 'older');
  const random = seededRandom(3);
  for (let life = 0; life < 3; life++) {
    if (life === 2) cpSync(dir, olderDir, { recursive: true });
    const store = await openLevelStore({ dir });
    for (let batch = 0; batch < 3; batch++) {
      const changes = Array.from({ length: 20 }, () => ({
        key: random.bytes(8),
        value: random.bytes(200),
      }));
      await store.write({ changes, flush: true });
    }
    await store.close();
  }
  return { dir, olderDir };
}

it('plans the same damages for a seed, each kind for each file that matters', async () => {
  const { dir, olderDir } = await writtenStore();
  const plan = planDamages({ dir, seed: 5, places: 3, olderDir });
  expect(planDamages({ dir, seed: 5, places: 3, olderDir })).toEqual(plan);
  expect(planDamages({ dir, seed: 6, places: 3, olderDir })).not.toEqual(plan);
  const files = storeFiles(dir);
  expect(readdirSync(dir)).toEqual(expect.arrayContaining(['LOG', 'LOCK']));
  expect(files).not.toContain('LOCK');
  expect(files.some((name) => name.endsWith('.ldb'))).toBe(true);
  expect(files.some((name) => name.endsWith('.log'))).toBe(true);
  for (const file of files) {
    for (const kind of ['truncate', 'zero', 'flip']) {
      expect(plan.filter((one) => one.file === file && one.kind === kind)).toHaveLength(3);
    }
  }
  expect(plan.filter(({ kind }) => kind === 'older').map(({ file }) => file)).toContain('CURRENT');
});

it('does what it planned, and nothing else', async () => {
  const { dir, olderDir } = await writtenStore();
  for (const damage of planDamages({ dir, seed: 5, places: 1, olderDir })) {
    const copy = join(tempFolder(), 'copy');
    cpSync(dir, copy, { recursive: true });
    const changed = doDamage(copy, damage, olderDir);
    for (const file of storeFiles(dir)) {
      const same = readFileSync(join(copy, file)).equals(readFileSync(join(dir, file)));
      expect(same).toBe(!(changed && file === damage.file));
    }
  }
});

it('leaves a store that refuses, answers, or ends its process, and never one that throws anything else', async () => {
  const { dir, olderDir } = await writtenStore();
  let copies = planDamages({ dir, seed: 8, places: 4, olderDir }).map((damage) => {
    const copy = join(tempFolder(), 'copy');
    cpSync(dir, copy, { recursive: true });
    doDamage(copy, damage, olderDir);
    return copy;
  });
  const outcomes: string[] = [];
  while (copies.length > 0) {
    const reader = startChild({
      file: './corrupt-reader.ts',
      from: import.meta.url,
      args: copies,
      quiet: true,
    });
    const lines = await reader.restLines();
    outcomes.push(...lines);
    if ((await reader.ended) !== 0) outcomes.push('aborted');
    copies = copies.slice(lines.length + 1);
  }
  const known = ['answered', 'store.corrupt', 'store.failed', 'aborted'];
  expect(known).toEqual(expect.arrayContaining(outcomes));
  expect(new Set(outcomes).size).toBeGreaterThanOrEqual(3);
});
