import { expect, test } from 'vitest';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import type { Log } from '../../src/log/log.ts';
import type { Store } from '../../src/log/ports.ts';
import { recover } from '../../src/log/recovery.ts';
import { replay } from '../../src/log/replay.ts';
import { readTally } from '../../src/log/tally.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { keepOpen } from '../support/keep-open.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const SECRET = new Uint8Array(32).fill(7); // of openTestLog

async function copyOf(store: Store): Promise<Store> {
  const everything = { from: new Uint8Array(0), to: Uint8Array.of(255), limit: 100_000 };
  const copy = memoryStore();
  await copy.write({ changes: await store.scan(everything), flush: true });
  return keepOpen(copy);
}

/** A mirror: the published tree of a log, as anyone may have copied it. */
async function mirrorOf(log: Log) {
  const target = await log.waitPublished(log.figures.integratedSize, AbortSignal.timeout(5_000));
  return {
    target,
    source: {
      tiles: log.tiles,
      bundles: {
        readBundles: (bundles: readonly { index: number; width: number }[]) =>
          Promise.all(bundles.map(({ index, width }) => log.readBundle(index, width))),
      },
    },
  };
}

async function rolledBack() {
  const guard = keepOpen(memoryGuard());
  const signer = testSigner();
  const store = keepOpen(memoryStore());
  const log = await openTestLog({ store, guard, signer });
  await log.submit([testEvent('a'), testEvent('b', 'x')], ANYONE);
  const old = await copyOf(store);
  const many = Array.from({ length: 700 }, (_, i) => testEvent(`${i}`));
  await log.submit([...many, testEvent('b', 'y'), testEvent('a')], ANYONE);
  await log.waitPublished(log.figures.integratedSize, AbortSignal.timeout(5_000));
  const logKey = verifierKeyOf(log.origin, KEY_TYPE.ed25519, signer.ed25519PublicKey);
  const recovered = await recover(old, await guard.read(), {
    origin: log.origin,
    type: 'events',
    keys: { log: logKey, p256PublicKey: signer.p256PublicKey },
    wasClosed: false,
  });
  if (recovered.kind !== 'halted' || recovered.tree === null) throw new Error('not rolled back');
  const tallies = { ids: await readTally(old, 'I'), heads: await readTally(old, 'S') };
  return { log, old, guard, signer, tree: recovered.tree, tallies };
}

test('puts back what a restored store lost: then it starts, and answers as before', async () => {
  const { log, old, guard, signer, tree, tallies } = await rolledBack();
  const { target, source } = await mirrorOf(log);
  await replay({ store: old, tree, tallies, source, target, samenessSecret: SECRET });
  const restored = await openTestLog({ store: old, guard, signer });
  expect(restored.state).toEqual({ kind: 'running' });
  const asked = [testEvent('5'), testEvent('b', 'y'), testEvent('b', 'x'), testEvent('a')];
  const [before, after] = await Promise.all(
    [log, restored].map((one) => one.submit(asked, ANYONE)),
  );
  expect(after).toEqual(before);
  expect(restored.figures.integratedSize).toBe(target.size);
  await restored.close();
});

test('puts back nothing that is not under the target', async () => {
  const { log, old, tree, tallies } = await rolledBack();
  const { target, source } = await mirrorOf(log);
  const lying = {
    tiles: source.tiles,
    bundles: {
      readBundles: async (bundles: readonly { index: number; width: number }[]) => {
        const found = await source.bundles.readBundles(bundles);
        return found.map((bytes) => {
          const other = bytes.slice();
          other[other.length - 9] = (other.at(-9) ?? 0) ^ 1;
          return other;
        });
      },
    },
  };
  const size = tree.builder.size;
  await expect(
    replay({ store: old, tree, tallies, source: lying, target, samenessSecret: SECRET }),
  ).rejects.toMatchObject({ code: 'bundle.mismatch' });
  expect(tree.builder.size).toBe(size);
});

test('refuses a target that the store is no prefix of', async () => {
  const { old, tree, tallies } = await rolledBack();
  const other = await openTestLog();
  await other.submit(
    Array.from({ length: 50 }, (_, i) => testEvent(`other ${i}`.replace(' ', '-'))),
    ANYONE,
  );
  const { target, source } = await mirrorOf(other);
  await expect(
    replay({ store: old, tree, tallies, source, target, samenessSecret: SECRET }),
  ).rejects.toMatchObject({ code: 'consistency.mismatch' });
  await other.close();
});
