/**
 * Three dishonest servers, each a process that is asked over the wire: `npm run test:index-liars`. One drops a posting in
 * its answer, one in its mini-log, one in trie and index head. The client catches the first two; the third it cannot, and
 * says so. The auditor catches it, with a fraud proof that strangers verify: our verifier with the log's key alone, and Go.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventOf } from './events.ts';
import { DROPPED, DROPPED_CREDENTIAL, type IndexLie } from './index-lies.ts';
import { type Ended, run } from './run.ts';
import { type ServedLog, VARVE } from './server.ts';
import { openSuite } from './suite.ts';

const ROOT = join(import.meta.dirname, '../..');
const JUDGE = join(ROOT, 'test/foreign/index');
const EVENTS = 40;

const { report, folder: work, play } = openSuite('liars');
const running: ChildProcess[] = [];
let binary: string | null = null;
await play(async () => {
  try {
    await report.check('the client catches a posting dropped in the answer', () =>
      caught('posting'),
    );
    await report.check('the client catches a posting dropped in the mini-log', () =>
      caught('mini-log'),
    );
    await auditTheThird();
  } finally {
    for (const child of running) child.kill('SIGKILL');
  }
});

async function caught(lie: IndexLie): Promise<string> {
  const log = await serve(lie);
  const { code, stderr } = await lookup(log);
  equal(code, 1, stderr);
  match(stderr, /DOES NOT HOLD: index\.mismatch/);
  return stderr.trim().split('\n').at(-1) ?? '';
}

async function auditTheThird(): Promise<void> {
  const log = await serve('trie');
  await report.check(
    'of one dropped in trie and head, a lookup says that it is only claimed',
    async () => {
      const { code, stdout, stderr } = await lookup(log);
      equal(code, 0, stderr);
      ok(!stdout.includes(`"index":${DROPPED},`), 'the posting is not dropped');
      match(stderr, /; claimed; /);
      const required = await lookup(log, '--require', 'audited');
      equal(required.code, 1);
      match(required.stderr, /NOT ENOUGH: claimed, where audited is required/);
      return required.stderr.trim().split('\n').at(-1);
    },
  );
  await report.check('a lookup that replays the log catches it', async () => {
    const { code, stderr } = await lookup(log, '--replay');
    equal(code, 1, stderr);
    match(stderr, /DOES NOT HOLD: index\.head-mismatch/);
    return undefined;
  });
  const fraud = join(work, 'fraud');
  let fraudFile = '';
  const key = join(work, 'auditor');
  await report.check(
    'the auditor catches it, writes a fraud proof, and signs nothing',
    async () => {
      equal((await varve('audit', 'keys', '--key', key)).code, 0);
      const args = [log.url, '--vkey', log.vkey, '--key', key, '--fraud', fraud];
      const { code, stdout, stderr } = await varve('audit', ...args);
      equal(code, 1, stderr);
      const told = JSON.parse(stdout) as {
        note: unknown;
        findings: { kind: string; fraud: string }[];
      };
      deepEqual([told.note, told.findings.map(({ kind }) => kind)], [null, ['false-head']]);
      fraudFile = told.findings[0]?.fraud ?? '';
      return stderr.trim().split('\n')[0];
    },
  );
  await report.check("a stranger with the log's key verifies it, without the log", async () => {
    const { code, stdout, stderr } = await varve('audit', 'verify', fraudFile, '--vkey', log.vkey);
    equal(code, 0, stderr);
    const { kind, what } = JSON.parse(stdout) as { kind: string; what: string };
    equal(kind, 'missing');
    match(what, new RegExp(`entry ${DROPPED} carries cred:${DROPPED_CREDENTIAL}`));
    return what;
  });
  await report.check('so does a stranger in Go, and neither with one digit changed', async () => {
    const said = await judge(log.vkey, fraudFile);
    equal(said.code, 0, said.stdout + said.stderr);
    const text = readFileSync(fraudFile, 'utf8');
    const changed = join(work, 'changed.json');
    let tried = 0;
    for (const [found] of text.matchAll(/"(?:count|index|leafIndex|from)":\d+/g)) {
      const lie = found.replace(/\d+$/, (digits) => String(Number(digits) + 1));
      writeFileSync(changed, text.replace(found, lie));
      equal((await judge(log.vkey, changed)).code, 1, `Go takes ${lie}`);
      equal((await varve('audit', 'verify', changed, '--vkey', log.vkey)).code, 1, `${lie}`);
      tried += 1;
    }
    ok(tried >= 4);
    return `${said.stdout.trim()}; ${tried} changes refused`;
  });
}

/** Starts a lying server, and waits until its index has a head over all that it is sent. */
async function serve(lie: IndexLie): Promise<ServedLog> {
  const args = ['--conditions=varve-source', '--import', 'tsx'];
  const script = join(import.meta.dirname, 'lying-index-server.ts');
  const child = spawn(process.execPath, [...args, script, join(work, lie), lie], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const log = await new Promise<ServedLog>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`the server ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => resolve(JSON.parse(line)));
  });
  const events = Array.from({ length: EVENTS }, (_, i) => {
    const event = JSON.parse(eventOf('main', 'load', i)) as object;
    return i % 3 === 0 ? { ...event, cred: { type: 'api_key', id: DROPPED_CREDENTIAL } } : event;
  });
  const reply = await fetch(`${log.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  equal(reply.status, 201, await reply.text());
  for (const started = performance.now(); ; ) {
    const answer = await fetch(`${log.url}/lookup?key=source:load&limit=1`);
    const told = answer.status === 200 ? ((await answer.json()) as { count: number }) : null;
    if (told?.count === EVENTS) return log;
    if (performance.now() - started > 30_000) throw new Error('no index head came');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function lookup(log: ServedLog, ...args: string[]): Promise<Ended> {
  return varve('lookup', log.url, `cred:${DROPPED_CREDENTIAL}`, '--vkey', log.vkey, ...args);
}

function varve(...args: string[]): Promise<Ended> {
  return run(process.execPath, [...VARVE, ...args], { cwd: ROOT, limitMs: 30_000 });
}

async function judge(vkey: string, file: string): Promise<Ended> {
  if (binary === null) {
    binary = join(work, 'judge');
    const built = await run('go', ['build', '-o', binary, '.'], { cwd: JUDGE, limitMs: 120_000 });
    equal(built.code, 0, built.stderr);
  }
  return await run(binary, ['fraud', vkey, file], { limitMs: 10_000 });
}
