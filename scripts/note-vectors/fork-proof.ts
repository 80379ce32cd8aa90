import { base64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import { mth, path, proof } from '../../test/reference/tree.ts';
import {
  checkpointOf,
  corruptLine,
  LOG,
  leaves,
  lineOf,
  OTHER_LOG,
  P256_KEY,
  rootOf,
  treeHeadSignatureOf,
} from './fixtures.ts';

const GENESIS = utf8(
  `{"keys":{"ed25519":"${LOG.vkey}","p256":"${base64(P256_KEY)}"},"map":"nhi.map/1","origin":"${LOG.name}","predecessor":null,"tenant":"main","time":1700000000000,"type":"events","v":"nhi.genesis/1"}`,
);
/** Two histories that begin with the same four leaves. */
const TRUE = [leafHash(GENESIS), ...leaves(12).slice(1)];
const FALSE = [...TRUE.slice(0, 4), ...leaves(12, 'lie').slice(4)];
const HEADER = 'varve/fork-proof@v1\n';

function note(hashes: readonly Uint8Array[], size: number): string {
  return checkpointOf(LOG, size, rootOf(hashes, size));
}

function headLine(hashes: readonly Uint8Array[], size: number, timeMs: number): string {
  const head = { size, rootHash: rootOf(hashes, size), timeMs };
  return `head tree-head ${size} ${timeMs} ${base64(head.rootHash)} ${base64(treeHeadSignatureOf(head))}\n`;
}

/** Node lines from m to n of a tree, the seed always first. */
function nodes(hashes: readonly Uint8Array[], m: number, n: number): string {
  const isWhole = Number.isInteger(Math.log2(m));
  const all = [...(isWhole ? [mth(hashes.slice(0, m))] : []), ...proof(m, hashes.slice(0, n))];
  return all.map((node) => `node ${base64(node)}\n`).join('');
}

function binding(hashes: readonly Uint8Array[], size: number, genesis = GENESIS): string {
  const inclusion = path(0, hashes.slice(0, size));
  return `genesis ${base64(genesis)}\n${inclusion.map((node) => `genesis-node ${base64(node)}\n`).join('')}`;
}

const TWO = 'head checkpoint\nhead checkpoint\n';

function sameSize(size: number): string {
  const two = [TRUE, FALSE].sort((a, b) =>
    base16(rootOf(a, size)) < base16(rootOf(b, size)) ? -1 : 1,
  );
  return `${HEADER}kind same-size\n${TWO}\n${two.map((hashes) => note(hashes, size)).join('\n')}`;
}

/** The smaller head of one history, the larger of the other. */
function prefix(m: number, n: number, small = TRUE, large = FALSE): string {
  return `${HEADER}kind not-a-prefix\n${TWO}${nodes(large, m, n)}\n${note(small, m)}\n${note(large, n)}`;
}

/** A checkpoint and a tree head. */
function mixed(m: number, n: number): string {
  return `${HEADER}kind not-a-prefix\nhead checkpoint\n${headLine(FALSE, n, 1700000000002)}${binding(TRUE, m)}${nodes(FALSE, m, n)}\n${note(TRUE, m)}`;
}

function mixedSame(size: number): string {
  const heads = [
    { root: rootOf(TRUE, size), line: 'head checkpoint\n' },
    { root: rootOf(FALSE, size), line: headLine(FALSE, size, 1700000000001) },
  ].sort((a, b) => (base16(a.root) < base16(b.root) ? -1 : 1));
  return `${HEADER}kind same-size\n${heads.map(({ line }) => line).join('')}${binding(TRUE, size)}\n${note(TRUE, size)}`;
}

function timeBack(m: number, n: number, early = 1700000000000, late = 1700000000001): string {
  return `${HEADER}kind time-back\n${headLine(TRUE, m, late)}${headLine(TRUE, n, early)}`;
}

function swapBlocks(file: string): string {
  const [head, text1, sigs1, text2, sigs2] = file.trimEnd().split('\n\n');
  return `${[head, text2, sigs2, text1, sigs1].join('\n\n')}\n`;
}

export function forkProofVectors(): unknown {
  const good = (name: string, text: string): unknown => ({ name, text });
  const bad = (name: string, text: string, error: string): unknown => ({ name, text, error });
  const malformed = (name: string, text: string): unknown =>
    bad(name, text, 'fork-proof.malformed');
  const nothing = (name: string, text: string): unknown =>
    bad(name, text, 'fork-proof.proves-nothing');
  const same = sameSize(7);
  const grown = prefix(5, 9);
  const extended = note(TRUE, 7).replace(/=\n\n.*\n/s, '=\nmore\n');
  const pairs = Array.from({ length: 12 }, (_, i) => i + 1).flatMap((n) => {
    return Array.from({ length: n - 1 }, (_, i) => [i + 1, n] as const);
  });
  const forked = pairs.filter(([m]) => m > 4);
  return {
    description:
      'Fork proofs held against both keys of a log. Cases without `error` prove a fork. Trees of up to 12 leaves; two histories that differ from leaf 4 on; leaf 0 is a genesis leaf.',
    vkey: LOG.vkey,
    p256PublicKey: base64(P256_KEY),
    cases: [
      ...[5, 6, 7, 8, 12].map((n) => good(`size ${n} with two roots`, sameSize(n))),
      ...forked.map(([m, n]) => good(`size ${m} is no prefix of size ${n}`, prefix(m, n))),
      good('the other history', prefix(5, 9, FALSE, TRUE)),
      good('a tree head that goes back', timeBack(3, 9)),
      good(
        'two tree heads of one size',
        `${HEADER}kind same-size\n${[TRUE, FALSE]
          .sort((a, b) => (base16(rootOf(a, 7)) < base16(rootOf(b, 7)) ? -1 : 1))
          .map((h) => headLine(h, 7, 1700000000000))
          .join('')}`,
      ),
      good(
        'two tree heads of which the smaller is no prefix',
        `${HEADER}kind not-a-prefix\n${headLine(TRUE, 5, 1)}${headLine(FALSE, 9, 2)}${nodes(FALSE, 5, 9)}`,
      ),
      good('a checkpoint that is no prefix of a tree head', mixed(5, 9)),
      good('a checkpoint of a complete tree that is no prefix of a tree head', mixed(8, 9)),
      good('a checkpoint and a tree head of one size', mixedSame(7)),
      ...pairs
        .filter(([m]) => m <= 4 && m % 2 === 1)
        .map(([m, n]) =>
          nothing(`size ${m} is a prefix of size ${n} of either history`, prefix(m, n)),
        ),
      ...pairs
        .filter(([m, n]) => m > 4 && n === 12)
        .map(([m, n]) =>
          nothing(
            `size ${m} is a prefix of size ${n} of its own history`,
            prefix(m, n, TRUE, TRUE),
          ),
        ),
      nothing(
        'one head twice',
        `${HEADER}kind same-size\n${TWO}\n${note(TRUE, 7)}\n${note(TRUE, 7)}`,
      ),
      nothing(
        'two sizes as one',
        `${HEADER}kind same-size\n${TWO}\n${note(TRUE, 5)}\n${note(FALSE, 9)}`,
      ),
      nothing(
        'a path that does not lead to the larger root',
        prefix(5, 9).replace(nodes(FALSE, 5, 9), nodes(TRUE, 5, 9)),
      ),
      nothing(
        'one size twice under two texts',
        `${HEADER}kind same-size\n${TWO}\n${note(TRUE, 7)}\n${extended}\n${lineOf(LOG, extended)}`,
      ),
      nothing('a tree head that grows with time', timeBack(3, 9, 1700000000002)),
      nothing('two tree heads of one time', timeBack(3, 9, 1700000000001)),
      nothing(
        'time-back of checkpoints',
        `${HEADER}kind time-back\n${TWO}\n${note(TRUE, 3)}\n${note(TRUE, 9)}`,
      ),
      nothing(
        'a genesis leaf that is not leaf 0',
        mixed(5, 9).replace(base64(GENESIS), base64(utf8('leaf-1'))),
      ),
      nothing(
        'a genesis leaf with the path of another tree',
        mixed(5, 9).replace(binding(TRUE, 5), binding(TRUE, 6)),
      ),
      ...unbound(),
      bad(
        'a checkpoint that another log signed',
        same
          .replaceAll(/(?:^|\n)log\.example\/main\n/g, (x) => x)
          .replace(note(TRUE, 7), checkpointOf(OTHER_LOG, 7, rootOf(TRUE, 7))),
        'note.not-signed',
      ),
      bad('a changed signature', corruptLast(grown), 'note.bad-signature'),
      bad(
        'a changed size',
        grown.replace('\n9\n', '\n10\n').replace('path', 'path'),
        'note.bad-signature',
      ),
      bad(
        'a changed time',
        timeBack(3, 9).replace('3 1700000000001', '3 1700000000002'),
        'tree-head.bad-signature',
      ),
      malformed('nothing', ''),
      malformed('a checkpoint', note(TRUE, 7)),
      malformed('another first line', same.replace('@v1', '@v2')),
      malformed('no kind', same.replace('kind same-size\n', '')),
      malformed('a kind that is none', same.replace('same-size', 'other')),
      malformed('no newline at the end', same.slice(0, -1)),
      malformed('a blank line at the end', `${same}\n`),
      malformed('heads that are not in order', swapBlocks(same)),
      malformed('sizes that are not in order', swapBlocks(grown)),
      malformed('one note', same.slice(0, same.lastIndexOf('\nlog.example'))),
      malformed('three notes', `${same}\n${note(TRUE, 9)}`),
      malformed('one head', same.replace(TWO, 'head checkpoint\n')),
      malformed('a head of another face', same.replace(TWO, 'head checkpoint\nhead sth\n')),
      malformed(
        'a path where the sizes are equal',
        same.replace(TWO, `${TWO}${nodes(FALSE, 5, 9)}`),
      ),
      malformed('no path', grown.replace(nodes(FALSE, 5, 9), '')),
      malformed('a path without its seed', prefix(8, 9).replace(/node .*\n/, '')),
      malformed(
        'a path with a node too many',
        grown.replace(
          nodes(FALSE, 5, 9),
          `${nodes(FALSE, 5, 9)}node ${base64(new Uint8Array(32))}\n`,
        ),
      ),
      malformed(
        'a node of 31 bytes',
        grown.replace(/node .*\n/, `node ${base64(new Uint8Array(31))}\n`),
      ),
      malformed('a node without its word', grown.replace('\nnode ', '\n')),
      malformed(
        'a genesis leaf with two checkpoints',
        grown.replace(TWO, `${TWO}${binding(TRUE, 5)}`),
      ),
      malformed('no genesis leaf with two faces', mixed(5, 9).replace(binding(TRUE, 5), '')),
      malformed(
        'nodes before the genesis leaf',
        mixed(5, 9).replace(
          `${binding(TRUE, 5)}${nodes(FALSE, 5, 9)}`,
          `${nodes(FALSE, 5, 9)}${binding(TRUE, 5)}`,
        ),
      ),
      malformed('a size with a leading zero', timeBack(3, 9).replace('head 3', 'head 03')),
      malformed('a time with a sign', timeBack(3, 9).replace(' 17', ' +17')),
      malformed('carriage returns', same.replaceAll('\n', '\r\n')),
    ],
  };
}

/** Genesis leaves that do not name both keys, each of them leaf 0 of the tree that the log signed. */
function unbound(): unknown[] {
  const text = new TextDecoder().decode(GENESIS);
  const changed = [
    ['names another checkpoint key', text.replace(LOG.vkey, OTHER_LOG.vkey)],
    ['names another P-256 key', text.replace(base64(P256_KEY), 'AAAA')],
    ['is of another kind', text.replace('nhi.genesis/1', 'nhi.leaf/1')],
    ['is not JSON', text.slice(1)],
    ['is null', 'null'],
  ] as const;
  return changed.map(([name, leaf]) => {
    const genesis = utf8(leaf);
    const hashes = [leafHash(genesis), ...TRUE.slice(1)];
    const file = `${HEADER}kind not-a-prefix\nhead checkpoint\n${headLine(FALSE, 9, 2)}${binding(hashes, 5, genesis)}${nodes(FALSE, 5, 9)}\n${note(hashes, 5)}`;
    return { name: `a genesis leaf that ${name}`, text: file, error: 'fork-proof.proves-nothing' };
  });
}

function corruptLast(file: string): string {
  const at = file.slice(0, -1).lastIndexOf('\n') + 1;
  return `${file.slice(0, at)}${corruptLine(file.slice(at))}`;
}

function base16(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
