/** Makes the entries of bench/index.ts in a thread of its own, as a log would hand them over: a bundle at a time. */
import { parentPort } from 'node:worker_threads';
import { indexBenchLeaf, populationOf } from './index-events.ts';

parentPort?.on('message', ({ from, to, keys }: { from: number; to: number; keys: number }) => {
  const population = populationOf(keys);
  const entries: Uint8Array[] = [];
  for (let n = from; n < to; n++) entries.push(indexBenchLeaf(n, population));
  parentPort?.postMessage(
    entries,
    entries.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
