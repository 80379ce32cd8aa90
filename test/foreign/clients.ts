import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fillLog } from '../e2e/fill.ts';
import { Ledger } from '../e2e/ledger.ts';
import { startLoad } from '../e2e/load.ts';
import { run } from '../e2e/run.ts';
import { type ServedLog, startServer } from '../e2e/server.ts';
import { openSuite } from '../e2e/suite.ts';
import { seededRandom } from '../support/random.ts';
import { buildClients } from './judges.ts';

const { values: flags } = parseArgs({
  options: { leaves: { type: 'string', default: '5000' } },
});
/** Leaves that the hammer writes, each time. */
const LEAVES = Number(flags.leaves);
const WRITERS = 64;
const HAMMER_LIMIT_MS = 120_000;
const CT_SIZE = 700;

const { report, folder, play } = openSuite('clients');
await play(runClients);

/** Every client alone, and again while another log of the same process is under load. */
async function runClients(): Promise<void> {
  const programs = await buildClients();
  const server = await startServer({
    dataFolder: join(folder, 'data'),
    logs: ['ct', 'busy'],
    opaque: ['hammered', 'hammered-again'],
  });
  const ct = server.log('ct');
  await fillLog(ct, 1, CT_SIZE);
  await report.check('the CT client reads a log of events', () =>
    runCtClient(programs.ctClient, ct),
  );
  await report.check(`the hammer writes ${LEAVES} leaves from ${WRITERS} writers`, () =>
    runHammer(programs.hammer, server.log('hammered')),
  );

  const busy = server.log('busy');
  const ledger = new Ledger(busy.vkey);
  let number = 0;
  const load = startLoad({
    ...{ url: busy.url, tenant: busy.name, ledger, random: seededRandom(1), connections: 8 },
    nextNumber: () => number++,
  });
  await report.check('the CT client reads while another log is under load', () =>
    runCtClient(programs.ctClient, ct),
  );
  await report.check(`the hammer writes ${LEAVES} leaves while another log is under load`, () =>
    runHammer(programs.hammer, server.log('hammered-again')),
  );
  await report.check('the other log kept every event meanwhile', async () => {
    load.stop();
    const { answered, cut, refused } = await load.done;
    if (cut > 0 || refused.size > 0 || answered === 0) {
      throw new Error(`${answered} answered, ${cut} cut, refused ${JSON.stringify([...refused])}`);
    }
    const head = await ledger.holdAgainst(busy.url);
    return `${answered} answered, ${head.size} entries`;
  });
  await report.check('the server stops well', () => server.stop().then(() => undefined));
}

async function runCtClient(program: string, log: ServedLog): Promise<string> {
  const ended = await run(
    program,
    ['-url', log.url, '-key', log.p256, '-size', String(CT_SIZE), '-consistency', '100'],
    { limitMs: 110_000 },
  );
  if (ended.code !== 0 || !ended.stdout.startsWith('checked ')) throw new Error(ended.stderr);
  return ended.stdout.trim();
}

/** It exits with 0 when the tree has grown by its goal, with 1 when its time is over; what else went wrong it only tells. */
async function runHammer(program: string, log: ServedLog): Promise<string> {
  const started = performance.now();
  const ended = await run(
    program,
    [
      ...[`--log_url=${log.url}/`, `--log_public_key=${log.vkey}`, '--show_ui=false'],
      ...[`--num_writers=${WRITERS}`, '--max_write_ops=20000', `--leaf_write_goal=${LEAVES}`],
      ...['--num_readers_random=4', '--num_readers_full=4', '--max_read_ops=200'],
      ...[`--max_runtime=${HAMMER_LIMIT_MS / 1000 - 5}s`],
    ],
    { limitMs: HAMMER_LIMIT_MS },
  );
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}\n${ended.stderr}`);
  const wrong = ended.stderr.split('\n').filter((line) => /^[WEF]\d{4} /.test(line));
  const real = wrong.filter((line) => !/context canceled/.test(line));
  if (real.length > 0) throw new Error(real.slice(0, 10).join('\n'));
  return `in ${((performance.now() - started) / 1000).toFixed(1)} s`;
}
