import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LogClient, openLogClient, policyOfVkey } from '../../../src/client/client.ts';
import type { GuardState } from '../../../src/log/ports.ts';
import { type HostLog, type HostProcess, until, type WitnessSite } from './site.ts';

/*
 * Every cell is a log of its own, and all logs are served by one process through the same lives. The name begins with the
 * column: g(uard apart), w(itnesses), s(een, no witness), n(othing).
 */

const UNSEEN = ['w-unseen', 'g-unseen'];
const MINORITY = ['w-minor', 'w-late', 'g-minor'];
const PUBLISHED = ['w-quorum', 'g-quorum', 's-restored', 'n-restored'];
export const COPIED: readonly string[] = [
  'w-two',
  's-two',
  'n-two',
  'w-stolen',
  's-stolen',
  'n-stolen',
];
const NAMES = [...UNSEEN, ...MINORITY, ...PUBLISHED, ...COPIED, 'w-lost'];

export const LOGS: readonly HostLog[] = NAMES.map((name) => {
  return { name, isWitnessed: name.startsWith('w') || name.startsWith('g') };
});

/** What the lives before left behind. */
export interface Lived {
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

/** Lives, is backed up, signs more, dies, and comes back with what an operator put back. */
export async function liveAndRestore(
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

/** Copies the parts of a log from one data folder to another, in the place of what is there. */
export function putBack(from: string, to: string, log: string, parts: readonly string[]): void {
  for (const part of parts) {
    rmSync(join(to, part, log), { recursive: true });
    cpSync(join(from, part, log), join(to, part, log), { recursive: true });
  }
  // Whether its process had closed it is a part of the copy.
  const mark = join('store', `${log}.running`);
  rmSync(join(to, mark), { force: true });
  if (existsSync(join(from, mark))) cpSync(join(from, mark), join(to, mark));
}

/** A client of one log, which asks one host and then another. */
export class Reader {
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
