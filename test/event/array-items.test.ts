import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanArrayItems } from '../../src/event/array-items.ts';
import { bytesOf, refusalOf, textOf } from './vectors.ts';

function items(text: string): readonly string[] {
  return scanArrayItems(bytesOf(text)).map(textOf);
}

describe('the items of an array', () => {
  it('are its bytes, without the space around them', () => {
    expect(items('[]')).toEqual([]);
    expect(items(' [ ] ')).toEqual([]);
    expect(items('[1]')).toEqual(['1']);
    expect(items(' [ {"a": [1, 2]} ,\n"x,]" , [[]] ]\n')).toEqual([
      '{"a": [1, 2]}',
      '"x,]"',
      '[[]]',
    ]);
    expect(items('["\\"", "\\\\", "a\\\\\\"]"]')).toEqual(['"\\""', '"\\\\"', '"a\\\\\\"]"']);
  });

  it('are not judged, so that one that is malformed is refused alone', () => {
    expect(items('[{"a":1,}, nope, 1 2, {"b":01}]')).toEqual([
      '{"a":1,}',
      'nope',
      '1 2',
      '{"b":01}',
    ]);
    expect(items('["\u0007", "\\x"]')).toEqual(['"\u0007"', '"\\x"']);
  });

  it('are refused together where the array does not hold', () => {
    for (const text of [
      '',
      '{}',
      '1',
      '[',
      '[1',
      '[1,',
      '[1,]',
      '[,1]',
      '[,]',
      '[1,,2]',
      '[1]]',
      '[1]x',
      '[{]}',
      '[{]',
      '[}',
      '["]',
      '["\\"]',
      '[1][2]',
      '[]]',
      '[[1]',
    ]) {
      expect([text, refusalOf(() => items(text))?.code]).toEqual([text, 'json.malformed']);
    }
    expect(refusalOf(() => items('\ufeff[]'))?.code).toBe('json.bom');
    expect(refusalOf(() => items('['.repeat(5_000)))?.code).toBe('json.too-deep');
  });

  it('are refused before they are gathered where there are too many', () => {
    expect(scanArrayItems(bytesOf('[1,2]'), { itemsMax: 2 }).length).toBe(2);
    const refusal = refusalOf(() => scanArrayItems(bytesOf('[1,2,3,'), { itemsMax: 2 }));
    expect(refusal?.code).toBe('submission.too-many-items');
  });

  it('are those of JSON.parse', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 4 })),
        fc.constantFrom(0, 1, 2),
        (values, indent) => {
          expect(
            items(JSON.stringify(values, null, indent)).map((item) => JSON.parse(item)),
          ).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });

  it('never throw anything but a refusal', () => {
    const tokens = fc.constantFrom('[', ']', '{', '}', '"', ',', '\\', ' ', '1', 'a');
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 20 }), (parts) => {
        refusalOf(() => items(`[${parts.join('')}`));
      }),
      { numRuns: 3_000 },
    );
  });
});
