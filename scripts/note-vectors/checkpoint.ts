import { base64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { EMPTY_ROOT } from '../../src/core/hash.ts';
import { hex } from '../../src/core/hex.ts';
import { formatTreeHeadSignature, treeHeadInput } from '../../src/core/tree-head.ts';
import {
  asText,
  checkpointOf,
  corruptLine,
  cosignatureLineOf,
  cosigned,
  LOG,
  leaves,
  lineOf,
  OTHER_LOG,
  P256_KEY,
  rootOf,
  textOf,
  treeHeadSignatureOf,
  WITNESSES,
} from './fixtures.ts';

const ROOT = rootOf(leaves(7));
const R = base64(ROOT);
const O = LOG.name;
const EMPTY = base64(EMPTY_ROOT);

export function checkpointParseVectors(): unknown {
  const good = (
    name: string,
    text: string,
    size: number,
    extensions: readonly string[] = [],
  ): unknown => {
    const root = text.split('\n')[2];
    return { name, text, origin: text.split('\n')[0], size, rootHash: root, extensions };
  };
  const bad = (
    name: string,
    text: string | Uint8Array,
    error = 'checkpoint.malformed',
  ): unknown => {
    return { name, ...(typeof text === 'string' ? { text } : asText(text)), error };
  };
  return {
    description:
      'Texts of checkpoints. Cases with `extensions` are refused with checkpoint.has-extension unless extension lines are allowed.',
    cases: [
      good('seven entries', `${O}\n7\n${R}\n`, 7),
      good('no entries', `${O}\n0\n${EMPTY}\n`, 0),
      good('2^53 - 1 entries', `${O}\n9007199254740991\n${R}\n`, 9007199254740991),
      good('an origin with spaces and a plus', `a b+c\n7\n${R}\n`, 7),
      good('one extension line', `${O}\n7\n${R}\nmore\n`, 7, ['more']),
      good('two extension lines', `${O}\n7\n${R}\n—\n \n`, 7, ['—', ' ']),
      bad('nothing', ''),
      bad('a newline', '\n'),
      bad('three newlines', '\n\n\n'),
      bad('an origin alone', `${O}\n`),
      bad('no root hash', `${O}\n7\n`),
      bad('no origin', `\n7\n${R}\n`),
      bad('no size', `${O}\n\n${R}\n`),
      bad('an empty root hash', `${O}\n7\n\n`),
      bad('no newline at the end', `${O}\n7\n${R}`),
      bad('an empty line behind', `${O}\n7\n${R}\n\n`),
      bad('an empty extension line before another', `${O}\n7\n${R}\n\nmore\n`),
      bad('an extension line without newline', `${O}\n7\n${R}\nmore`),
      bad('a size with a leading zero', `${O}\n07\n${R}\n`),
      bad('two zeroes', `${O}\n00\n${EMPTY}\n`),
      bad('a size with a plus', `${O}\n+7\n${R}\n`),
      bad('a negative size', `${O}\n-7\n${R}\n`),
      bad('minus zero', `${O}\n-0\n${EMPTY}\n`),
      bad('a size with a point', `${O}\n7.0\n${R}\n`),
      bad('a size with an exponent', `${O}\n1e3\n${R}\n`),
      bad('a size in hexadecimal', `${O}\n0x7\n${R}\n`),
      bad('a size with a space before', `${O}\n 7\n${R}\n`),
      bad('a size with a space behind', `${O}\n7 \n${R}\n`),
      bad('a size in Arabic-Indic digits', `${O}\n٧\n${R}\n`),
      bad('2^53 entries', `${O}\n9007199254740992\n${R}\n`, 'checkpoint.too-large'),
      bad('2^53 + 1 entries', `${O}\n9007199254740993\n${R}\n`, 'checkpoint.too-large'),
      bad('2^64 - 1 entries', `${O}\n18446744073709551615\n${R}\n`, 'checkpoint.too-large'),
      bad('10^400 entries', `${O}\n1${'0'.repeat(400)}\n${R}\n`, 'checkpoint.too-large'),
      bad('size 0 with another root', `${O}\n0\n${R}\n`),
      bad('a root hash of 31 bytes', `${O}\n7\n${base64(ROOT.slice(1))}\n`),
      bad('a root hash of 33 bytes', `${O}\n7\n${base64(Uint8Array.of(0, ...ROOT))}\n`),
      bad('a root hash in hexadecimal', `${O}\n7\n${hex(ROOT)}\n`),
      bad('a root hash without padding', `${O}\n7\n${R.slice(0, -1)}\n`),
      bad(
        'a root hash with set bits behind the last byte',
        `${O}\n7\n${R.slice(0, -2)}${String.fromCharCode(R.charCodeAt(42) + 1)}=\n`,
      ),
      bad('a root hash with a space behind', `${O}\n7\n${R} \n`),
      bad('carriage returns', `${O}\r\n7\r\n${R}\r\n`),
      bad('a tab in the origin', `a\tb\n7\n${R}\n`),
      bad('an origin that is not UTF-8', Uint8Array.of(0xff, ...utf8(`\n7\n${R}\n`))),
    ],
  };
}

export function checkpointOpenVectors(): unknown {
  const note = checkpointOf(LOG, 7, ROOT);
  const [w0, w1] = WITNESSES as readonly [(typeof WITNESSES)[0], (typeof WITNESSES)[0]];
  const extended = `${O}\n7\n${R}\nmore\n`;
  const foreign = `${OTHER_LOG.name}\n7\n${R}\n`;
  const zeroTime = cosignatureLineOf(w0, textOf(note), 0);
  const plain = lineOf({ ...w0, key: w0.key }, textOf(note));
  const good = (
    name: string,
    text: string,
    cosignatures: readonly (readonly [string, number])[],
  ): unknown => {
    return { name, text, cosignatures };
  };
  const bad = (name: string, text: string, error: string): unknown => ({ name, text, error });
  return {
    description:
      'Checkpoints held against the key of a log and a policy of two witnesses of which one must have cosigned.',
    vkey: LOG.vkey,
    policy: `log ${LOG.vkey}\nwitness a ${w0.vkey}\nwitness b ${w1.vkey}\ngroup g any a b\nquorum g\n`,
    cases: [
      good('one cosignature', cosigned(note, [0, 1700000000]), [['a', 1700000000]]),
      good('two cosignatures', cosigned(note, [1, 1700000001], [0, 1700000000]), [
        ['b', 1700000001],
        ['a', 1700000000],
      ]),
      good(
        'a cosignature of the last second that is a safe integer',
        cosigned(note, [0, 9007199254740991]),
        [['a', 9007199254740991]],
      ),
      good('an unknown witness beside a known one', cosigned(note, [2, 1], [0, 1700000000]), [
        ['a', 1700000000],
      ]),
      good('a cosignature before the signature of the log', cosignedFirst(note), [
        ['a', 1700000000],
      ]),
      bad('no cosignature', note, 'policy.quorum-not-met'),
      bad('an unknown witness alone', cosigned(note, [2, 1700000000]), 'policy.quorum-not-met'),
      bad(
        'no signature of the log',
        `${textOf(note)}\n${cosignatureLineOf(w0, textOf(note), 1)}`,
        'note.not-signed',
      ),
      bad(
        'a changed signature of the log',
        `${textOf(note)}\n${corruptLine(lineOf(LOG, textOf(note)))}${cosignatureLineOf(w0, textOf(note), 1)}`,
        'note.bad-signature',
      ),
      bad(
        'a changed cosignature',
        `${note}${corruptLine(cosignatureLineOf(w0, textOf(note), 1))}`,
        'note.bad-signature',
      ),
      bad(
        'a cosignature of another size',
        `${note}${cosignatureLineOf(w0, `${O}\n8\n${R}\n`, 1)}`,
        'note.bad-signature',
      ),
      bad('a cosignature with time 0', `${note}${zeroTime}`, 'note.bad-signature'),
      bad(
        'a plain signature under the key hash of a cosignature',
        `${note}${plain}`,
        'note.bad-signature',
      ),
      bad(
        'one good cosignature and a known one that is not',
        `${cosigned(note, [0, 1])}${corruptLine(cosignatureLineOf(w1, textOf(note), 1))}`,
        'note.bad-signature',
      ),
      bad('one witness twice', cosigned(note, [0, 1], [0, 2]), 'note.malformed'),
      bad(
        'an extension line',
        `${extended}\n${lineOf(LOG, extended)}${cosignatureLineOf(w0, extended, 1)}`,
        'checkpoint.has-extension',
      ),
      bad(
        'another origin',
        `${foreign}\n${lineOf(LOG, foreign)}${cosignatureLineOf(w0, foreign, 1)}`,
        'checkpoint.wrong-origin',
      ),
      bad(
        'a text that is no checkpoint',
        `hello\n\n${lineOf(LOG, 'hello\n')}`,
        'checkpoint.malformed',
      ),
    ],
  };
}

/** The note with a cosignature of witness 0 as its first line. */
function cosignedFirst(note: string): string {
  const [w0] = WITNESSES;
  if (w0 === undefined) return note;
  const text = textOf(note);
  return `${text}\n${cosignatureLineOf(w0, text, 1700000000)}${lineOf(LOG, text)}`;
}

export function treeHeadVectors(): unknown {
  const head = { size: 7, rootHash: ROOT, timeMs: 1700000000123 };
  const signature = base64(formatTreeHeadSignature(treeHeadSignatureOf(head)));
  const good = { size: 7, rootHash: R, timeMs: head.timeMs, signature };
  const bad = (name: string, change: object, error = 'tree-head.bad-signature'): unknown => {
    return { name, ...good, ...change, error };
  };
  const struct = formatTreeHeadSignature(treeHeadSignatureOf(head));
  const altered = (at: number, to: number): { signature: string } => {
    return { signature: base64(struct.map((byte, i) => (i === at ? to : byte))) };
  };
  return {
    description:
      'RFC 6962 tree heads under a P-256 key. `signature`: base64 of the digitally-signed struct; `input`: the 50 signed bytes in hexadecimal.',
    p256PublicKey: base64(P256_KEY),
    cases: [
      { name: 'a signed head', ...good, input: hex(treeHeadInput(head)) },
      bad('another size', { size: 8 }),
      bad('another time', { timeMs: 1700000000124 }),
      bad('another root', { rootHash: EMPTY }),
      bad('a changed signature', altered(struct.length - 1, (struct.at(-1) ?? 0) ^ 1)),
      bad('size 0 with another root', { size: 0 }, 'tree-head.malformed'),
      bad('RSA', altered(1, 1), 'tree-head.malformed'),
      bad('SHA-512', altered(0, 6), 'tree-head.malformed'),
      bad(
        'a length that is one too large',
        altered(3, (struct[3] ?? 0) + 1),
        'tree-head.malformed',
      ),
      bad(
        'a byte behind the signature',
        { signature: base64(Uint8Array.of(...struct, 0)) },
        'tree-head.malformed',
      ),
      bad('no signature', { signature: base64(Uint8Array.of(4, 3, 0, 0)) }, 'tree-head.malformed'),
      bad('DER that is none', { signature: base64(Uint8Array.of(4, 3, 0, 2, 0x30, 0)) }),
    ],
  };
}

export function cosignatureVectors(): unknown {
  const text = textOf(checkpointOf(LOG, 7, ROOT));
  return {
    description:
      'cosignature/v1: the message that a witness signs, and its line. `seed` in hexadecimal.',
    cases: WITNESSES.map((witness, i) => {
      const timestampSeconds = 1700000000 + i;
      return {
        name: witness.name,
        seed: hex(witness.seed),
        vkey: witness.vkey,
        text,
        timestampSeconds,
        message: `cosignature/v1\ntime ${timestampSeconds}\n${text}`,
        line: cosignatureLineOf(witness, text, timestampSeconds),
      };
    }),
  };
}
