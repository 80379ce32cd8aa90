import type { Bundle } from './bundle.ts';
import { invariant, TransparencyError } from './error.ts';
import { isTile, TILE_WIDTH, type Tile } from './tile.ts';

/** Path of a tile under a log's prefix: `tile/0/x001/234.p/5`. (tlog-tiles, spec/3-tiles.md §2) */
export function formatTilePath(tile: Tile): string {
  invariant(isTile(tile), 'a tile path is formatted of a tile');
  return `tile/${tile.level}/${formatIndex(tile.index)}${formatWidth(tile.width)}`;
}

/**
 * The tile of a path, and of no other spelling of it: no leading slash, zeroes or escapes, groups of three digits, all
 * but the last with `x`, no leading group of zeroes. Level 0..63, partial width 1..255, index at most 2^53 - 1.
 *
 * @throws {TransparencyError} tile.bad-path
 */
export function parseTilePath(path: string): Tile {
  const match = /^tile\/(0|[1-9][0-9]?)\/([x0-9/]+)(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  const tile = {
    level: Number(match?.[1]),
    index: parseIndex(match?.[2] ?? ''),
    width: Number(match?.[3] ?? TILE_WIDTH),
  };
  if (!isTile(tile) || formatTilePath(tile) !== path) throw badPath(path);
  return tile;
}

/** Path of an entry bundle under a log's prefix: `tile/entries/x001/234.p/5`. */
export function formatBundlePath(index: number, width: number): string {
  invariant(isTile({ level: 0, index, width }), 'a bundle path is formatted of a bundle');
  return `tile/entries/${formatIndex(index)}${formatWidth(width)}`;
}

/**
 * The entry bundle of a path, and of no other spelling of it: as `parseTilePath`.
 *
 * @throws {TransparencyError} tile.bad-path
 */
export function parseBundlePath(path: string): Bundle {
  const match = /^tile\/entries\/([x0-9/]+)(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  const index = parseIndex(match?.[1] ?? '');
  const width = Number(match?.[2] ?? TILE_WIDTH);
  if (!isTile({ level: 0, index, width }) || formatBundlePath(index, width) !== path) {
    throw badPath(path);
  }
  return { index, width };
}

/** 1234067 → `x001/x234/067`; 0 → `000`. */
function formatIndex(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.../g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** The index of a right path; of a wrong one NaN or a number whose own path is another. */
function parseIndex(text: string): number {
  if (text.length === 0 || text.length > 32) return Number.NaN;
  return Number(text.replaceAll(/[x/]/g, ''));
}

function formatWidth(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

function badPath(path: string): TransparencyError {
  const shown = path.length > 80 ? `${path.slice(0, 80)}…` : path;
  return new TransparencyError('tile.bad-path', `not the path of a tile: ${JSON.stringify(shown)}`);
}
