import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { originHash } from '../../../src/core/add-checkpoint.ts';
import { utf8 } from '../../../src/core/bytes.ts';
import { openCheckpoint, type VerifiedCheckpoint } from '../../../src/core/checkpoint.ts';
import { parsePolicy } from '../../../src/core/policy.ts';
import { parseVkey } from '../../../src/core/vkey.ts';
import { run, runWell } from '../../e2e/run.ts';
import { type ServerProcess, startServer, VARVE } from '../../e2e/server.ts';
import { openSuite } from '../../e2e/suite.ts';
import { WITNESS_CASES, type WitnessTarget } from '../../e2e/witness-cases.ts';
import { startWitness, type WitnessProcess } from '../../e2e/witness-process.ts';
import { signedLog } from '../../support/signed-log.ts';
import { type AicsWitness, installAics, type ListedLog, startAics } from './aics.ts';

/** More than the cases of the conformance suite take. */
const CASE_LOGS = 160;
const ROOT = join(import.meta.dirname, '..', '..', '..');
const GO = join(ROOT, '.cache', 'bin', 'tessera-witness');

const { report, folder, play } = openSuite('witness-foreign');
await play(runAll);

/** The witnesses, and the logs that they are to know. */
interface Scene {
  readonly ours: { witness: WitnessProcess };
  readonly aics: AicsWitness;
  readonly tessera: { readonly vkey: string; readonly skeyFile: string };
  readonly own: { readonly vkey: string; readonly dataFolder: string };
  /** A policy: both witnesses, all of them. */
  readonly policyFile: string;
  readonly policy: string;
}

async function runAll(): Promise<void> {
  await runWell('go', ['build', '-o', GO, '.'], { cwd: import.meta.dirname, limitMs: 300_000 });
  const version = await installAics();
  const scene = await prepare();
  try {
    await judgeAics(scene.aics, version);
    await tesseraAtQuorum(scene);
    await ownLogAtQuorum(scene);
  } finally {
    await scene.ours.witness.stop();
    await scene.aics.stop();
  }
}

async function prepare(): Promise<Scene> {
  const [skey = '', tesseraKey = ''] = (await go(['keygen', 'tessera.test/log'])).split('\n');
  const skeyFile = join(folder, 'tessera.key');
  writeFileSync(skeyFile, skey);
  const dataFolder = join(folder, 'log');
  const init = [
    'keys',
    'init',
    '--opaque',
    'main',
    '--origin',
    'varve.test/main',
    '--data',
    dataFolder,
  ];
  const own = JSON.parse(await varve(init)) as { vkey: string };
  const logs: ListedLog[] = [tesseraKey, own.vkey].map((vkey) => {
    return { vkey, origin: parseVkey(vkey).name };
  });
  const witnessFolder = join(folder, 'witness');
  const witness = await startWitness({ dataFolder: witnessFolder, name: 'varve.test/witness' });
  for (const { vkey } of logs) await varve(['witness', 'add-log', vkey, '--data', witnessFolder]);
  const aicsFolder = join(folder, 'aics');
  mkdirSync(aicsFolder);
  const cases = Array.from({ length: CASE_LOGS }, (_, i) => signedLog(`aics-${i}`));
  const name = 'aics.test/witness';
  const port = await freePort();
  const aics = await startAics(aicsFolder, { name, port, logs: [...logs, ...cases] });
  const policy =
    `witness varve ${witness.vkeys[0]} ${witness.url}\n` +
    `witness aics ${aics.vkey} ${aics.url}\ngroup both all varve aics\nquorum both\n`;
  const policyFile = join(folder, 'policy');
  writeFileSync(policyFile, policy);
  const tessera = { vkey: tesseraKey, skeyFile };
  return {
    ours: { witness },
    aics,
    tessera,
    own: { vkey: own.vkey, dataFolder },
    policy,
    policyFile,
  };
}

/** Our cases, asked of a witness that others wrote: so that they test the standard and not ourselves. */
async function judgeAics(aics: AicsWitness, version: string): Promise<void> {
  let taken = 0;
  const target: WitnessTarget = {
    keys: [parseVkey(aics.vkey)],
    post: (body) => {
      return fetch(`${aics.url}/add-checkpoint`, { method: 'POST', body: new Uint8Array(body) });
    },
    get: (path) => fetch(`${aics.url}/${path}`),
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    newLog: async () => signedLog(`aics-${taken++}`),
  };
  for (const one of WITNESS_CASES.filter(({ isOurs }) => isOurs !== true)) {
    await report.check(`${version}: ${one.name}`, async () => {
      await one.run(target);
      return undefined;
    });
  }
}

/** Tessera's log, its own client of witnesses, and both witnesses in its quorum. */
async function tesseraAtQuorum(scene: Scene): Promise<void> {
  const { tessera, policyFile } = scene;
  const append = (entry: string, limit: string): ReturnType<typeof run> => {
    const dir = join(folder, 'tessera');
    const flags = ['-dir', dir, '-skey', tessera.skeyFile, '-policy', policyFile];
    const args = ['log', ...flags, '-entry', entry, '-rounds', '4', '-limit', limit];
    return run(GO, args, { limitMs: 60_000 });
  };
  await report.check(
    "Tessera's witness client publishes at a quorum of ours and aics",
    async () => {
      const heads = publishedBy(await append('first', '30s'), scene);
      return `sizes ${heads.map(({ size }) => size).join(' ')}`;
    },
  );
  await report.check(
    "without ours Tessera's quorum does not hold, and nothing is published",
    async () => {
      await scene.ours.witness.kill();
      const { code, stdout } = await append('second', '6s');
      if (code === 0 || stdout !== '') throw new Error(`published: ${stdout}`);
      return undefined;
    },
  );
  await report.check('ours, killed and started again, cosigns what grew since', async () => {
    const port = Number(new URL(scene.ours.witness.url).port);
    scene.ours.witness = await startWitness({ dataFolder: join(folder, 'witness'), port });
    const heads = publishedBy(await append('third', '30s'), scene);
    return `sizes ${heads.map(({ size }) => size).join(' ')}`;
  });
}

function publishedBy(
  ended: Awaited<ReturnType<typeof run>>,
  scene: Scene,
): readonly VerifiedCheckpoint[] {
  if (ended.code !== 0) throw new Error(ended.stderr);
  const lines = ended.stdout.trim().split('\n');
  if (lines.length !== 4) throw new Error(`${lines.length} heads, not 4`);
  return lines.map((line) => {
    const said = JSON.parse(line) as { checkpoint: string; satisfied: boolean };
    if (!said.satisfied) throw new Error('Tessera does not find its own quorum');
    return opened(said.checkpoint, scene.tessera.vkey, scene);
  });
}

function opened(note: string, vkey: string, scene: Scene): VerifiedCheckpoint {
  const head = openCheckpoint(utf8(note), {
    logKey: parseVkey(vkey),
    policy: parsePolicy(scene.policy),
  });
  if (head.cosignatures.length !== 2) throw new Error(`${head.cosignatures.length} cosignatures`);
  return head;
}

/** `varve serve` with both witnesses in its policy. */
async function ownLogAtQuorum(scene: Scene): Promise<void> {
  const { own, policyFile } = scene;
  let server: ServerProcess | undefined;
  await report.check('our log is cosigned by ours and aics, and Go finds the quorum', async () => {
    const flags = ['--policy', policyFile];
    server = await startServer({ dataFolder: own.dataFolder, logs: [], opaque: ['main'], flags });
    const note = await publishedAfter(server, scene, 3);
    await go(['verify', '-vkey', own.vkey, '-policy', policyFile], note);
    return `size ${opened(note, own.vkey, scene).size}`;
  });
  const running = server;
  if (running === undefined) return;
  await report.check('aics shows the head on its monitoring endpoint', async () => {
    const note = await publishedAfter(running, scene, 1);
    const hash = originHash(parseVkey(own.vkey).name);
    const shown = await (await fetch(`${scene.aics.url}/${hash}/checkpoint`)).text();
    const text = (whole: string): string => whole.slice(0, whole.indexOf('\n\n'));
    if (text(shown) !== text(note)) throw new Error(shown);
    return undefined;
  });
  await report.check(
    'while aics is down entries are admitted and no head is published',
    async () => {
      const before = await published(running);
      await scene.aics.stop();
      await add(running, 'while it is down');
      await sleep(3_000);
      if ((await published(running)) !== before) throw new Error('a head was published');
      return undefined;
    },
  );
  await report.check('when aics is back the next head is published', async () => {
    await scene.aics.start();
    return `size ${opened(await publishedAfter(running, scene, 1), own.vkey, scene).size}`;
  });
  await running.stop();
}

async function add(server: ServerProcess, entry: string): Promise<number> {
  const url = `${server.log('main').url}/add`;
  const headers = { 'Content-Type': 'application/octet-stream' };
  const response = await fetch(url, { method: 'POST', headers, body: entry });
  const said = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${said}`);
  return Number(said);
}

async function published(server: ServerProcess): Promise<string> {
  const response = await fetch(`${server.log('main').url}/checkpoint`);
  const said = await response.text();
  if (response.status === 404) return '';
  if (response.status !== 200) throw new Error(`${response.status}: ${said}`);
  return said;
}

/** Adds entries; the first published head that covers them. */
async function publishedAfter(
  server: ServerProcess,
  scene: Scene,
  entries: number,
): Promise<string> {
  let index = -1;
  for (let i = 0; i < entries; i++) index = await add(server, `entry ${performance.now()}`);
  for (let i = 0; i < 200; i++) {
    const note = await published(server);
    if (note !== '' && opened(note, scene.own.vkey, scene).size > index) return note;
    await sleep(100);
  }
  throw new Error(`no head over entry ${index}: ${server.said()}`);
}

function go(args: readonly string[], stdin?: string): Promise<string> {
  return runWell(GO, args, { limitMs: 60_000, ...(stdin === undefined ? {} : { stdin }) });
}

function varve(args: readonly string[]): Promise<string> {
  return runWell(process.execPath, [...VARVE, ...args], { cwd: ROOT, limitMs: 60_000 });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
