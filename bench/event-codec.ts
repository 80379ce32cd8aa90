/**
 * What an event costs from bytes to leaf, by step: `tsx --conditions=varve-source bench/event-codec.ts`. The two paths
 * run by turns, so that a machine that drifts slows both.
 */
import { readFileSync } from 'node:fs';
import { leafHash } from '../src/core/hash.ts';
import { eventDigest, eventOf, parseEvent } from '../src/event/event.ts';
import { fastEvent } from '../src/event/fast-event.ts';
import { formatLeaf, parseLeaf } from '../src/event/leaf.ts';
import { idempotencyKey, samenessMac } from '../src/event/sameness.ts';
import { findSecret } from '../src/event/secret.ts';
import { parseStrictJson } from '../src/event/strict-json.ts';

const ROUNDS = 7;
const RUNS = Number(process.argv[2] ?? 20_000);

interface ValidVector {
  readonly name: string;
  readonly canonical: string;
}
const file = new URL('../spec/vectors/event-valid.json', import.meta.url);
const vectors: readonly ValidVector[] = JSON.parse(readFileSync(file, 'utf8'));
const text = vectors.find(({ name }) => name === 'secret.read')?.canonical ?? '';
const bytes = new TextEncoder().encode(text);
const { id, sourceId } = parseEvent(bytes);
const mac = samenessMac(new Uint8Array(32).fill(7));
const recv = {
  adapter: 'native',
  at: 1_795_166_820_417,
  by: 'token-1',
  conflict: null,
  map: null,
  raw: null,
  salt: 'AAECAwQFBgcICQoLDA0ODw',
};
const leaf = formatLeaf({ eventCanonical: bytes, recv, sig: null });
if (fastEvent(bytes, 0) === null) throw new Error('the event is left to the slow path');

const steps: Readonly<Record<string, () => unknown>> = {
  'one pass': () => fastEvent(bytes, 0),
  'strict JSON, schema, canonical form': () => eventOf(parseStrictJson(bytes)),
  'secret scan': () => findSecret(bytes),
  'idempotency key': () => idempotencyKey(sourceId, id),
  'sameness MAC': () => mac(bytes),
  'event digest': () => eventDigest(bytes),
  'leaf bytes': () => formatLeaf({ eventCanonical: bytes, recv, sig: null }),
  'leaf hash': () => leafHash(leaf),
  'reading a leaf': () => parseLeaf(leaf),
};

const samples = new Map<string, number[]>(Object.keys(steps).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, step] of Object.entries(steps)) {
    const start = process.hrtime.bigint();
    for (let run = 0; run < RUNS; run++) step();
    const microseconds = Number(process.hrtime.bigint() - start) / 1000 / RUNS;
    if (round > 0) samples.get(name)?.push(microseconds); // the first round is the warm-up
  }
}
console.log(
  `event ${bytes.length} B, leaf ${leaf.length} B, node ${process.version}; us, median [least..most]`,
);
for (const [name, all] of samples) {
  all.sort((a, b) => a - b);
  const [median, least, most] = [all[ROUNDS >> 1] ?? 0, all[0] ?? 0, all.at(-1) ?? 0];
  console.log(`${name.padEnd(38)} ${median.toFixed(2)} [${least.toFixed(2)}..${most.toFixed(2)}]`);
}
