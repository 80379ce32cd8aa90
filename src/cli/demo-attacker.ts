/*
 * The attacker of `varve demo --attack`: a process of its own that touches files, keys and sockets, and nothing else. It
 * knows the formats, as anybody may, and is told by nobody what will be noticed.
 *
 *   node demo-attacker.js rewrite STORE          changes an event on disk
 *   node demo-attacker.js tail STORE ENTRIES     drops what came after so many entries, and tidies up behind itself
 *   node demo-attacker.js copy FROM TO           copies a folder, in the place of what is there
 *   node demo-attacker.js forge LOG-URL KEYS OUT [WITNESS-URL…]   signs another history, and asks witnesses for a line
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatAddCheckpoint } from '../core/add-checkpoint.ts';
import { parseBundle } from '../core/bundle.ts';
import { concat, equalBytes, utf8, utf8Text } from '../core/bytes.ts';
import { parseCheckpoint, signCheckpoint } from '../core/checkpoint.ts';
import { leafHash } from '../core/hash.ts';
import { formatNote, parseNote } from '../core/note.ts';
import { formatProofFile } from '../core/proof-file.ts';
import { proveInclusion } from '../core/prover.ts';
import { TreeBuilder } from '../core/tree-builder.ts';
import type { Change, Row, Store } from '../log/ports.ts';
import {
  HEAD_KEY,
  keysOf,
  numberOfKey,
  PUBLISHED_KEY,
  parseCommitRow,
  parseIdRow,
} from '../log/rows.ts';
import { emptyTally, tallied, tallyChange } from '../log/tally.ts';
import { openLevelStore } from '../storage/storage.ts';
import { headSignerOf } from './head-signer.ts';

const ACTIONS: Readonly<Record<string, (args: readonly string[]) => Promise<string>>> = {
  rewrite: ([store = '']) => rewrite(store),
  tail: ([store = '', entries = '']) => dropTail(store, Number(entries)),
  copy: ([from = '', to = '']) => copy(from, to),
  forge: ([url = '', keys = '', out = '', ...witnesses]) => forge({ url, keys, out, witnesses }),
};

const [action = '', ...rest] = process.argv.slice(2);
const run = ACTIONS[action];
if (run === undefined) throw new Error(`no action '${action}'`);
process.stdout.write(`${await run(rest)}\n`);

/** Every row of a tag. */
function rowsOf(store: Store, tag: string): Promise<readonly Row[]> {
  return store.scan({ ...keysOf(tag), limit: 100_000 });
}

/** Another actor did it: in the bytes of the entry, at the same length. */
async function rewrite(dir: string): Promise<string> {
  const store = await openLevelStore({ dir });
  try {
    for (const { key, value } of await rowsOf(store, 'E')) {
      const at = Buffer.from(value).indexOf('agent');
      if (at < 0) continue;
      const changed = value.slice();
      changed.set(utf8('human'), at);
      await store.write({ changes: [{ key, value: changed }], flush: true });
      return `changed 'agent' to 'human' in an event of ${dir}`;
    }
    throw new Error('no event to change');
  } finally {
    await store.close();
  }
}

/** Back to an earlier commit: entries, commits, heads, ids and tallies, so that the store fits itself. */
async function dropTail(dir: string, entries: number): Promise<string> {
  const store = await openLevelStore({ dir });
  try {
    const commits = await rowsOf(store, 'C');
    const last = commits.findLast(({ value }) => parseCommitRow(value).size <= entries);
    if (last === undefined) throw new Error('no commit to go back to');
    const { size, sequence } = parseCommitRow(last.value);
    const gone: Row[] = [
      ...commits.filter(({ value }) => parseCommitRow(value).sequence > sequence),
      ...(await rowsOf(store, 'E')).filter(({ key }) => numberOfKey(key) >= size),
    ];
    const heads = await rowsOf(store, 'S');
    const ids = await rowsOf(store, 'I');
    const keptHeads = heads.filter(({ key }) => numberOfKey(key) <= size);
    const keptIds = ids.filter(({ value }) => parseIdRow(value).leafIndex < size);
    gone.push(...heads.filter((row) => !keptHeads.includes(row)));
    gone.push(...ids.filter((row) => !keptIds.includes(row)));
    const changes: Change[] = [
      ...gone.map(({ key }) => ({ key, value: null })),
      { key: HEAD_KEY, value: last.value },
      { key: PUBLISHED_KEY, value: keptHeads.at(-1)?.key ?? null },
      tallyChange('I', tallied('I', emptyTally('I'), { added: keptIds })),
      tallyChange('S', tallied('S', emptyTally('S'), { added: keptHeads })),
    ];
    await store.write({ changes, flush: true });
    return `dropped every entry after ${size}, with its commits, heads and ids`;
  } finally {
    await store.close();
  }
}

async function copy(from: string, to: string): Promise<string> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  return `copied ${from} to ${to}`;
}

interface Forgery {
  readonly url: string;
  /** Folder with the log's stolen keys. */
  readonly keys: string;
  /** Where the proof and the leaf are put. */
  readonly out: string;
  readonly witnesses: readonly string[];
}

/** The log's own tree, but for one event; signed with its key, and proven. */
async function forge({ url, keys, out, witnesses }: Forgery): Promise<string> {
  const shown = parseCheckpoint(parseNote(await read(`${url}/checkpoint`)).text);
  const { origin, size } = shown;
  if (size > 255) throw new Error('a longer history than this attacker cares for');
  const entries = parseBundle(await read(`${url}/tile/entries/000.p/${size}`), size);
  const index = entries.findIndex((entry) => utf8Text(entry).includes('"action":'));
  const forged = utf8(utf8Text(entries[index] ?? utf8('')).replace('agent', 'human'));
  if (equalBytes(forged, entries[index] ?? utf8(''))) throw new Error('nothing to forge');
  const hashes = concat(...entries.map((entry, i) => leafHash(i === index ? forged : entry)));
  const { rootHash } = new TreeBuilder().append(hashes);
  const ed25519Pem = await readFile(join(keys, 'ed25519.pem'));
  const p256Pem = await readFile(join(keys, 'p256.pem'));
  const note = signCheckpoint(
    { origin, size, rootHash },
    headSignerOf({ origin, ed25519Pem, p256Pem }),
  );
  const asked = await Promise.all(witnesses.map((witness) => askWitness(witness, note, size)));
  const { text, signatures } = parseNote(note);
  const lines = asked.flatMap(({ line }) => (line === '' ? [] : parseLines(text, line)));
  const source = {
    readTiles: async () => [hashes],
  };
  const path = await proveInclusion(source, { leafIndex: index, treeSize: size });
  const checkpoint = formatNote({ text, signatures: [...signatures, ...lines] });
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'forged.leaf'), forged);
  await writeFile(
    join(out, 'forged.tlog-proof'),
    formatProofFile({ leafIndex: index, path, checkpoint }),
  );
  const answers = asked.map(({ status }) => status).join(', ');
  const told =
    witnesses.length === 0 ? '' : `; asked ${witnesses.length} witnesses to cosign it: ${answers}`;
  return `signed another history of ${size} entries with the stolen key, and proved a forged entry ${index}${told}`;
}

/** Asks as a log would: from nothing, then from the size that the witness names. */
async function askWitness(
  url: string,
  note: Uint8Array,
  size: number,
): Promise<{ readonly status: number; readonly line: string }> {
  let answer = { status: 0, line: '' };
  for (const oldSize of [0, size]) {
    const body = formatAddCheckpoint({ oldSize, proof: [], note });
    const reply = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body: new Uint8Array(body),
    });
    const text = await reply.text();
    answer = { status: reply.status, line: reply.status === 200 ? text : '' };
    if (reply.status !== 409) break;
  }
  return answer;
}

function parseLines(text: Uint8Array, lines: string): ReturnType<typeof parseNote>['signatures'] {
  return parseNote(concat(text, utf8(`\n${lines}`))).signatures;
}

async function read(url: string): Promise<Uint8Array> {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}`);
  return new Uint8Array(await reply.arrayBuffer());
}
