/**
 * Makes spec/openapi.json, and src/http/openapi.generated.ts which the server answers with, from the table of routes,
 * spec/schemas and spec/9-errors.md: `npm run generate:openapi`. A test makes both again and compares.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openApiOf } from '../src/http/openapi.ts';
import { ROUTES } from '../src/http/routes.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Text of spec/openapi.json. */
export function generateOpenApi(): string {
  const files = readdirSync(new URL('spec/schemas/', root)).sort();
  const schemas = new Map(files.map((file) => [file, JSON.parse(read(`spec/schemas/${file}`))]));
  const rows = read('spec/9-errors.md').matchAll(/^\| `([a-z0-9.-]+)` \| \d{3} \|/gm);
  const codes = [...rows].map(([, code]) => String(code));
  const { version } = JSON.parse(read('package.json'));
  return `${JSON.stringify(openApiOf({ routes: ROUTES, schemas, codes, version }), null, 2)}\n`;
}

/** Text of src/http/openapi.generated.ts. */
export function generateOpenApiModule(): string {
  const text = JSON.stringify(JSON.parse(generateOpenApi()));
  return [
    '// Made by scripts/generate-openapi.ts of the table of routes and spec/schemas. Not to be edited.',
    '/** The description of the API, as JSON. */',
    `export const OPENAPI_JSON: string = ${JSON.stringify(text)};`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('spec/openapi.json', root), generateOpenApi());
  writeFileSync(new URL('src/http/openapi.generated.ts', root), generateOpenApiModule());
}
