/*
 * The package as its users get it: packed, installed into an empty folder, run and imported from there.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { traceImports, writeProbe } from './import-probe.ts';
import { run, runWell } from './run.ts';
import { openSuite } from './suite.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SAMPLES = join(ROOT, 'spec', 'vectors', 'event-samples.json');
const { report, folder: work, play } = openSuite('pack');
const home = join(work, 'empty');
mkdirSync(home);

await play(async () => {
  await report.check('npm pack makes a tarball of what a user needs', packs);
  await report.check('the tarball installs into an empty folder', installs);
  await report.check('every import of varve and varve/core/* stays within its doors', imports);
  await report.check('a TypeScript program compiles against its types', compiles);
  await report.check('npx varve tells its version and its commands', tells);
  await report.check('npx varve demo shows a proof that holds and a lie that does not', demos);
  await report.check('npx varve serve works, and what it serves is verified offline', serves);
  await report.check('the tour of README.md works as it is written', tours);
});

function tarball(): string {
  const name = readdirSync(work).find((one) => one.endsWith('.tgz'));
  if (name === undefined) throw new Error('no tarball');
  return join(work, name);
}

async function packs(): Promise<string> {
  const options = { cwd: ROOT, limitMs: 60_000 };
  const output = await runWell(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', work],
    options,
  );
  const [packed] = JSON.parse(output) as readonly {
    readonly size: number;
    readonly files: readonly { readonly path: string }[];
  }[];
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const needed = [
    'README.md',
    // A log that halts names its page here, and an operator has the package alone.
    'deploy/alerts.yml',
    'deploy/runbooks/README.md',
    'dist/cli/main.js',
    'dist/index.d.ts',
    'spec/vectors/event-samples.json',
  ];
  const missing = needed.filter((path) => !paths.includes(path));
  if (missing.length > 0) throw new Error(`not in it: ${missing.join(', ')}`);
  const extra = paths.filter(
    (path) =>
      !/^(?:dist\/|spec\/|deploy\/(?:runbooks\/|alerts\.yml$)|README\.md$|LICENSE$|package\.json$)/.test(
        path,
      ),
  );
  if (extra.length > 0) throw new Error(`nobody needs ${extra.join(', ')}`);
  return `${paths.length} files, ${packed?.size} bytes`;
}

async function installs(): Promise<string> {
  writeFileSync(join(home, 'package.json'), '{"name":"empty","private":true,"type":"module"}\n');
  await runWell('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball()], {
    cwd: home,
    limitMs: 180_000,
  });
  const installed = readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'));
  const developing = installed.filter((name) =>
    /^(?:vitest|typescript|tsx|oxc-parser)$/.test(name),
  );
  if (developing.length > 0) throw new Error(`development came along: ${developing.join(', ')}`);
  return `${installed.length} packages`;
}

async function imports(): Promise<string> {
  writeProbe(home);
  const core = readdirSync(join(home, 'node_modules', 'varve', 'dist', 'core'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `varve/core/${name.slice(0, -3)}`);
  if (core.length < 20) throw new Error(`only ${core.length} modules in core`);
  // ML-DSA has a package of its own behind it, so nobody else may load it.
  const alone = 'varve/core/ml-dsa';
  const others = core.filter((specifier) => specifier !== alone);
  let resolved = 0;
  for (const specifiers of [['varve'], ['varve/client'], others, [alone]]) {
    const trace = await traceImports(home, specifiers);
    resolved += trace.imports.length;
    for (const { url, parent } of trace.imports) {
      checkImport({ url, parent, mayLoadMlDsa: specifiers.includes(alone) });
    }
    if (trace.exported === 0 || trace.imports.length < specifiers.length) {
      throw new Error(`${specifiers.join(' ')} loads nothing`);
    }
  }
  // The probe itself: where a server package is loaded, it sees it.
  const server = await traceImports(home, ['varve/http']);
  if (!server.imports.some(({ url }) => /\/node_modules\/hono\//.test(url))) {
    throw new Error('the probe does not see what it should');
  }
  return `${core.length + 2} modules, ${resolved} imports`;
}

function checkImport(one: {
  readonly url: string;
  readonly parent: string;
  readonly mayLoadMlDsa: boolean;
}): void {
  const { url, parent, mayLoadMlDsa } = one;
  const isProbe = parent.endsWith('/probe.mjs') || parent === '';
  if (isProbe && (url.startsWith('node:') || url.endsWith('/probe.mjs'))) return;
  const isDoor = /\/varve\/dist\/core\/(?:sha256|ed25519)\.node\.js$/.test(parent);
  if (url === 'node:crypto' && isDoor) return;
  if (/\/node_modules\/varve\/dist\/(?:core|event|client)\/[^/]+\.js$/.test(url)) return;
  if (/\/node_modules\/varve\/dist\/index\.js$/.test(url)) return;
  if (/\/node_modules\/@noble\/(?:hashes|curves|ed25519)\//.test(url)) return;
  if (mayLoadMlDsa && /\/node_modules\/@noble\/post-quantum\//.test(url)) return;
  throw new Error(`${parent} loads ${url}`);
}

async function compiles(): Promise<string> {
  const program = `
    import { openLogClient, policyOfVkey, type LogClient, TransparencyError } from 'varve';
    import { openSubmitter } from 'varve/client';
    import { checkInclusion } from 'varve/core/inclusion';
    export const client = (url: string, vkey: string): LogClient =>
      openLogClient({ url, policy: policyOfVkey(vkey) });
    export const all: unknown[] = [checkInclusion, openSubmitter, TransparencyError];
    // @ts-expect-error: a URL is needed
    openLogClient({ policy: policyOfVkey('x') });
  `;
  writeFileSync(join(home, 'program.ts'), program);
  const flags = [
    '--noEmit',
    '--strict',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom',
    '--types',
    '',
  ];
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  await runWell(tsc, [...flags, '--module', 'nodenext', 'program.ts'], {
    cwd: home,
    limitMs: 60_000,
  });
  return '--module nodenext, libraries checked too';
}

async function tells(): Promise<string> {
  const version = await varve(['--version']);
  const { version: packed } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  if (version.trim() !== packed) throw new Error(`version ${version}`);
  const help = await varve(['--help']);
  if (!help.includes('serve') || !help.includes('verify')) throw new Error(help);
  return version.trim();
}

async function demos(): Promise<string> {
  const output = await varve(['demo', '--once', '--listen', '127.0.0.1:0']);
  for (const part of [
    'HOLDS ',
    'exit code 0',
    'DOES NOT HOLD: inclusion.mismatch',
    'exit code 1',
  ]) {
    if (!output.includes(part)) throw new Error(`'${part}' is not in\n${output}`);
  }
  return `${output.split('\n').length} lines`;
}

async function serves(): Promise<string> {
  const server = spawn('npx', ['varve', 'serve', '--listen', '127.0.0.1:0', '--log', 'acme'], {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const { url, vkey } = await firstLine(server);
    const trust = ['--vkey', vkey];
    const receipts = await varve(['submit', url, SAMPLES, '--proof', 'proofs', ...trust]);
    const indices = receipts
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { index: number }).index);
    if (indices.length < 6) throw new Error(receipts);
    const checked = await varve(['check', url, ...trust]);
    if (!checked.startsWith('HOLDS')) throw new Error(checked);
    const ended = new Promise<number | null>((resolve) => server.on('close', resolve));
    // To the whole group, as a terminal would: npx itself hands nothing on.
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
    await ended;
    for (const index of indices) {
      const files = [`proofs/${index}.tlog-proof`, '--leaf', `proofs/${index}.leaf`];
      await varve(['verify', ...files, ...trust]);
    }
    const lie = [
      'verify',
      `proofs/${indices[0]}.tlog-proof`,
      '--leaf',
      `proofs/${indices[1]}.leaf`,
    ];
    const { code } = await run('npx', ['varve', ...lie, ...trust], { cwd: home, limitMs: 30_000 });
    if (code !== 1) throw new Error(`the proof of another entry: exit code ${code}`);
    return `${indices.length} events, verified after the server was gone`;
  } finally {
    if (server.exitCode === null && server.pid !== undefined) {
      try {
        process.kill(-server.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  }
}

/** Every command of the tour, in its order, in the folder of the installed package; only the port is another. */
async function tours(): Promise<string> {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const tour = readme.slice(readme.indexOf('## A tour'), readme.indexOf('## What is not proven'));
  const blocks = [...tour.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  const [start = '', ...commands] = blocks;
  if (!start.includes('npx varve serve') || commands.length < 5) throw new Error('no tour');
  symlinkSync(join(ROOT, 'spec'), join(home, 'spec'));
  const port = String(await freePort());
  const serving = start.replace('npm run build\n', '').trim();
  const server = spawn('bash', ['-c', `${serving} --listen 127.0.0.1:${port}`], {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await firstLine(server);
    for (const command of commands) {
      const script = `set -euo pipefail\n${command.replaceAll('6962', port)}`;
      await runWell('bash', ['-c', script], { cwd: home, limitMs: 60_000 });
    }
    return `${commands.length} commands`;
  } finally {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function varve(args: readonly string[]): Promise<string> {
  return runWell('npx', ['varve', ...args], { cwd: home, limitMs: 60_000 });
}

async function firstLine(
  server: ChildProcess,
): Promise<{ readonly url: string; readonly vkey: string }> {
  let said = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  if (server.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface({ input: server.stdout })) {
    return JSON.parse(line) as { readonly url: string; readonly vkey: string };
  }
  throw new Error(`the server ended:\n${said}`);
}
