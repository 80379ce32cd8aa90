import { utf8 } from '../../src/core/bytes.ts';
import { cosign } from '../../src/core/cosignature.ts';
import { parseLogList } from '../../src/core/log-list.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import type { LogApp } from '../../src/http/app.ts';
import { createWitnessApp } from '../../src/http/witness-app.ts';
import { memoryWitnessStore } from '../../src/storage/memory-witness-store.ts';
import type { WitnessKey, WitnessStore } from '../../src/witness/ports.ts';
import { createWitness, type Witness } from '../../src/witness/witness.ts';
import { referenceLeafHash } from '../reference/tree.ts';
import type { SignedLog } from './signed-log.ts';

/** A witness in memory, with the clock of a test. */
export interface TestWitness {
  readonly key: WitnessKey;
  readonly store: WitnessStore;
  readonly witness: Witness;
  readonly app: LogApp;
  nowMs: number;
  add(log: SignedLog, requestsPerDay?: number): Promise<void>;
  post(body: Uint8Array): Promise<Response>;
}

export function testWitnessKey(name: string): WitnessKey {
  const seed = referenceLeafHash(utf8(`seed of witness ${name}`));
  const key = verifierKeyOf(name, KEY_TYPE.cosignature, ed25519PublicKey(seed));
  const sign = (message: Uint8Array): Uint8Array => signEd25519({ message, seed });
  const cosigner = { name, ed25519PublicKey: key.publicKey, sign };
  return { key, cosign: (text, atSeconds) => cosign(text, cosigner, atSeconds) };
}

export function testWitness(
  name = 'witness.test/w',
  options: { readonly store?: WitnessStore; readonly keys?: readonly WitnessKey[] } = {},
): TestWitness {
  const store = options.store ?? memoryWitnessStore();
  const key = testWitnessKey(name);
  const witness = createWitness({
    store,
    keys: options.keys ?? [key],
    clock: () => test.nowMs,
  });
  const app = createWitnessApp({ witness, random: () => 0.5 });
  const test: TestWitness = {
    key,
    store,
    witness,
    app,
    nowMs: 1_700_000_000_000,
    async add(log, requestsPerDay = 1_000_000_000) {
      const list = `logs/v0\nvkey ${log.vkey}\nqpd ${requestsPerDay}\ncontact test\n`;
      for (const entry of parseLogList(utf8(list))) await store.addLog(entry);
    },
    async post(body) {
      const init = { method: 'POST', body: new Uint8Array(body) };
      return await app.request('/add-checkpoint', init);
    },
  };
  return test;
}
