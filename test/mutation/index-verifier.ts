/**
 * Removes every single check of the verifier of lookups, one at a time, and looks whether a test fails:
 * `npm run mutation [-- FILE…]`. It works on a copy of the sources, in a folder of its own.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { Report } from '../e2e/report.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Files of the verifier, and the tests that hold them. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'core/prefix-trie-proof.ts': ['core/prefix-trie.test.ts'],
  'core/mini-log.ts': ['core/mini-log.test.ts'],
  'event/index-proof.ts': ['event/index-proof.test.ts'],
  'event/index-answer.ts': ['event/index-proof.test.ts'],
  'event/index-audit.ts': ['event/index-audit.test.ts'],
  'event/index-fraud.ts': ['monitor/index-audit.test.ts'],
  'client/lookup-pages.ts': ['client/lookup-pages.test.ts'],
  'client/lookup-entries.ts': ['client/lookup-client.test.ts'],
  'client/lookup-grade.ts': ['client/lookup-client.test.ts'],
  'client/lookup-client.ts': ['client/lookup-client.test.ts'],
};

/** Conditions that no log can make true: what they look at was made here, and the type alone allows them. */
const UNREACHABLE: readonly string[] = [
  'tile === undefined',
  'tile === undefined || bytes === undefined',
  'first === undefined',
  'entry === undefined',
  'page === null',
  'cause.code ===',
  '!(cause instanceof TransparencyError)',
  '!isTransparencyError(cause)',
  '!isTransparencyError(error)',
  '!isGone',
  "isTransparencyError(error, 'reply.status')",
  'isTransparencyError(error)',
];

/** One check, and the source without it. */
interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly check: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

const only = process.argv.slice(2);
const report = new Report();
const folders = [copy(), copy()];
try {
  const mutants = Object.keys(FILES)
    .filter((file) => only.length === 0 || only.some((one) => file.includes(one)))
    .flatMap(mutantsOf);
  // Two at a time, each in a copy of its own.
  let next = 0;
  await Promise.all(
    folders.map(async (folder) => {
      while (next < mutants.length) await judge(mutants[next++] as Mutant, folder);
    }),
  );
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
report.finish();

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'varve-mutation-'));
  for (const name of ['src', 'test', 'spec', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function mutantsOf(file: string): Mutant[] {
  const source = readFileSync(join(ROOT, 'src', file), 'utf8');
  const found: Mutant[] = [];
  const add = (start: number, end: number, by: string): void => {
    const check = source.slice(start, end).replaceAll(/\s+/g, ' ');
    if (UNREACHABLE.some((one) => check.startsWith(one))) return;
    const line = source.slice(0, start).split('\n').length;
    found.push({ file, line, check, text: source.slice(0, start) + by + source.slice(end) });
  };
  visit(parseSync(file, source, { lang: 'ts' }).program, (node) => {
    if (node.type === 'IfStatement' && throws(node['consequent'])) {
      const test = node['test'] as Node;
      add(test.start, test.end, 'false');
    }
    if (node.type === 'ExpressionStatement' && isCheckCall(node['expression'])) {
      add(node.start, node.end, ';');
    }
  });
  return found;
}

/** Does it throw, at once or as the last statement of a block? */
function throws(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'ThrowStatement') return true;
  const body = node['body'];
  return node.type === 'BlockStatement' && Array.isArray(body) && throws(body.at(-1));
}

/** `checkThis(…)` or `this.#checkThis(…)`, whose answer nobody takes. */
function isCheckCall(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'CallExpression') return false;
  const callee = node['callee'] as Node;
  const name = callee.type === 'MemberExpression' ? (callee['property'] as Node) : callee;
  return /^check[A-Z]/.test(String(name['name'] ?? ''));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (isNode(value)) {
    see(value);
    for (const child of Object.values(value)) visit(child, see);
  }
}

async function judge(mutant: Mutant, folder: string): Promise<void> {
  const path = join(folder, 'src', mutant.file);
  const name = `${mutant.file}:${mutant.line} without: ${mutant.check}`;
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, mutant.text);
  try {
    const { code, said } = await runTests(folder, FILES[mutant.file] ?? []);
    const caught = /(?:FAIL|×)\s+(.*)/.exec(said)?.[1]?.trim();
    if (code === 0 || caught === undefined) report.fail(name, 'no test fails');
    else report.pass(name, caught.replace(/^\|?node\|?\s*/, ''));
  } finally {
    writeFileSync(path, whole);
  }
}

function runTests(
  folder: string,
  tests: readonly string[],
): Promise<{ code: number | null; said: string }> {
  const args = ['run', '--project', 'node', '--bail', '1', '--no-color', '--reporter', 'default'];
  const files = tests.map((test) => `test/${test}`);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, ...args, ...files], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.resume();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}
