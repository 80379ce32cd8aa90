import { describe, it } from 'vitest';
import { mlDsa44Cosigner } from '../../src/core/ml-dsa.ts';
import { openWitnessFolder } from '../../src/storage/witness-folder.ts';
import { WITNESS_CASES, type WitnessTarget } from '../e2e/witness-cases.ts';
import { signedLog } from '../support/signed-log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { type TestWitness, testWitness, testWitnessKey } from '../support/test-witness.ts';

let logs = 0;

function targetOf(test: TestWitness, keys = [test.key.key]): WitnessTarget {
  return {
    keys,
    post: (body) => test.post(body),
    get: async (path) => await test.app.request(`/${path}`),
    nowSeconds: () => Math.floor(test.nowMs / 1_000),
    async newLog() {
      const log = signedLog(`case-${logs++}`);
      await test.add(log);
      return log;
    },
  };
}

describe('a witness in memory', () => {
  const test = testWitness();
  it.each(WITNESS_CASES)('$name', async ({ run }) => {
    await run(targetOf(test));
  });
});

describe('a witness over a folder', () => {
  it.each(WITNESS_CASES)('$name', async ({ run }) => {
    const store = await openWitnessFolder(tempFolder());
    await run(targetOf(testWitness('witness.test/w', { store })));
  });
});

describe('a witness with an ML-DSA-44 key too', () => {
  const keys = [
    testWitnessKey('witness.test/w'),
    mlDsa44Cosigner('witness.test/w', new Uint8Array(32)),
  ];
  const test = testWitness('witness.test/w', { keys });
  it.each(WITNESS_CASES.filter(({ name }) => name.startsWith('200')))('$name', async ({ run }) => {
    await run(
      targetOf(
        test,
        keys.map(({ key }) => key),
      ),
    );
  });
});
