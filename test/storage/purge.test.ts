import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concat, u64be, utf8 } from '../../src/core/bytes.ts';
import type { Store } from '../../src/log/ports.ts';
import { openLevelStore } from '../../src/storage/level-store.ts';
import { tempFolder } from '../support/temp-folder.ts';

const keyOf = (i: number): Uint8Array => concat(utf8('O'), u64be(i), Uint8Array.of(0));
const rangeOf = (i: number): { from: Uint8Array; to: Uint8Array } => ({
  from: concat(utf8('O'), u64be(i)),
  to: concat(utf8('O'), u64be(i + 1)),
});

/** Does any file of the folder hold these bytes? They are random: what LevelDB compresses it leaves as they are. */
function isFound(dir: string, bytes: Uint8Array): boolean {
  try {
    return readdirSync(dir).some((name) =>
      readFileSync(join(dir, name)).includes(Buffer.from(bytes)),
    );
  } catch (error) {
    // LevelDB removed a file after we had read its name: what it held may lie in another one.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return isFound(dir, bytes);
  }
}

async function put(store: Store, i: number, value: Uint8Array | null): Promise<void> {
  await store.write({ changes: [{ key: keyOf(i), value }], flush: true });
}

/** Rows around the purged one, as many as fill tables of several levels. */
async function fill(store: Store, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const changes = Array.from({ length: 400 }, (_, i) => {
      return { key: keyOf(i * 3 + 1), value: new Uint8Array(randomBytes(300)) };
    });
    await store.write({ changes, flush: false });
  }
}

describe('purging a LevelDB store', () => {
  it.each([
    ['was never written to a table', 0, 0],
    ['lies in the table of its new value', 0, 20],
    ['lies in a table below others', 20, 0],
    ['lies between many', 30, 30],
  ])('leaves no byte of a replaced or deleted value that %s', async (_what, before, after) => {
    const dir = join(tempFolder(), 'store');
    const store = await openLevelStore({ dir, writeBufferSize: 256 * 1024 });
    const [deleted, replaced, kept] = [48, 48, 48].map((n) => new Uint8Array(randomBytes(n)));
    if (deleted === undefined || replaced === undefined || kept === undefined) throw new Error();
    await fill(store, before);
    await put(store, 300, deleted);
    await put(store, 600, replaced);
    await put(store, 900, kept);
    await fill(store, after);
    await put(store, 300, null);
    await put(store, 600, utf8('gone'));
    expect([isFound(dir, deleted), isFound(dir, replaced)]).toContain(true);
    await store.purge([rangeOf(300), rangeOf(600)]);
    expect([isFound(dir, deleted), isFound(dir, replaced)]).toEqual([false, false]);
    const read = await store.getMany([300, 600, 900, 1].map(keyOf));
    expect(read.slice(0, 3)).toEqual([undefined, utf8('gone'), kept]);
    expect(read[3] === undefined).toBe(before + after === 0);
    await store.close();
    expect([isFound(dir, deleted), isFound(dir, replaced)]).toEqual([false, false]);
  });

  it('waits for reads that still see the old value, and reads and writes wait for it', async () => {
    const dir = join(tempFolder(), 'store');
    const store = await openLevelStore({ dir });
    await fill(store, 10);
    const secret = new Uint8Array(randomBytes(48));
    await put(store, 300, secret);
    const scan = store.scan({ from: utf8('O'), to: utf8('P'), limit: 10_000 });
    const deletion = put(store, 300, null);
    const purge = store.purge([rangeOf(300)]);
    const [rows] = await Promise.all([scan, deletion, purge, put(store, 301, secret.slice(0, 8))]);
    expect(rows.length).toBeGreaterThan(400);
    expect(isFound(dir, secret)).toBe(false);
    expect(await store.scan({ ...rangeOf(301), limit: 10 })).toHaveLength(1);
    await store.close();
  });
});
