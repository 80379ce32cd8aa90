/**
 * Erasures with a server that is a process: `npm run test:erasure`. What was erased, by two tokens, is found in no byte of
 * the closed data folder and in no opened row, what was not is found, and proofs of before hold; then the server is
 * killed while it erases, again and again.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { utf8Text } from '../../src/core/bytes.ts';
import { Needles } from '../secrets/needles.ts';
import { searchFolder } from '../secrets/search.ts';
import { openItem } from '../support/openings.ts';
import { seededRandom } from '../support/random.ts';
import { ask, runVarve, type Told, varve } from './serve/asked.ts';
import { type ServerProcess, startServer } from './server.ts';
import { openSuite } from './suite.ts';

const { values: flags } = parseArgs({
  options: {
    entries: { type: 'string', default: '300' },
    kills: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const ENTRIES = Number(flags.entries);
const KILLS = Number(flags.kills);
const LOG = 'acme';
const BASIS = 'GDPR Art. 17';

const { report, folder, play } = openSuite('erasure');
const random = seededRandom(Number(flags.seed));
const data = join(folder, 'data');
const tokens: Record<string, string> = {};
/** Texts by the index of the entry that withholds them. */
const kept = new Map<number, string>();
const erased = new Map<number, string>();
let next = 0;
await play(run);

async function run(): Promise<void> {
  for (const [name, role] of [
    ['writer', 'submit'],
    ['auditor', 'audit'],
    ['ops-a', 'operate'],
    ['ops-b', 'operate'],
  ] as const) {
    tokens[name] = (await varve(['token', 'add', name, '--role', role, '--data', data])).trim();
  }
  let server = await start();
  let proofs: readonly number[] = [];
  await report.check(`${ENTRIES} entries withhold values, natively and by an adapter`, async () => {
    await submit(server, ENTRIES);
    await submitPods(server, 40);
    proofs = await proveSome(server);
    return `${kept.size} are kept, ${proofs.length} of them proven`;
  });
  await report.check('a third of them are erased by two tokens', async () => {
    const indices = [...kept.keys()].filter(() => random.chance(1 / 3));
    for (let at = 0; at < indices.length; at += 40) {
      const done = await eraseAll(server, indices.slice(at, at + 40));
      equal(done.status, 200);
      equal(JSON.parse(done.text).state, 'finished');
    }
    return `${erased.size} in ${Math.ceil(indices.length / 40)} erasures`;
  });
  await report.check(
    'nobody is told them, and whoever sends them again gets the first receipt',
    () => told(server),
  );
  await server.stop();
  await report.check(
    'no byte of the closed folder holds them; the others are found, opened',
    searched,
  );
  await report.check('proofs of before hold', () => proven(proofs));
  await report.check('`varve check` accepts what was erased', checked);
  for (let round = 1; round <= KILLS; round++) {
    await report.check(
      `a server killed while it erases finishes at its next start (${round})`,
      () => killed(),
    );
  }
  await report.check('and still no byte of the closed folder holds what was erased', searched);
  await report.check('and `varve check` accepts it', checked);
  server = await start();
  await report.check('a restart tells the same', () => told(server));
  await server.stop();
}

function start(): Promise<ServerProcess> {
  return startServer({
    dataFolder: data,
    logs: [LOG],
    waitsUntil: 'listening',
    flags: ['--auth'],
    index: true,
  });
}

function asToken(who: string): { readonly token: string } {
  return { token: tokens[who] ?? '' };
}

function secretOf(n: number): string {
  return `withheld-${n}-${random.below(1e9).toString(36)}-${random.below(1e9).toString(36)}`;
}

/** Native items, of a source of its own each ten; every seventh is a conflict of the one before. */
async function submit(server: ServerProcess, count: number): Promise<void> {
  const { url } = server.log(LOG);
  for (let at = 0; at < count; at += 50) {
    const texts = Array.from({ length: Math.min(50, count - at) }, () => secretOf(next++));
    const items = texts.map((text, i) => {
      const id = `e${next - texts.length + i - (i % 7 === 6 ? 1 : 0)}`;
      const source = `source-${at % 3}`;
      return utf8Text(openItem(id, { '/ctx/note': text }, { source }).bytes);
    });
    const sent = { ...asToken('writer'), body: `[${items.join()}]` };
    const { text, status } = await ask(`${url}/events`, sent);
    ok(status === 201 || status === 207, text);
    for (const [i, answer] of JSON.parse(text).entries()) {
      const { index } = answer.receipt ?? answer;
      kept.set(index, texts[i] ?? '');
    }
  }
  await published(server);
}

/** Whose address the rules of the mapping withhold, and what none covers. */
async function submitPods(server: ServerProcess, count: number): Promise<void> {
  const { url } = server.log(LOG);
  const texts = Array.from({ length: count }, () => secretOf(next++));
  const lines = texts.map((text, i) =>
    i % 2 === 0
      ? JSON.stringify({ what: `no audit event ${i}`, note: text })
      : JSON.stringify({
          ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Request', verb: 'get' },
          ...{ auditID: `a-${i}`, stage: 'ResponseComplete' },
          requestURI: '/api/v1/pods',
          user: { username: 'system:serviceaccount:ci:runner' },
          sourceIPs: [text],
        }),
  );
  const before = (await sizeOf(server)) ?? 0;
  const header = { 'Content-Type': 'application/x-ndjson' };
  const sent = { ...asToken('writer'), header, body: lines.join('\n') };
  const { text, status } = await ask(`${url}/ingest/kubernetes`, sent);
  equal(status, 200, text);
  await published(server);
  for (const [i, secret] of texts.entries()) kept.set(before + i, secret);
}

async function sizeOf(server: ServerProcess): Promise<number> {
  const { text } = await ask(`${server.log(LOG).url}/checkpoint`);
  return Number(text.split('\n')[1]);
}

/** Waits until everything that was answered is published: its size stays. */
async function published(server: ServerProcess): Promise<void> {
  const { url } = server.log(LOG);
  const probe = utf8Text(openItem(`probe-${next++}`, {}).bytes);
  const { status } = await ask(`${url}/events?wait=published`, {
    ...asToken('writer'),
    body: probe,
  });
  equal(status, 201);
}

async function proveSome(server: ServerProcess): Promise<readonly number[]> {
  const { url } = server.log(LOG);
  const some = [...kept.keys()].filter((_, i) => i % 10 === 0);
  for (const index of some) {
    const leaf = await ask(`${url}/entries/${index}`, asToken('auditor'));
    const proof = await ask(`${url}/entries/${index}/proof`, asToken('auditor'));
    writeFileSync(join(folder, `${index}.leaf`), leaf.text);
    writeFileSync(join(folder, `${index}.tlog-proof`), proof.text);
  }
  return some;
}

async function eraseAll(server: ServerProcess, indices: readonly number[]): Promise<Told> {
  const approve = await askToErase(server, indices);
  const done = await ask(`${server.log(LOG).url}/erase`, { ...asToken('ops-b'), body: approve });
  if (done.status === 200 || done.status === 202) noteErased(indices);
  return done;
}

function noteErased(indices: readonly number[]): void {
  for (const index of indices) {
    erased.set(index, kept.get(index) ?? '');
    kept.delete(index);
  }
}

/** One token asks; the body of the other's approval. */
async function askToErase(server: ServerProcess, indices: readonly number[]): Promise<string> {
  const targets = indices.map((index) => [index, null]);
  const body = JSON.stringify({ request: { legalBasis: BASIS, targets } });
  const asked = await ask(`${server.log(LOG).url}/erase`, { ...asToken('ops-a'), body });
  equal(asked.status, 202, asked.text);
  return JSON.stringify({ approve: JSON.parse(asked.text).request });
}

async function told(server: ServerProcess): Promise<string> {
  const { url } = server.log(LOG);
  const openings = async (index: number): Promise<ReturnType<typeof JSON.parse>> =>
    JSON.parse((await ask(`${url}/entries/${index}/openings`, asToken('auditor'))).text);
  const [some, gone] = [[...kept].slice(0, 40), [...erased].slice(0, 40)];
  for (const [index, text] of some) {
    const { disclosures, raw } = await openings(index);
    const opened = raw === null ? '' : Buffer.from(raw.bytes, 'base64').toString();
    ok(disclosures.join().includes(text) || opened.includes(text), `${index} is not told`);
  }
  for (const [index] of gone) {
    const answer = await openings(index);
    deepEqual([answer.disclosures, answer.raw], [[], null], `${index} is told`);
    ok(answer.erased.length > 0, `${index} is not said to be erased`);
  }
  const size = await sizeOf(server);
  for (const [index] of gone) {
    const leaf = JSON.parse((await ask(`${url}/entries/${index}`, asToken('auditor'))).text);
    if (leaf.recv.adapter !== 'native') continue;
    const { id, src } = leaf.event;
    const again = openItem(id, { '/ctx/note': `again ${index}` }, { source: src.id });
    const body = utf8Text(again.bytes);
    const { status, text } = await ask(`${url}/events`, { ...asToken('writer'), body });
    equal(status, 200, text);
    equal(JSON.parse(text).duplicate, true);
  }
  return `${some.length} are told, ${gone.length} are not, of ${size} entries`;
}

async function searched(): Promise<string> {
  const needles = new Needles([
    ...[...erased].map(([index, text]) => ({ name: `erased ${index}`, text })),
    ...[...kept].map(([index, text]) => ({ name: `kept ${index}`, text })),
  ]);
  const found = await searchFolder(data, [LOG], needles);
  const wrong = found.findings.filter(({ name }) => name.startsWith('erased'));
  deepEqual(wrong, []);
  const clear = found.findings.filter(({ layer }) => layer !== 'opening');
  deepEqual(clear, [], 'what is kept is nowhere in the clear');
  const names = new Set(found.findings.map(({ name }) => name));
  equal(names.size, kept.size, 'everything that is kept is found by the same search');
  return `${erased.size} erased and ${kept.size} kept, in ${found.bytes} bytes of ${found.files} files and ${found.openings} openings`;
}

async function vkey(): Promise<string> {
  return (await varve(['keys', '--data', data])).match(/"vkey":"([^"]+)"/)?.[1] ?? '';
}

async function proven(indices: readonly number[]): Promise<string> {
  let gone = 0;
  for (const index of indices) {
    const file = join(folder, String(index));
    const args = ['verify', `${file}.tlog-proof`, '--leaf', `${file}.leaf`, '--vkey', await vkey()];
    equal((await runVarve(args)).code, 0);
    if (erased.has(index)) gone++;
  }
  ok(gone > 0, 'some of them are of what was erased');
  return `${indices.length} proofs, ${gone} of entries whose values are erased`;
}

async function checked(): Promise<undefined> {
  const { code, stdout, stderr } = await runVarve(['check', data, '--vkey', await vkey()]);
  equal(code, 0, `${stdout}\n${stderr}`);
  return undefined;
}

/** The approval is sent, and the process dies at some moment behind it. */
async function killed(): Promise<string> {
  let server = await start();
  await submit(server, 150);
  const indices = [...kept.keys()].filter(() => random.chance(0.15)).slice(0, 60);
  const body = await askToErase(server, indices);
  const approval = ask(`${server.log(LOG).url}/erase`, { ...asToken('ops-b'), body }).catch(
    () => null,
  );
  const waitMs = random.below(250);
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  server.kill('SIGKILL');
  await server.ended;
  const answer = await approval;
  server = await start();
  const isBegun = await untilFinished(server, indices);
  if (answer?.status === 200) ok(isBegun, 'what was answered is done');
  if (isBegun) noteErased(indices);
  await server.stop();
  return `killed after ${waitMs} ms: ${isBegun ? 'finished' : 'not begun'}`;
}

/** Did the erasure begin? If so, waits until it is finished. */
async function untilFinished(server: ServerProcess, indices: readonly number[]): Promise<boolean> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const { text } = await ask(`${server.log(LOG).url}/erase`, asToken('ops-a'));
    const { reports } = JSON.parse(text);
    const own = reports.find((one: { targets: number[][] }) => {
      return one.targets.some(([index]) => index === indices[0]);
    });
    if (own === undefined) return false;
    if (own.state === 'finished') return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('an erasure does not end');
}
