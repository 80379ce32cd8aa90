import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { KeyTable } from '../../src/lookup/key-table.ts';

/** What the table promises, from a map of texts. */
class Model {
  readonly #numbers = new Map<string, number>();

  numberOf(value: Uint8Array): number {
    const text = value.join();
    const known = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, known);
    return known;
  }
}

function numbersOf(values: readonly Uint8Array[]): { table: KeyTable; numbers: number[] } {
  const table = new KeyTable();
  return { table, numbers: values.map((value) => table.numberOf(value, 0, value.length)) };
}

describe('a table of values', () => {
  it('numbers values in the order in which they came, each once', () => {
    const few = fc.uint8Array({ maxLength: 3, max: 3 });
    fc.assert(
      fc.property(fc.array(fc.oneof(few, fc.uint8Array()), { maxLength: 400 }), (values) => {
        const model = new Model();
        const { table, numbers } = numbersOf(values);
        expect(numbers).toEqual(values.map((value) => model.numberOf(value)));
        for (const [i, value] of values.entries()) {
          expect([...table.valueOf(numbers[i] as number)]).toEqual([...value]);
        }
        expect(table.size).toBe(new Set(numbers).size);
      }),
    );
  });

  it('reads a value out of the bytes around it', () => {
    const table = new KeyTable();
    expect(table.numberOf(utf8('"tok-1"'), 1, 6)).toBe(0);
    expect(table.numberOf(utf8('tok-1,tok-12'), 0, 5)).toBe(0);
    expect(table.numberOf(utf8('tok-1,tok-12'), 6, 12)).toBe(1);
    expect(table.numberOf(utf8(''), 0, 0)).toBe(2);
  });

  it('tells values apart that were chosen to fall on one place, while it grows and after', () => {
    const chosen = Array.from({ length: 400_000 }, (_, n) => utf8(`v${n}`))
      .filter((value) => fnv(value) % 1024 === 7)
      .slice(0, 300);
    expect(chosen).toHaveLength(300);
    // Beside others, so that it grows past them: their places change, their numbers do not.
    const others = Array.from({ length: 3_000 }, (_, n) => utf8(`other-${n}`));
    const values = [chosen, others.slice(0, 200), chosen, others, chosen, others].flat();
    const model = new Model();
    expect(numbersOf(values).numbers).toEqual(values.map((value) => model.numberOf(value)));
  });

  it('holds many long values', () => {
    const values = Array.from({ length: 2_000 }, (_, n) => concat(utf8('x'.repeat(n)), utf8('y')));
    const { table, numbers } = numbersOf(values);
    expect(numbers).toEqual(values.map((_, n) => n));
    expect(table.valueOf(1_999)).toEqual(values[1_999]);
  });
});

/** The hash of the table, written a second time. */
function fnv(bytes: Uint8Array): number {
  const hash = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 16_777_619), 2_166_136_261);
  return (hash ^ (hash >>> 15)) >>> 0;
}
