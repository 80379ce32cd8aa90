import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LogClient, openLogClient, policyOfVkey } from '../../../src/client/client.ts';
import { checkForkProof } from '../../../src/core/fork-proof.ts';
import { parseVkey } from '../../../src/core/vkey.ts';
import type { GuardState } from '../../../src/log/ports.ts';
import type { Report } from '../report.ts';
import { run } from '../run.ts';
import { VARVE } from '../server.ts';
import { type HostLog, HostProcess, until, type WitnessSite } from './site.ts';

/*
 * The table of forks.md, once with real processes. Every cell is a log of its own, and all logs are served by one process
 * through the same lives: it runs, is backed up, signs more, is killed, and comes back with what an operator put back.
 * The name begins with the column: g(uard apart), w(itnesses), s(een, no witness), n(othing).
 */

const UNSEEN = ['w-unseen', 'g-unseen'];
const MINORITY = ['w-minor', 'w-late', 'g-minor'];
const PUBLISHED = ['w-quorum', 'g-quorum', 's-restored', 'n-restored'];
const COPIED = ['w-two', 's-two', 'n-two', 'w-stolen', 's-stolen', 'n-stolen'];
const NAMES = [...UNSEEN, ...MINORITY, ...PUBLISHED, ...COPIED, 'w-lost'];

const LOGS: readonly HostLog[] = NAMES.map((name) => {
  return { name, isWitnessed: name.startsWith('w') || name.startsWith('g') };
});

/** What the lives before left behind. */
interface Lived {
  readonly site: WitnessSite;
  readonly a: HostProcess;
  readonly b: HostProcess;
  /** The folder as it was when its server was killed. */
  readonly lost: string;
  readonly vkeys: ReadonlyMap<string, string>;
  /** Readers that saw the last heads of the life that was lost. */
  readonly readers: ReadonlyMap<string, Reader>;
  /** Published then. */
  readonly notes: ReadonlyMap<string, Uint8Array>;
  readonly guards: ReadonlyMap<string, GuardState | null>;
}

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

async function liveAndRestore(
  work: string,
  parts: { readonly site: WitnessSite; readonly a: HostProcess; readonly b: HostProcess },
): Promise<Lived> {
  const { site, a, b } = parts;
  const backup = join(work, 'backup');
  const lost = join(work, 'lost');
  await a.start();
  const vkeys = new Map(NAMES.map((name) => [name, a.vkey(name)]));
  await site.enrol([...vkeys.values()]);
  await Promise.all(NAMES.map((name) => a.publish(name, 5)));
  await a.stop();
  cpSync(a.data, backup, { recursive: true });
  const guards = new Map(
    await Promise.all(NAMES.map(async (name) => [name, await a.guard(name)] as const)),
  );

  await a.start();
  await until('every log runs', async () => {
    return [...(await a.stands()).values()].every(({ kind }) => kind === 'running');
  });
  for (const name of [...UNSEEN, 'w-lost']) for (const gate of site.gates) gate.set(name, 'closed');
  for (const name of MINORITY) for (const gate of site.gates.slice(1)) gate.set(name, 'closed');
  const before = new Map(MINORITY.map((name) => [name, site.gates[0]?.cosigned(name) ?? 0]));
  for (const name of [...UNSEEN, ...MINORITY, 'w-lost']) await a.submit(name, 4);
  await Promise.all(PUBLISHED.map((name) => a.publish(name, 4)));
  for (const name of [...UNSEEN, ...MINORITY, 'w-lost']) {
    await until(`${name} signed a head`, async () => {
      return ((await a.guard(name))?.size ?? 0) > (guards.get(name)?.size ?? 0);
    });
  }
  for (const name of MINORITY) {
    await until(`a witness cosigned ${name}`, () => {
      return (site.gates[0]?.cosigned(name) ?? 0) > (before.get(name) ?? 0);
    });
  }
  const readers = new Map<string, Reader>();
  const notes = new Map<string, Uint8Array>();
  for (const name of PUBLISHED) notes.set(name, await a.checkpoint(name));
  for (const name of ['s-restored', 's-two', 's-stolen']) {
    const reader = new Reader(a, name);
    await reader.client.checkpoint();
    readers.set(name, reader);
  }
  await a.kill();
  cpSync(a.data, lost, { recursive: true });
  for (const part of ['store', 'keys', 'guard']) {
    for (const name of COPIED) {
      cpSync(join(a.data, part, name), join(b.data, part, name), { recursive: true });
    }
  }
  for (const name of [...UNSEEN, ...MINORITY, ...PUBLISHED]) {
    putBack(backup, a.data, name, name.startsWith('g') ? ['store'] : ['store', 'guard']);
  }
  for (const name of NAMES) {
    for (const gate of site.gates) if (name !== 'w-lost') gate.set(name, 'open');
  }
  site.gates[0]?.set('w-late', 'closed');
  await a.start();
  await b.start();
  return { ...parts, lost, vkeys, readers, notes, guards };
}

function putBack(from: string, to: string, log: string, parts: readonly string[]): void {
  for (const part of parts) {
    rmSync(join(to, part, log), { recursive: true });
    cpSync(join(from, part, log), join(to, part, log), { recursive: true });
  }
  rmSync(join(to, 'store', `${log}.running`), { force: true });
}

/** A client of one log, which asks one host and then another. */
class Reader {
  readonly client: LogClient;
  #host: HostProcess;
  readonly #log: string;

  constructor(host: HostProcess, log: string) {
    this.#host = host;
    this.#log = log;
    const prefix = 'http://log.invalid/log';
    this.client = openLogClient({
      url: prefix,
      policy: policyOfVkey(host.vkey(log)),
      fetch: (url, init) => fetch(this.#host.url(this.#log) + url.slice(prefix.length), init),
      retry: { attemptsMax: 1 },
    });
  }

  point(host: HostProcess): void {
    this.#host = host;
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

/** A client that reads one host and then the other has a fork proof, and the second host halts. */
async function seesBoth(
  lived: Lived,
  log: string,
  [first, second]: readonly [HostProcess, HostProcess],
): Promise<string> {
  const reader = lived.readers.get(log);
  if (reader === undefined) throw new Error('no reader');
  reader.point(first);
  await reader.client.checkpoint();
  reader.point(second);
  const refused = await reader.client.checkpoint().catch((error: Error) => error.message);
  same(await second.halted(log), 'evidence');
  return `the client: ${String(refused)}`;
}

/** Who holds one head and meets the other has a proof; the log itself is told nothing. */
async function isFork(
  lived: Lived,
  host: HostProcess,
  log: string,
  note: Uint8Array,
): Promise<string> {
  const vkey = lived.vkeys.get(log) ?? '';
  const judge = openLogClient({
    url: host.url(log),
    policy: policyOfVkey(vkey),
    known: note,
    // Without Varve-Seen.
    fetch: (url) => fetch(url),
    retry: { attemptsMax: 1 },
  });
  await judge.checkpoint().catch(() => undefined);
  const [conflict] = judge.conflicts;
  checkForkProof(conflict?.proof ?? new Uint8Array(0), { logKey: parseVkey(vkey) });
  same((await host.stand(log)).kind, 'running');
  return `heads of ${conflict?.earlier.size} and ${conflict?.later.size} entries, both signed`;
}

/** The evidence that the log keeps convicts it with its key alone. */
async function convicts(lived: Lived, log: string): Promise<string> {
  const dir = join(lived.a.data, 'evidence', log);
  let names: readonly string[] = [];
  // The log halts first and keeps it then.
  await until(`a fork proof in ${dir}`, () => {
    names = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.fork-proof')) : [];
    return names.length > 0;
  });
  const logKey = parseVkey(lived.vkeys.get(log) ?? '');
  for (const name of names) checkForkProof(readFileSync(join(dir, name)), { logKey });
  return `${names.length} fork proof kept, verified with the key alone`;
}

/** A halted log takes nothing, and shows what it showed. */
async function isReadOnly(host: HostProcess, log: string): Promise<void> {
  const reply = await fetch(`${host.url(log)}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  same(reply.status >= 500, true);
  await host.checkpoint(log);
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

function same(is: unknown, wanted: unknown): void {
  const text = (value: unknown): string =>
    JSON.stringify(value instanceof Set ? [...value] : value) ?? 'undefined';
  if (text(is) !== text(wanted)) throw new Error(`${text(is)} is not ${text(wanted)}`);
}
