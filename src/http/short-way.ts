import type { IncomingMessage, ServerResponse } from 'node:http';
import { invariant } from '../core/error.ts';
import type { Answer, AnswerHeaders } from './answers.ts';
import type { LogServer } from './log-server.ts';
import { requestOfNode } from './request.ts';
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
  const sendTogether = createGathering();
  return (incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    if (!HOST.test(headers.host ?? '')) return false;
    const way = ways.find((one) => one.method === method && one.target.test(url));
    if (way === undefined) return false;
    const answer = server.answer(way.route, requestOfNode(incoming));
    if (answer instanceof Promise) void answer.then((late) => send(late, incoming, outgoing));
    else sendTogether(() => send(answer, incoming, outgoing));
    return true;
  };
}

/**
 * Puts off sending until all requests that have arrived were read: a reader that finds one answer sleeps until the next
 * and is woken for each, which costs more than making it. A third more reads a second; and by then it is known whether a
 * request has a body that nobody read.
 */
function createGathering(): (send: () => void) => void {
  let gathered: (() => void)[] = [];
  const sendAll = (): void => {
    const sends = gathered;
    gathered = [];
    for (const send of sends) send();
  };
  return (send) => {
    if (gathered.push(send) === 1) setImmediate(sendAll);
  };
}

function send(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (outgoing.destroyed) return;
  if (!incoming.complete) leaveUnread(incoming, outgoing);
  const { status, headers, body } = answer;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  outgoing.writeHead(status, [...fieldsOf(headers), 'Content-Length', String(length)]);
  outgoing.end(body);
}

const fields = new WeakMap<AnswerHeaders, readonly string[]>();

/** Header fields as `writeHead` takes them soonest: names and values in turn. A kind of answer has them made once. */
function fieldsOf(headers: AnswerHeaders): readonly string[] {
  let made = fields.get(headers);
  if (made === undefined) {
    made = Object.entries(headers).flat();
    fields.set(headers, made);
  }
  return made;
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
