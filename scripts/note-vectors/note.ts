import { base64 } from '../../src/core/base64.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import {
  asText,
  corruptLine,
  LOG,
  lineOf,
  OTHER_LOG,
  party,
  signedBy,
  WITNESSES,
} from './fixtures.ts';

/** Of the text of C2SP signed-note: a note, and what is one thing wrong with it. */
const TEXT =
  'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n';
const LINE = lineOf(LOG, TEXT);
const NOTE = `${TEXT}\n${LINE}`;

function blob(...bytes: number[]): string {
  return base64(Uint8Array.from(bytes));
}

/** Lines of many keys that nobody knows. */
function strangers(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `— stranger${i}.example ${blob(1, 2, 3, i, 5)}\n`,
  ).join('');
}

export function noteParseVectors(): unknown {
  const good = (name: string, note: string, names: readonly string[]): unknown => {
    return { name, text: note, signers: names };
  };
  const bad = (name: string, note: string | Uint8Array, error = 'note.malformed'): unknown => {
    return { name, ...(typeof note === 'string' ? { text: note } : asText(note)), error };
  };
  return {
    description:
      'Signed notes as they are read, before any signature is verified. `signers`: names of the lines.',
    cases: [
      good('a note whose text has an empty line', NOTE, [LOG.name]),
      good('a note whose text is one newline', `\n\n${lineOf(LOG, '\n')}`, [LOG.name]),
      good('a text that looks like a signature line', `${LINE}\n${lineOf(LOG, LINE)}`, [LOG.name]),
      good('a byte order mark, which is text', `\ufeff${NOTE}`, [LOG.name]),
      good('DEL, which is no control character below U+0020', `\u007f${NOTE}`, [LOG.name]),
      good('a name with an em dash', `a\n\n— — ${blob(1, 2, 3, 4, 5)}\n`, ['—']),
      good('a signature of one byte', `a\n\n— x ${blob(1, 2, 3, 4, 5)}\n`, ['x']),
      good(
        'one name with two key hashes',
        `a\n\n— x ${blob(1, 2, 3, 4, 5)}\n— x ${blob(1, 2, 3, 5, 5)}\n`,
        ['x', 'x'],
      ),
      good(
        'one key hash under two names',
        `a\n\n— x ${blob(1, 2, 3, 4, 5)}\n— y ${blob(1, 2, 3, 4, 5)}\n`,
        ['x', 'y'],
      ),
      good(
        '16 signatures',
        `a\n\n${strangers(16)}`,
        Array.from({ length: 16 }, (_, i) => `stranger${i}.example`),
      ),
      good(
        '100 signatures',
        `a\n\n${strangers(100)}`,
        Array.from({ length: 100 }, (_, i) => `stranger${i}.example`),
      ),
      bad('101 signatures', `a\n\n${strangers(101)}`, 'note.too-many-signatures'),
      bad('nothing', ''),
      bad('a newline', '\n'),
      bad('two newlines', '\n\n'),
      bad('a text alone', TEXT),
      bad('no blank line', `${TEXT}${LINE}`.replace('\n\n', '\n')),
      bad('no signature line', `${TEXT}\n`),
      bad('an empty text', `\n${LINE}`),
      bad('a blank line behind the signatures', `${NOTE}\n`),
      bad(
        'a blank line between signatures',
        `${NOTE}\n\n${lineOf(OTHER_LOG, TEXT)}`.replace(/\n\n\n—/, '\n\n—').concat('\n'),
      ),
      bad('text behind the signatures', `${NOTE}more\n`),
      bad('no newline at the end', NOTE.slice(0, -1)),
      bad('a carriage return', NOTE.replace('sole:\n', 'sole:\r\n')),
      bad('a tab', NOTE.replace('un raggio', 'un\traggio')),
      bad('a zero byte', NOTE.replace('un raggio', 'un\u0000raggio')),
      bad('U+001F', NOTE.replace('un raggio', 'un\u001fraggio')),
      bad('an escape in the signature', NOTE.replace('— log', '— \u001blog')),
      bad(
        'bytes that are not UTF-8',
        concat(utf8('a'), Uint8Array.of(0xff), utf8(`\n\n${lineOf(LOG, 'a\n')}`)),
      ),
      bad(
        'an overlong encoding',
        concat(Uint8Array.of(0xc0, 0xaf), utf8(`\n\n${lineOf(LOG, 'a\n')}`)),
      ),
      bad(
        'an encoded surrogate',
        concat(Uint8Array.of(0xed, 0xa0, 0x80), utf8(`\n\n${lineOf(LOG, 'a\n')}`)),
      ),
      bad('a hyphen for the em dash', NOTE.replace('— log', '- log')),
      bad('an en dash for the em dash', NOTE.replace('— log', '– log')),
      bad('no space behind the em dash', NOTE.replace('— log', '—log')),
      bad('two spaces behind the em dash', NOTE.replace('— log', '—  log')),
      bad('two spaces behind the name', NOTE.replace('log.example/main ', 'log.example/main  ')),
      bad('a space at the end of the line', `${NOTE.slice(0, -1)} \n`),
      bad('no name', NOTE.replace('— log.example/main ', '—  ')),
      bad('a name with a plus', NOTE.replace('— log', '— l+og')),
      bad('a name with U+00A0', NOTE.replace('— log', '— l\u00a0og')),
      bad('a name with U+0085', NOTE.replace('— log', '— l\u0085og')),
      bad('a name with U+2003', NOTE.replace('— log', '— l\u2003og')),
      bad('a name with U+3000', NOTE.replace('— log', '— l\u3000og')),
      bad('a name with U+2028', NOTE.replace('— log', '— l\u2028og')),
      bad('no signature behind the name', `a\n\n— x\n`),
      bad('an empty signature', `a\n\n— x \n`),
      bad('a key hash and no signature', `a\n\n— x ${blob(1, 2, 3, 4)}\n`),
      bad('three bytes', `a\n\n— x ${blob(1, 2, 3)}\n`),
      bad('base64 without padding', `a\n\n— x ${blob(1, 2, 3, 4, 5).replace(/=+$/, '')}\n`),
      bad(
        'base64 with set bits behind the last byte',
        `a\n\n— x AQIDBAV=\n`.replace('BAV=', 'BAX='),
      ),
      bad(
        'base64url',
        `a\n\n— x ${blob(0xff, 0xff, 0xff, 0xff, 0xff, 0xff).replaceAll('/', '_')}\n`,
      ),
      bad('one line twice', `${NOTE}${LINE}`),
      bad('one name and key hash twice, with other signatures', `${NOTE}${corruptLine(LINE)}`),
    ],
  };
}

export function noteOpenVectors(): unknown {
  const stranger = lineOf(party('stranger.example', 1, 0x77), TEXT);
  const sameName = lineOf(party(LOG.name, 1, 0x77), TEXT);
  const otherLine = lineOf(OTHER_LOG, TEXT);
  const verified = (name: string, note: string, names: readonly string[]): unknown => {
    return { name, text: note, verified: names };
  };
  const bad = (name: string, note: string, error: string): unknown => ({ name, text: note, error });
  const garbage = `— ${LOG.name} ${base64(concat(hashOf(LOG.key.keyHash), new Uint8Array(64)))}\n`;
  const short = `— ${LOG.name} ${base64(concat(hashOf(LOG.key.keyHash), signedBy(LOG, utf8(TEXT)).slice(1)))}\n`;
  return {
    description: 'Notes held against known keys. `verified`: names of the lines that count.',
    vkeys: [LOG.vkey, OTHER_LOG.vkey],
    cases: [
      verified('one known line', NOTE, [LOG.name]),
      verified('two known lines', `${NOTE}${otherLine}`, [LOG.name, OTHER_LOG.name]),
      verified('known lines in their own order', `${TEXT}\n${otherLine}${LINE}`, [
        OTHER_LOG.name,
        LOG.name,
      ]),
      verified('an unknown line beside a known one', `${TEXT}\n${stranger}${LINE}`, [LOG.name]),
      verified('a known name with an unknown key hash', `${TEXT}\n${sameName}${LINE}`, [LOG.name]),
      verified(
        'an unknown line that verifies nowhere',
        `${TEXT}\n${corruptLine(stranger)}${LINE}`,
        [LOG.name],
      ),
      bad('unknown lines alone', `${TEXT}\n${stranger}${sameName}`, 'note.not-signed'),
      bad('a changed text', NOTE.replace('solo', 'sola'), 'note.bad-signature'),
      bad('a text with one newline more', `${TEXT}\n\n${LINE}`, 'note.bad-signature'),
      bad('a changed signature', `${TEXT}\n${corruptLine(LINE)}`, 'note.bad-signature'),
      bad('zeroes for a signature', `${TEXT}\n${garbage}`, 'note.bad-signature'),
      bad('a signature of 63 bytes', `${TEXT}\n${short}`, 'note.bad-signature'),
      bad(
        'one good line and a known one that is not',
        `${NOTE}${corruptLine(otherLine)}`,
        'note.bad-signature',
      ),
      bad(
        'a known line that is not, before a good one',
        `${TEXT}\n${corruptLine(otherLine)}${LINE}`,
        'note.bad-signature',
      ),
      bad(
        "another log's signature under this log's name and key hash",
        `${TEXT}\n${LINE.slice(0, LINE.lastIndexOf(' ') + 1)}${base64(concat(hashOf(LOG.key.keyHash), signedBy(OTHER_LOG, utf8(TEXT))))}\n`,
        'note.bad-signature',
      ),
    ],
  };
}

export function vkeyVectors(): unknown {
  const bad = (name: string, vkey: string, error = 'vkey.malformed'): unknown => ({
    name,
    vkey,
    error,
  });
  const [witness] = WITNESSES;
  const [name, hash, key] = LOG.vkey.split('+') as [string, string, string];
  const rest = LOG.vkey.slice(name.length);
  return {
    description: 'Verifier keys. `keyHash` as a number, `publicKey` in hexadecimal.',
    cases: [
      ...[LOG, OTHER_LOG, ...(witness === undefined ? [] : [witness])].map((one) => ({
        name: `key of ${one.name}`,
        vkey: one.vkey,
        keyName: one.name,
        type: one.key.type,
        keyHash: one.key.keyHash,
        publicKey: hex(one.publicKey),
      })),
      bad('nothing', ''),
      bad('a name alone', name),
      bad('no name', rest),
      bad('a name with a space', `log example${rest}`),
      bad('a name with U+2003', `log\u2003example${rest}`),
      bad('another name', `log.example/mains${rest}`),
      bad(
        'another key hash',
        `${name}+${hash.replace(/^./, (c) => (c === '0' ? '1' : '0'))}+${key}`,
      ),
      bad('a key hash in capitals', `${name}+${hash.toUpperCase()}+${key}`),
      bad('a key hash of seven digits', `${name}+${hash.slice(1)}+${key}`),
      bad('another key', `${name}+${hash}+${OTHER_LOG.vkey.split('+').slice(2).join('+')}`),
      bad('no key', `${name}+${hash}+`),
      bad(
        'base64 without padding or end',
        `${name}+${hash}+${key.slice(0, -1)}`,
        'bytes.not-base64',
      ),
      bad('a newline behind it', `${LOG.vkey}\n`),
      bad('a space before it', ` ${LOG.vkey}`),
      bad(
        'a key of 31 bytes',
        `${name}+${hash}+${base64(concat(Uint8Array.of(1), LOG.publicKey.slice(1)))}`,
        'vkey.bad-point',
      ),
      bad(
        'type 2, ECDSA',
        `${name}+${hash}+${base64(concat(Uint8Array.of(2), LOG.publicKey))}`,
        'vkey.unknown-type',
      ),
      bad(
        'type 255',
        `${name}+${hash}+${base64(concat(Uint8Array.of(255), LOG.publicKey))}`,
        'vkey.unknown-type',
      ),
      bad(
        'type 4 with the key hash of type 1',
        `${name}+${hash}+${base64(concat(Uint8Array.of(4), LOG.publicKey))}`,
      ),
      bad(
        'type 5 that is no SubjectPublicKeyInfo',
        `${name}+${hash}+${base64(concat(Uint8Array.of(5), LOG.publicKey))}`,
      ),
      bad(
        'type 6 of 32 bytes',
        `${name}+${hash}+${base64(concat(Uint8Array.of(6), LOG.publicKey))}`,
      ),
      bad(
        'a point of small order',
        `${name}+${hash}+${base64(concat(Uint8Array.of(1, 1), new Uint8Array(31)))}`,
        'vkey.bad-point',
      ),
      bad(
        'a point that is not canonical',
        `${name}+${hash}+${base64(concat(Uint8Array.of(1, 0xf0), new Uint8Array(30).fill(0xff), Uint8Array.of(0x7f)))}`,
        'vkey.bad-point',
      ),
    ],
  };
}

function hashOf(keyHash: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, keyHash);
  return bytes;
}
