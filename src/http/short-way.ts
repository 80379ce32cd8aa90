import type { IncomingMessage, ServerResponse } from 'node:http';
import { invariant } from '../core/error.ts';
import type { LogServer } from './log-server.ts';
import { type HttpRequest, requestOfNode } from './request.ts';
import type { Route } from './routes.ts';

/** Takes a request off the way through Hono, or leaves it there: false. */
export type ShortWay = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** The routes that take it, and the targets of each. They and `Host` are in their usual spelling, or go the long way. */
const WAYS: readonly { readonly method: string; readonly path: string; readonly target: RegExp }[] =
  [
    { method: 'POST', path: '/:log/events', target: /^\/[a-z0-9-]{1,63}\/events(?:\?|$)/ },
    { method: 'POST', path: '/:log/add', target: /^\/[a-z0-9-]{1,63}\/add$/ },
    { method: 'GET', path: '/:log/checkpoint', target: /^\/[a-z0-9-]{1,63}\/checkpoint$/ },
    {
      method: 'GET',
      path: '/:log/tile/:level{[0-9]+}/*',
      target: /^\/[a-z0-9-]{1,63}\/tile\/[0-9]{1,2}\/[0-9x/]{1,64}$/,
    },
    {
      method: 'GET',
      path: '/:log/tile/entries/*',
      target: /^\/[a-z0-9-]{1,63}\/tile\/entries\/[0-9x/]{1,64}$/,
    },
    {
      method: 'GET',
      path: '/:log/entries/:index/proof',
      target: /^\/[a-z0-9-]{1,63}\/entries\/[0-9]{1,16}\/proof$/,
    },
  ];

const HOST = /^[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?$/;

/**
 * A way around Hono for the routes that are taken for every entry: the same route, checks and handler, without a `Request`
 * and a `Response` between. A quarter of the server's time for a POST, half of it for a tile (bench/http-floor.ts); a
 * test compares the answers.
 */
export function createShortWay(server: LogServer, routes: readonly Route[]): ShortWay {
  const ways = WAYS.map(({ method, path, target }) => {
    const route = routes.find((one) => one.method === method && one.path === path);
    invariant(route !== undefined, `a short way to a route: ${method} ${path}`);
    return { method, target, route };
  });
  return (incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    if (!HOST.test(headers.host ?? '')) return false;
    const way = ways.find((one) => one.method === method && one.target.test(url));
    if (way === undefined) return false;
    const request = requestOfNode(incoming);
    void answerDirectly({ server, route: way.route, request, incoming, outgoing });
    return true;
  };
}

async function answerDirectly(way: {
  readonly server: LogServer;
  readonly route: Route;
  readonly request: HttpRequest;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}): Promise<void> {
  const { server, route, request, incoming, outgoing } = way;
  const answer = await server.answer(route, request);
  if (outgoing.destroyed) return;
  if (!incoming.complete) leaveUnread(incoming, outgoing);
  const { status, headers, body } = answer;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  outgoing.writeHead(status, { ...headers, 'Content-Length': length });
  outgoing.end(body);
}

/** Time in which a sender whose body is not read can still read why. */
const LINGER_MS = 500;

/** The rest of the body is thrown away for a moment, then the connection ends: closed at once, it would be reset. */
function leaveUnread(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.shouldKeepAlive = false;
  outgoing.once('finish', () => {
    incoming.resume();
    const end = setTimeout(() => incoming.socket.destroy(), LINGER_MS);
    end.unref();
    incoming.once('end', () => clearTimeout(end));
  });
}
