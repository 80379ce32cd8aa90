import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { formOfContentType, splitItems } from '../../src/http/items.ts';

function split(text: string, form: 'json' | 'lines', max = 10): [string, ...string[]] {
  const { form: found, items } = splitItems(utf8(text), form, max);
  return [found, ...items.map(utf8Text)];
}

describe('splitItems', () => {
  it('takes anything that is no array as one item', () => {
    expect(split('{"a":1}', 'json')).toEqual(['one', '{"a":1}']);
    expect(split(' \n{"a":1} ', 'json')).toEqual(['one', ' \n{"a":1} ']);
    expect(split('nonsense', 'json')).toEqual(['one', 'nonsense']);
  });

  it('takes an array apart and leaves its items as they are', () => {
    expect(split(' [ {"a":[1]} , 2,"," ] ', 'json')).toEqual(['array', '{"a":[1]}', '2', '","']);
  });

  it('takes lines apart, with or without a last line feed', () => {
    expect(split('1\n2\n3', 'lines')).toEqual(['lines', '1', '2', '3']);
    expect(split('1\n2\n3\n', 'lines')).toEqual(['lines', '1', '2', '3']);
    expect(split('1\r\n2\r\n\r\n\n', 'lines')).toEqual(['lines', '1\r', '2']);
  });

  it('keeps an empty line between others, so that answers stay in step', () => {
    expect(split('1\n\n3\n', 'lines')).toEqual(['lines', '1', '', '3']);
  });

  it.each([
    ['', 'json'],
    [' \n', 'json'],
    ['[]', 'json'],
    ['', 'lines'],
    ['\n\r\n', 'lines'],
  ] as const)('refuses %j as %s: nothing in it', (text, form) => {
    expect(() => split(text, form)).toThrow(/^submission.empty/);
  });

  it('counts items up to the limit and refuses one more', () => {
    expect(split('[1,2,3]', 'json', 3)).toHaveLength(4);
    expect(split('1\n2\n3', 'lines', 3)).toHaveLength(4);
    expect(() => split('[1,2,3,4]', 'json', 3)).toThrow(/^submission.too-many-items/);
    expect(() => split('1\n2\n3\n4', 'lines', 3)).toThrow(/^submission.too-many-items/);
  });

  it('refuses an array that does not hold', () => {
    for (const text of ['[1', '[1]]', '[1,]', '[,1]', '[1}', '[1] 2']) {
      expect(() => split(text, 'json'), text).toThrow(/^json\./);
    }
  });

  it('throws nothing but refusals, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, lines) => {
        try {
          splitItems(bytes, lines ? 'lines' : 'json', 5);
        } catch (error) {
          expect(isTransparencyError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('formOfContentType', () => {
  it.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=UTF-8', 'json'],
    ['application/json;charset="utf-8"', 'json'],
    ['application/json; version=1', 'json'],
    ['application/x-ndjson', 'lines'],
    ['application/ndjson', 'lines'],
    ['application/jsonl', 'lines'],
  ])('reads %s as %s', (type, form) => {
    expect(formOfContentType(type)).toBe(form);
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/json; charset=latin1',
    'application/json, text/plain',
    'text/json',
  ])('refuses %s', (type) => {
    expect(() => formOfContentType(type)).toThrow(/^request.bad-content-type/);
  });
});
