import { describe, expect, test } from 'vitest';
import { LIES } from './fork-witnesses.ts';
import { ForkWorld } from './fork-world.ts';

/* Two honest witnesses of three are a quorum: what the third does delays nothing and proves nothing. (forks.md, Tests) */

const NAMES = Object.keys(LIES);

async function worldWith(seed: number, lies: readonly (string | null)[]): Promise<ForkWorld> {
  const world = await ForkWorld.of(seed, lies.length);
  for (const [i, witness] of world.witnesses.entries()) {
    witness.lie = LIES[lies[i] ?? ''] ?? null;
  }
  return world;
}

describe('a witness of three that lies', () => {
  test.each(NAMES)('and %s stops neither admission nor publication', async (lie) => {
    for (const seed of [1, 2]) {
      const at = seed % 3;
      const world = await worldWith(
        seed,
        [0, 1, 2].map((i) => (i === at ? lie : null)),
      );
      const host = world.newHost();
      const first = await world.start(host);
      for (let i = 0; i < 4; i++) expect(await world.publish(first, 3)).toBe(true);
      expect(first.log.state).toEqual({ kind: 'running' });
      expect(first.evidence).toEqual([]);
      expect(world.witnesses[at]?.answers.size).toBeGreaterThan(0);
      await first.log.close();
      // Nor does it keep the next start from being confirmed by the other two.
      const again = await world.start(host);
      expect(await world.publish(again, 3)).toBe(true);
      expect(again.log.state).toEqual({ kind: 'running' });
      again.kill();
    }
  });

  test('is told apart from one that shows what it claims', async () => {
    const world = await worldWith(1, ['claims more and shows a garbage note', null, null]);
    const running = await world.start(world.newHost());
    expect(await world.publish(running, 3)).toBe(true);
    const [liar, honest] = running.log.witnesses;
    expect(liar?.claim).toMatchObject({ kind: 'larger-size', size: 9_999, verdict: 'unproven' });
    expect(honest?.claim).toBeNull();
    running.kill();
  });
});

describe('two witnesses of three that lie', () => {
  test.each(NAMES)('and %s stop publication, and not admission', async (lie) => {
    const world = await worldWith(3, [null, null, null]);
    const running = await world.start(world.newHost());
    expect(await world.publish(running, 3)).toBe(true);
    const size = running.log.publishedSize;
    for (const witness of world.witnesses.slice(1)) witness.lie = LIES[lie] ?? null;
    expect(await world.publish(running, 3)).toBe(false);
    await world.submit(running, 3);
    expect(running.log.publishedSize).toBe(size);
    expect(running.log.figures.integratedSize).toBe(size + 6);
    expect(running.log.state).toEqual({ kind: 'running' });
    for (const witness of world.witnesses) witness.lie = null;
    expect(await world.until(() => running.log.publishedSize === size + 6)).toBe(true);
    expect(running.log.state).toEqual({ kind: 'running' });
    running.kill();
  });
});
