import fc from 'fast-check';
import { utf8 } from '../../src/core/bytes.ts';
import { bytesOf, type CaseInput } from './note-fixtures.ts';

/** Arbitrary bytes, arbitrary text, and good examples with a few edits: what reaches deep into a parser. */
export function hostileBytes(examples: readonly CaseInput[]): fc.Arbitrary<Uint8Array> {
  const good = examples.filter((one) => one.error === undefined).map(bytesOf);
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 4 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom('\n', ' ', '\n\n', '— ', '0', '+', '=', '\t', '-', 'index ').map(utf8),
    ),
  });
  const edited = fc
    .tuple(fc.constantFrom(...good), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([bytes, edits]) => edits.reduce(applyEdit, bytes));
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }).map(utf8),
    { arbitrary: edited, weight: 4 },
  );
}

function applyEdit(
  bytes: Uint8Array,
  edit: { readonly at: number; readonly remove: number; readonly insert: Uint8Array },
): Uint8Array {
  const at = edit.at % (bytes.length + 1);
  return Uint8Array.of(
    ...bytes.subarray(0, at),
    ...edit.insert,
    ...bytes.subarray(Math.min(bytes.length, at + edit.remove)),
  );
}
