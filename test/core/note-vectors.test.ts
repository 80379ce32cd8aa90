import { expect, it } from 'vitest';
import { noteVectors } from '../../scripts/note-vectors/note-vectors.ts';
import { vectorsOf } from './note-fixtures.ts';

it.each(Object.entries(noteVectors()))(
  'makes the vectors %s as they stand in spec',
  (name, made) => {
    expect(JSON.parse(JSON.stringify(made))).toEqual(vectorsOf(name));
  },
);
