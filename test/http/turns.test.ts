import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/http/turns.ts';

describe('turns', () => {
  it('are given one a round, in the order in which they were asked for', async () => {
    const rounds: (() => void)[] = [];
    const turns = createTurns((callback) => rounds.push(callback));
    const taken: string[] = [];
    const take = async (name: string): Promise<void> => {
      await turns.take();
      taken.push(name);
    };
    const all = [take('a'), take('b'), take('c')];
    const round = async (): Promise<number> => {
      const due = rounds.splice(0);
      for (const callback of due) callback();
      await Promise.resolve();
      await Promise.resolve();
      return due.length;
    };
    expect([await round(), taken.join('')]).toEqual([1, 'a']);
    expect([await round(), taken.join('')]).toEqual([1, 'ab']);
    const late = take('d');
    expect([await round(), taken.join('')]).toEqual([1, 'abc']);
    expect([await round(), taken.join('')]).toEqual([1, 'abcd']);
    expect(await round()).toBe(0);
    const again = take('e');
    expect([await round(), taken.join('')]).toEqual([1, 'abcde']);
    await Promise.all([...all, late, again]);
  });
});
