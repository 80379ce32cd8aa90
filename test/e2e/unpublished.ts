/*
 * What is not published is not there: a log whose witness falls silent is asked for everything under every route, by
 * everybody who may ask, before and after it has grown. Every answer has to be the same, byte by byte.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../src/core/bytes.ts';
import { parseLogList } from '../../src/core/log-list.ts';
import { formatVkey } from '../../src/core/vkey.ts';
import { type HttpServer, listen } from '../../src/http/node-server.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { testWitness } from '../support/test-witness.ts';
import { eventOf } from './events.ts';
import { ask, same, sendEvent, until, varve } from './serve/asked.ts';
import { startServer } from './server.ts';
import { openSuite } from './suite.ts';
import { type Asked, QUESTIONS } from './unpublished/questions.ts';

/** Entries that each log gets while nobody cosigns: more than a tile and a bundle hold. */
const UNSEEN = 270;
const READS = ROUTES.filter(({ method }) => method === 'GET');

const { report, folder: work, play } = openSuite('unpublished');
const dataFolder = join(work, 'data');
/** Leaf hashes that were answered to whoever submitted. */
const hashes: string[] = [];
let isSilent = true;
const witness = await startWitness();
const tokens = await makeTokens();
const server = await startServer({
  dataFolder,
  opaque: ['raw'],
  index: true,
  flags: ['--auth', '--policy', join(work, 'policy')],
  waitsUntil: 'listening',
});
const main = server.log('main').url;
const raw = server.log('raw').url;

await play(async () => {
  try {
    await report.check('before its witness has answered once, a log shows nothing', shownAtFirst);
    isSilent = false;
    await report.check('its witness answers, and what it cosigned is shown', shownNow);
    isSilent = true;
    const published = await sizes();
    const upTo = Math.max(...Object.values(published.integrated)) + UNSEEN + 3;
    await submit(1_000, 1);
    const before = await askAll(upTo);
    await submit(2_000, UNSEEN);
    await report.check('both logs have grown, and their next heads wait', () =>
      hasGrown(published),
    );
    const after = await askAll(upTo);
    for (const { path } of READS) {
      await report.check(`GET ${path} answers as before`, () => compare(path, before, after));
    }
    await report.check('a submitter is not shown its own entry yet', () => ownEntry(published));
    isSilent = false;
    await report.check('once the witness answers again, all of it is shown', shownAgain);
  } finally {
    await server.stop().catch((error: unknown) => report.fail('it stops', error));
    await witness.close();
  }
});

/** A witness of this process, which takes every request and, while it is silent, answers none. */
async function startWitness(): Promise<HttpServer> {
  const made = testWitness();
  made.nowMs = Date.now();
  const { app, store, key } = made;
  const { fetch } = app;
  const never = new Promise<Response>(() => {});
  app.fetch = (...args) => (isSilent ? never : fetch(...args));
  const door = await listen({ app, port: 0, random: Math.random });
  for (const [flag, name] of [
    ['--log', 'main'],
    ['--opaque', 'raw'],
  ] as const) {
    const line = await varve(['keys', 'init', flag, name, '--data', dataFolder]);
    const { vkey } = JSON.parse(line) as { readonly vkey: string };
    const list = `logs/v0\nvkey ${vkey}\nqpd 1000000000\ncontact test\n`;
    for (const entry of parseLogList(utf8(list))) await store.addLog(entry);
  }
  writeFileSync(join(work, 'policy'), `witness w ${formatVkey(key.key)} ${door.url}\nquorum w\n`);
  return door;
}

async function makeTokens(): Promise<Readonly<Record<'submit' | 'audit' | 'operate', string>>> {
  const made = { submit: '', audit: '', operate: '' };
  for (const role of ['submit', 'audit', 'operate'] as const) {
    made[role] = (await varve(['token', 'add', role, '--role', role, '--data', dataFolder])).trim();
  }
  return made;
}

/** Sends events to the one log and bytes to the other. */
async function submit(from: number, count: number): Promise<void> {
  const token = tokens.submit;
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  const body = `[${numbers.map((n) => eventOf('main', 'unseen', n)).join()}]`;
  const { status, text } = await ask(`${main}/events`, { token, body });
  same('status', status, 201);
  for (const { leafHash } of JSON.parse(text) as { leafHash: string }[]) hashes.push(leafHash);
  const header = { 'Content-Type': 'application/octet-stream' };
  for (const n of numbers) await ask(`${raw}/add`, { token, body: `bytes ${n}`, header });
}

interface Sizes {
  readonly integrated: Readonly<Record<string, number>>;
  readonly published: Readonly<Record<string, number>>;
}

/** What operators alone are told. */
async function sizes(): Promise<Sizes> {
  const { text } = await ask(new URL('/readyz', main).href, { token: tokens.operate });
  const { logs } = JSON.parse(text) as {
    readonly logs: readonly {
      readonly name: string;
      readonly integratedSize: number;
      readonly publishedSize: number;
    }[];
  };
  return {
    integrated: Object.fromEntries(logs.map((log) => [log.name, log.integratedSize])),
    published: Object.fromEntries(logs.map((log) => [log.name, log.publishedSize])),
  };
}

async function shownAtFirst(): Promise<string> {
  await submit(1, 5);
  same('readyz', (await ask(new URL('/readyz', main).href)).status, 503);
  const answers = await askAll(9);
  let asked = 0;
  for (const { path } of READS.filter(({ about }) => about === 'log')) {
    for (const [question, answer] of answers.get(path) ?? []) {
      asked += 1;
      // There are no audit notes, and that is said.
      if (answer.startsWith('200') && answer !== '200 []')
        throw new Error(`${question}: ${answer}`);
    }
  }
  return `${asked} questions`;
}

async function shownNow(): Promise<string> {
  await until('all is shown, the head of the index too', async () => {
    const { integrated, published } = await sizes();
    const key = encodeURIComponent('source:unseen');
    const found = await ask(`${main}/lookup?key=${key}`, { token: tokens.audit });
    const isAll = Object.keys(integrated).every((log) => integrated[log] === published[log]);
    return isAll && found.status === 200;
  });
  return JSON.stringify((await sizes()).published);
}

async function hasGrown(before: Sizes): Promise<string> {
  const { integrated, published } = await sizes();
  same('published', published, before.published);
  for (const [log, size] of Object.entries(before.integrated)) {
    if ((integrated[log] ?? 0) < size + UNSEEN) throw new Error(`${log}: ${integrated[log]}`);
  }
  for (const [n, wait] of (['published', 'proof'] as const).entries()) {
    const waited = await sendEvent(main, 9_998 + n, { token: tokens.submit, wait });
    same(`wait=${wait}`, waited.status, 202);
  }
  return `${JSON.stringify(integrated)} of which ${JSON.stringify(published)} are shown`;
}

async function ownEntry({ published }: Sizes): Promise<string> {
  const token = tokens.submit;
  const next = published['main'] ?? 0;
  same('one of before', (await ask(`${main}/entries/1`, { token })).status, 200);
  for (let n = next; n < next + 10; n++) {
    for (const question of [`entries/${n}`, `entries/${n}/proof`]) {
      same(question, (await ask(`${main}/${question}`, { token })).code, 'entry.not-found');
    }
  }
  return 'entry.not-found';
}

async function shownAgain(): Promise<string> {
  await until('all is shown', async () => {
    const { integrated, published } = await sizes();
    return Object.keys(integrated).every((log) => integrated[log] === published[log]);
  });
  const token = tokens.audit;
  for (const question of ['tile/0/000', 'tile/entries/000', 'entries/260']) {
    same(question, (await ask(`${main}/${question}`, { token })).status, 200);
  }
  return JSON.stringify((await sizes()).published);
}

/** Answers to all questions, by route and then by who asked what. */
type Answers = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Asks everything, as everybody who may ask. */
async function askAll(upTo: number): Promise<Answers> {
  const asked = { upTo, hashes: hashes.slice(-5), keys: ['source:unseen', 'kind:tool.invoke'] };
  const answers = new Map<string, Map<string, string>>();
  const waiting = READS.flatMap(({ path, about }) => {
    const questionsOf = QUESTIONS[path];
    if (questionsOf === undefined) throw new Error(`nothing is asked under ${path}`);
    const logs = about === 'log' ? ['main', 'raw'] : [''];
    const targets = logs.flatMap((log) => questionsOf({ log, ...asked } satisfies Asked));
    return [...new Set(targets)].flatMap((target, i) =>
      // Nobody else sees more of a log than an auditor does: they ask every seventh question.
      (i % 7 === 0 ? (['audit', 'submit', 'nobody'] as const) : (['audit'] as const)).map((who) => {
        return { path, target, who };
      }),
    );
  });
  const askOn = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const { path, target, who } = one;
      const sent = who === 'nobody' ? {} : { token: tokens[who] };
      const { status, text, code } = await ask(new URL(target, main).href, sent);
      const ofRoute = answers.get(path) ?? new Map<string, string>();
      ofRoute.set(`${who} ${target}`, status === 200 ? `200 ${text}` : `${status} ${code}`);
      answers.set(path, ofRoute);
    }
  };
  await Promise.all(Array.from({ length: 8 }, askOn));
  return answers;
}

function compare(path: string, before: Answers, after: Answers): string {
  const was = before.get(path) ?? new Map<string, string>();
  let shown = 0;
  for (const [question, answer] of after.get(path) ?? []) {
    const old = was.get(question);
    // What could not be asked before, since nobody knew the hash, has to be refused.
    if (old === undefined ? !answer.startsWith('200') : old === answer) {
      if (answer.startsWith('200')) shown += 1;
      continue;
    }
    throw new Error(`${question}: ${answer.slice(0, 200)}; it was ${old?.slice(0, 200)}`);
  }
  if (was.size === 0) throw new Error('nothing was asked');
  return `${was.size} answers, of which ${shown} show something`;
}
