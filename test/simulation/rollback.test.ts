import { describe, expect, test } from 'vitest';
import type { Guard, GuardState, Row, Store } from '../../src/log/ports.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { forkIn, World } from './world.ts';

/*
 * The columns "guard apart" and "nothing" of the table of losses (spec/6-publication.md): what an operator's restored
 * backup, or a second host, does to a log with no witness and no gossip. `World.signed` is what strangers could hold.
 */

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

/** A store copied whole, as a backup of its folder would be. */
async function backup(world: World): Promise<Store> {
  const rows: readonly Row[] = await world.base.scan({
    from: new Uint8Array(0),
    to: Uint8Array.of(255),
    limit: 1_000_000,
  });
  const copy = memoryStore();
  await copy.write({ changes: rows, flush: true });
  return copy;
}

/** Puts a copied store under the world, and the guard's old state if it was copied along. */
function restore(world: World, store: Store, guarded: GuardState | null | undefined): void {
  world.base = store;
  world.disk = new FaultDisk(store);
  if (guarded !== undefined) world.guard = memoryGuard(guarded);
}

describe('a store restored to before a head that was signed', () => {
  test.each(SEEDS)('halts at the start when the guard lies apart (seed %i)', async (seed) => {
    const world = new World(seed);
    await world.live(null, 6);
    const old = await backup(world);
    await world.live(null, 12);
    restore(world, old, undefined);
    const signatures = world.signed.length;
    const end = await world.live(null, 6);
    expect(end).toMatchObject({ kind: 'halted', log: { state: { reason: 'rolled-back' } } });
    expect(world.signed.length).toBe(signatures);
    expect(forkIn(world)).toBeNull();
  });

  test('forks unseen when the guard is restored with it: the case that needs witnesses', async () => {
    let forks = 0;
    for (const seed of SEEDS) {
      const world = new World(seed);
      await world.live(null, 6);
      const old = await backup(world);
      const guarded = await world.guard.read();
      await world.live(null, 12);
      restore(world, old, guarded);
      const end = await world.live(null, 12).catch((error: unknown) => error);
      expect(end).not.toMatchObject({ kind: 'halted' });
      if (forkIn(world) !== null) forks++;
    }
    expect(forks).toBeGreaterThan(SEEDS.length / 3);
  });
});

describe('commits lost that were never signed', () => {
  test.each(SEEDS)('are no fork: the log goes on (seed %i)', async (seed) => {
    const world = new World(seed);
    await world.live(null, 6);
    const old = await backup(world);
    const signatures = world.signed.length;
    // A life that dies at its first advance of the guard signs nothing.
    await world.live({ fault: 'crash-before', call: 'guard advance', callIndex: 0 }, 6);
    expect(world.signed.length).toBe(signatures);
    restore(world, old, undefined);
    world.receipts.clear();
    world.indices.clear();
    expect(await world.live(null, 6)).toMatchObject({ kind: 'closed' });
    expect(forkIn(world)).toBeNull();
  });
});

describe('two hosts on copies of one folder', () => {
  test('fork unseen, each with its own copy of the guard', async () => {
    const world = new World(3);
    await world.live(null, 6);
    const copy = await backup(world);
    const guarded = await world.guard.read();
    await world.live(null, 12);
    restore(world, copy, guarded);
    await world.live(null, 12).catch(() => undefined);
    expect(forkIn(world)).not.toBeNull();
  });

  test.each(SEEDS)('cannot both sign when they share one guard (seed %i)', async (seed) => {
    const world = new World(seed);
    await world.live(null, 6);
    const copy = await backup(world);
    const shared: Guard = world.guard;
    await world.live(null, 12);
    restore(world, copy, undefined);
    expect(world.guard).toBe(shared);
    expect(await world.live(null, 12)).toMatchObject({ kind: 'halted' });
    expect(forkIn(world)).toBeNull();
  });
});

describe('a guard restored to before the heads that the store holds', () => {
  test.each(SEEDS)('halts the log (seed %i)', async (seed) => {
    const world = new World(seed);
    await world.live(null, 6);
    const guarded = await world.guard.read();
    await world.live(null, 12);
    world.guard = memoryGuard(guarded);
    expect(await world.live(null, 6)).toMatchObject({
      kind: 'halted',
      log: { state: { reason: 'rolled-back' } },
    });
  });
});
