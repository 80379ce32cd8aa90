import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installTools, type Tool } from './ci-tools.ts';

/** A suite: an npm script that prints how many of its checks passed and failed. */
interface Suite {
  /** Name of the npm script. */
  readonly script: string;
  readonly tools: readonly Tool[];
  /** Ends a suite that hangs: several times what it takes where the machine has nothing else to do. */
  readonly limitSeconds: number;
}

/**
 * Every suite; one that package.json lacks is a failure. The first runs alone, because it uses every core; the others
 * run two at a time, as they stand here: they mostly wait for disks and for each other's processes.
 */
const SUITES: readonly Suite[] = [
  { script: 'test', tools: [], limitSeconds: 900 },
  { script: 'test:witness-foreign', tools: ['go'], limitSeconds: 400 },
  { script: 'test:simulation', tools: [], limitSeconds: 600 },
  { script: 'bench:smoke', tools: ['go'], limitSeconds: 480 },
  { script: 'bench:index-smoke', tools: [], limitSeconds: 480 },
  { script: 'bench:adapters-smoke', tools: [], limitSeconds: 240 },
  { script: 'test:attack', tools: [], limitSeconds: 400 },
  { script: 'test:forks', tools: [], limitSeconds: 600 },
  { script: 'test:kill', tools: [], limitSeconds: 360 },
  { script: 'test:corruption', tools: [], limitSeconds: 480 },
  { script: 'test:foreign', tools: ['go'], limitSeconds: 480 },
  { script: 'test:emitters', tools: ['python3', 'go'], limitSeconds: 900 },
  { script: 'test:erasure', tools: [], limitSeconds: 360 },
  { script: 'test:secrets', tools: [], limitSeconds: 480 },
  { script: 'test:stories', tools: [], limitSeconds: 480 },
  { script: 'test:overload', tools: [], limitSeconds: 300 },
  { script: 'test:hostile', tools: [], limitSeconds: 240 },
  { script: 'test:unpublished', tools: [], limitSeconds: 240 },
  { script: 'test:pack', tools: [], limitSeconds: 480 },
  { script: 'test:serve', tools: [], limitSeconds: 360 },
  { script: 'test:clients', tools: ['go'], limitSeconds: 600 },
  { script: 'test:browser', tools: ['chromium'], limitSeconds: 180 },
  { script: 'test:durability', tools: ['gcc'], limitSeconds: 240 },
  { script: 'test:sameness', tools: [], limitSeconds: 240 },
  { script: 'test:cli', tools: [], limitSeconds: 240 },
  { script: 'test:leaf', tools: ['go'], limitSeconds: 120 },
  { script: 'test:index', tools: ['go'], limitSeconds: 360 },
  { script: 'test:index-foreign', tools: ['go'], limitSeconds: 240 },
  { script: 'test:index-liars', tools: ['go'], limitSeconds: 240 },
  { script: 'test:upgrade', tools: ['go'], limitSeconds: 480 },
  { script: 'test:fork-foreign', tools: ['go'], limitSeconds: 240 },
  { script: 'test:mutation', tools: [], limitSeconds: 480 },
  { script: 'test:witness', tools: [], limitSeconds: 240 },
];

const ROOT = join(import.meta.dirname, '..');
const LOGS = join(ROOT, '.cache', 'ci');

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const only = process.argv.slice(2);
const chosen = SUITES.filter(({ script }) => only.length === 0 || only.includes(script));
mkdirSync(LOGS, { recursive: true });
// Packages are installed while the first suite runs: they use the network, it uses the processor.
const missing = installTools([...new Set(chosen.flatMap(({ tools }) => tools))]);
const counts: Counts[] = [];
const scripts = scriptsOfPackage();
const [first] = chosen;
if (first !== undefined && first === SUITES[0]) counts.push(await runSuite(first));
if (chosen.some(({ script }) => script !== 'test')) {
  // Once for all suites: one that built for itself would pull the files from under another's server.
  const { code, output } = await runScript({ script: 'build', limitSeconds: 120 });
  if (code !== 0) counts.push(failure(`npm run build: exit code ${code}\n${output}`));
  process.env['VARVE_BUILT'] = 'yes';
}
const queue = chosen.filter((suite) => suite !== SUITES[0]);
const lane = async () => {
  for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
    counts.push(await runSuite(suite));
  }
};
await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, lane));
for (const name of scripts) {
  if (name.startsWith('test:') && !SUITES.some(({ script }) => script === name)) {
    counts.push(failure(`${name} is in package.json and not in scripts/ci-suites.ts`));
  }
}
const passed = counts.reduce((sum, one) => sum + one.passed, 0);
const failed = counts.reduce((sum, one) => sum + one.failed, 0);
writeFileSync(join(LOGS, 'counts.json'), `${JSON.stringify({ passed, failed })}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function runSuite(suite: Suite): Promise<Counts> {
  if (!scripts.includes(suite.script)) return failure(`no npm script ${suite.script}`);
  if (suite.tools.length > 0) {
    const lacking = (await missing).filter(({ tool }) => suite.tools.includes(tool));
    if (lacking.length > 0) {
      return failure(
        `${suite.script}: ${lacking.map(({ tool, why }) => `${tool}: ${why}`).join('; ')}`,
      );
    }
  }
  const started = performance.now();
  console.log(`-- npm run ${suite.script}`);
  const { code, output, timedOut } = await runScript(suite);
  // Indented, so that the last line of the whole run is the only one of its form; in one piece, because two suites run
  // at once.
  console.log(output.replaceAll(/^/gm, '  ').trimEnd());
  writeFileSync(join(LOGS, `${suite.script.replace(':', '-')}.log`), output);
  const found = countsOf(output);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const said = found === undefined ? 'no counts' : `${found.passed} ok, ${found.failed} not`;
  console.log(`== npm run ${suite.script}: ${said}, ${seconds} s`);
  if (timedOut) return failure(`${suite.script} took more than ${suite.limitSeconds} s`, found);
  if (found === undefined) return failure(`${suite.script}: exit code ${code}, no counts`);
  if (found.passed + found.failed === 0) return failure(`${suite.script} checked nothing`);
  if (code !== 0 && found.failed === 0) {
    return failure(`${suite.script}: exit code ${code}`, found);
  }
  return found;
}

/** Runs an npm script in a process group of its own, so that its time limit ends all that it started. */
function runScript(
  suite: Pick<Suite, 'script' | 'limitSeconds'>,
): Promise<{ readonly code: number | null; readonly output: string; readonly timedOut: boolean }> {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', suite.script], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let timedOut = false;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output += `${line}\n`;
      });
    }
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, suite.limitSeconds * 1000);
    child.on('error', (error) => {
      output += String(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, timedOut });
    });
  });
}

/** The counts at the end of a suite's output: its own `N passed, N failed`, or vitest's line of tests. */
function countsOf(output: string): Counts | undefined {
  const own = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  if (own !== undefined) return { passed: Number(own[1]), failed: Number(own[2]) };
  const tests = [...output.matchAll(/^\s*Tests\s+(.*)$/gm)].at(-1)?.[1];
  if (tests === undefined) return undefined;
  const numberOf = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(tests)?.[1] ?? 0);
  return { passed: numberOf('passed'), failed: numberOf('failed') };
}

function failure(why: string, counts: Counts = { passed: 0, failed: 0 }): Counts {
  console.log(`FAILED  ${why}`);
  return { passed: counts.passed, failed: counts.failed + 1 };
}

function scriptsOfPackage(): readonly string[] {
  const file: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (typeof file !== 'object' || file === null || !('scripts' in file)) return [];
  return Object.keys(file.scripts as Record<string, string>);
}
