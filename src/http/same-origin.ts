import { TransparencyError } from '../core/error.ts';
import type { HttpRequest } from './request.ts';

/** Names by which a server on loopback is reached. */
export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * A check that keeps web pages out of a server that asks for no token. (spec/8-http.md §7)
 *
 * Every page that a browser on this machine shows can send requests to loopback. Three things tell them apart: the
 * name in `Host`, which a page that rebinds its own name cannot choose; `Origin`; and `Sec-Fetch-Site`. Pages on other
 * ports of this machine are foreign as well.
 *
 * @param allowedHosts  names without port that `Host` may carry; null: any, where a token is asked for anyway
 */
export function createSameOriginCheck(
  allowedHosts: readonly string[] | null,
): (request: HttpRequest) => void {
  const names = allowedHosts === null ? null : new Set(allowedHosts.map((h) => h.toLowerCase()));
  let lastAllowed = '';

  /** @throws {TransparencyError} request.host-not-allowed, request.cross-site */
  return function checkSameOrigin(request: HttpRequest): void {
    const host = request.header('host') ?? '';
    // Nearly all requests carry the same Host; the shortest way for them.
    if (names !== null && (host !== lastAllowed || host === '')) {
      if (!names.has(nameOfHost(host))) throw hostNotAllowed();
      lastAllowed = host;
    }
    const site = request.header('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new TransparencyError('request.cross-site', 'sent by a page of another site');
    }
    const origin = request.header('origin');
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      throw new TransparencyError('request.cross-site', 'Origin is not this server');
    }
  };
}

/** `[::1]:6962` is `[::1]`, `localhost:6962` is `localhost`. */
function nameOfHost(host: string): string {
  const bracket = host.lastIndexOf(']');
  const colon = host.indexOf(':', bracket + 1);
  return (colon < 0 ? host : host.slice(0, colon)).toLowerCase();
}

function hostNotAllowed(): TransparencyError {
  return new TransparencyError(
    'request.host-not-allowed',
    'Host is none of the names that this server answers to',
  );
}
