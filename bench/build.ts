import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run, runWell } from '../test/e2e/run.ts';
import { CACHE } from './stores.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * Builds the server into a folder of its own, so that a build beside it takes nothing away while it is measured; what
 * node is to run.
 */
export async function buildVarve(): Promise<string> {
  const folder = join(CACHE, 'varve');
  const program = join(folder, 'dist', 'cli', 'main.js');
  await mkdir(folder, { recursive: true });
  // Its `imports` name files of the folder that it lies in.
  await copyFile(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
  const outDir = ['--outDir', join(folder, 'dist'), '--sourceMap', 'false'];
  const ended = await run(compiler, ['-p', 'tsconfig.build.json', ...outDir], {
    cwd: ROOT,
    limitMs: 120_000,
  });
  if (!existsSync(program)) throw new Error(`the build failed:\n${ended.stdout}${ended.stderr}`);
  if (ended.code !== 0) console.error(`the build found faults:\n${ended.stdout}`);
  return program;
}

/** Builds the peer. */
export async function buildPeer(): Promise<string> {
  const program = join(CACHE, 'peer');
  const cwd = join(import.meta.dirname, 'peer', 'go');
  await runWell('go', ['build', '-o', program, '.'], { cwd, limitMs: 300_000 });
  return program;
}
