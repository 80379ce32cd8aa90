import { sha256 } from '#sha256';
import { isTransparencyError } from '../../../src/core/error.ts';
import { hex } from '../../../src/core/hex.ts';
import { TILE_WIDTH, tilesOfSize, tileWidth } from '../../../src/core/tile.ts';
import { formatBundlePath, formatTilePath } from '../../../src/core/tile-path.ts';
import type { Log, SignedHead, SubmitOutcome } from '../../../src/log/log.ts';
import { ANYONE } from '../../support/test-log.ts';

/** What a log answered, by what it was asked: a digest of the answer, or `refused <code>`. */
export type Served = Readonly<Record<string, string>>;

/** A kept head, as a client that saw it asks for it. */
export interface SeenHead {
  readonly size: number;
  /** Hex SHA-256 of its note. */
  readonly noteHash: string;
}

/** What is asked of a log. */
export interface Questions {
  /** Size of the tree that is read. */
  readonly size: number;
  readonly heads: readonly SeenHead[];
  /** Indices of entries that are read one by one. */
  readonly entries: readonly number[];
  /** Events that are sent again. */
  readonly events: readonly string[];
}

/** Asks for everything that is read: the checkpoint, kept heads, every tile and bundle, entries. */
export async function readAll(log: Log, questions: Questions): Promise<Served> {
  const served: Record<string, string> = {};
  const ask = async (what: string, read: () => Promise<Uint8Array>): Promise<void> => {
    served[what] = await answerOf(read);
  };
  await ask('checkpoint', async () => headBytes(log.published));
  for (const { size, noteHash } of questions.heads) {
    await ask(`checkpoints/${size}`, async () => headBytes(await log.headOf(size)));
    const hash = new Uint8Array(Buffer.from(noteHash, 'hex'));
    await ask(`checkpoints/${size}?note=${noteHash}`, async () => {
      return headBytes(await log.headOf(size, hash));
    });
  }
  for (const tile of tilesOfSize(questions.size)) {
    await ask(formatTilePath(tile), () => log.readTile(tile));
  }
  for (let index = 0; index * TILE_WIDTH < questions.size; index++) {
    const width = tileWidth(0, index, questions.size);
    await ask(formatBundlePath(index, width), () => log.readBundle(index, width));
  }
  for (const index of questions.entries) {
    await ask(`entries/${index}`, () => log.readEntry(index));
  }
  return served;
}

/** Sends events again: each answer is that of the first time, as a duplicate. */
export async function sendAgain(log: Log, { events }: Questions): Promise<Served> {
  const served: Record<string, string> = {};
  for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
    const some = events.slice(at, at + EVENTS_AT_ONCE);
    const items = some.map((event) => new TextEncoder().encode(event));
    let outcomes: readonly SubmitOutcome[];
    try {
      outcomes = await log.submit(items, ANYONE);
    } catch (error) {
      for (const i of some.keys()) served[`event ${at + i}`] = refusalOf(error);
      continue;
    }
    for (const [i, outcome] of outcomes.entries()) {
      served[`event ${at + i}`] =
        outcome.kind === 'refused' ? refusalOf(outcome.error) : textOf(outcome);
    }
  }
  return served;
}

const EVENTS_AT_ONCE = 500;

/** How two answers differ: not at all, one was refused, an event got another entry, or it is wrong. */
export function differenceOf(before: string, now: string): 'same' | 'refused' | 'again' | 'wrong' {
  if (before === now) return 'same';
  if (now.startsWith('refused ')) return 'refused';
  // The log forgot it: not a lie, and to be found.
  return /^appended|^conflict (?!again)/.test(now) ? 'again' : 'wrong';
}

async function answerOf(read: () => Promise<Uint8Array>): Promise<string> {
  try {
    return hex(sha256(await read()));
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): string {
  if (!isTransparencyError(error)) throw error;
  return `refused ${error.code}`;
}

function headBytes(head: SignedHead | null): Uint8Array {
  if (head === null) return new Uint8Array(0);
  return Buffer.concat([head.note, head.treeHeadSignature, Buffer.from(`${head.timeMs}`)]);
}

function textOf(outcome: Exclude<SubmitOutcome, { readonly kind: 'refused' }>): string {
  const { index, leafHash, recv, duplicate } = outcome.receipt;
  const again = duplicate ? ' again' : '';
  return `${outcome.kind}${again} ${JSON.stringify({ index, leafHash, recv })}`;
}
