/**
 * Makes src/ingest/mappings.generated.ts from spec/mappings, and the shapes of the event's strings from
 * spec/schemas: `npm run generate:mappings`. A test makes both again and compares.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** A JSON Schema, as far as this reads it. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Text of src/ingest/mappings.generated.ts. */
export function generateMappings(): string {
  const files = readdirSync(new URL('spec/mappings/', root)).sort();
  const mappings = files.map((file) => JSON.parse(read(`spec/mappings/${file}`)));
  return [
    '// Made by scripts/generate-mappings.ts from spec/mappings. Not to be edited.',
    "import type { MappingFile } from './mapping-file.ts';",
    '',
    '/** The rules of every format, as spec/mappings has them. */',
    `export const MAPPING_FILES: readonly MappingFile[] = ${JSON.stringify(mappings)};`,
    '',
  ].join('\n');
}

/** Text of src/ingest/shapes.generated.ts. */
export function generateShapes(): string {
  const schema: Schema = JSON.parse(read('spec/schemas/nhi.event.1.schema.json'));
  const shapes: Record<string, object> = {};
  walk(schema, '', (pointer, found) => {
    if (pointer.startsWith('/ext') || pointer.startsWith('/sd') || pointer.startsWith('/body'))
      return;
    if (found.type === 'integer') shapes[pointer] = { type: 'integer' };
    else if (found.type === 'boolean') shapes[pointer] = { type: 'boolean' };
    else if (found.type === 'array') shapes[pointer] = { type: 'array', max: found.maxItems };
    else if (found.enum !== undefined) shapes[pointer] = { type: 'enum', values: found.enum };
    else if (found.format === 'nhi-time') shapes[pointer] = { type: 'time' };
    else if (found.type === 'string') {
      shapes[pointer] = {
        type: 'text',
        ...(found.maxLength === undefined ? {} : { max: found.maxLength }),
        ...(found.pattern === undefined ? {} : { pattern: found.pattern }),
        ...(found.format === 'nhi-identifier' ? { identifier: true } : {}),
      };
    }
  });

  function walk(at: Schema, pointer: string, see: (pointer: string, found: Schema) => void): void {
    const name = at.$ref?.replace('#/$defs/', '');
    const found = name === undefined ? at : (schema.$defs?.[name] ?? at);
    see(pointer, found);
    for (const [member, below] of Object.entries(found.properties ?? {})) {
      walk(below, `${pointer}/${member}`, see);
    }
    if (found.items !== undefined) walk(found.items, `${pointer}/*`, see);
  }

  return [
    '// Made by scripts/generate-mappings.ts from spec/schemas. Not to be edited.',
    '/** What may stand at a place of an event. */',
    'export type Shape =',
    "  | { readonly type: 'integer' | 'boolean' | 'time' }",
    "  | { readonly type: 'array'; readonly max: number }",
    "  | { readonly type: 'enum'; readonly values: readonly string[] }",
    "  | { readonly type: 'text'; readonly max?: number; readonly pattern?: string; readonly identifier?: true };",
    '',
    '/** Pointer of a place, `*` for any index → its shape. */',
    `export const SHAPES: Readonly<Record<string, Shape>> = ${JSON.stringify(shapes)};`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('src/ingest/mappings.generated.ts', root), generateMappings());
  writeFileSync(new URL('src/ingest/shapes.generated.ts', root), generateShapes());
}
