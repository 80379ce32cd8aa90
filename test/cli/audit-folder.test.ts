import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readServeConfig, SERVE_FLAGS } from '../../src/cli/config.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { openIndexHere } from '../../src/cli/index-here.ts';
import { openLogs } from '../../src/cli/open-logs.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { openIndexAudit } from '../../src/event/index-audit.ts';
import { formatIndexHead, parseIndexHead } from '../../src/event/index-leaf.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ANYONE, testEvent } from '../support/test-log.ts';
import { type CliRun, runCli } from './run-cli.ts';

interface Stopped {
  readonly data: string;
  readonly vkey: string;
  readonly auditor: string;
  readonly auditorVkey: string;
}

/** Runs a log with its index until there is a head over 20 events, and stops it. */
async function stopped(isFalse = false): Promise<Stopped> {
  const data = tempFolder();
  const flags = parseFlags(['--data', data, '--log', 'acme'], SERVE_FLAGS);
  const config = await readServeConfig(flags, {});
  const [opened] = await openLogs(config, { now: Date.now, onFault: () => {}, onHalt: () => {} });
  if (opened === undefined) throw new Error('no log');
  const { log } = opened;
  const logger = { info() {}, warn() {}, error() {} } as unknown as Parameters<
    typeof openIndexHere
  >[0]['logger'];
  const index = openIndexHere({ log, dir: join(data, 'index', 'acme'), logger });
  const events = Array.from({ length: 20 }, (_, i) => testEvent(`e${i}`));
  await log.submit(events, ANYONE);
  // The genesis, the events, the head.
  const published = await log.waitPublished(22, new AbortController().signal);
  if (isFalse) {
    const head = parseIndexHead(await log.readEntry(21));
    await log.appendOwn(formatIndexHead({ ...head, size: published.size, prev: 21, keys: 1 }));
    await log.waitPublished(23, new AbortController().signal);
  }
  await index.close();
  await opened.close();
  const [line = ''] = (await runCli(['keys', '--data', data])).lines;
  const auditor = join(tempFolder(), 'auditor');
  const [key = ''] = (await runCli(['audit', 'keys', '--key', auditor])).lines;
  return { data, vkey: JSON.parse(line).vkey, auditor, auditorVkey: JSON.parse(key).vkey };
}

function audit({ data, vkey, auditor }: Stopped, ...args: string[]): Promise<CliRun> {
  return runCli(['audit', data, '--vkey', vkey, '--key', auditor, ...args]);
}

describe('varve audit DIR', () => {
  it('finds the heads of a stopped folder true, and signs the last one', async () => {
    const given = await stopped();
    const { code, lines, stderr } = await audit(given);
    expect([code, stderr]).toEqual([
      0,
      '1 index heads are true, the last at leaf 21; 22 entries read\n',
    ]);
    const told = JSON.parse(lines[0] ?? '');
    expect(told).toMatchObject({ heads: 1, findings: [], last: { leafIndex: 21, size: 21 } });
    const note = openIndexAudit(utf8(told.note), [parseVkey(given.auditorVkey)]);
    expect(note).toMatchObject({ origin: told.origin, leafIndex: 21, size: 21 });
  });

  it('finds a false head, and signs nothing', async () => {
    const { code, lines, stderr } = await audit(await stopped(true));
    expect(code).toBe(1);
    const told = JSON.parse(lines[0] ?? '');
    expect(told.note).toBeNull();
    expect(told.findings).toMatchObject([{ kind: 'false-head', leafIndex: 22 }]);
    expect(stderr).toContain('FALSE: the index head at leaf 22: root');
  });

  it('is not posted, followed or searched for frauds', async () => {
    const given = await stopped();
    for (const args of [['--post'], ['--follow', '5'], ['--fraud', given.data]]) {
      expect(await audit(given, ...args)).toMatchObject({ code: 2, stdout: '' });
    }
    const served = ['audit', 'http://127.0.0.1:1/main', '--vkey', given.vkey, '--log', 'acme'];
    expect(await runCli(served)).toMatchObject({ code: 2, stdout: '' });
  });
});
