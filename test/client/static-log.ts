import type { Fetch } from '../../src/client/http-fetch.ts';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { formatProofFile } from '../../src/core/proof-file.ts';
import { proveInclusion } from '../../src/core/prover.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { parseBundlePath, parseTilePath } from '../../src/core/tile-path.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { type TileStore, testEntry, tileStore } from '../reference/tile-store.ts';

/** A log that serves a tree made by the recursion, and lies where a test tells it to. */
export interface StaticLog {
  readonly url: string;
  readonly vkey: string;
  readonly fetch: Fetch;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** Replies instead of its own, by path under the log's prefix. */
  readonly lies: Map<string, () => Response>;
  tree: TileStore;
  /** Its signed head, of the whole tree or of a prefix of it. */
  note(size?: number): Uint8Array;
  /** Serves the tree of that size from now on. */
  become(size: number, entryAt?: (i: number) => Uint8Array): void;
}

export const ORIGIN = 'static.test/main';
const SEED = new Uint8Array(32).fill(0x42);

export function staticLog(size: number): StaticLog {
  const key = verifierKeyOf(ORIGIN, KEY_TYPE.ed25519, ed25519PublicKey(SEED));
  const signer = {
    origin: ORIGIN,
    ed25519PublicKey: key.publicKey,
    signNote: (message: Uint8Array) => signEd25519({ message, seed: SEED }),
  };
  const url = 'http://log.test/main';
  const log: StaticLog = {
    url,
    vkey: formatVkey(key),
    asked: [],
    lies: new Map(),
    tree: tileStore(size),
    note(prefix = log.tree.size) {
      const { rootHash } = prefix === log.tree.size ? log.tree : tileStore(prefix);
      return signCheckpoint({ origin: ORIGIN, size: prefix, rootHash }, signer);
    },
    become(newSize, entryAt = testEntry) {
      log.tree = tileStore(newSize, entryAt);
    },
    async fetch(target) {
      const path = target.slice(url.length + 1);
      log.asked.push(path);
      const lie = log.lies.get(path);
      if (lie !== undefined) return lie();
      try {
        return new Response(new Uint8Array(await bytesOf(log, path)));
      } catch {
        return new Response('not found', { status: 404 });
      }
    },
  };
  return log;
}

async function bytesOf(log: StaticLog, path: string): Promise<Uint8Array> {
  if (path === 'checkpoint') return log.note();
  const entry = /^entries\/([0-9]+)(\/proof)?$/.exec(path);
  if (entry !== null) {
    const leafIndex = Number(entry[1]);
    if (entry[2] === undefined) return log.tree.entries[leafIndex] as Uint8Array;
    const proof = await proveInclusion(log.tree, { leafIndex, treeSize: log.tree.size });
    return formatProofFile({ leafIndex, path: proof, checkpoint: log.note() });
  }
  if (path.startsWith('tile/entries/')) {
    return (await log.tree.readBundles([parseBundlePath(path)]))[0] as Uint8Array;
  }
  return (await log.tree.readTiles([parseTilePath(path)]))[0] as Uint8Array;
}
