import {
  type Bundle,
  type BundleSource,
  ENTRY_BYTES_MAX,
  formatBundle,
  parseBundle,
} from '../core/bundle.ts';
import { TransparencyError } from '../core/error.ts';
import { HASH_LENGTH } from '../core/hash.ts';
import { TILE_WIDTH, type Tile } from '../core/tile.ts';
import { formatBundlePath, formatTilePath } from '../core/tile-path.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { Fetch } from './http-fetch.ts';
import { fetchPatiently, type RetryPolicy } from './retry.ts';

/** Where a log is, and how patient its reader is. */
export interface LogLocation {
  /** Prefix of the log's paths, with or without a slash at its end: `http://127.0.0.1:6962/main`. */
  readonly url: string;
  readonly fetch: Fetch;
  /** Time for one reply, ms. Default 30,000. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  /** Headers of each request, asked for anew each time. Default: none. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/**
 * Tiles and bundles of a log as tlog-tiles serves them, **not verified**: `authenticatedTiles` and `openBundle` do that.
 *
 * A log may forget a partial tile once the full one is there: where a partial one is not found, the full one is read
 * and cut. (tlog-tiles, spec/3-tiles.md)
 *
 * Both readers refuse: tile.not-found or bundle.not-found, reply.*
 */
export function httpTiles(location: LogLocation): TileSource & BundleSource {
  return {
    readTiles: (tiles, signal) =>
      mapBounded(tiles, REQUESTS_MAX, (tile) => readTile(location, tile, signal)),
    readBundles: (bundles, signal) =>
      mapBounded(bundles, REQUESTS_MAX, (bundle) => readBundle(location, bundle, signal)),
  };
}

/**
 * The bytes of one resource of a log, or undefined if there is none (404).
 *
 * @throws {TransparencyError} reply.*, reply.status for any status but 200 and 404
 */
export async function readResource(
  location: LogLocation,
  resource: { readonly path: string; readonly bytesMax: number },
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const url = `${location.url.replace(/\/+$/, '')}/${resource.path}`;
  const reply = await fetchPatiently(
    {
      fetch: location.fetch,
      url,
      ...(location.headers === undefined ? {} : { headers: location.headers() }),
      replyBytesMax: resource.bytesMax,
      timeoutMs: location.timeoutMs ?? 30_000,
      ...(signal === undefined ? {} : { signal }),
    },
    { attemptsMax: 3, ...location.retry },
  );
  if (reply.status === 200) return reply.bytes;
  if (reply.status === 404) return undefined;
  throw new TransparencyError('reply.status', `${url} answered ${reply.status}`, {
    details: { status: reply.status },
  });
}

/** Requests that are open at one time. Bundles may have 16 MiB each. */
const REQUESTS_MAX = 6;
const BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX);

async function readTile(
  location: LogLocation,
  tile: Tile,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const whole = { ...tile, width: TILE_WIDTH };
  for (const candidate of tile.width < TILE_WIDTH ? [tile, whole] : [tile]) {
    const path = formatTilePath(candidate);
    const bytesMax = candidate.width * HASH_LENGTH;
    const bytes = await readResource(location, { path, bytesMax }, signal);
    // A tile of another length keeps it: whoever verifies refuses it.
    if (bytes?.length === bytesMax) return bytes.subarray(0, tile.width * HASH_LENGTH);
    if (bytes !== undefined) return bytes;
  }
  throw new TransparencyError('tile.not-found', formatTilePath(tile));
}

async function readBundle(
  location: LogLocation,
  bundle: Bundle,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const path = formatBundlePath(bundle.index, bundle.width);
  const bytesMax = BUNDLE_BYTES_MAX;
  const bytes = await readResource(location, { path, bytesMax }, signal);
  if (bytes !== undefined) return bytes;
  if (bundle.width < TILE_WIDTH) {
    const wholePath = formatBundlePath(bundle.index, TILE_WIDTH);
    const whole = await readResource(location, { path: wholePath, bytesMax }, signal);
    if (whole !== undefined) return cutBundle(whole, bundle.width);
  }
  throw new TransparencyError('bundle.not-found', path);
}

/** The first `width` entries of a bundle. */
function cutBundle(bytes: Uint8Array, width: number): Uint8Array {
  return formatBundle(parseBundle(bytes, TILE_WIDTH).slice(0, width));
}

/** Results in the order of the items, with at most `inFlightMax` calls open. The first failure is thrown. */
async function mapBounded<T, R>(
  items: readonly T[],
  inFlightMax: number,
  call: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  async function work(): Promise<void> {
    while (next < items.length) {
      const at = next++;
      results[at] = await call(items[at] as T);
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(inFlightMax, items.length) }, work));
  } finally {
    // After a failure the other workers take no more.
    next = items.length;
  }
  return results;
}
