import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { type RunbookName, runbookOf } from '../../src/cli/runbook.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = join(ROOT, 'deploy', 'runbooks');

/** Every name: the compiler knows if one is missing. */
const NAMES: Readonly<Record<RunbookName, true>> = {
  corrupt: true,
  'rolled-back': true,
  'two-writers': true,
  evidence: true,
  retired: true,
  confirming: true,
  witnesses: true,
  'guard-missing': true,
  'flush-failed': true,
  'index-stopped': true,
  erasures: true,
  'start-refused': true,
};

function sources(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

describe('runbooks', () => {
  it.each(Object.keys(NAMES))(
    'has a page for %s, with what it means, how to look, what to do',
    (name) => {
      const page = readFileSync(join(ROOT, runbookOf(name as RunbookName)), 'utf8');
      expect(page).toContain('**What it means.**');
      expect(page).toContain('**How to look.**');
      expect(page).toMatch(/\n```sh\n/);
      expect(readFileSync(join(PAGES, 'README.md'), 'utf8')).toContain(`(${name}.md)`);
    },
  );

  it('has every page that a message or another page names', () => {
    const named = [
      ...sources(join(ROOT, 'src')).flatMap(
        (text) => text.match(/deploy\/runbooks\/[a-z-]+\.md/g) ?? [],
      ),
      ...readdirSync(PAGES).flatMap((name) => {
        const text = readFileSync(join(PAGES, name), 'utf8');
        return [...text.matchAll(/\]\(([a-z-]+\.md)\)/g)].map(
          ([, page]) => `deploy/runbooks/${page}`,
        );
      }),
    ];
    expect(named.length).toBeGreaterThan(20);
    for (const path of named) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });

  it('gives commands and flags that exist', () => {
    const helps = new Map(COMMANDS.map(({ name, help }) => [name, help]));
    for (const page of readdirSync(PAGES)) {
      const text = readFileSync(join(PAGES, page), 'utf8').replaceAll('\\\n', ' ');
      for (const [, name = '', rest = ''] of text.matchAll(/^varve ([a-z]+)(.*)$/gm)) {
        const help = helps.get(name) ?? '';
        expect(help, `${page}: varve ${name}`).not.toBe('');
        for (const [flag] of (rest.split('#')[0] ?? '').matchAll(/--[a-z-]+/g)) {
          expect(help, `${page}: varve ${name} ${flag}`).toContain(flag);
        }
      }
    }
  });
});
