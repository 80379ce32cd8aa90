/*
 * `varve serve` as a process: how it starts, stops, and what it says on which stream.
 */
import { spawn } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  openLogClient,
  openSubmitter,
  policyOfVkey,
  proveReceipt,
} from '../../src/client/client.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { run } from './run.ts';
import { startServer, VARVE } from './server.ts';
import { openSuite } from './suite.ts';

const { report, folder: work, play } = openSuite('cli');

await play(async () => {
  await report.check('SIGTERM answers what is in flight, publishes it, and ends with 0', stops);
  await report.check('a second signal ends at once with 1', stopsAtOnce);
  await report.check('data goes to stdout, lines of JSON for operators to stderr', streams);
  await report.check('a port that is taken is said, and nothing stays locked', portTaken);
  await report.check('an address that others reach is refused with 2', notLoopback);
  await report.check('a reader that goes away ends a command without a stack', brokenPipe);
});

async function stops(): Promise<string> {
  const dataFolder = join(work, 'stops');
  const server = await startServer({ dataFolder });
  const { url, vkey } = server.log('main');
  const submitter = openSubmitter({ url, retry: { attemptsMax: 1 } });
  const inFlight = Array.from({ length: 200 }, (_, i) => submitter.submit([eventOf(`e${i}`)]));
  const settled = Promise.allSettled(inFlight);
  await Promise.race(inFlight);
  await server.stop();
  const answered = (await settled).flatMap((one) =>
    one.status === 'fulfilled' && one.value[0]?.kind === 'receipt' ? [one.value[0].receipt] : [],
  );
  const again = await startServer({ dataFolder });
  const client = openLogClient({ url: again.log('main').url, policy: policyOfVkey(vkey) });
  for (const receipt of answered) await proveReceipt(client, receipt, { attemptsMax: 1 });
  await again.stop();
  if (answered.length === 0) throw new Error('nothing was answered');
  return `${answered.length} answered of 200, each proven after the next start`;
}

async function stopsAtOnce(): Promise<string> {
  const server = await startServer({ dataFolder: join(work, 'at-once') });
  const { port } = new URL(server.log('main').url);
  // A body that does not arrive holds the first stop for as long as requests are given to end.
  const socket = await halfRequest(Number(port));
  server.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  server.kill('SIGTERM');
  const { code } = await server.ended;
  socket.destroy();
  if (code !== 1) throw new Error(`exit code ${code}`);
  return 'exit code 1';
}

async function streams(): Promise<string> {
  const server = await startServer({ dataFolder: join(work, 'streams'), logs: ['a', 'b'] });
  await server.stop();
  const lines = server.said().trim().split('\n');
  const messages = lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
  for (const part of [
    'serving',
    'quorum none',
    'keys or guard lie in the data folder',
    'stopped',
  ]) {
    if (!messages.some((message) => message.startsWith(part))) throw new Error(`no '${part}'`);
  }
  return `${lines.length} lines`;
}

async function portTaken(): Promise<string> {
  const server = await startServer({ dataFolder: join(work, 'first') });
  const { host } = new URL(server.log('main').url);
  const args = ['serve', '--data', join(work, 'second'), '--listen', host];
  const { code, stderr } = await runVarve(args);
  await server.stop();
  if (code !== 2 || !stderr.includes('EADDRINUSE')) throw new Error(`${code}: ${stderr}`);
  const second = await startServer({ dataFolder: join(work, 'second') });
  await second.stop();
  return stderr.trim().split('\n').at(-1) ?? '';
}

async function notLoopback(): Promise<string> {
  const dataFolder = join(work, 'reachable');
  const { code, stderr } = await runVarve(['serve', '--data', dataFolder, '--listen', '0.0.0.0:0']);
  if (code !== 2 || !stderr.includes('start.refused')) throw new Error(`${code}: ${stderr}`);
  return 'start.refused';
}

function brokenPipe(): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...VARVE, '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('close', (code) => {
      if (said === '') resolve(`exit code ${code}`);
      else reject(new Error(said));
    });
  });
}

function runVarve(args: readonly string[]): ReturnType<typeof run> {
  return run(process.execPath, [...VARVE, ...args], { limitMs: 30_000 });
}

function halfRequest(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.write(
        `POST /main/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
        () => resolve(socket),
      );
    });
    socket.on('error', reject);
  });
}

function eventOf(id: string): Uint8Array {
  return utf8(
    JSON.stringify({
      v: 'nhi.event/1',
      id,
      kind: 'tool.invoke',
      phase: 'complete',
      tenant: 'main',
      time: { occurred: '2026-11-20T09:27:00Z' },
      src: { id: 'cli-test', format: 'native' },
      actor: { type: 'service_account', id: 'spiffe://main.test/sa/1' },
      action: { name: 'x', class: 'exec' },
      outcome: { result: 'success' },
    }),
  );
}
