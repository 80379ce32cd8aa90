import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import type { Store } from '../../src/log/ports.ts';
import { memoryGuard } from '../../src/storage/memory-guard.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import { faultGuard } from './fault-guard.ts';
import { FaultDisk } from './fault-store.ts';
import { type Fault, startLife } from './life.ts';
import { seededRandom } from './random.ts';

const key = utf8('k');

async function put(store: Store, name: string, value: string, flush: boolean): Promise<void> {
  await store.write({ changes: [{ key: utf8(name), value: utf8(value) }], flush });
}

async function read(disk: FaultDisk, names: string): Promise<string> {
  const store = disk.open(startLife());
  const values = await store.getMany([...names].map(utf8));
  return values.map((value) => (value === undefined ? '-' : utf8Text(value))).join('');
}

/** All that the rows may be after a power cut, over many seeds, sorted. */
async function afterPowerCut(
  names: string,
  prepare: (disk: FaultDisk) => Promise<void>,
  holes = false,
): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = new FaultDisk(memoryStore(), { holes });
    await prepare(disk);
    await disk.losePower(seededRandom(seed));
    seen.add(await read(disk, names));
  }
  return [...seen].sort();
}

describe('a fault store', () => {
  const faults: readonly [Fault, boolean, 'throws' | 'dies'][] = [
    ['fails-undone', false, 'throws'],
    ['fails-done', true, 'throws'],
    ['fails-unflushed', true, 'throws'],
    ['crash-before', false, 'dies'],
    ['crash-after', true, 'dies'],
  ];
  for (const [fault, done, outcome] of faults) {
    it(`meets the fault ${fault} of a write`, async () => {
      const disk = new FaultDisk(memoryStore());
      const life = startLife((point, callIndex) =>
        point === 'store.write' && callIndex === 1 ? fault : 'none',
      );
      const store = disk.open(life);
      await put(store, 'a', '1', true);
      const write = put(store, 'b', '2', true).then(
        () => 'answers',
        (error: unknown) => error,
      );
      const seen = await Promise.race([write, life.death.then(() => 'dies')]);
      if (outcome === 'dies') {
        expect(seen).toBe('dies');
        expect(life.dead).toBe(true);
      } else {
        expect(seen).toMatchObject({ code: 'store.failed' });
        await expect(put(store, 'c', '3', true)).rejects.toMatchObject({ code: 'store.failed' });
        expect(await store.get(utf8('a'))).toEqual(utf8('1'));
      }
      expect(life.reached.get(`store.write ${fault}`)).toBe(1);
      expect(await read(disk, 'abc')).toBe(done ? '12-' : '1--');
    });
  }

  it('answers nothing any more to a process that died', async () => {
    const disk = new FaultDisk(memoryStore());
    const life = startLife();
    const store = disk.open(life);
    const late = put(store, 'a', '1', true);
    life.kill('test');
    const never = [late, store.get(key), put(store, 'b', '2', true)];
    const seen = await Promise.race([...never, life.death.then((where) => where)]);
    expect(seen).toBe('test');
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect(await read(disk, 'ab')).toBe('--');
  });

  it('keeps what was flushed and any first part of what came after, when the power goes', async () => {
    const seen = await afterPowerCut('abcd', async (disk) => {
      const store = disk.open(startLife());
      await put(store, 'a', '1', false);
      await put(store, 'b', '1', true);
      await put(store, 'c', '1', false);
      await put(store, 'a', '2', false);
      await put(store, 'd', '1', false);
    });
    expect(seen).toEqual(['11--', '111-', '211-', '2111']);
  });

  it('may lose a write that was not flushed before one that was, where asked for', async () => {
    const prepare = async (disk: FaultDisk): Promise<void> => {
      const store = disk.open(startLife());
      await put(store, 'a', '1', false);
      await put(store, 'b', '1', true);
    };
    expect(await afterPowerCut('ab', prepare, true)).toEqual(['-1', '11']);
    expect(await afterPowerCut('ab', prepare)).toEqual(['11']);
  });

  it('keeps all when only the process goes', async () => {
    const disk = new FaultDisk(memoryStore());
    const life = startLife();
    await put(disk.open(life), 'a', '1', false);
    life.kill('test');
    expect(await read(disk, 'a')).toBe('1');
  });

  it('may lose a batch whose flush failed, even after a later flush, until it is written again', async () => {
    const fail = (disk: FaultDisk): Promise<void> =>
      put(disk.open(startLife(() => 'fails-unflushed')), 'a', '1', true).catch(() => undefined);
    const later = await afterPowerCut('ab', async (disk) => {
      await fail(disk);
      await put(disk.open(startLife()), 'b', '1', true);
    });
    expect(later).toEqual(['-1', '11']);
    const again = await afterPowerCut('ab', async (disk) => {
      await fail(disk);
      const store = disk.open(startLife());
      await put(store, 'a', '1', true);
      await put(store, 'b', '1', true);
    });
    expect(again).toEqual(['11']);
  });
});

describe('a guard under faults', () => {
  it('fails undone, fails though done, and refuses what comes after', async () => {
    const state = { size: 1, rootHash: new Uint8Array(32), timeMs: 1 };
    for (const [fault, held] of [
      ['fails-undone', null],
      ['fails-done', state],
    ] as const) {
      const base = memoryGuard();
      const guard = faultGuard(
        base,
        startLife(() => fault),
      );
      await expect(guard.advance(null, state)).rejects.toMatchObject({ code: 'guard.failed' });
      await expect(guard.advance(held, { ...state, timeMs: 2 })).rejects.toMatchObject({
        code: 'guard.failed',
      });
      expect(await base.read()).toEqual(held);
    }
  });

  it('dies before or after its effect', async () => {
    const state = { size: 1, rootHash: new Uint8Array(32), timeMs: 1 };
    for (const [fault, held] of [
      ['crash-before', null],
      ['crash-after', state],
    ] as const) {
      const base = memoryGuard();
      const life = startLife(() => fault);
      void faultGuard(base, life).advance(null, state);
      expect(await life.death).toBe(`guard.advance ${fault}`);
      expect(await base.read()).toEqual(held);
    }
  });
});

describe('a purge', () => {
  it('makes what it purges durable, and nothing else', async () => {
    const prepare = async (disk: FaultDisk): Promise<void> => {
      const store = disk.open(
        startLife((point, call) =>
          point === 'store.write' && call === 1 ? 'fails-unflushed' : 'none',
        ),
      );
      const write = (a: string | null, b: string): Promise<void> => {
        const changes = [
          { key: utf8('a'), value: a === null ? null : utf8(a) },
          { key: utf8('b'), value: utf8(b) },
        ];
        return store.write({ changes, flush: true });
      };
      await write('1', '1');
      await write(null, '2').catch(() => undefined);
      const next = disk.open(startLife());
      await next.purge([{ from: utf8('Z'), to: utf8('aa') }]);
    };
    expect(await afterPowerCut('ab', prepare)).toEqual(['-1', '-2']);
  });
});

describe('seeded random numbers', () => {
  it('are the same for a seed, and differ between seeds', () => {
    const draw = (seed: number): string =>
      Buffer.from(seededRandom(seed).bytes(16)).toString('hex');
    expect(draw(1)).toBe(draw(1));
    expect(new Set(Array.from({ length: 1000 }, (_, seed) => draw(seed))).size).toBe(1000);
  });

  it('cover a range evenly', () => {
    const random = seededRandom(9);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const n = random.below(10);
      counts[n] = (counts[n] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(800);
  });
});
