import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './emitters.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const VENV = join(ROOT, '.cache', 'emitters');
const PACKAGES = [
  'opentelemetry-sdk==1.45.2',
  'opentelemetry-exporter-otlp-proto-http==1.45.2',
  'in-toto==3.1.0',
  'in-toto-attestation==0.9.3',
];

/** Sends with libraries of Python: OpenTelemetry logs and spans, in-toto's links and attestations in DSSE. */
export async function sendPython(target: Target): Promise<void> {
  const { url, check } = target;
  const said = await pythonWith(['emit.py', url]);
  const leaves = await target.leaves();
  const of = (adapter: string) =>
    leaves.filter(({ recv }) => recv.adapter === adapter).map(({ event }) => event);
  const logs = of('otlp-logs');
  check(logs.length === 2_000, `logs, protobuf and gzip: ${logs.length} of 2000 are leaves`);
  check(
    logs.every(
      ({ kind, actor, cred, src, tool }) =>
        kind === 'tool.invoke' &&
        tool?.protocol === 'mcp' &&
        actor.id === 'agent-7' &&
        cred?.id === 'tok-9f3' &&
        src.id.startsWith('otel:py-agent'),
    ),
    'logs: GenAI and MCP attributes are where they belong',
  );
  const spans = of('otlp-traces');
  check(
    spans.length === 2 &&
      spans[0]?.ctx?.parent_id === spans[1]?.id &&
      spans[1]?.kind === 'agent.invoke',
    'spans: a tool call below its agent',
  );
  const attested = of('dsse');
  check(
    attested.map(({ kind }) => kind).join() === 'build.run,artifact.attest',
    `envelopes of in-toto: ${attested.map(({ kind }) => kind).join()}`,
  );
  check(
    attested[1]?.artifact?.digest === `sha256:${'a'.repeat(64)}` &&
      attested.every(({ cred }) => (cred?.id?.length ?? 0) === 64),
    'envelopes: the artifact, and the id of the key that signed',
  );
  check(said.includes('posted again: 200'), 'the same envelope again is success, and no leaf');
}

/** Runs a program of this folder, with those libraries; what it said. */
export async function pythonWith([program = '', ...args]: readonly string[]): Promise<string> {
  if (!existsSync(join(VENV, 'ready'))) {
    await run('python3', ['-m', 'venv', VENV]);
    await run(join(VENV, 'bin', 'pip'), ['install', '--quiet', ...PACKAGES]);
    await run('touch', [join(VENV, 'ready')]);
  }
  return await run(join(VENV, 'bin', 'python'), [join(import.meta.dirname, program), ...args]);
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        out += bytes.toString('utf8');
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${command} ended with ${code}: ${out}`));
    });
  });
}
