import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { mlDsa44Cosigner } from '../../src/core/ml-dsa.ts';
import { listen } from '../../src/http/node-server.ts';
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

describe('a witness on a socket', () => {
  it('answers a log while hundreds of bodies are announced that never come', async () => {
    const test = testWitness();
    const log = signedLog('stalled');
    await test.add(log);
    const server = await listen({ app: test.app, port: 0, random: () => 0.5 });
    const port = Number(new URL(server.url).port);
    const head = 'POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 65536\r\n\r\nold 0';
    const sockets = Array.from({ length: 400 }, () => connect(port, '127.0.0.1'));
    try {
      await Promise.all(
        sockets.map((socket) => {
          socket.on('error', () => {});
          return new Promise((resolve) => socket.write(head, resolve));
        }),
      );
      const body = log.request(0, 3).slice();
      const answer = await fetch(`${server.url}/add-checkpoint`, { method: 'POST', body });
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('— ')]);
    } finally {
      for (const socket of sockets) socket.destroy();
      await server.close();
    }
  });
});
