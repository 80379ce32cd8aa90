import { describe, expect, test } from 'vitest';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { ForkWorld, type Host, type RunningHost } from './fork-world.ts';

/*
 * Every cell of the table of forks.md: what an operator loses or restores, and who notices. The witnesses are the real
 * state machine over memory, the readers the real client. `world.signed` is what strangers could hold.
 */

const SEEDS = Array.from({ length: Number(process.env['FORK_SEEDS'] ?? 4) }, (_, i) => i + 1);
const WITNESSES = 3;

const halted = (reason: string) => ({ kind: 'halted', reason });

/** A log with some published events, and the backup that was made then. */
async function begun(seed: number, witnesses: number) {
  const world = await ForkWorld.of(seed, witnesses);
  const host = world.newHost();
  const first = await world.start(host);
  expect(await world.publish(first, 1 + world.random.below(300))).toBe(true);
  const backup = await world.copy(host);
  return { world, host, first, backup };
}

/** Signs one head more, which these witnesses alone can see, and dies. */
async function signedBefore(
  { world, first }: { readonly world: ForkWorld; readonly first: RunningHost },
  up: readonly string[],
): Promise<void> {
  for (const witness of world.witnesses) witness.isUp = up.includes(witness.name);
  const before = world.signed.length;
  await world.submit(first, 1 + world.random.below(300));
  const size = first.log.figures.integratedSize;
  const isSigned = () => world.signed.slice(before).some((head) => head.size === size);
  expect(await world.until(isSigned)).toBe(true);
  // Time for those that are up to answer.
  await world.until(() => false, 3);
  first.kill();
  for (const witness of world.witnesses) witness.isUp = true;
}

/** The host with an older store, and its guard or the older one. */
function restored(host: Host, backup: Host, what: 'store' | 'store and guard'): Host {
  return { store: backup.store, guard: what === 'store' ? host.guard : backup.guard };
}

describe('last commits, never signed', () => {
  test.each(SEEDS)('are no fork, whoever looks (seed %i)', async (seed) => {
    for (const witnesses of [0, WITNESSES]) {
      const { world, host, first, backup } = await begun(seed, witnesses);
      const reader = world.reader(first);
      await reader.checkpoint();
      // Answered and never signed: the process dies before its next head.
      const signatures = world.signed.length;
      const answered = world.submit(first, 3);
      await answered;
      first.kill();
      expect(world.signed.length).toBe(signatures);
      const again = await world.start(restored(host, backup, 'store'));
      reader.point(again);
      await reader.checkpoint();
      expect(await world.publish(again, 5)).toBe(true);
      await reader.checkpoint();
      expect(again.log.state.kind).toBe('running');
      expect(world.fork()).toBeNull();
      again.kill();
    }
  });
});

describe('heads signed and seen by no witness', () => {
  test.each(SEEDS)('halt a log whose guard lies apart (seed %i)', async (seed) => {
    const begin = await begun(seed, WITNESSES);
    await signedBefore(begin, []);
    const again = await begin.world.start(restored(begin.host, begin.backup, 'store'));
    expect(again.log.state).toMatchObject(halted('rolled-back'));
    expect(begin.world.fork()).toBeNull();
  });

  test.each(SEEDS)(
    'are not seen by witnesses once the guard is restored too (seed %i)',
    async (seed) => {
      const begin = await begun(seed, WITNESSES);
      const { world } = begin;
      await signedBefore(begin, []);
      const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
      expect(await world.publish(again, 5)).toBe(true);
      expect(again.log.state.kind).toBe('running');
      again.kill();
    },
  );

  test.each(SEEDS)('halt it when a client that saw one returns (seed %i)', async (seed) => {
    await isCaughtByReader(seed);
  });

  test('fork where nobody looks', () => forksUnseen());
});

describe('heads seen by a minority', () => {
  test.each(SEEDS)('halt a log whose guard lies apart (seed %i)', async (seed) => {
    const begin = await begun(seed, WITNESSES);
    await signedBefore(begin, ['w0']);
    const again = await begin.world.start(restored(begin.host, begin.backup, 'store'));
    expect(again.log.state).toMatchObject(halted('rolled-back'));
  });

  test.each(SEEDS)('halt it as soon as that witness answers (seed %i)', async (seed) => {
    const begin = await begun(seed, WITNESSES);
    const { world } = begin;
    await signedBefore(begin, ['w0']);
    const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
    expect(await world.until(() => again.log.state.kind === 'halted')).toBe(true);
    expect(again.log.state).toMatchObject(halted('evidence'));
  });

  test.each(SEEDS)(
    'convict it when that witness answers after a new head (seed %i)',
    async (seed) => {
      const begin = await begun(seed, WITNESSES);
      const { world } = begin;
      await signedBefore(begin, ['w0']);
      const [w0] = world.witnesses;
      if (w0 === undefined) throw new Error('no witness');
      w0.isUp = false;
      const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
      // Two of three have confirmed: nobody who knows better is there.
      expect(await world.publish(again, 310)).toBe(true);
      w0.isUp = true;
      await world.submit(again, 1);
      expect(await world.until(() => again.log.state.kind === 'halted')).toBe(true);
      expect(again.log.state).toMatchObject(halted('evidence'));
      const proof = again.evidence[0]?.forkProof;
      expect(proof).not.toBeNull();
      checkForkProof(proof ?? new Uint8Array(0), { logKey: world.logKey });
    },
  );

  test.each(SEEDS)('halt it when a client that saw one returns (seed %i)', async (seed) => {
    await isCaughtByReader(seed);
  });

  test('fork where nobody looks', () => forksUnseen());
});

describe('heads published at quorum', () => {
  test.each(SEEDS)('halt a log whose guard lies apart (seed %i)', async (seed) => {
    const begin = await begun(seed, WITNESSES);
    await signedBefore(begin, ['w0', 'w1', 'w2']);
    const again = await begin.world.start(restored(begin.host, begin.backup, 'store'));
    expect(again.log.state).toMatchObject(halted('rolled-back'));
  });

  test.each(SEEDS)(
    'halt it before any new head, whichever witnesses are up (seed %i)',
    async (seed) => {
      const quorum = ['w0', 'w1'];
      const begin = await begun(seed, WITNESSES);
      const { world } = begin;
      await signedBefore(begin, quorum);
      // n − k + 1 = 2 witnesses have to confirm, and of any two one has seen it.
      const down = world.random.pick(world.witnesses);
      down.isUp = false;
      const signatures = world.signed.length;
      const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
      expect(again.log.state.kind).not.toBe('running');
      await world.submit(again, 3).catch(() => undefined);
      expect(await world.until(() => again.log.state.kind === 'halted')).toBe(true);
      expect(again.log.state).toMatchObject(halted('evidence'));
      expect(world.signed.length).toBe(signatures);
      expect(world.fork()).toBeNull();
    },
  );

  test.each(SEEDS)('halt it when a client that saw one returns (seed %i)', async (seed) => {
    await isCaughtByReader(seed);
  });

  test('fork where nobody looks', () => forksUnseen());
});

describe('folder and guard restored', () => {
  test.each(SEEDS)('is not seen by a guard that was restored too (seed %i)', async (seed) => {
    const begin = await begun(seed, 0);
    await signedBefore(begin, []);
    const again = await begin.world.start(restored(begin.host, begin.backup, 'store and guard'));
    expect(again.log.state.kind).toBe('running');
    again.kill();
  });

  test.each(SEEDS)(
    'stays unpublished while too few witnesses are up to tell (seed %i)',
    async (seed) => {
      const begin = await begun(seed, WITNESSES);
      const { world } = begin;
      await signedBefore(begin, ['w0', 'w1']);
      for (const { name } of world.witnesses.slice(0, 2)) {
        const witness = world.witnesses.find((one) => one.name === name);
        if (witness !== undefined) witness.isUp = false;
      }
      const signatures = world.signed.length;
      const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
      expect(await world.publish(again, 3)).toBe(false);
      expect(again.log.state).toEqual({ kind: 'confirming', unconfirmed: ['w0', 'w1'] });
      expect(world.signed.length).toBe(signatures);
      for (const witness of world.witnesses) witness.isUp = true;
      expect(await world.until(() => again.log.state.kind === 'halted')).toBe(true);
      expect(world.signed.length).toBe(signatures);
    },
  );

  test.each(SEEDS)('is caught when a client returns (seed %i)', async (seed) => {
    await isCaughtByReader(seed);
  });

  test('forks where nobody looks', () => forksUnseen());
});

describe('two hosts on copies', () => {
  test.each(SEEDS)('cannot both sign with one guard that both reach (seed %i)', async (seed) => {
    const { world, host, first, backup } = await begun(seed, 0);
    const shared = host.guard;
    const second = await world.start(backup, { guard: shared });
    await world.submit(first, 2);
    await world.submit(second, 3);
    const isHalted = () => [first, second].some(({ log }) => log.state.kind === 'halted');
    expect(await world.until(isHalted)).toBe(true);
    expect(world.fork()).toBeNull();
    first.kill();
    second.kill();
  });

  test.each(SEEDS)(
    'are told apart by witnesses at their first conflict (seed %i)',
    async (seed) => {
      const { world, first, backup } = await begun(seed, WITNESSES);
      const second = await world.start(backup);
      // Both grow from the same head, to sizes that may be the same or not.
      await Promise.all([
        world.submit(first, 1 + world.random.below(3)),
        world.submit(second, 1 + world.random.below(3)),
      ]);
      const isHalted = () => [first, second].some(({ log }) => log.state.kind === 'halted');
      expect(await world.until(isHalted)).toBe(true);
      const [caught] = [first, second].filter(({ log }) => log.state.kind === 'halted');
      expect(caught?.log.state).toMatchObject(halted('evidence'));
      first.kill();
      second.kill();
    },
  );

  test.each(SEEDS)('are seen by a client that meets both (seed %i)', async (seed) => {
    const { world, first, backup } = await begun(seed, 0);
    const reader = world.reader(first);
    const second = await world.start(backup);
    await world.publish(first, 4);
    await world.publish(second, 4 + world.random.below(3));
    await reader.checkpoint();
    reader.point(second);
    await expect(reader.checkpoint()).rejects.toMatchObject({ code: 'checkpoint.fork' });
    const [conflict] = reader.conflicts;
    checkForkProof(conflict?.proof ?? new Uint8Array(0), { logKey: world.logKey });
    expect(await world.until(() => second.log.state.kind === 'halted')).toBe(true);
    expect(second.log.state).toMatchObject(halted('evidence'));
    first.kill();
  });

  test('fork where nobody looks', async () => {
    const { world, first, backup } = await begun(1, 0);
    const second = await world.start(backup);
    await world.publish(first, 4);
    await world.publish(second, 4);
    expect([first.log.state.kind, second.log.state.kind]).toEqual(['running', 'running']);
    expect(world.fork()).not.toBeNull();
    first.kill();
    second.kill();
  });
});

describe('a stolen log key', () => {
  /** The thief's own process: a copy of the store with a guard of its own, which signs on. */
  async function thief(world: ForkWorld, backup: Host): Promise<RunningHost> {
    const theirs = await world.start(backup);
    await world.submit(theirs, 2);
    const size = theirs.log.figures.integratedSize;
    expect(await world.until(() => world.signed.some((head) => head.size === size))).toBe(true);
    return theirs;
  }

  test.each(SEEDS)(
    'is not seen by the guard, nor by anybody where nobody looks (seed %i)',
    async (seed) => {
      const { world, host, first, backup } = await begun(seed, 0);
      const theirs = await thief(world, backup);
      theirs.kill();
      expect(await world.publish(first, 2)).toBe(true);
      expect(world.fork()).not.toBeNull();
      await first.log.close();
      const again = await world.start(host);
      expect(again.log.state.kind).toBe('running');
      again.kill();
    },
  );

  test.each(SEEDS)('is evidence once a witness has seen its head (seed %i)', async (seed) => {
    const { world, first, backup } = await begun(seed, WITNESSES);
    const theirs = await thief(world, backup);
    expect(await world.until(() => theirs.log.publishedSize > first.log.publishedSize)).toBe(true);
    theirs.kill();
    await world.submit(first, 1 + world.random.below(4));
    expect(await world.until(() => first.log.state.kind === 'halted')).toBe(true);
    expect(first.log.state).toMatchObject(halted('evidence'));
  });

  test.each(SEEDS)('is evidence once anybody shows what it signed (seed %i)', async (seed) => {
    const { world, first } = await begun(seed, 0);
    const size = 1 + world.random.below(first.log.publishedSize);
    const head = { origin: world.logKey.name, size, rootHash: world.random.bytes(32) };
    await first.log.reportSeen(signCheckpoint(head, world.signer));
    expect(first.log.state).toMatchObject(halted('evidence'));
  });
});

/** With no witness: a client saw a head that the restored log does not know, and comes back. */
async function isCaughtByReader(seed: number): Promise<void> {
  const begin = await begun(seed, 0);
  const { world, first } = begin;
  await world.publish(first, 1 + world.random.below(300));
  const reader = world.reader(first);
  await reader.checkpoint();
  first.kill();
  const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
  if (world.random.chance(0.5)) await world.publish(again, 1 + world.random.below(400));
  reader.point(again);
  await expect(reader.checkpoint()).rejects.toThrow(/checkpoint\.(rollback|fork)/);
  expect(await world.until(() => again.log.state.kind === 'halted')).toBe(true);
  expect(again.log.state).toMatchObject(halted('evidence'));
}

/** With no witness and no client that remembers: two roots of one size are signed, and nothing halts. */
async function forksUnseen(): Promise<void> {
  for (const seed of SEEDS) {
    const begin = await begun(seed, 0);
    const { world, first } = begin;
    expect(await world.publish(first, 4)).toBe(true);
    first.kill();
    const again = await world.start(restored(begin.host, begin.backup, 'store and guard'));
    expect(await world.publish(again, 4)).toBe(true);
    expect(again.log.state.kind).toBe('running');
    expect(world.fork()).not.toBeNull();
    again.kill();
  }
}
