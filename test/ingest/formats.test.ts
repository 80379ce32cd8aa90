import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withFormats } from '../../scripts/generate-formats.ts';
import { ADAPTERS } from '../../src/ingest/ingest.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe("the README's table of formats", () => {
  it('is that of the adapters: `npm run generate:formats` changes nothing', () => {
    const readme = read('README.md');
    expect(withFormats(readme)).toBe(readme);
  });

  it('calls live what emitters of others are sent through, and nothing else', () => {
    const emitters = readdirSync(new URL('../emitters/', import.meta.url))
      .map((file) => read(`test/emitters/${file}`))
      .join('\n');
    const isSent = (name: string): boolean =>
      [`/ingest/${name}`, name === 'cloudevents' ? '/events' : '', name.replace('otlp-', '/v1/')]
        .filter((route) => route.startsWith('/'))
        .some((route) => emitters.includes(route));
    for (const [name, { mapping }] of ADAPTERS) {
      expect([name, mapping.file.emitters]).toEqual([name, isSent(name) ? 'live' : 'fixture only']);
    }
    for (const name of [
      'vault',
      'openbao',
      'kubernetes',
      'github',
      'gitlab',
      'teleport',
      'entra',
    ]) {
      expect(ADAPTERS.get(name)?.mapping.file.emitters, name).toBe('fixture only');
    }
  });
});
