/**
 * Go judges the index: `npm run test:index-foreign [-- --full]`.
 *
 * torchwood's prefix package and x/mod's tlog, with the strict checks of spec/11-index.md in front, make the vectors
 * anew and judge paths and mini-logs that ours made. A missing Go fails the suite.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { base64 } from '../../../src/core/base64.ts';
import { miniLogValue, rootOfPage } from '../../../src/core/mini-log.ts';
import { openSuite } from '../../e2e/suite.ts';
import { bytesOf, judgedTries, type OwnMutations } from './tries.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const VECTORS = join(FOLDER, '../../../spec/vectors');
const FULL = process.argv.includes('--full');

const { report, folder: work, play } = openSuite('index');
await play(async () => {
  const binary = join(work, 'judge');
  go(['build', '-o', binary, '.']);
  const made = join(work, 'index-trie.json');
  run(binary, ['make', made]);
  await report.check('the trie vectors are those that Go makes', () => {
    ok(readFileSync(made, 'utf8') === readFileSync(join(VECTORS, 'index-trie.json'), 'utf8'));
    return undefined;
  });
  await report.check('Go finds the keys and labels of the map vectors', () => {
    return run(binary, ['map', join(VECTORS, 'index-map.json')]).trim();
  });
  await judgeTries(binary);
  await judgeFrauds(binary);
});

async function judgeTries(binary: string): Promise<void> {
  const sizes = [5000, 1, 17, 0, 2, 3, 256, 1000];
  const own: OwnMutations = { tried: 0, accepted: [] };
  const judge = spawn(binary, ['judge'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let told = '';
  judge.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const ended = new Promise<number | null>((resolve) => judge.on('close', resolve));
  let cases = 0;
  const send = (line: unknown): void => {
    cases++;
    judge.stdin.write(`${JSON.stringify(line)}\n`);
  };
  for (const line of judgedTries(sizes, { mutations: FULL ? 20 : 3, own })) send(line);
  for (const line of judgedMiniLogs()) send(line);
  for (const line of judgedAnswers()) send(line);
  judge.stdin.end();
  const code = await ended;
  const [, count, mutations, wrong] = /cases (\d+) mutations (\d+) wrong (\d+)\n$/.exec(told) ?? [];
  await report.check('Go agrees on every path, mini-log and answer', () => {
    ok(code === 0 && Number(count) === cases && wrong === '0', told);
    return `${cases}`;
  });
  await report.check('every one-bit change of a path is refused by Go and by us', () => {
    equal(Number(mutations), own.tried);
    deepEqual(own.accepted, []);
    ok(own.tried > 0);
    return `${own.tried}`;
  });
}

/** The vectors of fraud proofs: Go has to be convinced by those that prove something, and by no other. */
async function judgeFrauds(binary: string): Promise<void> {
  const file = join(VECTORS, 'index-answer.json');
  const { vkey, frauds } = JSON.parse(readFileSync(file, 'utf8')) as FraudVectors;
  for (const { name, fraud, proves } of frauds) {
    await report.check(`Go and the fraud proof of ${name}`, () => {
      const path = join(work, 'fraud.json');
      writeFileSync(path, JSON.stringify(fraud));
      const done = spawnSync(binary, ['fraud', vkey, path], { encoding: 'utf8' });
      equal(done.status === 0, proves, done.stdout + done.stderr);
      return (done.stdout + done.stderr).trim();
    });
  }
}

interface FraudVectors {
  readonly vkey: string;
  readonly frauds: readonly { name: string; fraud: unknown; proves: boolean }[];
}

function* judgedMiniLogs(): Generator<unknown, void, undefined> {
  for (const count of [1, 2, 3, 100, 256, 257, 1000]) {
    const indices = Array.from({ length: count }, (_, i) => 7 * i + (i > 50 ? 2 ** 40 : 0));
    const root = rootOfPage({ from: 0, indices, left: [], right: [] }, count);
    const value = base64(miniLogValue(count, root));
    yield { name: `mini-log of ${count}`, holds: true, minilog: { indices, value } };
    const other = base64(bytesOf('other'));
    yield { name: `other mini-log of ${count}`, holds: false, minilog: { indices, value: other } };
  }
}

/** The vectors of answers: Go has to take the true ones and no other. The question is not its to know. */
function judgedAnswers(): readonly unknown[] {
  const { vkey, cases } = JSON.parse(
    readFileSync(join(VECTORS, 'index-answer.json'), 'utf8'),
  ) as AnswerVectors;
  return cases.map(({ name, answer, holds }) => ({ name, holds, vkey, answer }));
}

interface AnswerVectors {
  readonly vkey: string;
  readonly cases: readonly { name: string; answer: unknown; holds: boolean }[];
}

function go(args: readonly string[]): void {
  const built = spawnSync('go', args, { cwd: FOLDER, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`go ${args[0]}: ${built.error ?? built.stderr}`);
}

function run(binary: string, args: readonly string[]): string {
  const done = spawnSync(binary, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${args[0]}: ${done.stderr}`);
  return done.stdout;
}
