import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { formatLogList, parseLogList } from '../../src/core/log-list.ts';
import { ed25519PublicKey } from '../../src/core/signature.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { codeOf } from './note-fixtures.ts';

const publicKey = ed25519PublicKey(new Uint8Array(32).fill(3));
const vkey = formatVkey(verifierKeyOf('example.com/log', KEY_TYPE.ed25519, publicKey));
const witness = formatVkey(verifierKeyOf('example.com/w', KEY_TYPE.cosignature, publicKey));
const other = formatVkey(verifierKeyOf('example.com/other', KEY_TYPE.ed25519, publicKey));
const entry = `vkey ${vkey}\nqpd 86400\ncontact ops@example.com\n`;

describe('parseLogList', () => {
  it('reads logs, their origins and their quotas', () => {
    const file = `# a list\nlogs/v0\n\n${entry}\n# another\n  vkey ${other}  \norigin elsewhere.example\nqpd 1\ncontact a b\n`;
    expect(parseLogList(utf8(file))).toMatchObject([
      { origin: 'example.com/log', requestsPerDay: 86_400, contact: 'ops@example.com' },
      { origin: 'elsewhere.example', requestsPerDay: 1, contact: 'a b' },
    ]);
  });

  it('reads a list without logs', () => {
    expect(parseLogList(utf8('logs/v0\n'))).toEqual([]);
  });

  it('writes what it reads', () => {
    const file = `logs/v0\n\n${entry}\nvkey ${other}\norigin elsewhere.example\nqpd 1\ncontact a b\n`;
    expect(utf8Text(formatLogList(parseLogList(utf8(file))))).toBe(file);
  });

  it.each([
    ['nothing', ''],
    ['another version', `logs/v1\n${entry}`],
    ['a log without a quota', `logs/v0\nvkey ${vkey}\ncontact x\n`],
    ['a log without a contact', `logs/v0\nvkey ${vkey}\nqpd 1\n`],
    ['another order', `logs/v0\nvkey ${vkey}\ncontact x\nqpd 1\n`],
    ['a quota of 0', `logs/v0\nvkey ${vkey}\nqpd 0\ncontact x\n`],
    ['a quota of 2^31', `logs/v0\nvkey ${vkey}\nqpd 2147483648\ncontact x\n`],
    ['a quota with a leading zero', `logs/v0\nvkey ${vkey}\nqpd 01\ncontact x\n`],
    ['the key of a witness', `logs/v0\nvkey ${witness}\nqpd 1\ncontact x\n`],
    ['a key that is none', 'logs/v0\nvkey x\nqpd 1\ncontact x\n'],
    ['a log twice', `logs/v0\n${entry}${entry}`],
    ['a line of another kind', `logs/v0\n${entry}url https://example.com\n`],
  ])('refuses %s', (_name, file) => {
    expect(codeOf(() => parseLogList(utf8(file)))).toBe('log-list.malformed');
  });
});
