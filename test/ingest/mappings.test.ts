import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateMappings, generateShapes } from '../../scripts/generate-mappings.ts';
import { openMapping } from '../../src/ingest/mapping.ts';
import { MAPPING_FILES } from '../../src/ingest/mappings.generated.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the mappings', () => {
  it('are those of spec/mappings: `npm run generate:mappings` changes nothing', () => {
    expect(read('src/ingest/mappings.generated.ts')).toBe(generateMappings());
    expect(read('src/ingest/shapes.generated.ts')).toBe(generateShapes());
  });

  it('name each place once, and no place that an event has not', () => {
    expect(new Set(MAPPING_FILES.map(({ id }) => id)).size).toBe(MAPPING_FILES.length);
    for (const file of MAPPING_FILES) {
      expect(file.id).toMatch(new RegExp(`^${file.adapter}/[1-9][0-9]*$`));
      expect(() => openMapping(file)).not.toThrow();
    }
  });

  it('have a hash of the canonical form, so spaces and order are of no matter', () => {
    for (const file of MAPPING_FILES) {
      const turned = Object.fromEntries(Object.entries(file).reverse()) as typeof file;
      expect(openMapping(turned).map).toEqual(openMapping(file).map);
      expect(openMapping({ ...file, title: 'x' }).map.sha256).not.toBe(
        openMapping(file).map.sha256,
      );
    }
  });
});
