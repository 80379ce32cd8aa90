import type { Fetch } from '../client/client.ts';
import { TransparencyError } from '../core/error.ts';
import type { CommandIo } from './command.ts';

/**
 * What a command asks a log with: the token of `VARVE_TOKEN` goes along, if there is one. A variable and no flag, since
 * flags are shown to everybody on the machine.
 *
 * @throws {TransparencyError} config.malformed for what cannot stand in a header
 */
export function fetchWithToken({ env, fetch }: CommandIo): Fetch {
  const token = env['VARVE_TOKEN'];
  if (token === undefined || token === '') return fetch;
  if (!/^[\x21-\x7e]{1,256}$/.test(token)) {
    throw new TransparencyError('config.malformed', 'VARVE_TOKEN does not hold a token');
  }
  return (url, init) => {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${token}`);
    return fetch(url, { ...init, headers });
  };
}
