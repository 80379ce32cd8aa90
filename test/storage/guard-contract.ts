import { describe, expect, it } from 'vitest';
import type { Guard, GuardState } from '../../src/log/ports.ts';

/** A state of a guard whose root hash repeats one byte. */
export function guardState(size: number, timeMs: number, root: number = size): GuardState {
  return { size, rootHash: new Uint8Array(32).fill(root), timeMs };
}

/** What every guard promises that holds nothing yet. */
export function guardContract(name: string, newGuard: () => Promise<Guard>): void {
  describe(`${name} keeps the contract of a guard`, () => {
    it('holds nothing at first, then the state it was given last', async () => {
      const guard = await newGuard();
      expect(await guard.read()).toBeNull();
      const states = [
        guardState(0, 5),
        guardState(0, 6),
        guardState(3, 7),
        guardState(2 ** 53 - 1, 2 ** 53 - 1),
      ];
      let from: GuardState | null = null;
      for (const to of states) {
        await guard.advance(from, to);
        expect(await guard.read()).toEqual(to);
        from = to;
      }
      await guard.close();
    });

    it('refuses to advance from what is not its state, and stays usable', async () => {
      const guard = await newGuard();
      const first = guardState(10, 100);
      const second = guardState(11, 101);
      await expect(guard.advance(first, second)).rejects.toMatchObject({ code: 'guard.moved' });
      await guard.advance(null, first);
      for (const wrong of [null, guardState(9, 100), guardState(10, 99), guardState(10, 100, 7)]) {
        await expect(guard.advance(wrong, second)).rejects.toMatchObject({ code: 'guard.moved' });
      }
      expect(await guard.read()).toEqual(first);
      await guard.advance(first, second);
      expect(await guard.read()).toEqual(second);
    });

    it('takes a smaller size, a second root, a time that does not grow for a bug', async () => {
      const guard = await newGuard();
      const from = guardState(10, 100);
      await guard.advance(null, from);
      const wrong = [
        guardState(9, 101),
        guardState(10, 101, 7),
        guardState(10, 100),
        guardState(11, 100),
        guardState(11, 99),
        guardState(2 ** 53, 101),
        { ...guardState(11, 101), rootHash: new Uint8Array(31) },
      ];
      for (const to of wrong) await expect(guard.advance(from, to)).rejects.toThrow(/^bug:/);
      expect(await guard.read()).toEqual(from);
    });

    it('lets one of two through that advance at once', async () => {
      const guard = await newGuard();
      const outcomes = await Promise.allSettled([
        guard.advance(null, guardState(1, 1)),
        guard.advance(null, guardState(2, 1)),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(await guard.read()).toEqual(guardState(1, 1));
    });

    it('keeps bytes of its own', async () => {
      const guard = await newGuard();
      const first = guardState(1, 1);
      await guard.advance(null, first);
      first.rootHash.fill(99);
      expect(await guard.read()).toEqual(guardState(1, 1));
    });
  });
}
