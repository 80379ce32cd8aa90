import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../src/cli/flags.ts';

const table = { text: ['data'], texts: ['log'], on: ['json'], operands: [0, 2] } as const;

describe('parseFlags', () => {
  it('reads values, repeated values, switches and operands in any order', () => {
    const flags = parseFlags(['a', '--log=x', '--data', 'd', '--json', '--log', 'y', 'b'], table);
    expect(flags.text('data')).toBe('d');
    expect(flags.texts('log')).toEqual(['x', 'y']);
    expect(flags.on('json')).toBe(true);
    expect(flags.operands).toEqual(['a', 'b']);
  });

  it('tells what was not given', () => {
    const flags = parseFlags([], table);
    expect(flags.text('data')).toBeUndefined();
    expect(flags.texts('log')).toEqual([]);
    expect(flags.on('json')).toBe(false);
  });

  it('takes what follows -- as operands', () => {
    expect(parseFlags(['--', '--json'], table).operands).toEqual(['--json']);
  });

  it.each([
    ['an unknown flag', ['--dta', 'x'], "Unknown option '--dta'"],
    ['an unknown letter', ['-x'], "Unknown option '-x'"],
    ['a flag without its value', ['--data'], "Option '--data <value>' argument missing"],
    ['a value for a switch', ['--json=yes'], "Option '--json' does not take an argument"],
    ['a flag given twice', ['--data', 'a', '--data', 'b'], '--data is given twice'],
    ['a switch given twice', ['--json', '--json'], '--json is given twice'],
    ['an empty value', ['--data', ''], '--data is empty'],
    ['an operand too many', ['a', 'b', 'c'], "'c' is one operand too many"],
  ])('refuses %s', (_, args, message) => {
    expect(() => parseFlags(args, table)).toThrow(`config.malformed: ${message}`);
  });

  it('refuses a missing operand', () => {
    expect(() => parseFlags([], { operands: [1, 1] })).toThrow('an operand is missing');
  });
});
