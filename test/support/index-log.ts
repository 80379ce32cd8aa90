import { utf8 } from '../../src/core/bytes.ts';
import {
  openCheckpoint,
  signCheckpoint,
  type VerifiedCheckpoint,
} from '../../src/core/checkpoint.ts';
import { TransparencyError } from '../../src/core/error.ts';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { parseEvent } from '../../src/event/event.ts';
import { formatLeaf } from '../../src/event/leaf.ts';
import type { JsonObject } from '../../src/event/strict-json.ts';
import type { IndexedLog } from '../../src/lookup/lookup.ts';
import { type TileStore, tileStore } from '../reference/tile-store.ts';
import { mth, referenceLeafHash } from '../reference/tree.ts';
import { testSigner } from './test-signer.ts';

/** A log in memory that an index follows, and that a test can make forget, refuse and lie. */
export interface IndexLog extends IndexedLog {
  readonly entries: Uint8Array[];
  publishedSize: number;
  /** What the index is shown of an entry, in its place: an index that lies. */
  doctor: (entry: Uint8Array, index: number) => Uint8Array;
  /** What the next append of a head does. */
  failure: 'none' | 'refused' | 'unknown, done' | 'unknown, undone';
  append(...entries: readonly Uint8Array[]): void;
  /** Publishes the tree of `size` entries; default all. */
  publish(size?: number): void;
  /** Root hash of the tree of a size. */
  rootOf(size: number): Uint8Array;
  /** Tiles of the tree of a size. */
  tilesOf(size: number): TileStore;
  /** The signed, verified checkpoint of a size. */
  checkpoint(size?: number): VerifiedCheckpoint;
  readonly vkey: ReturnType<typeof verifierKeyOf>;
}

const signer = testSigner();

/** A log without entries. */
export function indexLog(): IndexLog {
  const { origin } = signer;
  const vkey = verifierKeyOf(origin, KEY_TYPE.ed25519, signer.ed25519PublicKey);
  const entries: Uint8Array[] = [];
  const stores = new Map<number, TileStore>();
  const hashes: Uint8Array[] = [];
  const rootOf = (size: number): Uint8Array => {
    while (hashes.length < size)
      hashes.push(referenceLeafHash(entries[hashes.length] as Uint8Array));
    return mth(hashes, 0, size);
  };
  let waiters: (() => void)[] = [];
  const log: IndexLog = {
    origin,
    vkey,
    entries,
    publishedSize: 0,
    failure: 'none',
    doctor: (entry) => entry,
    append(...added) {
      entries.push(...added);
    },
    publish(size = entries.length) {
      log.publishedSize = size;
      const woken = waiters;
      waiters = [];
      for (const wake of woken) wake();
    },
    rootOf,
    tilesOf(size) {
      const known = stores.get(size);
      if (known !== undefined) return known;
      if (stores.size > 50) stores.clear();
      const made = tileStore(size, (i) => entries[i] as Uint8Array);
      stores.set(size, made);
      return made;
    },
    checkpoint(size = log.publishedSize) {
      const rootHash = rootOf(size);
      const note = signCheckpoint({ origin, size, rootHash }, signer);
      return openCheckpoint(note, { logKey: vkey });
    },
    async *follow(cursor, signal) {
      let at = cursor?.size ?? 0;
      if (cursor !== null && at > log.publishedSize) {
        throw new TransparencyError('consistency.mismatch', 'ahead of the log');
      }
      if (cursor !== null && !sameBytes(rootOf(at), cursor.rootHash)) {
        throw new TransparencyError('consistency.mismatch', 'another tree');
      }
      while (!signal.aborted) {
        if (at >= log.publishedSize) {
          await new Promise<void>((resolve) => {
            const wake = (): void => {
              signal.removeEventListener('abort', wake);
              resolve();
            };
            waiters.push(wake);
            signal.addEventListener('abort', wake);
          });
          continue;
        }
        const end = Math.min(log.publishedSize, at + 7);
        const batch = entries.slice(at, end).map((entry, i) => log.doctor(entry, at + i));
        const rootHash = rootOf(end);
        yield { firstIndex: at, entries: batch, cursor: { size: end, rootHash } };
        at = end;
      }
    },
    async published() {
      const size = log.publishedSize;
      return size === 0 ? null : { size, rootHash: rootOf(size) };
    },
    async integratedSize() {
      return entries.length;
    },
    async rootAt(size) {
      return rootOf(size);
    },
    async appendIndexHead(leaf) {
      const { failure } = log;
      log.failure = 'none';
      if (failure === 'refused') throw new TransparencyError('pool.full', 'no room');
      if (failure !== 'unknown, undone') entries.push(leaf.slice());
      if (failure !== 'none') throw new Error('the worker lost the answer');
      return entries.length - 1;
    },
  };
  return log;
}

/** Bytes of the leaf of an event that carries these keys, each a small text. */
export function indexEvent(
  id: string | number,
  fields: {
    readonly actor?: string;
    readonly cred?: string;
    readonly deleg?: string;
    readonly kind?: string;
    /** Beside its id and format. */
    readonly src?: JsonObject;
  } = {},
): Uint8Array {
  const event: JsonObject = {
    v: 'nhi.event/1',
    id: `e-${id}`,
    kind: fields.kind ?? 'tool.invoke',
    phase: 'complete',
    tenant: 'acme',
    time: { occurred: '2026-11-20T09:27:00Z' },
    src: { id: 'gw-1', format: 'native', ...fields.src },
    actor: { type: 'ai_agent', id: fields.actor ?? 'agent' },
    action: { name: 'call', class: 'exec' },
    outcome: { result: 'success' },
    ...(fields.cred === undefined ? {} : { cred: { type: 'api_key', id: fields.cred } }),
    ...(fields.deleg === undefined
      ? {}
      : { deleg: [{ type: 'human', id: 'sub:1', token_id: fields.deleg }] }),
  };
  return formatLeaf({
    eventCanonical: parseEvent(event).canonical,
    recv: {
      adapter: 'native',
      at: 1_795_166_821_000,
      by: null,
      conflict: null,
      map: null,
      raw: null,
      salt: 'AAECAwQFBgcICQoLDA0ODw',
    },
    sig: null,
  });
}

/** Bytes that are no leaf. */
export const NO_LEAF: Uint8Array = utf8('no leaf');

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
