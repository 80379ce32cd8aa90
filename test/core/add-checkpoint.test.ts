import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ADD_CHECKPOINT_BYTES_MAX,
  formatAddCheckpoint,
  formatNamedSize,
  originHash,
  parseAddCheckpoint,
  parseNamedSize,
} from '../../src/core/add-checkpoint.ts';
import { base64 } from '../../src/core/base64.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { codeOf } from './note-fixtures.ts';

const node = base64(new Uint8Array(32).fill(7));
const lines = (count: number): string => `${node}\n`.repeat(count);

describe('parseAddCheckpoint', () => {
  it.each([
    ['no proof', `old 0\n\nnote`, 0],
    ['a proof of one line', `old 1\n${lines(1)}\nnote`, 1],
    ['a proof of 63 lines', `old 9007199254740991\n${lines(63)}\nnote`, 63],
    ['a note that begins with a blank line', 'old 0\n\n\nx', 0],
  ])('reads %s and writes it again', (_name, body, count) => {
    const parsed = parseAddCheckpoint(utf8(body));
    expect(parsed.proof).toHaveLength(count);
    expect(utf8Text(formatAddCheckpoint(parsed))).toBe(body);
  });

  it.each([
    ['nothing', ''],
    ['no blank line', `old 0\nnote`],
    ['no note', 'old 0\n\n'],
    ['no old line', `${lines(1)}\nnote`],
    ['an old line twice', 'old 0\nold 0\n\nnote'],
    ['leading zeroes', 'old 00\n\nnote'],
    ['a leading zero', 'old 012\n\nnote'],
    ['a plus sign', 'old +1\n\nnote'],
    ['a minus sign', 'old -1\n\nnote'],
    ['a fraction', 'old 1.0\n\nnote'],
    ['a size above 2^53 - 1', 'old 9007199254740992\n\nnote'],
    ['a size of 2^64', 'old 18446744073709551616\n\nnote'],
    ['two spaces', 'old  1\n\nnote'],
    ['a space behind the size', 'old 1 \n\nnote'],
    ['a carriage return', 'old 1\r\n\r\nnote'],
    ['upper case', 'OLD 1\n\nnote'],
    ['64 proof lines', `old 1\n${lines(64)}\nnote`],
    ['300 proof lines', `old 1\n${lines(300)}\nnote`],
    ['a proof line that is not base64', 'old 1\n????\n\nnote'],
    ['a proof line of 31 bytes', `old 1\n${base64(new Uint8Array(31))}\n\nnote`],
    ['a proof line of 33 bytes', `old 1\n${base64(new Uint8Array(33))}\n\nnote`],
    ['a proof line without padding', `old 1\n${node.slice(0, -1)}\n\nnote`],
    ['a proof line with loose bits', `old 1\n${'A'.repeat(42)}B=\n\nnote`],
    ['a proof line in base64url', `old 1\n${'_'.repeat(42)}8=\n\nnote`],
    ['more bytes than are read', `old 0\n\n${'x'.repeat(ADD_CHECKPOINT_BYTES_MAX)}`],
  ])('refuses %s', (_name, body) => {
    expect(codeOf(() => parseAddCheckpoint(utf8(body)))).toBe('add-checkpoint.malformed');
  });

  it('throws nothing but its refusal, whatever it is given', () => {
    const parts = fc.constantFrom('old ', '0', '1', '\n', '\n\n', node, 'é', '\0', '=');
    const text = fc.array(fc.oneof(parts, fc.string()), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          text.map((all) => new TextEncoder().encode(all.join(''))),
        ),
        (body) => {
          const code = codeOf(() => parseAddCheckpoint(body));
          expect([undefined, 'add-checkpoint.malformed']).toContain(code);
          if (code === undefined)
            expect(formatAddCheckpoint(parseAddCheckpoint(body))).toEqual(body);
        },
      ),
    );
  });
});

describe('parseNamedSize', () => {
  it.each([0, 1, 700, 2 ** 53 - 1])('reads %d as it is written', (size) => {
    expect(parseNamedSize(formatNamedSize(size))).toBe(size);
  });

  it.each([
    '',
    '\n',
    '1',
    '01\n',
    '1\n\n',
    ' 1\n',
    '-1\n',
    '9007199254740992\n',
    '1'.repeat(60_000),
  ])('refuses %j', (body) => {
    expect(codeOf(() => parseNamedSize(utf8(body)))).toBe('add-checkpoint.malformed');
  });
});

it('names a log by the SHA-256 of its origin', () => {
  expect(originHash('example.com/log')).toMatch(/^[0-9a-f]{64}$/);
  expect(originHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
