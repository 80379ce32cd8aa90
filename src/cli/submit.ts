import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type LogClient,
  openSubmitter,
  proveReceipt,
  type SubmitResult,
} from '../client/client.ts';
import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { formatLeaf } from '../event/leaf.ts';
import { formatReceipt, type Receipt } from '../event/receipt.ts';
import { parseSubmission } from '../event/submission.ts';
import type { Command, CommandIo } from './command.ts';
import { type Flags, parseFlags } from './flags.ts';
import { readItems } from './items.ts';
import { openRemembering, SEEN_FLAGS } from './seen-file.ts';
import { fetchWithToken } from './token-fetch.ts';
import { readTrust, TRUST_FLAGS } from './trust-flags.ts';

/** `varve submit` */
export const submit: Command = {
  name: 'submit',
  summary: 'send events to a log, and print a receipt for each',
  help: `varve submit URL [FILE...] [--wait published]
             [--proof DIR --policy FILE|--vkey KEY [--seen FILE]]

Sends the events of the files, or of stdin: one JSON object, an array, or one
object a line. Sends them again while the log is busy or away; the log makes
one entry of an event, however often it comes. Checks each receipt against what
was sent. Prints a line of JSON for each event, in order: its receipt, or why
it was refused. Exits with 1 if any was refused, or is in conflict with another
event of the same source and id.

  URL               of the log: http://127.0.0.1:6962/main
  --wait published  until a published checkpoint covers the events
  --proof DIR       waits for that, verifies a proof of each event, and writes
                    it with the entry: DIR/INDEX.tlog-proof, DIR/INDEX.leaf
  --policy FILE     whom the proofs are held against; see 'varve verify'
  --vkey KEY        instead: the key of the log, and no witness
  --seen FILE       remembers the highest checkpoint from one run to the next: a
                    log that went back, or forked, is refused and told so

Variable: VARVE_TOKEN, a token with the role submit, where one is asked for
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['wait', 'proof', ...TRUST_FLAGS, ...SEEN_FLAGS],
      operands: [1, Number.MAX_SAFE_INTEGER],
    });
    const [url = '', ...files] = flags.operands;
    checkUrl(url);
    const waitPublished = readWait(flags);
    const proofs = await openProofs(url, flags, io);
    const items = await readItems(files, io);
    const reader = proofs === null ? {} : { reader: proofs.reader };
    const submitter = openSubmitter({ url, fetch: fetchWithToken(io), ...reader });
    let isClean = true;
    try {
      for (let from = 0; from < items.length; from += PORTION) {
        const portion = items.slice(from, from + PORTION);
        const results = await submitter.submit(portion, { waitPublished, signal: io.stop });
        io.progress(`${from + portion.length} of ${items.length} submitted`);
        for (const [i, result] of results.entries()) {
          io.write(lineOf(result));
          if (result.kind !== 'receipt') isClean = false;
          if (result.kind === 'refused' || proofs === null) continue;
          await proofs.write(result.receipt, portion[i] as Uint8Array);
        }
      }
    } finally {
      await proofs?.keep();
    }
    return isClean ? 0 : 1;
  },
};

/** Items that are sent before their receipts are printed. */
const PORTION = 1_000;

/** Verifies proofs and writes them. */
interface Proofs {
  readonly reader: LogClient;
  keep(): Promise<void>;
  write(receipt: Receipt, item: Uint8Array): Promise<void>;
}

async function openProofs(url: string, flags: Flags, io: CommandIo): Promise<Proofs | null> {
  const dir = flags.text('proof');
  const policy = await readTrust(flags);
  if (dir === undefined) {
    if (policy !== undefined) throw malformed('--policy and --vkey are for --proof DIR');
    if (flags.text('seen') !== undefined) throw malformed('--seen is for --proof DIR');
    return null;
  }
  if (policy === undefined) {
    throw malformed(
      '--proof needs --policy FILE or --vkey KEY: a proof is held against what you trust, not against what the log says of itself',
    );
  }
  await mkdir(dir, { recursive: true });
  const reach = { url, policy, fetch: fetchWithToken(io) };
  const { client, keep } = await openRemembering(reach, flags, io);
  return {
    reader: client,
    keep,
    async write(receipt, item) {
      const file = await proveReceipt(client, receipt, { signal: io.stop });
      await writeFile(join(dir, `${receipt.index}.leaf`), leafOf(receipt, item));
      await writeFile(join(dir, `${receipt.index}.tlog-proof`), file.bytes);
      io.progress(`entry ${receipt.index} proven`);
    },
  };
}

/** The leaf that a receipt spells; the submitter has checked that it has the receipt's leaf hash. */
function leafOf(receipt: Receipt, item: Uint8Array): Uint8Array {
  const { event, sig } = parseSubmission(item);
  return formatLeaf({ eventCanonical: event.canonical, recv: receipt.recv, sig });
}

function lineOf(result: SubmitResult): string {
  if (result.kind === 'receipt') return `${utf8Text(formatReceipt(result.receipt))}\n`;
  const { code, detail, status } = result.refusal;
  const receipt = result.kind === 'conflict' ? { receipt: result.receipt } : {};
  return `${JSON.stringify({ code, detail, status, ...receipt })}\n`;
}

function readWait(flags: Flags): boolean {
  const wait = flags.text('wait');
  if (wait !== undefined && wait !== 'published')
    throw malformed(`--wait '${wait}': only published`);
  return wait === 'published';
}

/**
 * Checks that an operand is the URL of a log.
 *
 * @throws {TransparencyError} config.malformed
 */
export function checkUrl(url: string): void {
  if (/^https?:\/\/[^/?#]+\/[^?#]+$/.test(url) && URL.canParse(url)) return;
  throw malformed(`'${url}' is not the URL of a log, as http://127.0.0.1:6962/main is`);
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
