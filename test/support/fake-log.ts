import { sha256 } from '#sha256';
import { base64 } from '../../src/core/base64.ts';
import { concat, equalBytes, utf8, utf8Text } from '../../src/core/bytes.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { leafHash } from '../../src/core/hash.ts';
import type { Receipt } from '../../src/event/receipt.ts';
import type {
  Log,
  LogState,
  LogType,
  SignedHead,
  SubmitContext,
  SubmitOutcome,
} from '../../src/log/log.ts';
import { mth } from '../reference/tree.ts';

/** A log in memory for tests of those who call one: it checks no event, signs nothing, and shows what it was asked. */
export interface FakeLog extends Log {
  state: LogState;
  /** Thrown by the next `submit` or `add`. */
  failure: Error | undefined;
  /** Outcomes that `submit` answers with instead of its own. */
  outcomes: readonly SubmitOutcome[] | undefined;
  readonly entries: Uint8Array[];
  readonly submitted: { readonly items: readonly Uint8Array[]; readonly context: SubmitContext }[];
  /** Publishes the tree of `size` entries; default all. */
  publish(size?: number): SignedHead;
  /** Does a submission publish at once? Default true. */
  publishes: boolean;
}

/** A fake log; its leaves are the submitted bytes themselves. Items that begin with `!` are refused by the code behind it. */
export function createFakeLog(type: LogType = 'events', name = 'main'): FakeLog {
  const entries: Uint8Array[] = [];
  const heads: SignedHead[] = [];
  const hashes = (): Uint8Array[] => entries.map(leafHash);

  function receiptOf(index: number, duplicate: boolean): Receipt {
    const recv = { adapter: 'native', at: 1, by: null, conflict: null, map: null, raw: null };
    const hash = leafHash(entries[index] ?? new Uint8Array(0));
    const salt = 'AAAAAAAAAAAAAAAAAAAAAA';
    return { index, leafHash: base64(hash), recv: { ...recv, salt }, duplicate };
  }

  const log: FakeLog = {
    name,
    origin: `localhost:6962/${name}`,
    type,
    vkey: `localhost:6962/${name}+00000000+AAAA`,
    p256PublicKey: new Uint8Array(91),
    state: { kind: 'running' },
    failure: undefined,
    outcomes: undefined,
    entries,
    submitted: [],
    publishes: true,
    witnesses: [],
    custody: null,
    reportSeen: async () => 'contained',
    async appendOwn() {
      throw new TransparencyError('log.halted', 'a fake log appends nothing of its own');
    },
    get figures() {
      const integratedSize = entries.length;
      return {
        integratedSize,
        publishedSize: this.publishedSize,
        pooledEntries: 0,
        pooledBytes: 0,
        poolFill: 0,
        unwitnessed: false,
        unconfirmedWitnesses: [],
        scrubbedAtMs: null,
      };
    },
    get published() {
      return heads.at(-1) ?? null;
    },
    get publishedSize() {
      return heads.at(-1)?.size ?? 0;
    },
    publish(size = entries.length) {
      const rootHash = mth(hashes().slice(0, size));
      const text = `${this.origin}\n${size}\n${base64(rootHash)}\n`;
      const line = `— ${this.origin} ${base64(new Uint8Array(68).fill(heads.length + 1))}\n`;
      const head: SignedHead = {
        size,
        rootHash,
        note: utf8(`${text}\n${line}`),
        timeMs: 1_700_000_000_000 + heads.length,
        treeHeadSignature: Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1),
      };
      heads.push(head);
      return head;
    },
    async submit(items, context) {
      this.submitted.push({ items, context });
      if (this.failure !== undefined) throw this.failure;
      if (type !== 'events') throw new TransparencyError('log.wrong-type', 'entries are bytes');
      if (this.outcomes !== undefined) return this.outcomes;
      const outcomes = items.map((item): SubmitOutcome => {
        const text = utf8Text(item).trim();
        if (text.startsWith('"!')) {
          const error = new TransparencyError('event.schema', 'src: missing');
          return { kind: 'refused', error };
        }
        const index = entries.findIndex((entry) => equalBytes(entry, item));
        if (index >= 0) return { kind: 'duplicate', receipt: receiptOf(index, true) };
        entries.push(item.slice());
        return { kind: 'appended', receipt: receiptOf(entries.length - 1, false) };
      });
      if (this.publishes) this.publish();
      return outcomes;
    },
    tenant: 'acme',
    async submitMapped(items, context) {
      return this.submit(
        items.map(({ raw }) => raw),
        context,
      );
    },
    pseudonym: (label, content) => sha256(concat(utf8(`${label}\n`), content)).subarray(0, 16),
    async add(entry) {
      if (this.failure !== undefined) throw this.failure;
      if (type !== 'opaque') throw new TransparencyError('log.wrong-type', 'entries are events');
      entries.push(entry.slice());
      if (this.publishes) this.publish();
      return entries.length - 1;
    },
    async readOpenings(index) {
      await this.readEntry(index);
      return { openings: [], erased: [], unreadable: [] };
    },
    async waitPublished(size, until) {
      if (this.publishedSize >= size) return this.published as SignedHead;
      await new Promise((resolve) => {
        if (typeof until === 'number') setTimeout(resolve, until);
        else until.addEventListener('abort', resolve);
      });
      throw new TransparencyError('log.not-published', `size ${size} is not published yet`);
    },
    async headOf(size, noteHash) {
      const head = heads.findLast(
        (h) => h.size === size && (noteHash === undefined || equalBytes(sha256(h.note), noteHash)),
      );
      if (head !== undefined) return head;
      throw new TransparencyError('checkpoint.not-found', `no head of size ${size} is kept`);
    },
    async readTile(tile) {
      const span = 256 ** tile.level;
      const first = tile.index * 256 * span;
      if (first + tile.width * span > this.publishedSize) {
        throw new TransparencyError('tile.not-found', 'beyond the published tree');
      }
      const all = hashes();
      return concat(
        ...Array.from({ length: tile.width }, (_, i) =>
          mth(all.slice(first + i * span, first + (i + 1) * span)),
        ),
      );
    },
    tileInMemory: () => undefined,
    bundleInMemory: () => undefined,
    async readBundle(index, width) {
      if (index * 256 + width > this.publishedSize) {
        throw new TransparencyError('bundle.not-found', 'beyond the published tree');
      }
      return concat(
        ...entries.slice(index * 256, index * 256 + width).map((entry) => {
          const { length } = entry;
          return concat(Uint8Array.of(Math.floor(length / 256), length % 256), entry);
        }),
      );
    },
    async readEntry(index) {
      const entry = index < this.publishedSize ? entries[index] : undefined;
      if (entry !== undefined) return entry;
      throw new TransparencyError('entry.not-found', `no entry ${index}`);
    },
    async indexOfLeafHash(hash) {
      const found = entries.findIndex((entry) => equalBytes(leafHash(entry), hash));
      return found >= 0 && found < this.publishedSize ? found : undefined;
    },
    tiles: { readTiles: (tiles) => Promise.all(tiles.map((tile) => log.readTile(tile))) },
    close: async () => 'whole',
  };
  return log;
}
