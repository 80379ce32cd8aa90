import { isIP } from 'node:net';
import { TransparencyError } from '../core/error.ts';

/** Where a server listens. */
export interface ListenAddress {
  /** An address of loopback. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `PORT`. Without tokens, whoever reaches the server may write, so only addresses of
 * loopback are taken.
 *
 * @throws {TransparencyError} config.malformed; start.refused for an address that others can reach
 */
export function parseListenAddress(text: string): ListenAddress {
  const parts = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?([0-9]{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2] ?? '127.0.0.1';
  const port = Number(parts?.[3] ?? Number.NaN);
  if (!(port <= 65_535) || (parts?.[1] !== undefined && isIP(host) !== 6)) {
    throw new TransparencyError('config.malformed', `--listen '${text}' is not HOST:PORT`);
  }
  // Not asked of the system: what it calls localhost may be another address.
  if (host === 'localhost') return { host: '127.0.0.1', port };
  if (host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return { host, port };
  throw new TransparencyError(
    'start.refused',
    `--listen ${text} can be reached from other machines, and without tokens whoever reaches it may write. ` +
      'This version has no tokens yet: listen on 127.0.0.1, and put a proxy on this machine in front of it that knows its callers',
  );
}
