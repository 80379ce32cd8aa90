/**
 * Writes spec/vectors/tree-*.json: npx tsx -C varve-source scripts/tree-vectors.ts
 *
 * Hashes and proofs come from the recursion of RFC 6962 in test/reference/, not from src/.
 */
import { writeFileSync } from 'node:fs';
import { base64 } from '../src/core/base64.ts';
import { testEntry } from '../test/reference/tile-store.ts';
import { mth, path, proof, referenceLeafHash } from '../test/reference/tree.ts';
import { bigPath, bigProof, UniformTree } from '../test/reference/uniform-tree.ts';

type Case = Readonly<Record<string, unknown>>;

const leaves = Array.from({ length: 700 }, (_, i) => referenceLeafHash(testEntry(i)));
const other = base64(referenceLeafHash(new Uint8Array(1)));
const uniform = new UniformTree(referenceLeafHash(new Uint8Array(0)));
const big = [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40 + 12_345, 2 ** 53 - 1];

function inclusionOf(leafIndex: number, treeSize: number): Case & { path: string[] } {
  return {
    leafHash: base64(leaves[leafIndex] as Uint8Array),
    leafIndex,
    treeSize,
    path: path(leafIndex, leaves, 0, treeSize).map(base64),
    rootHash: base64(mth(leaves, 0, treeSize)),
  };
}

function inclusionCases(): Case[] {
  const right = inclusionOf(5, 11);
  const named = (name: string, change: Case, error: string): Case => ({
    name,
    ...right,
    ...change,
    error: `inclusion.${error}`,
  });
  const sides = [...right.path].reverse();
  return [
    ...[
      [0, 1],
      [0, 2],
      [1, 2],
      [2, 3],
      [0, 7],
      [6, 7],
      [7, 8],
      [255, 256],
      [256, 257],
      [511, 700],
      [699, 700],
    ].map(([i = 0, n = 0]) => ({ name: `leaf ${i} of ${n}`, ...inclusionOf(i, n) })),
    ...big.flatMap((treeSize) =>
      [0, treeSize - 2, treeSize - 1].map((leafIndex) => ({
        name: `leaf ${leafIndex} of ${treeSize} empty entries`,
        leafHash: base64(uniform.hashAt(0)),
        leafIndex,
        treeSize,
        path: uniform
          .hashes(bigPath(BigInt(leafIndex), { start: 0n, end: BigInt(treeSize) }))
          .map(base64),
        rootHash: base64(uniform.root(BigInt(treeSize))),
      })),
    ),
    named('an index that is the size', { leafIndex: 11 }, 'out-of-range'),
    named('an empty tree', { leafIndex: 0, treeSize: 0, path: [] }, 'out-of-range'),
    named('a negative index', { leafIndex: -1 }, 'out-of-range'),
    named('one hash too few', { path: right.path.slice(1) }, 'wrong-length'),
    named('one hash too many', { path: [...right.path, other] }, 'wrong-length'),
    named('no path', { path: [] }, 'wrong-length'),
    named(
      'a hash of 31 bytes',
      { path: [base64(new Uint8Array(31)), ...right.path.slice(1)] },
      'wrong-length',
    ),
    named('an empty hash', { path: ['', ...right.path.slice(1)] }, 'wrong-length'),
    named('another leaf', { leafHash: other }, 'mismatch'),
    named('the root instead of the leaf hash', { leafHash: right['rootHash'] }, 'mismatch'),
    named('another index', { leafIndex: 4 }, 'mismatch'),
    named('another size with a path as long', { treeSize: 12, leafIndex: 4 }, 'mismatch'),
    named('another root', { rootHash: other }, 'mismatch'),
    named('the path from the root down', { path: sides }, 'mismatch'),
    named('another hash in the path', { path: [other, ...right.path.slice(1)] }, 'mismatch'),
  ];
}

function consistencyOf(first: number, second: number): Case & { path: string[] } {
  return {
    first,
    second,
    firstRoot: base64(mth(leaves, 0, first)),
    secondRoot: base64(mth(leaves, 0, second)),
    path: first === 0 ? [] : proof(first, leaves, second).map(base64),
  };
}

function consistencyCases(): Case[] {
  const right = consistencyOf(6, 11);
  const named = (name: string, change: Case, error: string): Case => ({
    name,
    ...right,
    ...change,
    error: `consistency.${error}`,
  });
  const sizes = [0, 1, 2, 3, 4, 6, 7, 8, 255, 256, 257, 699, 700];
  const pairs = sizes.flatMap((first) =>
    [...new Set([first, 8, 257, 700])].map((second) => [first, second]),
  );
  return [
    ...pairs
      .filter(([first = 0, second = 0]) => first <= second)
      .map(([first = 0, second = 0]) => ({
        name: `from ${first} to ${second}`,
        ...consistencyOf(first, second),
      })),
    ...big.map((second) => {
      const first = Math.floor(second / 3) + 1;
      const range = { start: 0n, end: BigInt(second) };
      return {
        name: `from ${first} to ${second} empty entries`,
        first,
        second,
        firstRoot: base64(uniform.root(BigInt(first))),
        secondRoot: base64(uniform.root(BigInt(second))),
        path: uniform.hashes(bigProof(BigInt(first), range, true)).map(base64),
      };
    }),
    named('a tree that shrank', { first: 11, second: 6 }, 'out-of-range'),
    named('a negative size', { first: -1 }, 'out-of-range'),
    named('one hash too few', { path: right.path.slice(1) }, 'wrong-length'),
    named('one hash too many', { path: [...right.path, other] }, 'wrong-length'),
    named('a path between equal sizes', { ...consistencyOf(6, 6), path: [other] }, 'wrong-length'),
    named('a path from the empty tree', { ...consistencyOf(0, 6), path: [other] }, 'wrong-length'),
    named(
      'the first root in a path that omits it',
      {
        ...consistencyOf(4, 11),
        path: [base64(mth(leaves, 0, 4)), ...consistencyOf(4, 11).path],
      },
      'wrong-length',
    ),
    named('a root of 12 bytes', { firstRoot: 'ZG9uJ3QgY2FyZSAy' }, 'wrong-length'),
    named('another first root', { firstRoot: other }, 'mismatch'),
    named('another second root', { secondRoot: other }, 'mismatch'),
    named(
      'roots exchanged',
      { firstRoot: right['secondRoot'], secondRoot: right['firstRoot'] },
      'mismatch',
    ),
    named(
      'equal sizes with other roots',
      { ...consistencyOf(6, 6), secondRoot: other },
      'mismatch',
    ),
    named(
      'an empty tree with another root',
      { ...consistencyOf(0, 6), firstRoot: other },
      'mismatch',
    ),
    named('another hash in the path', { path: [other, ...right.path.slice(1)] }, 'mismatch'),
  ];
}

function tilePathCases(): Case[] {
  const right = [
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/0/000.p/1', { level: 0, index: 0, width: 1 }],
    ['tile/63/999.p/255', { level: 63, index: 999, width: 255 }],
    ['tile/1/x001/000', { level: 1, index: 1000, width: 256 }],
    ['tile/2/x001/x234/067', { level: 2, index: 1_234_067, width: 256 }],
    ['tile/0/x009/x007/x199/x254/x740/991', { level: 0, index: 2 ** 53 - 1, width: 256 }],
    ['tile/entries/000', { index: 0, width: 256 }],
    ['tile/entries/x001/234.p/5', { index: 1234, width: 5 }],
  ].map(([text, tile]) => ({ name: `${text}`, path: text, ...(tile as object) }));
  const wrong = {
    'a leading slash': '/tile/0/000',
    'a trailing slash': 'tile/0/000/',
    'a level of 64': 'tile/64/000',
    'a level with a leading zero': 'tile/00/000',
    'a group of two digits': 'tile/0/00',
    'a group of four digits': 'tile/0/0000',
    'a group without x before the last': 'tile/0/001/234',
    'an x on the last group': 'tile/0/x001/x234',
    'an x on the only group': 'tile/0/x001',
    'a leading group of zeroes': 'tile/0/x000/001',
    'an upper-case X': 'tile/0/X001/234',
    'an escaped x': 'tile/0/%78001/234',
    'an escaped slash': 'tile/0/x001%2f234',
    'a width of 0': 'tile/0/000.p/0',
    'a partial width of 256': 'tile/0/000.p/256',
    'a width with a leading zero': 'tile/0/000.p/01',
    'no width behind .p': 'tile/0/000.p/',
    'an index above 2^53 - 1': 'tile/0/x009/x007/x199/x254/x740/992',
    'an empty index': 'tile/0/',
    'a newline at the end': 'tile/0/000\n',
    'data, which are entries elsewhere': 'tile/data/000',
    'the tile height of Go': 'tile/8/0/000',
    'a bundle with a partial width of 256': 'tile/entries/000.p/256',
    'a bundle with a leading group of zeroes': 'tile/entries/x000/001',
  };
  return [
    ...right,
    ...Object.entries(wrong).map(([name, text]) => ({ name, path: text, error: 'tile.bad-path' })),
  ];
}

function write(name: string, description: string, cases: readonly Case[]): void {
  const file = new URL(`../spec/vectors/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ description, cases }, null, 2)}\n`);
}

const entries =
  'Entry i is `leaf-<i>` in ASCII, without a newline; in trees of empty entries each has no byte. Hashes are base64.';
write(
  'tree-inclusion',
  `Inclusion paths, from the leaf up, against a root. ${entries}`,
  inclusionCases(),
);
write('tree-consistency', `Consistency paths between two roots. ${entries}`, consistencyCases());
write(
  'tree-tile-path',
  'Paths of tiles and entry bundles under a log. What reads one writes the same again; all else is refused.',
  tilePathCases(),
);
