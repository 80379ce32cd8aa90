import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fetch } from '../../src/client/http-fetch.ts';
import { utf8Text } from '../../src/core/bytes.ts';
import { createApp } from '../../src/http/http.ts';
import type { Log } from '../../src/log/log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openTestLog, testEvent } from '../support/test-log.ts';
import { runCli } from './run-cli.ts';

const URL = 'http://127.0.0.1:6962/main';

let log: Log | undefined;

/** A whole log behind its own app, without a socket. */
async function server(): Promise<{ readonly vkey: string; readonly fetch: Fetch }> {
  log = await openTestLog();
  const app = createApp({ logs: new Map([['main', log]]), random: () => 0.5, now: Date.now });
  const fetch: Fetch = async (url, init) =>
    app.request(url, { ...init, headers: { ...init.headers, host: '127.0.0.1:6962' } });
  return { vkey: log.vkey, fetch };
}

afterEach(async () => {
  await log?.close();
  log = undefined;
});

function lines(...ids: string[]): string {
  return ids.map((id) => `${utf8Text(testEvent(id))}\n`).join('');
}

describe('varve submit', () => {
  it('prints a receipt for each event, in order, and the same again', async () => {
    const { fetch } = await server();
    const first = await runCli(['submit', URL], { fetch, stdin: lines('a', 'b', 'c') });
    expect([first.code, first.stderr]).toEqual([0, '']);
    const receipts = first.lines.map((line) => JSON.parse(line));
    expect(receipts.map(({ index, duplicate }) => [index, duplicate])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    const again = await runCli(['submit', URL], { fetch, stdin: lines('b') });
    expect(JSON.parse(again.stdout)).toEqual({ ...receipts[1], duplicate: true });
  });

  it('prints in its place what was refused or is in conflict, and exits with 1', async () => {
    const { fetch } = await server();
    await runCli(['submit', URL], { fetch, stdin: lines('a') });
    const other = utf8Text(testEvent('a', 'other content'));
    const stdin = `${utf8Text(testEvent('b'))}\n${other}\n{"v":"nhi.event/1"}\n`;
    const { code, lines: told } = await runCli(['submit', URL], { fetch, stdin });
    expect(code).toBe(1);
    expect(told.map((line) => JSON.parse(line))).toMatchObject([
      { index: 2 },
      { code: 'entry.conflict', status: 409, receipt: { index: 3 } },
      { code: 'event.schema', status: null },
    ]);
  });

  it('writes proofs that verify offline', async () => {
    const { fetch, vkey } = await server();
    const dir = join(tempFolder(), 'proofs');
    const args = ['submit', URL, '--proof', dir, '--vkey', vkey];
    expect(await runCli(args, { fetch, stdin: lines('a', 'b') })).toMatchObject({ code: 0 });
    for (const index of [1, 2]) {
      const leaf = join(dir, `${index}.leaf`);
      const verified = await runCli([
        ...['verify', join(dir, `${index}.tlog-proof`)],
        ...['--leaf', leaf, '--vkey', vkey],
      ]);
      expect(verified.code).toBe(0);
      expect(verified.stdout).toContain('tool.invoke by ai_agent spiffe://acme.test/agent/42');
      const served = await fetch(`${URL}/entries/${index}`, {});
      expect(new Uint8Array(await served.arrayBuffer())).toEqual(
        new Uint8Array(readFileSync(leaf)),
      );
    }
  });

  it('refuses proofs of another log than the one that is trusted', async () => {
    const { fetch } = await server();
    const other = 'localhost:6962/main+4b5b8c26+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';
    const args = ['submit', URL, '--proof', tempFolder(), '--vkey', other];
    const { code, stderr } = await runCli(args, { fetch, stdin: lines('a') });
    expect(stderr).toMatch(/vkey|note/);
    expect(code).toBeGreaterThan(0);
  });

  it('waits for a published head', async () => {
    const { fetch } = await server();
    const asked: string[] = [];
    const spy: Fetch = (url, init) => {
      asked.push(url);
      return fetch(url, init);
    };
    const args = ['submit', URL, '--wait', 'published'];
    expect((await runCli(args, { fetch: spy, stdin: lines('a') })).code).toBe(0);
    expect(asked).toEqual([`${URL}/events?wait=published`]);
  });

  it.each([
    ['no URL', ['submit'], 'an operand is missing'],
    ['the URL of no log', ['submit', 'http://127.0.0.1:6962'], 'is not the URL of a log'],
    ['what is no URL', ['submit', 'events.json'], 'is not the URL of a log'],
    ['another wait', ['submit', URL, '--wait', 'long'], "--wait 'long': only published"],
    [
      'proofs against nobody',
      ['submit', URL, '--proof', 'x'],
      '--proof needs --policy FILE or --vkey',
    ],
    ['trust for nothing', ['submit', URL, '--policy', '/dev/null'], 'policy.malformed'],
  ])('exits with 2 for %s', async (_, args, message) => {
    const { code, stderr } = await runCli(args, { stdin: lines('a') });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('varve check', () => {
  it('derives a log anew over HTTP', async () => {
    const { fetch, vkey } = await server();
    await runCli(['submit', URL], { fetch, stdin: lines('a', 'b', 'c') });
    await fetch(`${URL}/events?wait=published`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(testEvent('d')),
    });
    const { code, stdout } = await runCli(['check', URL, '--vkey', vkey], { fetch });
    expect(code).toBe(0);
    expect(stdout).toContain('HOLDS        localhost:6962/main, its tree of 5 entries');
    const json = await runCli(['check', URL, '--vkey', vkey, '--json'], { fetch });
    expect(JSON.parse(json.stdout)).toMatchObject({ holds: true, size: 5, entries: 5, bundles: 1 });
  });

  it('names the entry that is a lie', async () => {
    const { fetch, vkey } = await server();
    const stdin = lines('a', 'b', 'c');
    await runCli(['submit', URL, '--wait', 'published'], { fetch, stdin });
    const lying: Fetch = async (url, init) => {
      const reply = await fetch(url, init);
      if (!url.includes('/tile/entries/')) return reply;
      const bytes = new Uint8Array(await reply.arrayBuffer());
      const at = bytes.length - 100;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return new Response(bytes);
    };
    const { code, stderr } = await runCli(['check', URL, '--vkey', vkey], { fetch: lying });
    expect(code).toBe(1);
    expect(stderr).toContain('DOES NOT HOLD: audit.mismatch: entry 3');
  });
});
