import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseVkey } from '../../src/core/vkey.ts';
import { seededRandom } from '../support/random.ts';
import { signedLog } from '../support/signed-log.ts';
import { Report } from './report.ts';
import { WITNESS_CASES, type WitnessTarget } from './witness-cases.ts';
import { flushRounds } from './witness-flush.ts';
import { killRounds } from './witness-kill.ts';
import { addLogList, startWitness } from './witness-process.ts';

/**
 * What a witness has to do, asked over the wire. (C2SP tlog-witness, spec/10-witness.md)
 *
 *     witness-conformance.ts                                    a process of `varve witness serve`, killed now and then
 *     witness-conformance.ts --print-list --seed S              the logs that another witness has to put on its roster
 *     witness-conformance.ts --url URL --vkey V --seed S        that witness; each seed can be used once
 *
 * `--monitoring URL` where its monitoring prefix is another; `--all` asks it also for what only `varve witness` promises.
 */
const { values: flags } = parseArgs({
  options: {
    url: { type: 'string' },
    monitoring: { type: 'string' },
    vkey: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '5' },
    'print-list': { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
  },
});
/** More than all cases take. */
const LOGS = 200;

let taken = 0;

function logAt(i: number): ReturnType<typeof signedLog> {
  return signedLog(`conformance-${flags.seed}-${i}`);
}

function listOfLogs(): string {
  const entries = Array.from({ length: LOGS }, (_, i) => {
    return `vkey ${logAt(i).vkey}\nqpd 2000000000\ncontact conformance suite\n`;
  });
  return `logs/v0\n\n${entries.join('\n')}`;
}

function targetAt(
  urls: { readonly submission: string; readonly monitoring: string },
  vkeys: readonly string[],
): WitnessTarget {
  return {
    keys: vkeys.map(parseVkey),
    post: (body) => {
      const init = {
        method: 'POST',
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(20_000),
      };
      return fetch(`${urls.submission}/add-checkpoint`, init);
    },
    get: (path) => fetch(`${urls.monitoring}/${path}`, { signal: AbortSignal.timeout(20_000) }),
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    async newLog() {
      if (taken === LOGS - 3) throw new Error(`the cases take more than ${LOGS} logs`);
      return logAt(taken++);
    },
  };
}

async function runCases(report: Report, target: WitnessTarget, all: boolean): Promise<void> {
  for (const one of WITNESS_CASES.filter(({ isOurs }) => all || isOurs !== true)) {
    await report.check(one.name, async () => {
      await one.run(target);
      return undefined;
    });
  }
}

async function runOwn(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-witness-'));
  const dataFolder = join(folder, 'data');
  const list = join(folder, 'logs');
  writeFileSync(list, listOfLogs());
  try {
    const witness = await startWitness({ dataFolder, name: 'witness.test/own' });
    await report.check('logs are added while it serves', async () => {
      const target = targetAt({ submission: witness.url, monitoring: witness.url }, witness.vkeys);
      const before = await target.post(logAt(0).request(0, 1));
      if (before.status !== 404) throw new Error(`status ${before.status} before`);
      await addLogList(dataFolder, list);
      return `${LOGS} logs`;
    });
    const urls = { submission: witness.url, monitoring: witness.url };
    await runCases(report, targetAt(urls, witness.vkeys), true);
    await report.check('it ends in order when it is asked to', async () => {
      await witness.stop();
      return undefined;
    });
    await flushRounds(report, { dataFolder, logs: [logAt(LOGS - 3), logAt(LOGS - 2)] });
    const random = seededRandom(Number(flags.seed));
    const rounds = Number(flags.kills);
    await killRounds(report, { dataFolder, rounds, random, log: logAt(LOGS - 1) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (flags['print-list']) process.stdout.write(listOfLogs());
else {
  const report = new Report();
  try {
    if (flags.url === undefined) await runOwn(report);
    else {
      const submission = flags.url.replace(/\/+$/, '');
      const monitoring = (flags.monitoring ?? submission).replace(/\/+$/, '');
      await runCases(report, targetAt({ submission, monitoring }, flags.vkey ?? []), flags.all);
    }
  } catch (error) {
    report.fail('the suite runs', error);
  }
  report.finish();
}
