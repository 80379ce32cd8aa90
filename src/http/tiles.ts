import { parseBundlePath, parseTilePath } from '../core/tile-path.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';

const TILE_HEADERS = answerHeaders('application/octet-stream', 'immutable');

/**
 * `GET /{log}/tile/<L>/<N>[.p/<W>]`: a hash tile. (tlog-tiles, spec/8-http.md §3)
 *
 * The path is read from the raw target: what is not its one right spelling is not found.
 */
export async function getTile({ request, log }: LogExchange): Promise<Answer> {
  const tile = parseTilePath(underLog(request.path));
  return { status: 200, headers: TILE_HEADERS, body: await log.readTile(tile) };
}

/** `GET /{log}/tile/entries/<N>[.p/<W>]`: an entry bundle. Kept by caches only where entries are public. */
export async function getBundle({ request, log, services }: LogExchange): Promise<Answer> {
  const bundle = parseBundlePath(underLog(request.path));
  const body = await log.readBundle(bundle.index, bundle.width);
  const caching = services.authOff ? 'immutable' : 'private-never';
  return { status: 200, headers: answerHeaders('application/octet-stream', caching), body };
}

/** `/main/tile/0/000` is `tile/0/000`. */
function underLog(path: string): string {
  return path.slice(path.indexOf('/', 1) + 1);
}
