import { TILE_WIDTH } from '../core/tile.ts';
import { parseBundlePath, parseTilePath } from '../core/tile-path.ts';
import { type Answer, type AnswerHeaders, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';

const TILE_HEADERS = answerHeaders('application/octet-stream', 'immutable');
const PRIVATE_HEADERS = answerHeaders('application/octet-stream', 'private-never');

/**
 * `GET /{log}/tile/<L>/<N>[.p/<W>]`: a hash tile. (tlog-tiles, spec/8-http.md §3)
 *
 * The path is read from the raw target: what is not its one right spelling is not found.
 */
export function getTile({ request, log }: LogExchange): Answer | Promise<Answer> {
  const tile = parseTilePath(underLog(request.path));
  const body = log.tileInMemory(tile);
  return body === undefined
    ? log.readTile(tile).then((read) => ok(TILE_HEADERS, read))
    : ok(TILE_HEADERS, body);
}

/** `GET /{log}/tile/entries/<N>[.p/<W>]`: an entry bundle. Kept by caches only where entries are public. */
export function getBundle({ request, log, services }: LogExchange): Answer | Promise<Answer> {
  const { index, width } = parseBundlePath(underLog(request.path));
  const headers = services.authOff ? TILE_HEADERS : PRIVATE_HEADERS;
  const body = width === TILE_WIDTH ? log.bundleInMemory(index) : undefined;
  return body === undefined
    ? log.readBundle(index, width).then((read) => ok(headers, read))
    : ok(headers, body);
}

function ok(headers: AnswerHeaders, body: Uint8Array): Answer {
  return { status: 200, headers, body };
}

/** `/main/tile/0/000` is `tile/0/000`. */
function underLog(path: string): string {
  return path.slice(path.indexOf('/', 1) + 1);
}
