import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../src/client/http-fetch.ts';
import { parseBase64url } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { staticLog } from '../client/static-log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runCli } from './run-cli.ts';

/** Runs of `varve check` against one log, with one file for what they saw. */
function site() {
  const log = staticLog(300);
  const file = join(tempFolder(), 'seen');
  const told: (string | null)[] = [];
  const fetch: Fetch = (url, init) => {
    told.push(new Headers(init.headers).get('varve-seen'));
    return log.fetch(url, init);
  };
  const check = () =>
    runCli(['check', log.url, '--vkey', log.vkey, '--seen', file], {
      fetch: (url, init) => fetch(url, init ?? {}),
    });
  const bytes = (name = '') => new Uint8Array(readFileSync(`${file}${name}`));
  return { log, file, told, check, bytes };
}

describe('--seen FILE', () => {
  it('keeps the highest checkpoint, and tells the log of it in the next run', async () => {
    const { log, told, check, bytes } = site();
    expect((await check()).code).toBe(0);
    expect([told[0], bytes()]).toEqual([null, log.note()]);
    const before = log.note();
    told.length = 0;
    log.become(400);
    expect((await check()).code).toBe(0);
    expect(parseBase64url(told[0] ?? '')).toEqual(before);
    expect(bytes()).toEqual(log.note());
  });

  it('refuses a log that went back since the last run, and forgets nothing', async () => {
    const { log, check, bytes } = site();
    await check();
    const before = log.note();
    log.become(200);
    const { code, stderr } = await check();
    expect([code, stderr]).toEqual([1, expect.stringContaining('checkpoint.rollback')]);
    expect(bytes()).toEqual(before);
    expect(bytes('.rollback-300-200.note')).toEqual(log.note());
    // A log that went back stays so until it is at least where it was.
    expect((await check()).code).toBe(1);
    log.become(300);
    expect((await check()).code).toBe(0);
  });

  it('keeps a fork proof of a log that shows another history', async () => {
    const { log, file, check, bytes } = site();
    await check();
    log.become(400, (i) => utf8(`another ${i}`));
    const { code, stderr } = await check();
    expect([code, stderr]).toEqual([1, expect.stringContaining('checkpoint.fork')]);
    checkForkProof(bytes('.fork-300-400.fork-proof'), { logKey: parseVkey(log.vkey) });
    const proof = `${file}.fork-300-400.fork-proof`;
    expect((await runCli(['verify', proof, '--vkey', log.vkey])).code).toBe(0);
  });

  it('takes no file that is none of this log', async () => {
    const { file, check } = site();
    writeFileSync(file, 'garbage');
    expect((await check()).code).not.toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('garbage');
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});
