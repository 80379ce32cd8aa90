import { execFile, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskBytesOf } from './machine.ts';
import { peerFlags } from './systems.ts';

const ROOT = join(import.meta.dirname, '..');
/** Where everything lies that a benchmark makes and nobody commits. */
export const CACHE: string = join(ROOT, '.cache', 'bench');

/** Stores that hold so many leaves before a run. */
export interface Stores {
  /** Data folder of `varve serve`, with the logs `main` and `raw`. */
  readonly varve: string;
  readonly peer: string;
  /** Filled while Tessera kept its index of what was added. */
  readonly peerDedup: string;
  /** Bytes on disk for each leaf, when they were filled. */
  readonly diskPerLeaf: Readonly<Record<string, number>>;
}

/** Which stores are wanted. */
export interface StoreWishes {
  readonly leaves: number;
  /** The peer's program; null: without the peer. */
  readonly peer: string | null;
}

/**
 * Filled stores, copied for one run: what a run adds, the next one does not find. They are filled once for every version
 * of the code that writes them.
 *
 * @param keep  take the copy that an earlier part of the same run wrote to
 */
export async function prepareStores(wishes: StoreWishes, keep: boolean): Promise<Stores> {
  const base = join(CACHE, `base-${wishes.leaves}-${await codeVersion()}`);
  const work = join(CACHE, `run-${wishes.leaves}`);
  await removeOtherBases(base, wishes.leaves);
  await fillOnce(join(base, 'varve'), (dir) => fillVarve(dir, wishes.leaves));
  const { peer, leaves } = wishes;
  if (peer !== null) {
    await fillOnce(join(base, 'peer'), (dir) =>
      fillPeer(peer, dir, { leaves, size: 700, dedup: false }),
    );
    await fillOnce(join(base, 'peer-dedup'), (dir) =>
      fillPeer(peer, dir, { leaves, size: 700, dedup: true }),
    );
    await fillOnce(join(base, 'peer-opaque'), (dir) =>
      fillPeer(peer, dir, { leaves, size: 300, dedup: false }),
    );
  }
  if (!keep || !existsSync(work)) {
    for (const old of [work, `${work}.new`]) await rm(old, { recursive: true, force: true });
    for (const name of peer === null ? ['varve'] : ['varve', 'peer', 'peer-dedup']) {
      await cp(join(base, name), join(`${work}.new`, name), { recursive: true, force: true });
    }
    await rename(`${work}.new`, work);
  }
  const diskPerLeaf: Record<string, number> = {};
  for (const name of await readdir(base)) {
    if (name.endsWith('.json'))
      Object.assign(diskPerLeaf, JSON.parse(await readFile(join(base, name), 'utf8')));
  }
  return {
    varve: join(work, 'varve'),
    peer: join(work, 'peer', 'log'),
    peerDedup: join(work, 'peer-dedup', 'log'),
    diskPerLeaf,
  };
}

async function fillOnce(
  dir: string,
  fill: (dir: string) => Promise<Readonly<Record<string, number>>>,
): Promise<void> {
  if (existsSync(`${dir}.json`)) return;
  const started = performance.now();
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const disk = await fill(dir);
  await writeFile(`${dir}.json`, JSON.stringify(disk));
  console.error(`filled ${dir}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

async function fillVarve(dir: string, leaves: number): Promise<Readonly<Record<string, number>>> {
  await new Promise<void>((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'fill.ts'), [dir, String(leaves)]);
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`filling ended with ${code}`)),
    );
  });
  const perLeaf = async (log: string): Promise<number> =>
    (await diskBytesOf(join(dir, 'store', log))) / leaves;
  return {
    'varve, events of 700 bytes': await perLeaf('main'),
    'varve, opaque of 300 bytes': await perLeaf('raw'),
  };
}

async function fillPeer(
  program: string,
  dir: string,
  what: { readonly leaves: number; readonly size: number; readonly dedup: boolean },
): Promise<Readonly<Record<string, number>>> {
  const log = join(dir, 'log');
  const setting = { batch: 4096, ageMs: 50, dedup: what.dedup, checkpointMs: 100 };
  const flags = ['-count', String(what.leaves), '-size', String(what.size)];
  await promisify(execFile)(program, ['fill', ...peerFlags(log, setting), ...flags]);
  // Partial tiles and bundles are waste that Tessera collects every minute.
  const bytes = await diskBytesOf(log, (name) => name.endsWith('.p'));
  const kind = what.size === 300 ? 'opaque of 300 bytes' : 'events of 700 bytes';
  return { [`tessera${what.dedup ? ' with dedup' : ''}, ${kind}`]: bytes / what.leaves };
}

/** Changes with every line of the code that a store is written by. */
async function codeVersion(): Promise<string> {
  const hash = createHash('sha256');
  for (const room of ['core', 'event', 'log', 'storage']) {
    const dir = join(ROOT, 'src', room);
    for (const name of (await readdir(dir)).sort()) hash.update(await readFile(join(dir, name)));
  }
  hash.update(await readFile(join(import.meta.dirname, 'load', 'bodies.ts')));
  return hash.digest('hex').slice(0, 12);
}

/** Stores of a version of the code that is gone are of no use any more. */
async function removeOtherBases(base: string, leaves: number): Promise<void> {
  await mkdir(base, { recursive: true });
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    if (name.startsWith(`base-${leaves}-`) && path !== base) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
