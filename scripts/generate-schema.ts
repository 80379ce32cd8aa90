/**
 * Makes src/event/schema.generated.ts from spec/schemas: `npm run generate:schema`.
 *
 * Validators are compiled ahead because a page under a content security policy cannot compile any, and because ajv is
 * then no dependency of what is installed. A test makes the file again and compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Ajv, type AnySchemaObject, type Vocabulary } from 'ajv';

// ajv is CommonJS: tsx and vite disagree on what the default of its files is.
const require = createRequire(import.meta.url);
const standalone: (ajv: Ajv, references: Readonly<Record<string, string>>) => string =
  require('ajv/dist/standalone').default;
const next: Vocabulary = require('ajv/dist/vocabularies/next').default;

const SCHEMAS = fileURLToPath(new URL('../spec/schemas/', import.meta.url));
const TARGET = fileURLToPath(new URL('../src/event/schema.generated.ts', import.meta.url));
const BASE = 'https://varve.example/schemas/';

const LEAF_REST = 'leaf-rest';

/** Export of the generated file → schema, or part of one. */
const VALIDATORS: Readonly<Record<string, string>> = {
  event: 'nhi.event.1.schema.json',
  leaf: 'nhi.leaf.1.schema.json',
  // Not published: the members of a leaf behind its event.
  leafRest: LEAF_REST,
  sig: 'nhi.leaf.1.schema.json#/$defs/sig',
  genesis: 'nhi.genesis.1.schema.json',
  log: 'nhi.log.1.schema.json',
  index: 'nhi.index.1.schema.json',
  receipt: 'nhi.receipt.1.schema.json',
};

/** Text of src/event/schema.generated.ts. */
export function generateSchema(): string {
  // Not Ajv2020: it tracks evaluated properties for unevaluatedProperties, which no schema here uses, at twice the size.
  const ajv = new Ajv({
    code: { source: true, esm: true, lines: true },
    inlineRefs: false,
    allowUnionTypes: true,
    strictRequired: false,
    validateFormats: false,
    messages: false,
  });
  ajv.addVocabulary(next);
  const published = Object.values(VALIDATORS).filter((name) => name !== LEAF_REST);
  const files = new Set(published.map((name) => name.split('#')[0] ?? name));
  for (const file of files) ajv.addSchema(compilable(readSchema(file)));
  ajv.addSchema(leafRest(readSchema('nhi.leaf.1.schema.json')));
  const references: Record<string, string> = {};
  for (const [name, reference] of Object.entries(VALIDATORS)) references[name] = BASE + reference;
  return assemble(standalone(ajv, references), formatPaths(readSchema('nhi.event.1.schema.json')));
}

function readSchema(file: string): AnySchemaObject {
  return JSON.parse(readFileSync(SCHEMAS + file, 'utf8'));
}

/** The schema of a leaf without its event. */
function leafRest(leaf: AnySchemaObject): AnySchemaObject {
  const { event: _, ...properties } = leaf['properties'];
  const required = leaf['required'].filter((name: string) => name !== 'event');
  const rest = { ...leaf, properties, required, $id: BASE + LEAF_REST };
  return compilable(
    JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"nhi.leaf.1.schema.json#/$defs/')),
  );
}

/** Without what only readers need, and with the event left to its own validator. */
function compilable(schema: AnySchemaObject): AnySchemaObject {
  const text = JSON.stringify(schema, (name, value) =>
    name === 'description' || name === 'title' || name === '$schema' ? undefined : value,
  );
  return JSON.parse(text.replaceAll('{"$ref":"nhi.event.1.schema.json"}', '{"type":"object"}'));
}

function assemble(code: string, paths: Readonly<Record<string, readonly string[]>>): string {
  const functions = new Map<string, string>();
  const body = code
    .replace('"use strict";', '')
    // The left-over of ajv's ESM output: code points, as JSON Schema counts lengths.
    .replace(
      /const (\w+) = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;/g,
      (_, name) => `const ${name} = (text) => { let n = 0; for (const _ of text) n++; return n; };`,
    )
    .replace(/export const (\w+) = (\w+);/g, (_, name, validate) => {
      functions.set(name, validate);
      return '';
    });
  if (/\brequire\(|\bimport\b|new Function|\beval\(/.test(body))
    throw new Error('left-over in ajv output');
  const eventSchema = /const (\w+) = \{"\$id":"[^"]*nhi\.event\.1/.exec(body)?.[1];
  if (eventSchema === undefined) throw new Error('no schema of the event in ajv output');
  const members = Object.keys(VALIDATORS)
    .map((name) => `  ${name}: ${functions.get(name)},\n`)
    .join('');
  return `// @ts-nocheck
// Made by scripts/generate-schema.ts from spec/schemas. Do not edit.
/** Where, and which rule: what a validator found first. */
export interface SchemaFault {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** True if the value holds to the schema; else \`errors\` tells. */
export interface SchemaValidator {
  (value: unknown): boolean;
  errors?: readonly SchemaFault[] | null;
}
${body.trim()}
/** Validators by schema; the schema of an event; its members of each format ("*": each item, "#": each name). */
export const schemas: {
  readonly eventSchema: unknown;
${Object.keys(VALIDATORS)
  .map((name) => `  readonly ${name}: SchemaValidator;\n`)
  .join('')}  readonly formats: {
    readonly 'nhi-identifier': readonly (readonly string[])[];
    readonly 'nhi-time': readonly (readonly string[])[];
  };
} = {
  eventSchema: ${eventSchema},
${members}  formats: ${JSON.stringify(paths)},
};
`;
}

/** Paths of the members that carry a `format`, by format. */
function formatPaths(schema: AnySchemaObject): Record<string, string[]> {
  const paths: Record<string, Set<string>> = {};
  const visit = (part: unknown, path: readonly string[]): void => {
    if (typeof part !== 'object' || part === null) return;
    const node = part as AnySchemaObject;
    if (typeof node['$ref'] === 'string') visit(resolve(schema, node['$ref']), path);
    if (typeof node['format'] === 'string') {
      paths[node['format']] ??= new Set();
      paths[node['format']]?.add(JSON.stringify(path));
    }
    for (const [name, member] of Object.entries(node['properties'] ?? {})) {
      visit(member, [...path, name]);
    }
    visit(node['items'], [...path, '*']);
    visit(node['propertyNames'], [...path, '#']);
    for (const branch of [node['then'], node['else'], ...(node['allOf'] ?? [])])
      visit(branch, path);
  };
  visit(schema, []);
  const sorted: Record<string, string[]> = {};
  for (const name of Object.keys(paths).sort()) {
    sorted[name] = [...(paths[name] ?? [])].sort().map((path) => JSON.parse(path));
  }
  return sorted;
}

function resolve(schema: AnySchemaObject, reference: string): unknown {
  let node: unknown = schema;
  for (const name of reference.replace('#/', '').split('/')) {
    node = (node as Record<string, unknown>)[name];
  }
  return node;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, generateSchema());
