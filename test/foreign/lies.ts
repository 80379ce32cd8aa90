import { partialTiles, TILE_WIDTH } from '../../src/core/tile.ts';
import { formatBundlePath, formatTilePath } from '../../src/core/tile-path.ts';
import type { Lie } from './lying-proxy.ts';

/** A lie and what kind of resource it is in. */
export interface NamedLie extends Lie {
  readonly kind: string;
}

/**
 * One changed bit in each kind of resource that a log of `size` > 256 entries has: full and partial bundle, full tile,
 * partial tiles of each level, and each part of the checkpoint.
 */
export async function liesAbout(log: {
  readonly url: string;
  readonly size: number;
}): Promise<readonly NamedLie[]> {
  const lies: NamedLie[] = [];
  const add = async (kind: string, path: string, choose: (bytes: Uint8Array) => number) => {
    const reply = await fetch(`${log.url}/${path}`);
    if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
    lies.push({ kind, path, bit: choose(new Uint8Array(await reply.arrayBuffer())) });
  };
  const middle = (bytes: Uint8Array) => bytes.length * 4 + 3;
  const last = (bytes: Uint8Array) => bytes.length * 8 - 1;
  const rest = log.size % TILE_WIDTH;
  const whole = Math.floor(log.size / TILE_WIDTH);

  await add('full bundle', formatBundlePath(0, TILE_WIDTH), middle);
  await add('partial bundle', formatBundlePath(whole, rest), last);
  await add('length in a bundle', formatBundlePath(0, TILE_WIDTH), () => 15);
  await add('full tile', formatTilePath({ level: 0, index: 0, width: TILE_WIDTH }), middle);
  for (const tile of partialTiles(log.size)) {
    await add(`partial tile of level ${tile.level}`, formatTilePath(tile), last);
  }
  const lineStart = (bytes: Uint8Array, line: number) =>
    8 * (new TextDecoder().decode(bytes).split('\n').slice(0, line).join('\n').length + 1);
  await add('origin of the checkpoint', 'checkpoint', () => 7);
  await add('size of the checkpoint', 'checkpoint', (bytes) => lineStart(bytes, 1) + 7);
  await add('root of the checkpoint', 'checkpoint', (bytes) => lineStart(bytes, 2) + 8 * 20 + 7);
  // The last character of the signature's base64 has bits without meaning: not that one.
  await add('signature of the checkpoint', 'checkpoint', (bytes) => 8 * (bytes.length - 20) + 7);
  return lies;
}
