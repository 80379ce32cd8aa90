import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import {
  type LogClient,
  openLogClient,
  openSubmitter,
  policyOfVkey,
  proveReceipt,
} from '../client/client.ts';
import { utf8Text } from '../core/bytes.ts';
import { invariant, TransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';
import { parseEvent } from '../event/event.ts';
import type { Receipt } from '../event/receipt.ts';
import type { Command, CommandIo } from './command.ts';
import { readServeConfig, SERVE_FLAGS } from './config.ts';
import { attackDemo } from './demo-attack.ts';
import { parseFlags } from './flags.ts';
import { policyOfLine } from './log-line.ts';
import { loggerOf, serveUntilStopped } from './serve.ts';
import { type RunningServer, startServer } from './server.ts';
import { verify } from './verify.ts';

/** `varve demo` */
export const demo: Command = {
  name: 'demo',
  summary: 'see it all once: a log, events, a proof verified offline, a lie refused',
  help: `varve demo [--data DIR] [--listen 127.0.0.1:6962] [--once]
varve demo --attack [--data DIR]

Starts a log server, submits six events of agents and service accounts to it,
shows where to look, fetches the proof of one event, verifies it from files
alone, and shows that one changed byte is refused. On a terminal it keeps
serving until Ctrl-C, with --once or elsewhere it ends.

With --attack it starts three witnesses too, and then an attacker, a process of
its own that touches only files, keys and sockets: rewrites an event on disk,
drops the tail, restores an older store, restores it with the guard, runs a
second host on copies, signs with the stolen key. It shows what stops each and
who noticed; and which of them succeed where there is no witness. No step is
arranged to be caught: exit code 1 if one succeeds against witnesses.

  --data DIR   what is kept; default ./varve-demo
  --listen     default 127.0.0.1:6962, or any free port if that is taken
`,
  async run(args, io) {
    const flags = parseFlags(args, { text: ['data', 'listen'], on: ['once', 'attack'] });
    const data = flags.text('data') ?? './varve-demo';
    if (flags.on('attack')) return await attackDemo(data, io);
    const server = await startDemoServer(data, flags.text('listen'), io);
    try {
      await showAll(server, data, io);
    } catch (error) {
      await server.close();
      throw error;
    }
    if (flags.on('once') || !io.interactive) {
      await server.close();
      return 0;
    }
    io.write(`\nThe server keeps running at ${server.url} until you press Ctrl-C.\n`);
    return await serveUntilStopped(server, io, loggerOf(io));
  },
};

/** The tenant of the sample events, and so the log's name. */
const LOG = 'acme';
const EVENTS = new URL('../../spec/vectors/event-samples.json', import.meta.url);

async function startDemoServer(
  data: string,
  listen: string | undefined,
  io: CommandIo,
): Promise<RunningServer> {
  const start = async (address: string): Promise<RunningServer> => {
    const flags = parseFlags(['--data', data, '--log', LOG, '--listen', address], SERVE_FLAGS);
    // A demo does not read the variables of the server that may run beside it.
    const config = await readServeConfig(flags, {});
    const logger = { ...loggerOf(io), info() {} };
    return await startServer({ config, logger, now: io.now, fetch: io.fetch });
  };
  if (listen !== undefined) return await start(listen);
  try {
    return await start('127.0.0.1:6962');
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken) throw error;
    return await start('127.0.0.1:0');
  }
}

async function showAll(server: RunningServer, data: string, io: CommandIo): Promise<void> {
  const [line] = server.lines;
  invariant(line !== undefined, 'the demo serves a log');
  const { url, vkey } = line;
  io.write(`1  A log server runs here: ${url}\n`);
  io.write(`   Its data, private keys and guard are in ${data}. Its public key, which you would\n`);
  io.write(`   get from the operator once and then hold every answer against:\n`);
  io.write(`   ${vkey}\n\n`);

  const receipts = await submitSamples(url, io);
  const client = openLogClient({ url, policy: policyOfVkey(vkey), fetch: io.fetch });
  const [first] = receipts;
  invariant(first !== undefined, 'there are sample events');
  const size = await showHead(client, receipts, io);
  showWhereToLook(url, { index: first.receipt.index, size }, io);
  const files = await writeProof({ client, first, data, policy: policyOfLine(line) });
  await showVerification(files, io);
}

/** A sample event in the log. */
interface Submitted {
  readonly receipt: Receipt;
  readonly about: string;
}

async function submitSamples(url: string, io: CommandIo): Promise<readonly Submitted[]> {
  const items = scanArrayItems(await readFile(EVENTS));
  const results = await openSubmitter({ url, fetch: io.fetch }).submit(items);
  io.write(
    `2  ${items.length} events of agents and service accounts were submitted. Each answer came after the\n`,
  );
  io.write('   event was flushed to disk and in the tree. Entry 0 names the log and its keys.\n');
  const submitted: Submitted[] = [];
  for (const [i, result] of results.entries()) {
    if (result.kind !== 'receipt') {
      const { code, detail } = result.refusal;
      throw new TransparencyError('reply.status', `the log refused a sample: ${code}: ${detail}`);
    }
    const { event } = parseEvent(items[i] ?? new Uint8Array(0));
    const { receipt } = result;
    const about = `${event.kind} by ${event.actor.type} ${event.actor.id}`;
    const again = receipt.duplicate ? ' (was there already: same receipt)' : '';
    io.write(`   entry ${receipt.index}  ${about}${again}\n`);
    submitted.push({ receipt, about });
  }
  io.write('\n');
  return submitted;
}

async function showHead(
  client: LogClient,
  submitted: readonly Submitted[],
  io: CommandIo,
): Promise<number> {
  const last = submitted.at(-1);
  if (last !== undefined) await proveReceipt(client, last.receipt);
  const head = await client.checkpoint();
  io.write(`3  The log signed a tree head over all ${head.size} entries, its checkpoint:\n\n`);
  io.write(utf8Text(head.note).trimEnd().replaceAll(/^/gm, '      '));
  io.write(
    '\n\n   Origin, size, root hash, signature. Whoever keeps one notices if an entry before it\n',
  );
  io.write('   is ever changed, removed or moved.\n\n');
  return head.size;
}

function showWhereToLook(
  url: string,
  { index, size }: { readonly index: number; readonly size: number },
  io: CommandIo,
): void {
  const places = [
    ['/checkpoint', 'the signed tree head'],
    [`/entries/${index}`, 'the exact bytes of an entry'],
    [`/entries/${index}/proof`, 'its proof file'],
    [`/tile/0/000.p/${size}`, 'hashes of the tree (C2SP tlog-tiles)'],
  ] as const;
  io.write('4  Where to look, with curl or a browser:\n');
  for (const [path, what] of places) io.write(`   ${(url + path).padEnd(48)} ${what}\n`);
  io.write('\n');
}

interface ProofFiles {
  readonly index: number;
  readonly about: string;
  readonly proof: string;
  readonly leaf: string;
  readonly changedLeaf: string;
  readonly policy: string;
}

async function writeProof(options: {
  readonly client: LogClient;
  readonly first: Submitted;
  readonly data: string;
  readonly policy: string;
}): Promise<ProofFiles> {
  const { client, first, data } = options;
  const { index } = first.receipt;
  const dir = join(data, 'proof');
  const files = {
    index,
    about: first.about,
    proof: join(dir, `${index}.tlog-proof`),
    leaf: join(dir, `${index}.leaf`),
    changedLeaf: join(dir, `${index}-changed.leaf`),
    policy: join(dir, 'policy'),
  };
  const file = await proveReceipt(client, first.receipt);
  const leaf = await client.entry(index);
  const changed = leaf.slice();
  const middle = Math.floor(changed.length / 2);
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  await mkdir(dir, { recursive: true });
  await writeFile(files.proof, file.bytes);
  await writeFile(files.leaf, leaf);
  await writeFile(files.changedLeaf, changed);
  await writeFile(files.policy, options.policy);
  return files;
}

async function showVerification(files: ProofFiles, io: CommandIo): Promise<void> {
  io.write(`5  Entry ${files.index} (${files.about}) and its proof are files now. They are\n`);
  io.write('   verified offline, with the key and nothing else; the server could be gone:\n\n');
  const holds = await runVerify(files, files.leaf, io);
  io.write('\n6  The same entry with one bit changed:\n\n');
  const refused = await runVerify(files, files.changedLeaf, io);
  if (holds !== 0 || refused !== 1) {
    throw new TransparencyError('audit.mismatch', 'the demo did not show what it says');
  }
}

/** Runs `varve verify` as it is, without a network. */
async function runVerify(files: ProofFiles, leaf: string, io: CommandIo): Promise<number> {
  const args = [files.proof, '--leaf', leaf, '--policy', files.policy];
  io.write(`   $ ${ownName()} verify ${args.join(' ')}\n`);
  const indented = (text: string): void => io.write(text.replaceAll(/^(?=.)/gm, '   '));
  const code = await verify.run(args, {
    ...io,
    write: (data) => indented(typeof data === 'string' ? data : utf8Text(data)),
    note: (line) => indented(`${line}\n`),
    fetch: () => Promise.reject(new Error('verify asked for the network')),
  });
  io.write(`   exit code ${code}\n`);
  return code;
}

/** How this very program is called from here. */
function ownName(): string {
  const script = process.argv[1] ?? 'varve';
  return basename(script) === 'main.js' ? `node ${relative('.', script)}` : 'npx varve';
}
