import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatBundle } from '../../src/core/bundle.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { leafHash } from '../../src/core/hash.ts';
import { ed25519PublicKey as ed25519PublicKeyOf, signEd25519 } from '../../src/core/signature.ts';
import { TILE_WIDTH, tileRoot } from '../../src/core/tile.ts';
import { formatBundlePath, formatTilePath } from '../../src/core/tile-path.ts';
import { appendToEdge, EMPTY_EDGE, rootOfEdge } from '../../src/core/tree.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';

/** A log made of `core/` alone, as files. */
export interface MadeLog {
  readonly folder: string;
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
}

/**
 * Writes a log of `size` entries as static files: checkpoint, tiles, bundles. Entries are 0 to 299 bytes long, the same
 * for the same index; the key is fixed, and signs nothing but such logs.
 */
export function makeLog(folder: string, size: number): MadeLog {
  const origin = `static.test/${size}`;
  const entries = Array.from({ length: size }, (_, index) => madeEntry(index));
  const write = (path: string, bytes: Uint8Array) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  };

  let edge = EMPTY_EDGE;
  let hashes = entries.map(leafHash);
  for (const hash of hashes) edge = appendToEdge(edge, hash);
  for (const [index, part] of partsOf(entries).entries()) {
    write(formatBundlePath(index, part.length), formatBundle(part));
  }
  for (let level = 0; hashes.length > 0; level++) {
    const roots: Uint8Array[] = [];
    for (const [index, part] of partsOf(hashes).entries()) {
      const bytes = concat(...part);
      write(formatTilePath({ level, index, width: part.length }), bytes);
      if (part.length === TILE_WIDTH) roots.push(tileRoot(bytes));
    }
    hashes = roots;
  }

  const ed25519PublicKey = ed25519PublicKeyOf(SEED);
  const signer = {
    origin,
    ed25519PublicKey,
    signNote: (message: Uint8Array) => signEd25519({ message, seed: SEED }),
  };
  write('checkpoint', signCheckpoint({ origin, size, rootHash: rootOfEdge(edge) }, signer));
  const key = verifierKeyOf(origin, KEY_TYPE.ed25519, ed25519PublicKey);
  return { folder, origin, vkey: formatVkey(key), size };
}

/** The entry that a made log has at an index. */
export function madeEntry(index: number): Uint8Array {
  return utf8(`entry ${index} `.padEnd((index * 7919) % 300, '-').slice(0, (index * 7919) % 300));
}

const SEED = new Uint8Array(32).fill(0x56);

/** Runs of 256, and the rest. */
function partsOf<T>(items: readonly T[]): readonly T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += TILE_WIDTH) {
    parts.push(items.slice(start, start + TILE_WIDTH));
  }
  return parts;
}
