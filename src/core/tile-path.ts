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
  const [, level, index = '', width] = TILE_PATH.exec(path) ?? [];
  const tile = { level: Number(level), index: parseIndex(index), width: parseWidth(width) };
  if (!isTile(tile)) throw badPath(path);
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
  const [, index = '', width] = BUNDLE_PATH.exec(path) ?? [];
  const bundle = { index: parseIndex(index), width: parseWidth(width) };
  if (!isTile({ level: 0, ...bundle })) throw badPath(path);
  return bundle;
}

/** 1234067 → `x001/x234/067`; 0 → `000`. */
function formatIndex(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/.../g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

/*
 * Exactly one spelling of each number: of the groups of an index all but the last have an `x`, the first of several is
 * not `x000`, and six hold 2^53. Levels and indices that are too large are left to `isTile`.
 */
const INDEX = '((?!x000)(?:x[0-9]{3}/){0,5}[0-9]{3})';
const WIDTH = '(?:\\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?';
const TILE_PATH = new RegExp(`^tile/(0|[1-9][0-9]?)/${INDEX}${WIDTH}$`);
const BUNDLE_PATH = new RegExp(`^tile/entries/${INDEX}${WIDTH}$`);

/** Of the text that `INDEX` found; NaN where it found none. */
function parseIndex(text: string): number {
  if (text.length === 3) return Number(text);
  return text === '' ? Number.NaN : Number(text.replaceAll('x', '').replaceAll('/', ''));
}

function parseWidth(text: string | undefined): number {
  return text === undefined ? TILE_WIDTH : Number(text);
}

function formatWidth(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

function badPath(path: string): TransparencyError {
  const shown = path.length > 80 ? `${path.slice(0, 80)}…` : path;
  return new TransparencyError('tile.bad-path', `not the path of a tile: ${JSON.stringify(shown)}`);
}
