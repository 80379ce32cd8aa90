import { describe, expect, test } from 'vitest';
import { base64 } from '../../src/core/base64.ts';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { formatIndexHead } from '../../src/event/index-leaf.ts';
import { pruneHeads } from '../../src/log/kept-heads.ts';
import type { Store } from '../../src/log/ports.ts';
import { keysOf, numberOfKey } from '../../src/log/rows.ts';
import { readTally } from '../../src/log/tally.ts';
import { memoryStore } from '../../src/storage/storage.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

const SIGNER = testSigner();
const NOW = 1_800_000_000_000;

/** Sizes of the heads that are stored. */
async function sizesOf(store: Store): Promise<number[]> {
  const rows = await store.scan({ ...keysOf('S'), limit: 1_000 });
  return [...new Set(rows.map(({ key }) => numberOfKey(key)))];
}

function indexHead(size: number): Uint8Array {
  const hash = base64(new Uint8Array(32));
  const { origin } = SIGNER;
  return formatIndexHead({
    ...{ v: 'nhi.index/1', map: 'nhi.map/1', origin, root: hash, index: hash },
    ...{ size, keys: 1, postings: 1, prev: null },
  });
}

describe('old heads', () => {
  test('go, but for those that an index head names and the last of a minute', async () => {
    const memory = memoryStore();
    const store: Store = {
      get: (key) => memory.get(key),
      getMany: (keys) => memory.getMany(keys),
      scan: (range) => memory.scan(range),
      write: (batch) => memory.write(batch),
      purge: (ranges) => memory.purge(ranges),
      close: async () => {},
    };
    let ms = 0;
    const log = await openTestLog({ store, signer: SIGNER, clock: () => NOW + ms++ });
    const published = async (): Promise<number> => {
      const { integratedSize } = log.figures;
      return (await log.waitPublished(integratedSize, new AbortController().signal)).size;
    };
    const sizes: number[] = [];
    for (let i = 0; i < 8; i++) {
      await log.submit([testEvent(`event-${i}`)], ANYONE);
      sizes.push(await published());
    }
    const named = sizes[3] as number;
    await log.appendOwn(indexHead(named));
    const last = await published();
    await log.close();
    expect(await sizesOf(store)).toEqual(expect.arrayContaining([...sizes, last]));
    const keys = {
      log: verifierKeyOf(SIGNER.origin, KEY_TYPE.ed25519, SIGNER.ed25519PublicKey),
      p256PublicKey: SIGNER.p256PublicKey,
    };
    const tallies = { ids: await readTally(store, 'I'), heads: await readTally(store, 'S') };
    const before = NOW + 1_000_000_000;
    await pruneHeads(store, keys, { from: keysOf('S').from, before, tallies });
    const kept = await sizesOf(store);
    expect(kept).toContain(named);
    expect(kept.filter((size) => size !== named && size < last)).toEqual([]);
  });
});
