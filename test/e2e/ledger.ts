import { type LogClient, openLogClient } from '../../src/client/log-client.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { base64 } from '../../src/core/base64.ts';
import { openBundle } from '../../src/core/bundle.ts';
import { utf8Text } from '../../src/core/bytes.ts';
import type { VerifiedCheckpoint } from '../../src/core/checkpoint.ts';
import { leafHash } from '../../src/core/hash.ts';
import { TILE_WIDTH, tileWidth } from '../../src/core/tile.ts';

/** A receipt, as far as it is held against the log. */
export interface HeldReceipt {
  readonly index: number;
  readonly leafHash: string;
}

/**
 * What a submitter remembers of a log through all its lives, and holds against it: receipts by event, events that were
 * never answered, and the highest checkpoint.
 */
export class Ledger {
  readonly #vkey: string;
  /** Receipts by the id of their event. */
  readonly receipts: Map<string, HeldReceipt> = new Map();
  /** Bodies that were sent and not answered, by the id of their event. */
  readonly unanswered: Map<string, string> = new Map();
  /** Ids by index: no index is given twice. */
  readonly #idAt = new Map<number, string>();
  /** What the verified tree holds: leaf hash and event id by index, and index by event id. */
  readonly #leafHashes: string[] = [];
  readonly #indexOf = new Map<string, number>();
  #note: Uint8Array | undefined;

  constructor(vkey: string) {
    this.#vkey = vkey;
  }

  get size(): number {
    return this.#leafHashes.length;
  }

  /** Keeps a receipt. @throws if its index was given for another event, or the event has another one already */
  answered(id: string, receipt: HeldReceipt): void {
    this.unanswered.delete(id);
    const other = this.#idAt.get(receipt.index);
    if (other !== undefined && other !== id) {
      throw new Error(`index ${receipt.index} was given to ${other} and to ${id}`);
    }
    const first = this.receipts.get(id);
    if (first !== undefined && !sameReceipt(first, receipt)) {
      throw new Error(`${id} has receipts ${JSON.stringify(first)} and ${JSON.stringify(receipt)}`);
    }
    this.#idAt.set(receipt.index, id);
    this.receipts.set(id, receipt);
  }

  /**
   * Reads the log at `url`: its head grew from the last one seen, every entry is under it, no event is in it twice, and
   * every receipt holds at its index. Waits until a published head covers the receipts.
   *
   * @throws at the first thing that does not hold
   */
  async holdAgainst(url: string): Promise<VerifiedCheckpoint> {
    const client = openLogClient({
      url,
      policy: policyOfVkey(this.#vkey),
      ...(this.#note === undefined ? {} : { known: this.#note }),
    });
    const last = Math.max(-1, ...[...this.receipts.values()].map(({ index }) => index));
    const head = await headOver(client, last);
    await this.#readTree(client, head);
    this.#note = head.note;
    for (const [id, receipt] of this.receipts) {
      const held = this.#leafHashes[receipt.index];
      if (held !== receipt.leafHash || this.#indexOf.get(id) !== receipt.index) {
        throw new Error(`the receipt of ${id} at ${receipt.index} does not hold`);
      }
    }
    return head;
  }

  /** How many entries the tree has of an event: it is at most one, or `holdAgainst` has thrown. */
  has(id: string): boolean {
    return this.#indexOf.has(id);
  }

  async #readTree(client: LogClient, head: VerifiedCheckpoint): Promise<void> {
    const { readTiles, readBundles } = client.tiles(head);
    for (let index = Math.floor(this.size / TILE_WIDTH); index * TILE_WIDTH < head.size; index++) {
      const width = tileWidth(0, index, head.size);
      const [tile] = await readTiles([{ level: 0, index, width }]);
      const [bytes] = await readBundles([{ index, width }]);
      if (tile === undefined || bytes === undefined) throw new Error(`no bundle ${index}`);
      for (const [at, entry] of openBundle({ bundle: { index, width }, bytes, tile }).entries()) {
        this.#keep(index * TILE_WIDTH + at, entry);
      }
    }
  }

  #keep(index: number, entry: Uint8Array): void {
    const hash = base64(leafHash(entry));
    const known = this.#leafHashes[index];
    if (known !== undefined) {
      if (known !== hash) throw new Error(`entry ${index} was another one before`);
      return;
    }
    this.#leafHashes[index] = hash;
    const id = eventIdOf(entry);
    if (id === undefined) return;
    const first = this.#indexOf.get(id);
    if (first !== undefined) throw new Error(`${id} is at ${first} and at ${index}`);
    this.#indexOf.set(id, index);
  }
}

async function headOver(client: LogClient, index: number): Promise<VerifiedCheckpoint> {
  for (const started = performance.now(); ; ) {
    const head = await client.checkpoint();
    if (head.size > index) return head;
    if (performance.now() - started > 10_000) {
      throw new Error(`the head has ${head.size} entries, a receipt is at ${index}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function eventIdOf(entry: Uint8Array): string | undefined {
  const leaf: unknown = JSON.parse(utf8Text(entry));
  if (typeof leaf !== 'object' || leaf === null || !('event' in leaf)) return undefined;
  const event: unknown = leaf.event;
  if (typeof event !== 'object' || event === null || !('id' in event)) return undefined;
  return String(event.id);
}

function sameReceipt(a: HeldReceipt, b: HeldReceipt): boolean {
  return a.index === b.index && a.leafHash === b.leafHash;
}
