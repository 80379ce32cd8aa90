/**
 * Takes every single check of the verifier of lookups away, one at a time, and looks whether a test fails:
 * `npm run test:mutation [-- FILE…]`. The checks are switched off in a copy of the sources while it runs; each is held
 * to the tests that come to it.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Report } from '../e2e/report.ts';
import { type Check, instrument } from './checks.ts';
import type { Reached, Reply } from './judge.ts';
import { Judge } from './judge-process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The verifier. */
const SOURCES: readonly string[] = [
  'core/prefix-trie-proof.ts',
  'core/mini-log.ts',
  'event/index-proof.ts',
  'event/index-answer.ts',
  'event/index-audit.ts',
  'event/index-fraud.ts',
  'client/lookup-pages.ts',
  'client/lookup-entries.ts',
  'client/lookup-grade.ts',
  'client/lookup-client.ts',
  'client/lookup-policy.ts',
  'client/index-replay.ts',
];

const TESTS: readonly string[] = [
  'core/prefix-trie.test.ts',
  'core/prefix-trie-vectors.test.ts',
  'core/mini-log.test.ts',
  'event/index-proof.test.ts',
  'event/index-vectors.test.ts',
  'event/index-audit.test.ts',
  'client/lookup-pages.test.ts',
  'client/lookup-client.test.ts',
  'client/lookup-attacks.test.ts',
  'client/lookup-policy.test.ts',
  'monitor/index-audit.test.ts',
];

/** Checks that only the types ask for, each with the reason: what they refuse cannot be. */
const REDUNDANT: readonly { readonly file: string; readonly text: string; readonly why: string }[] =
  [
    ...['tile === undefined', 'bytes === undefined', 'entry === undefined'].map((text) => {
      const why = 'proven tiles and opened bundles are as many, and as wide, as were asked for';
      return { file: 'client/lookup-entries.ts', text, why };
    }),
  ];

const LANES = Math.min(2, cpus().length);

const only = process.argv.slice(2);
const report = new Report();
mkdirSync(join(ROOT, '.cache'), { recursive: true });
const folder = mkdtempSync(join(ROOT, '.cache', 'mutation-'));
const judges: Judge[] = [];
try {
  const checks = copyInstrumented();
  for (let lane = 0; lane < LANES; lane++) judges.push(new Judge([folder, ...TESTS]));
  const reached = await judges[0]?.ask({ kind: 'reach' });
  const tests = reached?.kind === 'reached' ? reached.tests : [];
  await report.check('every test passes with every check in its place', () => {
    const failing = tests.filter(({ error }) => error !== null);
    if (tests.length === 0 || failing.length > 0) throw new Error(JSON.stringify(failing));
    return `${tests.length} tests, ${checks.length} checks`;
  });
  // Where a test fails anyway, nothing can be told.
  const isSound = tests.length > 0 && tests.every(({ error }) => error === null);
  const asked = [...checks.entries()].filter(([, { file }]) => {
    return isSound && (only.length === 0 || only.some((one) => file.includes(one)));
  });
  await Promise.all(
    judges.map(async (judge) => {
      for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
        await judgeCheck(judge, next, tests);
      }
    }),
  );
} catch (error) {
  report.fail('the run comes to its end', error);
} finally {
  for (const judge of judges) judge.end();
  rmSync(folder, { recursive: true, force: true });
}
report.finish();

async function judgeCheck(
  judge: Judge,
  [check, { file, line, text }]: [number, Check],
  tests: readonly Reached[],
): Promise<void> {
  const name = `${file}:${line} without: ${text}`;
  const known = REDUNDANT.find((one) => one.file === file && one.text === text);
  const places = [...tests.entries()]
    .filter(([, { checks }]) => checks.includes(check))
    .sort(([, a], [, b]) => a.ms - b.ms)
    .map(([place]) => place);
  const reply = await judge.ask({ kind: 'without', check, tests: places });
  const caught = reply === null ? 'a test that never ends' : (reply as Failed).name;
  if (caught !== null && known !== undefined) report.fail(name, `not redundant: ${caught}`);
  else if (caught !== null) report.pass(name, caught);
  else if (known !== undefined) report.pass(name, `redundant: ${known.why}`);
  else report.fail(name, `none of ${places.length} tests that come to it fails`);
}

type Failed = Extract<Reply, { readonly kind: 'failed' }>;

/** The sources, tests and vectors in a folder of their own, where `vitest` is what judges need of it. */
function copyInstrumented(): readonly Check[] {
  for (const name of ['src', 'test', 'spec', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const stand = join(folder, 'node_modules', 'vitest');
  mkdirSync(stand, { recursive: true });
  writeFileSync(
    join(stand, 'package.json'),
    JSON.stringify({ name: 'vitest', type: 'module', exports: './index.js' }),
  );
  const declared = pathToFileURL(join(import.meta.dirname, 'declared-tests.ts')).href;
  writeFileSync(join(stand, 'index.js'), `export * from ${JSON.stringify(declared)};\n`);
  const checks: Check[] = [];
  for (const file of SOURCES) {
    const source = readFileSync(join(ROOT, 'src', file), 'utf8');
    const made = instrument(file, source, checks.length);
    writeFileSync(join(folder, 'src', file), made.source);
    checks.push(...made.checks);
  }
  return checks;
}
