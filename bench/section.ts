import { readFile, writeFile } from 'node:fs/promises';

/** Puts a section in its place in a file, or behind all that is there. Others stay as they are. */
export async function writeSection(path: string, name: string, section: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '# What was measured\n');
  await writeFile(path, `${withoutSection(before, name).trimEnd()}\n\n${wrapped(name, section)}`);
}

/** The sections of a file that others wrote, to be put behind a new text of it. */
export async function keptSections(path: string): Promise<string> {
  const before = await readFile(path, 'utf8').catch(() => '');
  const kept = before.match(/<!-- section [a-z]+ -->.*?<!-- end [a-z]+ -->\n/gs) ?? [];
  return kept.join('\n');
}

function wrapped(name: string, section: string): string {
  return `<!-- section ${name} -->\n${section.trim()}\n<!-- end ${name} -->\n`;
}

function withoutSection(text: string, name: string): string {
  return text.replace(new RegExp(`<!-- section ${name} -->.*?<!-- end ${name} -->\\n?`, 's'), '');
}
