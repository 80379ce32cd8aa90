import { TransparencyError } from '../core/error.ts';
import { parseLeaf } from '../event/leaf.ts';
import { tellOpenings } from '../event/told-openings.ts';
import type { Log } from '../log/log.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { keptHead, publishedHead } from './heads.ts';
import { integerParameter, parseInteger } from './parameters.ts';
import type { Principal } from './principal.ts';
import { proofUnder } from './proofs.ts';
import { pathSegment } from './request.ts';

/** `GET /{log}/entries/{index}`: the exact bytes of the entry. (spec/8-http.md §1) */
export async function getEntry(exchange: LogExchange): Promise<Answer> {
  const { request, log, services, principal } = exchange;
  const body = await log.readEntry(indexOf(pathSegment(request, 2)));
  checkOwn(principal, log, body);
  const type = log.type === 'events' ? 'application/json' : 'application/octet-stream';
  const caching = services.authOff ? 'immutable' : 'private-never';
  return { status: 200, headers: answerHeaders(type, caching), body };
}

/**
 * `GET /{log}/entries/{index}/proof[?size=N]`: the proof file of an entry, under the published head or a kept one.
 * (tlog-proof, spec/7-proof-file.md)
 */
export async function getProof(exchange: LogExchange): Promise<Answer> {
  const { request, log, services, principal } = exchange;
  const index = pathSegment(request, 2);
  const leafIndex = indexOf(index);
  const size = integerParameter(request, 'size');
  const head = size === undefined ? publishedHead(log) : await keptHead(log, { size });
  if (leafIndex >= head.size) throw notFound(index);
  if (!principal.roles.has('audit')) checkOwn(principal, log, await log.readEntry(leafIndex));
  const body = await proofUnder(head, { log, leafIndex });
  const caching = services.authOff ? 'revalidate' : 'private-never';
  return { status: 200, headers: answerHeaders('text/plain; charset=utf-8', caching), body };
}

/**
 * `GET /{log}/entries/{index}/openings`: what is kept of the values that an entry withholds. (spec/14-privacy.md §4)
 */
export async function getOpenings({ request, log, principal }: LogExchange): Promise<Answer> {
  const index = indexOf(pathSegment(request, 2));
  const told = tellOpenings({ index, ...(await log.readOpenings(index, principal.name)) });
  const headers = answerHeaders('application/json', 'private-never');
  return { status: 200, headers, body: JSON.stringify(told) };
}

/**
 * Checks that an entry is for those who audit, or for who sent it: its leaf says who that was.
 *
 * @throws {TransparencyError} request.forbidden
 */
function checkOwn(principal: Principal, log: Pick<Log, 'type'>, entry: Uint8Array): void {
  if (principal.roles.has('audit')) return;
  const leaf = log.type === 'events' ? parseLeaf(entry) : undefined;
  if (leaf?.v === 'nhi.leaf/1' && leaf.recv.by !== null && leaf.recv.by === principal.name) return;
  throw new TransparencyError('request.forbidden', 'the token did not send this entry');
}

function indexOf(text: string): number {
  const index = parseInteger(text);
  if (index === undefined) throw notFound(text);
  return index;
}

function notFound(index: string): TransparencyError {
  const shown = JSON.stringify(index.slice(0, 20));
  return new TransparencyError('entry.not-found', `no entry ${shown} in the published tree`);
}
