import { afterEach, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { createApp, type LogApp } from '../../src/http/app.ts';
import { limitsOf } from '../../src/http/limits.ts';
import { createTokenStore } from '../../src/http/tokens.ts';
import type { Log } from '../../src/log/log.ts';
import { scriptedCosigner } from '../support/scripted-cosigner.ts';
import { openTestLog, testEvent } from '../support/test-log.ts';

let log: Log;
afterEach(() => log.close());

const JSON_TYPE = { 'content-type': 'application/json' };

function appOver(tokens: boolean): LogApp {
  return createApp({
    logs: new Map([['main', log]]),
    random: () => 0,
    now: Date.now,
    limits: limitsOf({ publishedWaitMsMax: 50 }),
    ...(tokens ? { tokens: createTokenStore([]) } : {}),
  });
}

async function submit(app: LogApp, count: number, from: number): Promise<string[]> {
  const items = Array.from({ length: count }, (_, i) =>
    new TextDecoder().decode(testEvent(`e-${from + i}`)),
  );
  const answer = await app.request('/main/events', {
    method: 'POST',
    headers: JSON_TYPE,
    body: `[${items.join(',')}]`,
  });
  expect(answer.status).toBe(201);
  const receipts: { leafHash: string }[] = await answer.json();
  return receipts.map(({ leafHash }) => leafHash);
}

/** Everything that can be asked of a log of `size` entries, with all the widths, indices and sizes that it has. */
function* questions(size: number, hashes: readonly string[]): Generator<string> {
  for (let n = 0; n <= size; n++) {
    yield `entries/${n}`;
    yield `entries/${n}/proof`;
    yield `entries/0/proof?size=${n}`;
    yield `checkpoints/${n}`;
    yield `ct/v1/get-sth-consistency?first=1&second=${n}`;
    yield `ct/v1/get-entries?start=${n}&end=${n + 5}`;
    yield `ct/v1/get-entry-and-proof?leaf_index=0&tree_size=${n}`;
    yield `ct/v1/get-entry-and-proof?leaf_index=${n}&tree_size=${size}`;
  }
  for (let width = 1; width <= 256; width++) {
    for (const index of ['000', '001']) {
      const suffix = width === 256 ? index : `${index}.p/${width}`;
      for (const level of ['0', '1', 'entries']) yield `tile/${level}/${suffix}`;
    }
  }
  for (const hash of hashes) {
    yield `ct/v1/get-proof-by-hash?hash=${encodeURIComponent(hash)}&tree_size=${size}`;
    yield `ct/v1/get-proof-by-hash?hash=${encodeURIComponent(hash)}&tree_size=1`;
  }
  yield 'checkpoint';
  yield 'ct/v1/get-sth';
}

/** Questions that were answered. */
async function answered(
  app: LogApp,
  size: number,
  hashes: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const question of questions(size, hashes)) {
    const answer = await app.request(`/main/${question}`);
    if (answer.status === 200) found.add(question);
    else expect([400, 404], question).toContain(answer.status);
  }
  return found;
}

it('shows nothing of a log whose witnesses never answered', async () => {
  const cosigner = scriptedCosigner(3, '2');
  cosigner.answering = new Set();
  log = await openTestLog({ cosigner, limits: { witnessIntervalMs: 5 } });
  const app = appOver(false);
  const hashes = await submit(app, 20, 0);
  expect(log.figures.integratedSize).toBe(21);
  expect(await answered(app, 22, hashes)).toEqual(new Set());
  const late = await app.request('/main/events?wait=published', {
    method: 'POST',
    headers: JSON_TYPE,
    body: testEvent('late').slice(),
  });
  expect([late.status, (await late.json()).index]).toEqual([202, 21]);
  expect((await app.request('/readyz')).status).toBe(503);
});

it('shows what was published, and nothing more, once the witnesses fall silent', async () => {
  const cosigner = scriptedCosigner(3, '2');
  log = await openTestLog({ cosigner, limits: { witnessIntervalMs: 5 } });
  const app = appOver(false);
  const hashes = await submit(app, 5, 0);
  const { size } = await log.waitPublished(6, AbortSignal.timeout(5_000));
  expect(size).toBe(6);
  const before = await answered(app, 320, hashes);
  cosigner.answering = new Set();
  hashes.push(...(await submit(app, 300, 5)));
  // A head of the larger tree is signed by now, and waits for its quorum.
  await expect.poll(() => cosigner.offered.at(-1)?.size).toBe(306);
  expect(log.publishedSize).toBe(6);
  expect(await answered(app, 320, hashes)).toEqual(before);
  const entries = await app.request('/main/ct/v1/get-entries?start=0&end=400');
  expect((await entries.json()).entries).toHaveLength(6);
  const text = await (await app.request('/main/checkpoint')).text();
  expect(text.split('\n')[1]).toBe('6');
  for (const hash of hashes.slice(5)) expect(text).not.toContain(base64(parseBase64(hash)));

  // Where tokens are asked for, nobody without one is told how far the writer is.
  const closed = appOver(true);
  expect(await (await closed.request('/readyz')).text()).not.toContain('306');
  expect((await closed.request('/metrics')).status).toBe(401);

  cosigner.answering = new Set(['w0', 'w1']);
  await log.waitPublished(306, AbortSignal.timeout(5_000));
  expect((await app.request('/main/entries/305')).status).toBe(200);
});
