import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogServer } from './log-server.ts';
import { type HttpRequest, requestOfNode } from './request.ts';
import type { Route } from './routes.ts';

/** Takes a request off the way through Hono, or leaves it there: false. */
export type ShortWay = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

const EVENTS = /^\/[a-z0-9-]{1,63}\/events(?:\?|$)/;
const ADD = /^\/[a-z0-9-]{1,63}\/add$/;

/**
 * A way around Hono for the two routes that every entry takes: the same route, checks and handler, without a `Request`
 * and a `Response` between. A quarter of the server's time for each (bench/http-floor.ts); a test compares the answers.
 *
 * A target in any unusual spelling goes the long way.
 */
export function createShortWay(server: LogServer, routes: readonly Route[]): ShortWay {
  const events = routes.find(({ path }) => path === '/:log/events');
  const add = routes.find(({ path }) => path === '/:log/add');
  return (incoming, outgoing) => {
    const { url } = incoming;
    if (incoming.method !== 'POST' || url === undefined) return false;
    const route = EVENTS.test(url) ? events : ADD.test(url) ? add : undefined;
    if (route === undefined) return false;
    void answerDirectly({ server, route, request: requestOfNode(incoming), incoming, outgoing });
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
