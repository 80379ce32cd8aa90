import { expect, test } from 'vitest';
import { TransparencyError } from '../../src/core/error.ts';
import type { SubmitOutcome } from '../../src/log/log.ts';
import { type AppUnderTest, createAppUnderTest } from '../support/http-app.ts';

const LINES = 'application/x-ndjson';
const body = (count: number): string =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: `e-${i}` })).join('\n');
const answersOf = (text: string): { readonly index?: number; readonly code?: string }[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The fake log fails its second and later submissions, so many times. */
function failLater(app: AppUnderTest, error: Error, times = Number.POSITIVE_INFINITY): void {
  const submit = app.main.submit.bind(app.main);
  let calls = 0;
  app.main.submit = (items, context): Promise<readonly SubmitOutcome[]> => {
    calls += 1;
    return calls > 1 && calls <= times + 1 ? Promise.reject(error) : submit(items, context);
  };
}

test('admits a large body in slices and answers in its order', async () => {
  const app = createAppUnderTest();
  const answer = await app.post('/main/events', body(1_200), LINES);
  expect(answer.status).toBe(201);
  expect(app.main.submitted.map(({ items }) => items.length)).toEqual([512, 512, 176]);
  expect(answersOf(answer.text).map(({ index }) => index)).toEqual([...Array(1_200).keys()]);
});

test('waits for room once something was admitted', async () => {
  const app = createAppUnderTest();
  failLater(app, new TransparencyError('pool.full', 'full'), 2);
  const answer = await app.post('/main/events', body(600), LINES);
  expect(answer.status).toBe(201);
  expect(answersOf(answer.text).map(({ index }) => index)).toEqual([...Array(600).keys()]);
});

test('refuses in their places what the log takes no more', async () => {
  // Every look at the clock is a second later.
  let seconds = 0;
  const app = createAppUnderTest({ now: () => 1_000 * seconds++, limits: { ingestWaitMsMax: 1 } });
  failLater(app, new TransparencyError('pool.full', 'full'));
  const answer = await app.post('/main/events', body(600), LINES);
  expect(answer.status).toBe(207);
  const answers = answersOf(answer.text);
  expect(answers.slice(0, 512).map(({ index }) => index)).toEqual([...Array(512).keys()]);
  expect(answers.slice(512).map(({ code }) => code)).toEqual(Array(88).fill('pool.full'));
});

test('does not wait for a log that is closing', async () => {
  const app = createAppUnderTest();
  failLater(app, new TransparencyError('log.closing', 'the log is closing'));
  const answer = await app.post('/main/events', body(513), LINES);
  expect(answer.status).toBe(207);
  expect(answersOf(answer.text).at(-1)?.code).toBe('log.closing');
});

test('refuses the whole body where nothing was admitted', async () => {
  const app = createAppUnderTest();
  app.main.failure = new TransparencyError('pool.full', 'full');
  const answer = await app.post('/main/events', body(1_200), LINES);
  expect(answer.status).toBe(503);
  expect(app.main.submitted).toHaveLength(1);
});
