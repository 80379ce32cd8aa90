/**
 * Makes the README's table of foreign formats from spec/mappings, the adapters and spec/fixtures/ingest: `npm run
 * generate:formats`. A test makes it again and compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ADAPTERS } from '../src/ingest/ingest.ts';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- Made by npm run generate:formats. -->\n';
const END = '<!-- End of it. -->\n';

/** Routes that are not `/ingest/NAME`. */
const ROUTES: ReadonlyMap<string, string> = new Map([
  ['cloudevents', '/events'],
  ['otlp-logs', '/v1/logs'],
  ['otlp-traces', '/v1/traces'],
]);
/** Adapters that read another's fixtures. */
const FIXTURES: ReadonlyMap<string, string> = new Map([['openbao', 'vault']]);

/** The README with the table of today. */
export function withFormats(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('README.md has no place for the table');
  return readme.slice(0, begin + BEGIN.length) + formatsTable() + readme.slice(end);
}

function formatsTable(): string {
  const rows = [...ADAPTERS.values()].map(({ name, mapping }) => {
    const { title, emitters } = mapping.file;
    const route = ROUTES.get(name) ?? `/ingest/${name}`;
    const cells = [title, `\`${route}\``, emitters, String(inputsOf(FIXTURES.get(name) ?? name))];
    return `| ${cells.join(' | ')} |`;
  });
  const head = ['| format | `POST /{log}…` | tried with | inputs |', '| --- | --- | --- | --- |'];
  return `${[...head, ...rows.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))].join('\n')}\n`;
}

function inputsOf(fixtures: string): number {
  const file = new URL(`../spec/fixtures/ingest/${fixtures}.json`, import.meta.url);
  const inputs: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Array.isArray(inputs) ? inputs.length : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(README, withFormats(readFileSync(README, 'utf8')));
}
