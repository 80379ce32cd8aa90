import { isIP } from 'node:net';
import { TransparencyError } from '../core/error.ts';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Can nobody but this machine reach it? */
  readonly isLoopback: boolean;
  /** As it was given. */
  readonly text: string;
}

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `PORT`.
 *
 * @throws {TransparencyError} config.malformed
 */
export function parseListenAddress(text: string): ListenAddress {
  const parts = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?([0-9]{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2] ?? '127.0.0.1';
  const port = Number(parts?.[3] ?? Number.NaN);
  if (!(port <= 65_535) || (parts?.[1] !== undefined && isIP(host) !== 6)) {
    throw new TransparencyError('config.malformed', `--listen '${text}' is not HOST:PORT`);
  }
  // Not asked of the system: what it calls localhost may be another address.
  if (host === 'localhost') return { host: '127.0.0.1', port, isLoopback: true, text };
  const isLoopback = host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  return { host, port, isLoopback, text };
}
