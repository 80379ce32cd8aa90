import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandIo, ExitCode } from './command.ts';
import {
  ALONE,
  type Outcome,
  observe,
  outcomesOf,
  runCopies,
  type Site,
  stealKey,
} from './demo-outcomes.ts';
import { runAttacker } from './demo-processes.ts';
import { DemoHost, type DemoStand, enrol, startWitnesses } from './demo-site.ts';

interface Attack {
  readonly log: string;
  readonly title: string;
  /** What the attacker does while the server is stopped. */
  readonly acts: (log: string, at: Site) => Promise<string>;
}

const AT_REST: readonly Attack[] = [
  {
    log: 'rewrite',
    title: 'rewrites an event on disk',
    acts: (log, { host }) => runAttacker(['rewrite', join(host.data, 'store', log)]),
  },
  {
    log: 'tail',
    title: 'drops the tail of the log, and tidies up behind it',
    acts: (log, { host }) => runAttacker(['tail', join(host.data, 'store', log), '4']),
  },
  {
    log: 'older',
    title: 'puts an older copy of the store in place',
    acts: (log, site) => putBack(site, log, ['store']),
  },
  {
    log: 'guarded',
    title: 'puts an older copy of the store in place, and of the guard',
    acts: (log, site) => putBack(site, log, ['store', 'guard']),
  },
];
const COPIES = 'copies';
const KEY = 'key';
const NAMES = [...AT_REST.map(({ log }) => log), COPIES, KEY];

/**
 * `varve demo --attack`: three witnesses, a server, and an attacker who is a process of its own and touches only files,
 * keys and sockets. Each attack is made against a log that witnesses watch, and against one that nobody watches.
 *
 * @returns 1 if an attack on a watched log succeeded
 */
export async function attackDemo(data: string, io: CommandIo): Promise<ExitCode> {
  const dir = join(data, 'attack');
  await rm(dir, { recursive: true, force: true });
  const witnesses = await startWitnesses(join(dir, 'witnesses'));
  const watched = new Map(
    NAMES.flatMap((name) => [[name, true] as const, [`${name}${ALONE}`, false] as const]),
  );
  const host = new DemoHost(join(dir, 'host'), witnesses, watched);
  const site: Site = { dir, host, witnesses, remembered: new Map(), met: new Map() };
  try {
    await live(site, [...watched.keys()], io);
    const table: (readonly [string, Outcome, Outcome])[] = [];
    for (const attack of AT_REST) {
      const both = await outcomesOf(attack.log, (log) => observe(site, log, host));
      table.push([attack.title, ...both]);
    }
    table.push([
      'runs a second host on copies of everything',
      ...(await runCopies(site, COPIES, io)),
    ]);
    const key = await outcomesOf(KEY, (log) => stealKey(site, log, io));
    table.push(['signs a forged history with the stolen key', ...key]);
    tell(table, io);
    await rememberers(site, io);
    return table.every(([, { isStopped }]) => isStopped) ? 0 : 1;
  } finally {
    await host.stop();
    for (const { process } of witnesses) await process.stop();
  }
}

/** The time before: events are submitted and published, a copy is made, more events follow, clients read. */
async function live(site: Site, logs: readonly string[], io: CommandIo): Promise<void> {
  const { dir, host, remembered } = site;
  io.write(
    `1  Three witnesses and a log server run here, each a process of its own. The server has\n`,
  );
  io.write(
    `   ${logs.length} logs: for each attack one that the witnesses watch, of whom any two are a quorum,\n`,
  );
  io.write('   and one that nobody watches. All take events of agents and service accounts.\n\n');
  await host.start();
  await enrol(
    join(dir, 'witnesses'),
    logs.map((log) => host.line(log).vkey),
  );
  await Promise.all(logs.map((log) => host.submit(log, [0, 3])));
  await Promise.all(logs.map((log) => host.settle(log)));
  await host.stop();
  io.write(
    '2  The attacker is a process too. It touches files, keys and sockets, and nothing else.\n',
  );
  io.write(`   ${await runAttacker(['copy', host.data, join(dir, 'backup')])}\n`);
  await host.start();
  await Promise.all(logs.map((log) => host.submit(log, [3, 6])));
  await Promise.all(logs.map((log) => host.settle(log)));
  for (const log of logs) {
    const { note } = await host.reader(log).checkpoint();
    remembered.set(log, note);
  }
  await host.stop();
  io.write('   Later, while the server is stopped for a moment:\n');
  for (const { log, acts } of AT_REST) {
    for (const name of [log, `${log}${ALONE}`]) io.write(`   - ${await acts(name, site)}\n`);
  }
  await runAttacker(['copy', host.data, join(dir, 'second')]);
  await host.start();
  io.write('   The server starts again, and its users go on.\n\n');
}

async function putBack(
  { dir, host }: Site,
  log: string,
  parts: readonly string[],
): Promise<string> {
  for (const part of parts) {
    await runAttacker(['copy', join(dir, 'backup', part, log), join(host.data, part, log)]);
  }
  await rm(join(host.data, 'store', `${log}.running`), { force: true });
  return `put the ${parts.join(' and the ')} of ${log} back to what was copied before`;
}

/** Where a log stands that was just shown what contradicts it: it looks after it has answered. */
async function untilHalted(host: DemoHost, log: string): Promise<DemoStand> {
  const end = performance.now() + 1_000;
  for (;;) {
    const stand = await host.stand(log);
    if (stand.kind === 'halted' || performance.now() > end) return stand;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tell(table: readonly (readonly [string, Outcome, Outcome])[], io: CommandIo): void {
  io.write('\n5  What became of it. The attacker …\n');
  for (const [title, watched, alone] of table) {
    io.write(`\n   ${title}\n`);
    tellOutcome('with three witnesses', watched, io);
    tellOutcome('with no witness', alone, io);
  }
  io.write('\n');
}

function tellOutcome(where: string, { isStopped, what, noticedBy }: Outcome, io: CommandIo): void {
  io.write(`     ${where.padEnd(21)} ${isStopped ? 'STOPPED  ' : 'SUCCEEDED'} ${what}\n`);
  const who = noticedBy.length > 0 ? noticedBy.join('; ') : 'nobody';
  io.write(`     ${''.padEnd(21)} noticed by: ${who}\n`);
}

/** Clients who kept a checkpoint come back to the logs that nobody watches, and to what the attacker showed others. */
async function rememberers(site: Site, io: CommandIo): Promise<void> {
  const { host, remembered, met } = site;
  io.write(
    '6  Where nobody watched: clients that kept a checkpoint come back, and hold what they meet\n',
  );
  io.write('   against it. What they saw goes along with each request.\n');
  for (const name of NAMES) {
    const log = `${name}${ALONE}`;
    if ((await host.stand(log)).kind !== 'running') continue;
    const known = remembered.get(log) ?? new Uint8Array(0);
    const client = host.reader(log, { known });
    const other = met.get(log);
    const said = await client
      .checkpoint()
      .then(() => (other === undefined ? undefined : client.admit(other)))
      .then(
        () => 'nothing is wrong',
        (error: Error) => error.message,
      );
    const proof = client.conflicts.some((one) => one.proof !== null) ? ' It has a fork proof.' : '';
    const { kind, reason } = await untilHalted(host, log);
    const state = kind === 'halted' ? ` The log halted: ${reason}.` : '';
    io.write(`   - ${log}: ${said}.${proof}${state}\n`);
  }
  io.write('\n   A log that nobody watches is as honest as whoever runs it.\n');
}
