import { openLogClient, policyOfVkey } from '../src/client/client.ts';
import { equalBytes } from '../src/core/bytes.ts';
import { openCheckpoint } from '../src/core/checkpoint.ts';
import { leafHash } from '../src/core/hash.ts';
import { openProofFile } from '../src/core/proof-file.ts';
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
    for (const { replies } of kept)
      openCheckpoint(bytesOf(replies[0]), { logKey: parseVkey(log.vkey) });
    return kept.length;
  }
  if (reply === 'tile') {
    const tiles = client.tiles(await client.checkpoint());
    for (const { path, replies } of kept) {
      const tile = parseTilePath(path.slice(path.indexOf('tile/')));
      const [bytes = NOTHING] = await tiles.readTiles([tile]);
      if (!equalBytes(bytes, bytesOf(replies[0]))) throw new Error(`${path} is another tile`);
    }
    return kept.length;
  }
  if (reply === 'proof') {
    for (const { body, replies } of kept) {
      const hash =
        replies.length > 1 ? entryOfReceipt(body, replies[0]).leafHash : leafHash(bytesOf(body));
      openProofFile(bytesOf(replies.at(-1)), { leafHash: hash, policy });
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

function entriesOf({ body, replies }: KeptOperation, reply: ReplyKind): readonly ClaimedEntry[] {
  if (reply === 'index') {
    const text = Buffer.from(replies[0] ?? '', 'base64')
      .toString('latin1')
      .trim();
    if (!/^[0-9]{1,15}$/.test(text)) throw new Error(`no index: ${text.slice(0, 100)}`);
    return [{ leafIndex: Number(text), leafHash: leafHash(bytesOf(body)) }];
  }
  if (reply === 'receipt') return [entryOfReceipt(body, replies[0])];
  const sent = linesOf(body);
  const received = linesOf(replies[0] ?? '');
  if (sent.length !== received.length)
    throw new Error(`${received.length} of ${sent.length} lines`);
  const step = Math.ceil(sent.length / LINES_VERIFIED);
  return sent.flatMap((line, i) =>
    i % step === 0 ? [entryOfReceipt(base64Of(line), base64Of(received[i] ?? ''))] : [],
  );
}

function entryOfReceipt(body: string, reply: string | undefined): ClaimedEntry {
  const receipt = parseReceipt(bytesOf(reply));
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

function bytesOf(base64: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(base64 ?? '', 'base64'));
}

function linesOf(base64: string): readonly string[] {
  return Buffer.from(base64, 'base64').toString('utf8').trimEnd().split('\n');
}

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64');
}
