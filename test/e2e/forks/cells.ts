import { join } from 'node:path';
import type { Report } from '../report.ts';
import { run } from '../run.ts';
import { VARVE } from '../server.ts';
import { convicts, isFork, isReadOnly, same, seesBoth } from './judged.ts';
import { COPIED, type Lived, LOGS, liveAndRestore, putBack, Reader } from './lives.ts';
import { HostProcess, until, type WitnessSite } from './site.ts';

/* The table of forks.md, once with real processes. */

/** Every cell, as a check of its own. */
export async function checkCells(report: Report, work: string, site: WitnessSite): Promise<void> {
  const a = new HostProcess(join(work, 'a'), site, LOGS);
  const copied = LOGS.filter(({ name }) => COPIED.includes(name));
  const b = new HostProcess(join(work, 'b'), site, copied);
  try {
    const lived = await liveAndRestore(work, { site, a, b });
    await checkRestored(report, lived);
    await checkCopies(report, lived);
    await a.stop();
    await b.stop();
    await report.check('last commits, never signed: no fork, whoever looks', () =>
      neverSigned(lived),
    );
    await report.check('what a guard halted goes on after varve restore', () => restores(lived));
  } finally {
    await a.kill();
    await b.kill();
  }
}

async function checkRestored(report: Report, lived: Lived): Promise<void> {
  const { a, site } = lived;
  for (const name of ['g-unseen', 'g-minor', 'g-quorum']) {
    await report.check(`${ROWS[name]}, guard apart: halted at the start`, async () => {
      const { kind, reason, detail } = await a.stand(name);
      same({ kind, reason }, { kind: 'halted', reason: 'rolled-back' });
      await isReadOnly(a, name);
      return detail;
    });
  }
  await report.check(
    'heads signed, seen by no witness, witnesses reachable: not seen',
    async () => {
      await a.publish('w-unseen', 4);
      return `${(await a.stand('w-unseen')).publishedSize} entries published, other ones than were signed`;
    },
  );
  await report.check('heads seen by a minority, witnesses reachable: evidence', async () => {
    same(await a.halted('w-minor'), 'evidence');
    await isReadOnly(a, 'w-minor');
    return 'halted when that witness answered';
  });
  await report.check(
    'heads seen by a minority that answers after a new head: a fork proof',
    async () => {
      await a.publish('w-late', 9);
      site.gates[0]?.set('w-late', 'open');
      await a.submit('w-late', 1);
      same(await a.halted('w-late'), 'evidence');
      return convicts(lived, 'w-late');
    },
  );
  await report.check(
    'heads published at quorum, witnesses reachable: halted before any new head',
    async () => {
      same(await a.halted('w-quorum'), 'evidence');
      same((await a.guard('w-quorum'))?.timeMs, lived.guards.get('w-quorum')?.timeMs);
      return 'nothing was signed after the restore';
    },
  );
  await report.check(
    'folder and guard restored, Varve-Seen: halted when a client returns',
    async () => {
      await a.publish('s-restored', 3);
      const reader = lived.readers.get('s-restored');
      const refused = await reader?.client.checkpoint().catch((error: Error) => error.message);
      same(await a.halted('s-restored'), 'evidence');
      return `the client: ${String(refused)}`;
    },
  );
  await report.check('folder and guard restored, nothing: a fork that nobody notices', async () => {
    await a.publish('n-restored', 9);
    return isFork(lived, a, 'n-restored', lived.notes.get('n-restored') ?? new Uint8Array(0));
  });
}

const ROWS: Readonly<Record<string, string>> = {
  'g-unseen': 'heads signed, seen by no witness',
  'g-minor': 'heads seen by a minority',
  'g-quorum': 'heads published at quorum',
};

/** Two processes over copies, and a thief with the keys: both are host b. */
async function checkCopies(report: Report, lived: Lived): Promise<void> {
  const { a, b } = lived;
  await report.check(
    'two hosts on copies, witnesses reachable: evidence at the first conflict',
    async () => {
      await Promise.all([a.submit('w-two', 3), b.submit('w-two', 2)]);
      const stands = () => Promise.all([a.stand('w-two'), b.stand('w-two')]);
      await until('one host is halted', async () =>
        (await stands()).some(({ kind }) => kind === 'halted'),
      );
      const caught = (await stands()).filter(({ kind }) => kind === 'halted');
      same(new Set(caught.map(({ reason }) => reason)), new Set(['evidence']));
      return `${caught.length} of 2 hosts halted`;
    },
  );
  await report.check('two hosts on copies, Varve-Seen: a client sees both', async () => {
    await a.publish('s-two', 3);
    await b.publish('s-two', 3);
    return seesBoth(lived, 's-two', [a, b]);
  });
  await report.check('two hosts on copies, nothing: a fork that nobody notices', async () => {
    await a.publish('n-two', 3);
    await b.publish('n-two', 9);
    same((await a.stand('n-two')).kind, 'running');
    return isFork(lived, b, 'n-two', await a.checkpoint('n-two'));
  });
  await report.check('stolen log key, witnesses reachable: evidence', async () => {
    await b.publish('w-stolen', 2);
    await a.submit('w-stolen', 3);
    same(await a.halted('w-stolen'), 'evidence');
    return 'the log met the head of the thief at a witness';
  });
  await report.check('stolen log key, gossip: evidence', async () => {
    await a.publish('s-stolen', 2);
    await b.publish('s-stolen', 4);
    return seesBoth(lived, 's-stolen', [b, a]);
  });
  await report.check('stolen log key, guard apart or nothing: not seen', async () => {
    await b.publish('n-stolen', 2);
    await a.publish('n-stolen', 9);
    return isFork(lived, a, 'n-stolen', await b.checkpoint('n-stolen'));
  });
}

/** Answered while the witnesses are away: nothing new is signed. Then the process dies, and an older store comes back. */
async function neverSigned(lived: Lived): Promise<string> {
  const { a, site } = lived;
  const only = LOGS.filter(({ name }) => name === 'w-lost');
  const host = new HostProcess(a.data, site, only);
  await host.start();
  const signed = await host.guard('w-lost');
  await host.submit('w-lost', 3);
  await host.kill();
  same((await host.guard('w-lost'))?.timeMs, signed?.timeMs);
  putBack(lived.lost, a.data, 'w-lost', ['store']);
  for (const gate of site.gates) gate.set('w-lost', 'open');
  await host.start();
  const reader = new Reader(host, 'w-lost');
  await host.publish('w-lost', 2);
  await reader.client.checkpoint();
  same((await host.stand('w-lost')).kind, 'running');
  await host.stop();
  return 'answered events are lost, and the log goes on from its last signed head';
}

async function restores(lived: Lived): Promise<string> {
  const { a, site } = lived;
  const name = 'g-quorum';
  const args = ['restore', '--data', a.data, '--log', name, '--from', lived.lost];
  const policy = ['--policy', site.policyFile(name)];
  const ended = await run(process.execPath, [...VARVE, ...args, ...policy], { limitMs: 30_000 });
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}: ${ended.stderr}`);
  const host = new HostProcess(
    a.data,
    site,
    LOGS.filter((log) => log.name === name),
  );
  await host.start();
  await host.publish(name, 2);
  await host.stop();
  return ended.stdout.trim();
}
