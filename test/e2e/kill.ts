import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type SeededRandom, seededRandom } from '../support/random.ts';
import { CommitCountReader } from './commit-counts.ts';
import type { KillOrder } from './killer.ts';
import { Ledger } from './ledger.ts';
import { resend, startLoad } from './load.ts';
import { run } from './run.ts';
import { type ServerProcess, startServer, VARVE } from './server.ts';
import { openSuite } from './suite.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    inside: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
  },
});
const ROUNDS = Number(flags.rounds);
/** Least number of deaths inside a commit. */
const INSIDE_MIN = Number(flags.inside);
const FIRST_SEED = Number(flags.seed);
const TERM_ROUNDS = 2;
const LOG = 'main';
const COUNT_COMMITS = pathToFileURL(join(import.meta.dirname, 'count-commits.ts')).href;

const { report, folder, play } = openSuite('kill');
// Counts are read a million times a second: from memory where there is a file system of it.
const counters = join(
  existsSync('/dev/shm') ? mkdtempSync('/dev/shm/varve-kill-') : folder,
  'commits',
);
const killer = fork(join(import.meta.dirname, 'killer.ts'));
await play(async () => {
  try {
    await campaign();
  } finally {
    killer.kill();
    rmSync(counters, { force: true });
  }
});

async function campaign(): Promise<void> {
  const start = (onSpawn?: (pid: number) => void): Promise<ServerProcess> =>
    startServer({
      ...(onSpawn === undefined ? {} : { onSpawn }),
      dataFolder: join(folder, 'data'),
      logs: [LOG],
      nodeFlags: ['--import', 'tsx', '--import', COUNT_COMMITS],
      env: { VARVE_COMMIT_COUNTERS: counters },
    });
  let server = await start();
  const { vkey } = server.log(LOG);
  const ledger = new Ledger(vkey);
  let number = 0;
  let inside = 0;
  let deaths = 0;
  const load = (random: SeededRandom) =>
    startLoad({
      url: server.log(LOG).url,
      tenant: LOG,
      ledger,
      random,
      connections: 16,
      nextNumber: () => number++,
    });

  for (let round = 0; round < ROUNDS + TERM_ROUNDS; round++) {
    const seed = FIRST_SEED * 1_000 + round;
    const gentle = round >= ROUNDS;
    const random = seededRandom(seed);
    await report.check(`${gentle ? 'SIGTERM' : 'kill -9'}, seed ${seed}`, async () => {
      const running = load(random);
      let how: string;
      if (gentle) {
        how = await terminate(server, running, random);
      } else {
        await kill(server, random);
        const { answered, cut } = await running.done;
        const { begun, ended } = countsAtDeath();
        if (begun > ended) inside += 1;
        deaths += 1;
        how = `${begun > ended ? 'inside' : 'outside'} commit ${begun}, ${answered} answered, ${cut} cut`;
      }
      if (random.chance(0.3)) how += await killWhileStarting(start, random);
      const restarted = performance.now();
      server = await start();
      const { url } = server.log(LOG);
      const ready = Math.round(performance.now() - restarted);
      const head = await ledger.holdAgainst(url);
      const again = await resend(url, ledger);
      const after = await ledger.holdAgainst(url);
      for (const id of ledger.receipts.keys()) if (!ledger.has(id)) throw new Error(`no ${id}`);
      await checkWithCommand(url, vkey);
      return `${how}; ready in ${ready} ms at ${head.size}, ${again} sent again, ${after.size} entries`;
    });
  }
  await report.check(`at least ${INSIDE_MIN} of ${ROUNDS} deaths inside a commit`, () => {
    if (deaths !== ROUNDS || inside < INSIDE_MIN) throw new Error(`${inside} of ${deaths}`);
    return `${inside} of ${deaths}`;
  });
  await report.check('varve check passes over the folder of the stopped server', async () => {
    await server.stop();
    await checkWithCommand(join(folder, 'data'), vkey);
    return `${ledger.receipts.size} receipts, ${ledger.size} entries`;
  });
}

/** Lets the load run, and kills: two rounds of three inside a commit, the others at any time. */
async function kill(server: ServerProcess, random: SeededRandom): Promise<void> {
  const order: KillOrder = {
    pid: server.pid,
    counters,
    delayMs: 100 + random.below(400),
    insideCommit: random.chance(0.67),
  };
  await ordered(killer, order);
  const { signal } = await server.ended;
  if (signal !== 'SIGKILL') throw new Error(`it ended before it was killed:\n${server.said()}`);
}

/** Kills a server that has not yet said that it is ready: what recovers must be recoverable. */
async function killWhileStarting(
  start: (onSpawn: (pid: number) => void) => Promise<ServerProcess>,
  random: SeededRandom,
): Promise<string> {
  const delayMs = 100 + random.below(600);
  const timers: NodeJS.Timeout[] = [];
  try {
    const server = await start((pid) => {
      timers.push(setTimeout(() => process.kill(pid, 'SIGKILL'), delayMs));
    });
    // It was quicker: it is killed when its time comes.
    await server.ended;
  } catch {
    // That it ended before it was ready is what was wanted.
  }
  for (const timer of timers) clearTimeout(timer);
  return `, killed again ${delayMs} ms after its start`;
}

/** A graceful stop under load: the requests that are under way are answered, and the process ends well. */
async function terminate(
  server: ServerProcess,
  running: ReturnType<typeof startLoad>,
  random: SeededRandom,
): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 200 + random.below(300)));
  running.stop();
  server.kill('SIGTERM');
  const { answered, cut, refused } = await running.done;
  const { code, signal } = await server.ended;
  if (code !== 0) throw new Error(`exit code ${code}, signal ${signal}:\n${server.said()}`);
  if (cut > 0) throw new Error(`${cut} requests were cut`);
  if (refused.size > 0) throw new Error(`refused: ${JSON.stringify([...refused])}`);
  return `${answered} answered, none cut`;
}

async function checkWithCommand(target: string, vkey: string): Promise<void> {
  const ended = await run(process.execPath, [...VARVE, 'check', target, '--vkey', vkey], {
    limitMs: 60_000,
  });
  if (ended.code !== 0) throw new Error(`varve check: ${ended.code}\n${ended.stderr}`);
}

function countsAtDeath(): { readonly begun: number; readonly ended: number } {
  const reader = new CommitCountReader(counters);
  const counts = reader.read();
  reader.close();
  return counts;
}

function ordered(child: ChildProcess, order: KillOrder): Promise<void> {
  return new Promise((resolve) => {
    child.once('message', () => resolve());
    child.send(order);
  });
}
