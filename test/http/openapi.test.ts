import { readFileSync } from 'node:fs';
import { validate } from '@readme/openapi-parser';
import { describe, expect, it } from 'vitest';
import { generateOpenApi, generateOpenApiModule } from '../../scripts/generate-openapi.ts';
import { OPERATIONS } from '../../src/http/operations.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { createAppUnderTest } from '../support/http-app.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the description of the API', () => {
  it('is made of what it describes: `npm run generate:openapi` changes nothing', () => {
    expect(read('spec/openapi.json')).toBe(generateOpenApi());
    expect(read('src/http/openapi.generated.ts')).toBe(generateOpenApiModule());
  });

  it('is OpenAPI 3.1', async () => {
    const result = await validate(JSON.parse(read('spec/openapi.json')));
    expect(result.valid ? [] : result.errors).toEqual([]);
  });

  it('has every route, and no other', () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it('is what the server answers with', async () => {
    const answer = await createAppUnderTest().request('/openapi.json');
    expect(answer.json).toEqual(JSON.parse(read('spec/openapi.json')));
  });
});
