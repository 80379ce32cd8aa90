/** Writes the vectors of spec/2 and spec/7: `npx tsx -C varve-source scripts/note-vectors/main.ts`. */
import { writeFileSync } from 'node:fs';
import { noteVectors } from './note-vectors.ts';

for (const [name, vectors] of Object.entries(noteVectors())) {
  const url = new URL(`../../spec/vectors/${name}.json`, import.meta.url);
  writeFileSync(url, `${JSON.stringify(vectors, null, 2)}\n`);
}
