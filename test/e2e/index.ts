/**
 * The verifiable index in real processes: `npm run test:index [-- --events N]`. Events come in while the server is killed; afterwards
 * every lookup is held to what was sent, Go judges the answers, an auditor replays the log, and an index whose folder is
 * gone is made again without a second head.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openLogClient } from '../../src/client/client.ts';
import { type LookupResult, lookup } from '../../src/client/lookup-client.ts';
import { lookupPolicyOf } from '../../src/client/lookup-policy.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { hex } from '../../src/core/hex.ts';
import { labelOf, parseLookupKey } from '../../src/event/map.ts';
import { IndexAuditor } from '../../src/monitor/index-audit.ts';
import { seededRandom } from '../support/random.ts';
import { eventOf } from './events.ts';
import { flood } from './index/flood.ts';
import { printManyEvents } from './index/many-events.ts';
import { runWell } from './run.ts';
import { type ServedLog, type ServerProcess, startServer, VARVE } from './server.ts';
import { openSuite } from './suite.ts';

const LOG = 'main';
const ROUNDS = 4;
const BATCHES = 12;
const BATCH = 100;
/** Events of one key that are printed. */
const MANY = integerOf('--events') ?? 20_000;
const JUDGE = join(import.meta.dirname, '../foreign/index');

const random = seededRandom(7);
const { report, folder, play } = openSuite('index');
const dataFolder = join(folder, 'data');
await play(run);

async function run(): Promise<void> {
  const start = (): Promise<ServerProcess> => {
    return startServer({ dataFolder, logs: [LOG], index: true, readyMs: 60_000 });
  };
  let server = await start();
  let sent = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await report.check(`events come in, and the server is killed: ${round + 1}`, async () => {
      const kill = random.below(BATCHES);
      let killed = server;
      for (let batch = 0; batch < BATCHES; batch++) {
        if (batch === kill) {
          killed = server;
          setTimeout(() => killed.kill('SIGKILL'), random.below(300));
        }
        const numbers = Array.from({ length: BATCH }, (_, i) => sent + i);
        // Until it was answered: a retry makes no second entry.
        while (!(await send(server.log(LOG), numbers))) {
          await server.ended;
          server = await start();
        }
        sent += BATCH;
      }
      await killed.ended;
      if (server === killed) server = await start();
      // Heads are made of what is there: some of the deaths come behind one.
      if (round % 2 === 0) await caughtUp(server.log(LOG), sent);
      return `${sent} events`;
    });
  }
  await report.check('every lookup finds what was sent, and no more', async () => {
    const log = server.log(LOG);
    await caughtUp(log, sent);
    for (const actor of [0, 13, 96]) {
      const result = await find(log, `actor:spiffe://acme.test/agent/${actor}`);
      deepEqual(idsOf(result), expectedIds(sent, actor));
    }
    equal(idsOf(await find(log, 'actor:none')).length, 0);
    const all = await find(log, 'source:load');
    equal(idsOf(all).length, sent);
    return `${all.head.head.keys} keys, ${all.head.head.postings} postings`;
  });
  await report.check('Go accepts the answers, and refuses them with a posting less', () => {
    return judge(server.log(LOG));
  });
  await report.check('an auditor finds every head true', async () => {
    const { findings, heads } = await audit(server.log(LOG));
    deepEqual(findings, []);
    ok(heads > 0);
    return `${heads} heads`;
  });
  const { heads } = await audit(server.log(LOG));
  await report.check(
    'an index whose folder is gone is made again, with the same heads',
    async () => {
      await server.stop();
      rmSync(join(dataFolder, 'index'), { recursive: true });
      server = await start();
      const log = server.log(LOG);
      await caughtUp(log, sent);
      deepEqual(idsOf(await find(log, 'actor:spiffe://acme.test/agent/13')), expectedIds(sent, 13));
      const again = await audit(log);
      deepEqual([again.heads, again.findings], [heads, []]);
      return `${heads} heads`;
    },
  );
  await report.check('an auditor posts a note, and lookups are audited by it', async () => {
    const { url, vkey } = server.log(LOG);
    const key = join(folder, 'auditor');
    const auditor = JSON.parse(await varve('audit', 'keys', '--key', key)).vkey as string;
    const required = ['--vkey', vkey, '--require', 'audited', '--auditor', auditor];
    const asked = ['lookup', url, 'actor:none', ...required];
    match(await varve(...asked).catch(String), /NOT ENOUGH: claimed, where audited is required/);
    await varve('audit', url, '--vkey', vkey, '--key', key, '--post');
    await varve(...asked, '--complete');
    return (await (await fetch(`${url}/audits`)).text()).slice(0, 60);
  });
  await report.check('a key of very many events is printed in little memory', async () => {
    const log = server.log(LOG);
    return await printManyEvents(log, MANY, () => caughtUp(log, MANY, 'busy'));
  });
  await report.check('the metrics tell its lag, and the keys that were new', async () => {
    const url = new URL('/metrics', server.log(LOG).url);
    for (const started = performance.now(); ; ) {
      const text = await (await fetch(url)).text();
      const figureOf = (name: string): number => {
        const line = text.split('\n').find((one) => one.startsWith(name));
        return line === undefined ? Number.NaN : Number(line.split(' ').at(-1));
      };
      const lag = figureOf('varve_follower_lag_entries{log="main",follower="index"}');
      const keys = figureOf('varve_index_new_keys_total{log="main",token=""}');
      if (lag === 0 && keys > 0) return `lag ${lag}, ${keys} new keys since the start`;
      if (performance.now() - started > 10_000) throw new Error(`lag ${lag}, keys ${keys}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  await report.check('the server stops well', () => server.stop().then(() => undefined));
  await report.check('a token that floods the index with new keys is refused, no other', () =>
    flood(folder),
  );
}

/** What a command of ours prints. @throws with what it says if it does not end with 0 */
function varve(...args: string[]): Promise<string> {
  return runWell(process.execPath, [...VARVE, ...args], { limitMs: 60_000 });
}

function integerOf(flag: string): number | undefined {
  const at = process.argv.indexOf(flag);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
}

/** Sends events in one request; false if the server went away first. */
async function send(log: ServedLog, numbers: readonly number[]): Promise<boolean> {
  try {
    const reply = await fetch(`${log.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `[${numbers.map((n) => eventOf(LOG, 'load', n, n % 50)).join(',')}]`,
    });
    await reply.text();
    return reply.status === 201 || reply.status === 200;
  } catch {
    return false;
  }
}

function find(log: ServedLog, key: string): Promise<LookupResult> {
  const policy = policyOfVkey(log.vkey);
  const { url } = log;
  return lookup(
    {
      client: openLogClient({ url, policy }),
      location: { url, fetch },
      policy: lookupPolicyOf(policy, {}),
      nowSeconds: () => 0,
    },
    { key: parseLookupKey(key) },
  );
}

/** Ids of the events that were found, under the head and behind it. */
function idsOf({ events, tail }: LookupResult): string[] {
  const ids = [...events, ...(tail ?? [])].map(({ entry }) => {
    const leaf = JSON.parse(new TextDecoder().decode(entry)) as { event: { id: string } };
    return leaf.event.id;
  });
  return ids.sort();
}

function expectedIds(sent: number, actor: number): string[] {
  const numbers = Array.from({ length: sent }, (_, n) => n).filter((n) => n % 97 === actor);
  return numbers.map((n) => `load-${n}`).sort();
}

/** Until the index answers under a head of all that was sent. */
async function caughtUp(log: ServedLog, sent: number, source = 'load'): Promise<void> {
  for (const started = performance.now(); ; ) {
    const reply = await fetch(`${log.url}/lookup?key=source:${source}&limit=1`);
    const answer = reply.status === 200 ? ((await reply.json()) as { count: number }) : null;
    if (answer?.count === sent) return;
    if (performance.now() - started > 60_000 + sent) {
      throw new Error(`${reply.status} ${answer?.count}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function audit(log: ServedLog): Promise<{ heads: number; findings: readonly unknown[] }> {
  const { url } = log;
  const client = openLogClient({ url, policy: policyOfVkey(log.vkey) });
  return await new IndexAuditor({ client, location: { url, fetch }, signer: null }).pass();
}

async function judge(log: ServedLog): Promise<string> {
  const lines: unknown[] = [];
  for (const [key, place] of [
    ['actor:spiffe://acme.test/agent/13', ''],
    ['source:load', '&from=300&limit=100'],
    ['source:load', '&range=700:800'],
    ['kind:tool.invoke', '&limit=10000'],
    ['actor:none', ''],
    ['kind:nonconforming', ''],
  ] as const) {
    const label = hex(labelOf(parseLookupKey(key)));
    const answer = await (await fetch(`${log.url}/lookup?label=${label}${place}`)).json();
    const line = { name: `${key}${place}`, mutate: false, vkey: log.vkey };
    lines.push({ ...line, holds: true, answer });
    const { page } = answer as { page: { indices: number[] } | null };
    if (page === null) continue;
    const less = { ...page, indices: page.indices.slice(0, -1) };
    lines.push({ ...line, holds: false, answer: { ...(answer as object), page: less } });
  }
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const done = spawnSync('go', ['run', '.', 'judge'], { cwd: JUDGE, input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${done.error ?? ''} ${done.stdout} ${done.stderr}`);
  return done.stdout.trim();
}
