import { base64 } from '../../src/core/base64.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { path } from '../../test/reference/tree.ts';
import {
  asText,
  checkpointOf,
  corruptLine,
  cosigned,
  LOG,
  leaves,
  OTHER_LOG,
  rootOf,
  WITNESSES,
} from './fixtures.ts';

const HASHES = leaves(7);
const NOTE = cosigned(checkpointOf(LOG, 7, rootOf(HASHES)), [0, 1700000000], [1, 1700000002]);
const HEADER = 'c2sp.org/tlog-proof@v1\n';

function file(
  index: number | string,
  nodes: readonly Uint8Array[],
  note = NOTE,
  extra = '',
): string {
  return `${HEADER}${extra}index ${index}\n${nodes.map((node) => `${base64(node)}\n`).join('')}\n${note}`;
}

const PATH = path(3, HASHES);

export function proofFileParseVectors(): unknown {
  const good = (
    name: string,
    text: string,
    leafIndex: number,
    pathLength: number,
    extra?: string,
  ): unknown => {
    return { name, text, leafIndex, pathLength, ...(extra === undefined ? {} : { extra }) };
  };
  const bad = (
    name: string,
    text: string | Uint8Array,
    error = 'proof-file.malformed',
  ): unknown => {
    return { name, ...(typeof text === 'string' ? { text } : asText(text)), error };
  };
  const FILE = file(3, PATH);
  const one = checkpointOf(LOG, 1, rootOf(HASHES, 1));
  return {
    description: 'Proof files (C2SP tlog-proof) as they are read, before anything is verified.',
    cases: [
      good('a proof', FILE, 3, 3),
      good('a proof with extra bytes', file(3, PATH, NOTE, 'extra AAEC\n'), 3, 3, 'AAEC'),
      good('a tree of one entry', file(0, [], one), 0, 0),
      good(
        '63 hashes',
        file(
          3,
          Array.from({ length: 63 }, () => HASHES[0] as Uint8Array),
        ),
        3,
        63,
      ),
      good('the largest index', file('9007199254740991', PATH), 9007199254740991, 3),
      good(
        'a checkpoint with an extension line',
        file(3, PATH, NOTE.replace('=\n\n', '=\nmore\n\n')),
        3,
        3,
      ),
      bad('nothing', ''),
      bad('a checkpoint alone', NOTE),
      bad('no first line', FILE.slice(HEADER.length)),
      bad('version 2', FILE.replace('@v1', '@v2')),
      bad('a first line with a space behind', FILE.replace('@v1', '@v1 ')),
      bad('carriage returns', FILE.replaceAll('\n', '\r\n')),
      bad('a blank line before', `\n${FILE}`),
      bad('no index', FILE.replace('index 3\n', '')),
      bad('an index with a leading zero', file('03', PATH)),
      bad('a negative index', file('-3', PATH)),
      bad('an index with a space behind', file('3 ', PATH)),
      bad('2^53 as index', file('9007199254740992', PATH)),
      bad('two indices', FILE.replace('index 3\n', 'index 3\nindex 3\n')),
      bad('extra bytes behind the index', FILE.replace('index 3\n', 'index 3\nextra AAEC\n')),
      bad('two extra lines', file(3, PATH, NOTE, 'extra AAEC\nextra AAEC\n')),
      bad('an empty extra line', file(3, PATH, NOTE, 'extra \n')),
      bad('an extra line that is not base64', file(3, PATH, NOTE, 'extra AAE\n')),
      bad('a hash of 31 bytes', file(3, [...PATH, new Uint8Array(31)])),
      bad('a hash that is not base64', FILE.replace('index 3\n', 'index 3\n=\n')),
      bad(
        'a hash with a space behind',
        FILE.replace('index 3\n', `index 3\n${base64(new Uint8Array(32))} \n`),
      ),
      bad(
        '64 hashes',
        file(
          3,
          Array.from({ length: 64 }, () => new Uint8Array(32)),
        ),
      ),
      bad('no blank line before the checkpoint', FILE.replace('=\n\nlog', '=\nlog')),
      bad('two blank lines before the checkpoint', FILE.replace('=\n\nlog', '=\n\n\nlog')),
      bad('no checkpoint', file(3, PATH, '')),
      bad(
        'a checkpoint without signatures',
        file(3, PATH, NOTE.slice(0, NOTE.indexOf('\n\n') + 1)),
      ),
      bad('no newline at the end', FILE.slice(0, -1)),
      bad('a blank line at the end', `${FILE}\n`),
      bad(
        'a note that is no checkpoint',
        file(3, PATH, `hello\n\n— x ${base64(new Uint8Array(68))}\n`),
      ),
      bad(
        'a checkpoint of 2^53 entries',
        file(3, PATH, NOTE.replace('\n7\n', '\n9007199254740992\n')),
        'checkpoint.too-large',
      ),
      bad('bytes that are not UTF-8', concat(utf8(FILE), Uint8Array.of(0xff))),
    ],
  };
}

export function proofFileOpenVectors(): unknown {
  const [a, b, c] = WITNESSES as unknown as [{ vkey: string }, { vkey: string }, { vkey: string }];
  const policy = `log ${LOG.vkey}\nwitness a ${a.vkey}\nwitness b ${b.vkey}\nwitness c ${c.vkey}\ngroup g 2 a b c\nquorum g\n`;
  const plain = checkpointOf(LOG, 7, rootOf(HASHES));
  const other = cosigned(checkpointOf(OTHER_LOG, 7, rootOf(HASHES)), [0, 1], [1, 1]);
  const good = (
    name: string,
    text: string,
    leaf: number,
    notAfter: number,
    notBefore: number,
  ): unknown => {
    return {
      name,
      text,
      leafHash: base64(HASHES[leaf] as Uint8Array),
      leafIndex: leaf,
      notAfter,
      notBefore,
    };
  };
  const bad = (
    name: string,
    text: string,
    error: string,
    leafHash = HASHES[3] as Uint8Array,
  ): unknown => {
    return { name, text, leafHash: base64(leafHash), error };
  };
  const lines = NOTE.trimEnd().split('\n');
  const corrupted = `${lines.slice(0, -1).join('\n')}\n${corruptLine(lines.at(-1) ?? '')}`;
  return {
    description:
      'Proof files held against the leaf hash of an entry and a policy of one log and two of three witnesses.',
    policy,
    cases: [
      ...HASHES.map((_, i) =>
        good(`entry ${i} of 7`, file(i, path(i, HASHES)), i, 1700000002, 1700000000),
      ),
      good(
        'three cosignatures',
        file(3, PATH, cosigned(plain, [2, 30], [1, 10], [0, 20])),
        3,
        20,
        20,
      ),
      bad('another entry', file(3, PATH), 'inclusion.mismatch', HASHES[2]),
      bad('another index', file(2, PATH), 'inclusion.mismatch'),
      bad('an index behind the tree', file(7, PATH), 'inclusion.out-of-range'),
      bad('a hash too few', file(3, PATH.slice(1)), 'inclusion.wrong-length'),
      bad('a hash too many', file(3, [...PATH, HASHES[0] as Uint8Array]), 'inclusion.wrong-length'),
      bad('hashes in another order', file(3, PATH.slice().reverse()), 'inclusion.mismatch'),
      bad('a log that the policy does not name', file(3, PATH, other), 'checkpoint.wrong-origin'),
      bad('one cosignature', file(3, PATH, cosigned(plain, [0, 1])), 'policy.quorum-not-met'),
      bad(
        'a witness that the policy does not name',
        file(3, PATH, cosigned(plain, [0, 1], [3, 1])),
        'policy.quorum-not-met',
      ),
      bad('a changed cosignature', file(3, PATH, corrupted), 'note.bad-signature'),
      bad(
        'a changed root',
        file(3, PATH, NOTE.replace(base64(rootOf(HASHES)), base64(rootOf(HASHES, 6)))),
        'note.bad-signature',
      ),
      bad(
        'no signature of the log',
        file(3, PATH, NOTE.replace(/— log.*\n/, '')),
        'note.not-signed',
      ),
    ],
  };
}
