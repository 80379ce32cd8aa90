import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/http.ts';
import { createTokenStore, formatToken, hashOfToken } from '../../src/http/tokens.ts';
import type { Log } from '../../src/log/log.ts';
import { memoryKeyFile, openOpeningKeys } from '../../src/storage/storage.ts';
import { openItem } from '../support/openings.ts';
import { ANYONE, openTestLog } from '../support/test-log.ts';
import { type CliRun, runCli } from './run-cli.ts';

const URL = 'http://127.0.0.1:6962/main';
const NAMES = ['ops-a', 'ops-b', 'auditor'] as const;
const secret = (n: number): string => formatToken(new Uint8Array(32).fill(n));
const TOKENS = NAMES.map((name, n) => ({
  ...{ name, sha256: hashOfToken(secret(n)), logs: null, sources: null },
  roles: name === 'auditor' ? (['audit'] as const) : (['operate'] as const),
}));

interface Site extends AsyncDisposable {
  readonly log: Log;
  readonly index: number;
  /** Answers are altered by it on their way. */
  tamper: (path: string, text: string) => string;
  as(who: (typeof NAMES)[number], ...args: string[]): Promise<CliRun>;
}

async function site(): Promise<Site> {
  const openingKeys = await openOpeningKeys(memoryKeyFile());
  const log = await openTestLog({ openingKeys });
  const tokens = createTokenStore(TOKENS);
  const app = createApp({
    logs: new Map([['main', log]]),
    random: () => 0.5,
    now: Date.now,
    tokens,
  });
  const { bytes } = openItem('a', { '/ctx/ip': '10.42.0.17', '/x': [1, 2] });
  const [outcome] = await log.submit([bytes], ANYONE);
  if (outcome?.kind !== 'appended') throw new Error('not appended');
  const { index } = outcome.receipt;
  await log.waitPublished(index + 1, AbortSignal.timeout(5_000));
  const made: Site = {
    log,
    index,
    tamper: (_path, text) => text,
    as: (who, ...args) =>
      runCli(args, {
        env: { VARVE_TOKEN: secret(NAMES.indexOf(who)) },
        fetch: async (url, init) => {
          const answer = await app.request(url, init);
          const body = new Uint8Array(await answer.arrayBuffer());
          if (!url.endsWith('/openings')) return new Response(body, answer);
          const text = made.tamper(url, new TextDecoder().decode(body));
          return new Response(text, answer);
        },
      }),
    [Symbol.asyncDispose]: async () => void (await log.close()),
  };
  return made;
}

describe('varve openings', () => {
  it('prints what the entry withholds, held against it', async () => {
    await using it = await site();
    const run = await it.as('auditor', 'openings', URL, String(it.index), '--vkey', it.log.vkey);
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(JSON.parse(run.stdout)).toEqual({
      ...{ index: it.index, raw: null, erased: [], unreadable: [] },
      values: { '/ctx/ip': '10.42.0.17', '/x': [1, 2] },
    });
  });

  it('says what does not hold, and exits with 1', async () => {
    await using it = await site();
    it.tamper = (_path, text) => text.replace('10.42.0.17', '10.42.0.18');
    const run = await it.as('auditor', 'openings', URL, String(it.index), '--vkey', it.log.vkey);
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toContain('opening.mismatch');
  });
});

describe('varve erase', () => {
  it('asks, lists, approves and reports', async () => {
    await using it = await site();
    const asked = await it.as(
      'ops-a',
      'erase',
      'request',
      URL,
      `${it.index}:/ctx/ip`,
      '--basis',
      'GDPR',
    );
    expect(asked.code).toBe(0);
    expect(asked.stderr).toContain('another token');
    const { request } = JSON.parse(asked.stdout);
    const listed = JSON.parse((await it.as('ops-b', 'erase', 'list', URL)).stdout);
    expect(listed.requests[0].asked.targets).toEqual([[it.index, '/ctx/ip']]);
    const own = await it.as('ops-a', 'erase', 'approve', URL, request);
    expect([own.code, own.stdout]).toEqual([1, '']);
    expect(own.stderr).toContain('REFUSED: custody.same-token');
    const done = await it.as('ops-b', 'erase', 'approve', URL, request);
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ state: 'finished', count: 1 });
    const after = await it.as('auditor', 'openings', URL, String(it.index), '--vkey', it.log.vkey);
    expect(JSON.parse(after.stdout)).toMatchObject({
      values: { '/x': [1, 2] },
      erased: [{ pointer: '/ctx/ip', by: JSON.parse(done.stdout).index }],
    });
  });

  it.each([
    [['erase'], 'which of them'],
    [['erase', 'burn', URL], 'which of them'],
    [['erase', 'request', URL, 'x', '--basis', 'b'], 'an index expected'],
    [['erase', 'request', URL, '1:ip', '--basis', 'b'], 'INDEX:POINTER'],
    [['erase', 'request', URL, '1'], '--basis is missing'],
    [['hold', 'request', URL, '--basis', 'b'], 'one of them'],
    [['hold', 'request', URL, '--range', '1:2:3', '--basis', 'b'], 'A to below B'],
    [['hold', 'lift', URL, 'x', '--basis', 'b'], 'an index expected'],
  ])('refuses %j', async (args, why) => {
    const run = await runCli(args);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(why);
  });
});

describe('varve hold', () => {
  it('places a hold, which refuses erasures until it is lifted', async () => {
    await using it = await site();
    const decide = async (...args: string[]): Promise<CliRun> => {
      const asked = await it.as('ops-a', ...args);
      const { request } = JSON.parse(asked.stdout);
      return it.as('ops-b', args[0] ?? '', 'approve', URL, request);
    };
    const range = ['--range', `${it.index}:${it.index + 1}`, '--basis', 'case 7'];
    const placed = await decide('hold', 'request', URL, ...range);
    const { index } = JSON.parse(placed.stdout);
    const refused = await decide('erase', 'request', URL, String(it.index), '--basis', 'GDPR');
    expect(refused.stderr).toContain('REFUSED: erase.held');
    expect(JSON.parse((await it.as('ops-a', 'hold', 'list', URL)).stdout).holds).toHaveLength(1);
    expect((await decide('hold', 'lift', URL, String(index), '--basis', 'over')).code).toBe(0);
    const done = await decide('erase', 'request', URL, String(it.index), '--basis', 'GDPR');
    expect(JSON.parse(done.stdout)).toMatchObject({ count: 2 });
  });
});
