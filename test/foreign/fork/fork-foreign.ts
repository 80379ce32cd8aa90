/**
 * Go judges fork proofs: `npm run test:fork-foreign`.
 *
 * A program on the standard library and x/mod's note, with the keys alone, convicts what our verifier convicts and
 * refuses what it refuses: the vectors, proofs that a running log, a reader and a witness made of real forks, and each of
 * them with one byte changed. A missing Go fails the suite.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseBase64 } from '../../../src/core/base64.ts';
import { utf8 } from '../../../src/core/bytes.ts';
import { isTransparencyError } from '../../../src/core/error.ts';
import { checkForkProof } from '../../../src/core/fork-proof.ts';
import { parseVkey } from '../../../src/core/vkey.ts';
import { openSuite } from '../../e2e/suite.ts';
import { type ForkFile, realForks } from './real-forks.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const VECTORS = join(FOLDER, '../../../spec/vectors/fork-proof-check.json');

const { report, folder: work, play } = openSuite('fork');
await play(async () => {
  const binary = join(work, 'forkcheck');
  const built = spawnSync('go', ['build', '-o', binary, '.'], { cwd: FOLDER, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`go build: ${built.stderr || built.error}`);
  await report.check('Go and we say the same of every vector', () => judge(binary, vectors()));
  const forks = await realForks();
  for (const fork of forks) {
    await report.check(`Go convicts ${fork.name}`, () => {
      const [verdict] = verdicts(binary, [fork]);
      if (!verdict?.startsWith('proven ')) throw new Error(verdict ?? 'nothing was said');
      return verdict;
    });
  }
  await report.check('Go and we refuse each of them with one byte changed', () =>
    judge(binary, forks.flatMap(changed), { provenMax: 0 }),
  );
  await report.check('Go and we refuse each of them under the keys of another log', () => {
    const { vkey } = vectors()[0] ?? { vkey: '' };
    return judge(
      binary,
      forks.map((fork) => ({ ...fork, vkey })),
      { provenMax: 0 },
    );
  });
});

function vectors(): readonly ForkFile[] {
  const file = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
    readonly vkey: string;
    readonly p256PublicKey: string;
    readonly cases: readonly { readonly name: string; readonly text: string }[];
  };
  const { vkey, p256PublicKey: p256 } = file;
  return file.cases.map(({ name, text }) => ({ name, vkey, p256, bytes: utf8(text) }));
}

/** Not in the lines of witnesses: who verifies a fork need not know them. */
function changed(fork: ForkFile): readonly ForkFile[] {
  const files: ForkFile[] = [];
  const text = new TextDecoder('latin1').decode(fork.bytes);
  const own = Buffer.from(`— ${fork.vkey.split('+')[0]} `).toString('latin1');
  for (let at = 0; at < fork.bytes.length; at += 7) {
    const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, text.indexOf('\n', at));
    if (line.startsWith(own.slice(0, 3)) && !line.startsWith(own)) continue;
    const bytes = fork.bytes.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    files.push({ ...fork, name: `${fork.name}, byte ${at}`, bytes });
  }
  return files;
}

/** Holds Go's verdicts to ours. */
function judge(
  binary: string,
  files: readonly ForkFile[],
  { provenMax = files.length }: { readonly provenMax?: number } = {},
): string {
  const said = verdicts(binary, files);
  let proven = 0;
  for (const [i, file] of files.entries()) {
    const verdict = said[i] ?? '';
    const isProven = verdict.startsWith('proven ');
    if (!isProven && !verdict.startsWith('refused ')) throw new Error(`${file.name}: ${verdict}`);
    if (isProven !== holds(file)) {
      throw new Error(
        `${file.name}: Go says ${verdict}, we say that it ${holds(file) ? 'holds' : 'does not'}`,
      );
    }
    if (isProven) proven++;
  }
  if (proven > provenMax) throw new Error(`${proven} of them are proven`);
  if (provenMax > 0 && proven === 0) throw new Error('nothing was proven');
  return `${proven} proven, ${files.length - proven} refused`;
}

function holds(file: ForkFile): boolean {
  try {
    checkForkProof(file.bytes, {
      logKey: parseVkey(file.vkey),
      p256PublicKey: parseBase64(file.p256),
    });
    return true;
  } catch (error) {
    if (isTransparencyError(error)) return false;
    throw error;
  }
}

/** What Go says of each file, behind its name; one call for all files of the same keys. */
function verdicts(binary: string, files: readonly ForkFile[]): readonly string[] {
  const said: string[] = [];
  for (const [i, file] of files.entries()) writeFileSync(join(work, `${i}`), file.bytes);
  const keys = new Set(files.map(({ vkey, p256 }) => `${vkey} ${p256}`));
  for (const key of keys) {
    const [vkey = '', p256 = ''] = key.split(' ');
    const indices = [...files.keys()].filter((i) => `${files[i]?.vkey} ${files[i]?.p256}` === key);
    const args = ['-vkey', vkey, '-p256', p256, ...indices.map((i) => join(work, `${i}`))];
    const { stdout, status, stderr } = spawnSync(binary, args, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0 && status !== 1) throw new Error(`forkcheck: ${stderr}`);
    const lines = stdout.split('\n');
    for (const [at, i] of indices.entries()) {
      said[i] = (lines[at] ?? '').slice(join(work, `${i}`).length + 1);
    }
  }
  return said;
}
