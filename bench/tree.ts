import { nodeHashInto } from '../src/core/hash.ts';
import { TreeBuilder } from '../src/core/tree-builder.ts';

/** What an append to the tree costs a leaf, beside one bare node hash. Run: npx tsx -C varve-source bench/tree.ts */
const BATCHES = [1, 8, 64, 1000, 10_000];
const LEAVES = 300_000;

const left = new Uint8Array(32).fill(1);
const right = new Uint8Array(32).fill(2);
const target = new Uint8Array(32);

function microsOf(run: () => void, count: number): number {
  const start = performance.now();
  run();
  return ((performance.now() - start) * 1000) / count;
}

for (let round = 0; round < 3; round++) {
  const bare = microsOf(() => {
    for (let i = 0; i < LEAVES; i++) nodeHashInto(target, 0, left, right);
  }, LEAVES);
  const cells = BATCHES.map((batch) => {
    const builder = new TreeBuilder();
    const leaves = new Uint8Array(32 * batch).fill(7);
    const count = Math.min(LEAVES, batch * 20_000);
    const micros = microsOf(() => {
      for (let i = 0; i < count; i += batch) builder.append(leaves).adopt();
    }, count);
    return `batch ${batch}: ${micros.toFixed(2)} µs`;
  });
  console.log(`node hash ${bare.toFixed(2)} µs | a leaf, ${cells.join(', ')}`);
}
