import { originHash } from '../../src/core/add-checkpoint.ts';
import { type Policy, parsePolicy } from '../../src/core/policy.ts';
import { formatVkey, type VerifierKey } from '../../src/core/vkey.ts';
import { createWitnessApp } from '../../src/http/witness-app.ts';
import { memoryWitnessStore } from '../../src/storage/memory-witness-store.ts';
import { createWitness } from '../../src/witness/witness.ts';
import { testWitnessKey } from '../support/test-witness.ts';

/** Answers a request in the place of a witness. `calls` counts what it was asked, from 0. */
export type Lie = (request: { readonly path: string; readonly calls: number }) => Response;

/** A witness of a simulated world: the real state machine over memory, unless it is away or lies. */
export interface SimulatedWitness {
  readonly name: string;
  readonly url: string;
  readonly vkey: string;
  isUp: boolean;
  lie: Lie | null;
  /** Answers it gave, by status. */
  readonly answers: Map<number, number>;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Names of what it keeps against the log. */
  evidence(): Promise<readonly string[]>;
  evidenceFile(name: string): Promise<Uint8Array | null>;
}

/** A witness that knows one log. */
export async function simulatedWitness(
  name: string,
  logKey: VerifierKey,
  now: () => number,
): Promise<SimulatedWitness> {
  const key = testWitnessKey(`witness.test/${name}`);
  const store = memoryWitnessStore();
  const listed = { key: logKey, origin: logKey.name, requestsPerDay: 1_000_000_000 };
  await store.addLog({ ...listed, contact: 'test' });
  const app = createWitnessApp({
    witness: createWitness({ store, keys: [key], clock: now }),
    random: () => 0.5,
  });
  const url = `http://${name}.test`;
  const hash = originHash(logKey.name);
  let calls = 0;
  const witness: SimulatedWitness = {
    name,
    url,
    vkey: formatVkey(key.key),
    isUp: true,
    lie: null,
    answers: new Map(),
    async fetch(target, init) {
      if (!witness.isUp) throw new Error('connection refused');
      const path = target.slice(url.length);
      const reply =
        witness.lie === null
          ? await app.request(path, init)
          : witness.lie({ path, calls: calls++ });
      witness.answers.set(reply.status, (witness.answers.get(reply.status) ?? 0) + 1);
      return reply;
    },
    evidence: () => store.evidenceNames(hash),
    evidenceFile: (file) => store.evidence(hash, file),
  };
  return witness;
}

/** The policy of all of them, with a quorum of any `k`. */
export function policyOf(witnesses: readonly SimulatedWitness[], k: number): Policy {
  const lines = witnesses.map(({ name, vkey, url }) => `witness ${name} ${vkey} ${url}`);
  const group = `group q ${k} ${witnesses.map(({ name }) => name).join(' ')}`;
  return parsePolicy([...lines, group, 'quorum q', ''].join('\n'));
}

const SIZE = { 'content-type': 'text/x.tlog.size' };
const size = (n: number | string): Response =>
  new Response(`${n}\n`, { status: 409, headers: SIZE });
const isMonitoring = (path: string): boolean => path.endsWith('/checkpoint');

/** The lying witnesses of forks.md, and some of their relatives. */
export const LIES: Readonly<Record<string, Lie>> = {
  'names 2^53 - 1 as its size': () => size(2 ** 53 - 1),
  'answers 422 to everything': () => new Response('no\n', { status: 422 }),
  'names another size each time': ({ calls }) => size([3, 1_000_000, 0, 7, 2][calls % 5] ?? 0),
  'claims more and shows a garbage note': ({ path }) =>
    isMonitoring(path) ? new Response('garbage\n\n— nobody AAAA\n') : size(9_999),
  'claims another root and hangs when it is to show it': ({ path, calls }) => {
    if (!isMonitoring(path)) return calls % 2 === 0 ? size(1) : new Response('', { status: 422 });
    return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  },
  'answers with the cosignature of nobody': () =>
    new Response(`— witness.test/w2 ${btoa('x'.repeat(76))}\n`),
};
