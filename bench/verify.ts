import { openLogClient, policyOfVkey } from '../src/client/client.ts';
import { equalBytes, utf8 } from '../src/core/bytes.ts';
import { openCheckpoint } from '../src/core/checkpoint.ts';
import { leafHash } from '../src/core/hash.ts';
import { openProofFile, parseProofFile } from '../src/core/proof-file.ts';
import { parseTilePath } from '../src/core/tile-path.ts';
import { parseVkey } from '../src/core/vkey.ts';
import { checkReceipt, parseReceipt } from '../src/event/receipt.ts';
import { parseSubmission } from '../src/event/submission.ts';
import type { KeptOperation } from './load/order.ts';
import type { ServedLog } from './systems.ts';

/** What the replies of a load are. */
export type ReplyKind = 'receipt' | 'receipts' | 'index' | 'proof' | 'checkpoint' | 'tile' | 'none';

/** What was answered, and by whom. */
export interface Claim {
  readonly url: string;
  readonly log: ServedLog | null;
  readonly reply: ReplyKind;
  readonly kept: readonly KeptOperation[];
}

/** Lines of one answered body that are verified. */
const LINES_VERIFIED = 4;
/** A head that covers what was answered must come within this time. */
const HEAD_WAIT_MS = 15_000;

/**
 * Verifies what a load kept, with the client that believes nothing: each receipt is of the event that was sent, and each
 * entry is in the tree of a checkpoint that the log signed. How many things were verified.
 *
 * @throws what the client throws, at the first lie; if there is nothing to verify
 */
export async function verifyKept(claim: Claim): Promise<number> {
  const { log, reply, kept } = claim;
  if (reply === 'none' || log === null) return 0;
  if (kept.length === 0) throw new Error('no operation was kept');
  const policy = policyOfVkey(log.vkey);
  const client = openLogClient({ url: `${claim.url}${log.path}`, policy });
  if (reply === 'checkpoint') {
    for (const { reply } of kept) openCheckpoint(bytesOf(reply), { logKey: parseVkey(log.vkey) });
    return kept.length;
  }
  if (reply === 'tile') {
    const tiles = client.tiles(await client.checkpoint());
    for (const { path, reply } of kept) {
      const tile = parseTilePath(path.slice(path.indexOf('tile/')));
      const [bytes = NOTHING] = await tiles.readTiles([tile]);
      if (!equalBytes(bytes, bytesOf(reply))) throw new Error(`${path} is another tile`);
    }
    return kept.length;
  }
  if (reply === 'proof') {
    for (const { body, reply } of kept) {
      const file = bytesOf(reply);
      const { extra } = parseProofFile(file);
      // Ours tells the receipt in its extra line; the peer's has none, and its entries are the bodies themselves.
      const hash =
        extra === undefined ? leafHash(bytesOf(body)) : entryOfReceipt(body, extra).leafHash;
      openProofFile(file, { leafHash: hash, policy });
    }
    return kept.length;
  }
  const entries = kept.flatMap((operation) => entriesOf(operation, reply));
  const highest = Math.max(...entries.map(({ leafIndex }) => leafIndex));
  await untilCovered(client, highest);
  for (const { leafIndex, leafHash } of entries) {
    const proven = await client.proveInclusion(leafIndex);
    if (!equalBytes(proven.leafHash, leafHash)) {
      throw new Error(`entry ${leafIndex} is another one`);
    }
  }
  return entries.length;
}

/** An entry that somebody claims to have appended. */
interface ClaimedEntry {
  readonly leafIndex: number;
  readonly leafHash: Uint8Array;
}

function entriesOf({ body, reply }: KeptOperation, kind: ReplyKind): readonly ClaimedEntry[] {
  if (kind === 'index') {
    const text = Buffer.from(reply, 'base64').toString('latin1').trim();
    if (!/^[0-9]{1,15}$/.test(text)) throw new Error(`no index: ${text.slice(0, 100)}`);
    return [{ leafIndex: Number(text), leafHash: leafHash(bytesOf(body)) }];
  }
  if (kind === 'receipt') return [entryOfReceipt(body, bytesOf(reply))];
  const sent = linesOf(body);
  const received = linesOf(reply);
  if (sent.length !== received.length)
    throw new Error(`${received.length} of ${sent.length} lines`);
  const step = Math.ceil(sent.length / LINES_VERIFIED);
  return sent.flatMap((line, i) =>
    i % step === 0 ? [entryOfReceipt(base64Of(line), utf8(received[i] ?? ''))] : [],
  );
}

function entryOfReceipt(body: string, reply: Uint8Array): ClaimedEntry {
  const receipt = parseReceipt(reply);
  if (receipt.duplicate) throw new Error(`entry ${receipt.index} is a duplicate`);
  checkReceipt(receipt, parseSubmission(bytesOf(body)));
  return { leafIndex: receipt.index, leafHash: bytesOf(receipt.leafHash) };
}

async function untilCovered(
  client: ReturnType<typeof openLogClient>,
  leafIndex: number,
): Promise<void> {
  for (const started = performance.now(); ; ) {
    const { size } = await client.checkpoint();
    if (size > leafIndex) return;
    if (performance.now() - started > HEAD_WAIT_MS) {
      throw new Error(`entry ${leafIndex} was answered, the head has ${size}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const NOTHING = new Uint8Array(0);

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function linesOf(base64: string): readonly string[] {
  return Buffer.from(base64, 'base64').toString('utf8').trimEnd().split('\n');
}

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64');
}
