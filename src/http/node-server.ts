import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener, RequestError } from '@hono/node-server';
import { type ErrorCode, TransparencyError } from '../core/error.ts';
import { answerOfError } from './answers.ts';
import { type HttpEnv, type LogApp, responseOf } from './app.ts';
import { type Limits, limitsOf } from './limits.ts';
import { problemOf, type RandomFraction } from './problems.ts';

/** An app that is reached over a socket. */
export interface HttpServer {
  /** `http://127.0.0.1:6962`, with the port that was got. */
  readonly url: string;
  /**
   * Stops accepting, lets requests in flight finish for `closeTimeoutMs`, then cuts what is left. Idle connections are
   * closed at once, and each other one after its answer.
   */
  close(): Promise<void>;
}

/** Where to listen, and how. */
export interface ListenOptions {
  readonly app: LogApp;
  /** Name or address; default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM of a certificate chain and its key; without them plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits?: Limits;
  readonly random: RandomFraction;
}

/**
 * Serves an app on a socket. The bounds of time and number of connections are set here, those of bodies in the app.
 *
 * @throws the system's error where the address cannot be listened on
 */
export async function listen(options: ListenOptions): Promise<HttpServer> {
  const { app, host = '127.0.0.1', limits = limitsOf(), random } = options;
  const closing = { yes: false };
  const respond = getRequestListener(
    (request, env) => app.fetch(request, env as HttpEnv['Bindings']),
    {
      hostname: host,
      errorHandler: (error) => responseOf(answerOfError(badRequest(error), random)),
    },
  );
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (closing.yes) outgoing.shouldKeepAlive = false;
    if (incoming.headers.host === undefined) refuseNameless(outgoing, random);
    else if (!app.shortWay(incoming, outgoing)) void respond(incoming, outgoing);
  };
  const server = createNodeServer(options, limits, (incoming, outgoing) => {
    // Node hands over all requests of one packet at once; those behind the first have no socket yet. Their turn comes
    // when the one before has been written out: 64 KiB of requests for large answers would fill the memory.
    if (outgoing.socket !== null) handle(incoming, outgoing);
    else outgoing.once('socket', () => queueMicrotask(() => handle(incoming, outgoing)));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    answerBrokenRequest(error, socket, random);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: options.port, backlog: 1_024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo; // Listening on a host and a port, never on a pipe.
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${name}:${port}`,
    close() {
      closing.yes = true;
      return closeServer(server, limits.closeTimeoutMs);
    },
  };
}

function createNodeServer(
  { tls }: ListenOptions,
  limits: Limits,
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Server {
  const bounds = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // How often Node looks for requests that take too long; its default would add 30 s to each bound.
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    maxHeaderSize: 16_384,
    noDelay: true,
    // Refused by the listener, with a problem.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createServer(bounds, listener)
      : createTlsServer({ ...bounds, ...tls, minVersion: 'TLSv1.2' }, listener);
  server.maxConnections = limits.connectionsMax;
  // Not of a request that is being worked on, nor of one that is read, but of an answer that nobody takes.
  server.setTimeout(limits.stalledTimeoutMs);
  server.on(tls === undefined ? 'connection' : 'secureConnection', closeSlowly);
  return server;
}

/** Time in which a sender whose body is not read can still read why. */
const LINGER_MS = 500;

/**
 * Makes the end of a connection one that loses nothing: the server's side is closed, and what still arrives is thrown
 * away until the other side is closed too. Ended at once, a connection with unread bytes is reset, and the answer that
 * refused them is lost on the way.
 */
function closeSlowly(socket: Socket): void {
  socket.destroySoon = () => {
    if (socket.writable) socket.end();
    const linger = (): void => {
      const late = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(late));
    };
    if (socket.writableFinished) linger();
    else socket.once('finish', linger);
  };
}

/**
 * Ends without cutting a request that was sent before. First Node gets to accept what has connected: closing the
 * listening socket resets the connections that wait in it. Then it gets to read what has arrived: to Node a connection
 * is idle while its request still lies unread in the socket, and closing it then, as its own `Server.close` does, would
 * cut it. Between requests Node closes idle connections only when asked, so it is asked again until none is left.
 */
async function closeServer(server: Server, timeoutMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await acceptBacklog(server);
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  await graceOfClose();
  server.closeIdleConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  try {
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

/** Waits until nobody new was accepted for a while; not for ever, since they may never cease to come. */
async function acceptBacklog(server: Server): Promise<void> {
  let accepted = 0;
  const count = (): void => {
    accepted += 1;
  };
  server.on('connection', count);
  for (let grace = 0, before = -1; grace < CLOSE_GRACES_MAX && accepted !== before; grace++) {
    before = accepted;
    await graceOfClose();
  }
  server.off('connection', count);
}

async function graceOfClose(): Promise<void> {
  await sleep(CLOSE_GRACE_MS);
  // After the timer of a loop that was held up, sockets are accepted and read before these come.
  await nextTurn();
  await nextTurn();
}

/** How long connections may wait, or look idle, before they are closed. */
const CLOSE_GRACE_MS = 50;
const CLOSE_GRACES_MAX = 10;

/** The one thing that HTTP/1.1 asks of every request, and Node would refuse without a word. (RFC 9112 §3.2) */
function refuseNameless(outgoing: ServerResponse, random: RandomFraction): void {
  const error = new TransparencyError('request.malformed', 'a request without Host');
  const { status, headers, body } = answerOfError(error, random);
  outgoing.shouldKeepAlive = false;
  outgoing.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  outgoing.end(body);
}

/** A request that Node's parser refused, or that took too long: the app never saw it, or waits for its body in vain. */
function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  random: RandomFraction,
): void {
  const answering = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage;
  if (!socket.writable || error.code === 'ECONNRESET' || answering?.headersSent === true) {
    socket.destroy();
    return;
  }
  const [code, message] = reasonOf(error.code);
  const problem = problemOf(new TransparencyError(code, message), random);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.status === 408 ? 'Request Timeout' : 'Bad Request'}\r\n` +
      'Connection: close\r\nContent-Type: application/problem+json\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    // Half-closing is not enough: a sender that never stops would keep the connection.
    () => socket.destroy(),
  );
}

function reasonOf(code: string | undefined): [ErrorCode, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return ['request.timeout', 'the request took too long to arrive'];
  }
  if (code === 'HPE_HEADER_OVERFLOW') return ['request.malformed', 'header of more than 16 KiB'];
  return ['request.malformed', 'not a request of HTTP/1.1'];
}

function badRequest(error: unknown): unknown {
  // The library's own refusal of a target or a Host; everything else came out of the app and is a fault.
  return error instanceof RequestError
    ? new TransparencyError('request.malformed', 'target or Host', { cause: error })
    : error;
}
