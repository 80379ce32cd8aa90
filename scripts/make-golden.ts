/** Makes spec/vectors/ingest of spec/fixtures/ingest: `npm run generate:golden`. Read what changes before it is kept. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { goldenOf, inputNames, inputsOf } from '../test/ingest/golden.ts';

const folder = new URL('../spec/vectors/ingest/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of inputNames()) {
  const golden = inputsOf(name).map((input) => goldenOf(name, input));
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(golden, null, 1)}\n`);
}
