import { expect, test } from 'vitest';
import { runSchedule } from './run.ts';

test('keeps what it answered and never forks, in 60 schedules of faults', async () => {
  let lives = 0;
  for (let seed = 1; seed <= 60; seed++) lives += (await runSchedule(seed)).lives;
  expect(lives).toBeGreaterThan(150);
});
