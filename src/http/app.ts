import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, Hono } from 'hono';
import type { Answer } from './answers.ts';
import { createLogServer, type LogServerOptions } from './log-server.ts';
import { type HttpRequest, pathOfTarget, requestOfFetch, requestOfNode } from './request.ts';
import { ROUTES } from './routes.ts';
import { createShortWay, type ShortWay } from './short-way.ts';

/** What the node server hands to Hono as `env`; absent where the app is called as a function. */
export interface HttpEnv {
  Bindings: { readonly incoming?: IncomingMessage; readonly outgoing?: ServerResponse };
}

/** The log server as a function, and the way around Hono that a socket may take to the same handlers. */
export interface LogApp extends Hono<HttpEnv> {
  readonly shortWay: ShortWay;
}

/**
 * The log server as a function of requests: no socket, no clock, no process. (spec/8-http.md)
 *
 * Everything that it answers and that is not 2xx is an RFC 9457 problem. Nothing beyond a log's published size is shown.
 *
 * @throws {TransparencyError} config.malformed for too many logs, or a log's name
 */
export function createApp(options: LogServerOptions): LogApp {
  const server = createLogServer(options);
  const app = new Hono<HttpEnv>({ getPath: rawPathOf });
  for (const route of ROUTES) {
    app.on([route.method], [route.path], (c): Response | Promise<Response> => {
      const answer = server.answer(route, requestOf(c));
      // Not awaited: the node server writes an answer that is there at once without a promise.
      return answer instanceof Promise ? answer.then(responseOf) : responseOf(answer);
    });
  }
  app.notFound((c) => {
    const request = requestOf(c);
    return responseOf(server.answerNowhere(request, methodsOf(app, request.path)));
  });
  app.onError((error, c) => responseOf(server.answerError(error, requestOf(c))));
  return Object.assign(app, { shortWay: createShortWay(server, ROUTES) });
}

/** An answer as the web's `Response`. */
export function responseOf({ status, headers, body }: Answer): Response {
  // By its type a `Uint8Array` may be a view of shared memory; here it never is.
  return new Response(body as BodyInit, { status, headers });
}

/** Hono routes on the raw path: it would decode `%78001` to `x001`, and find a tile under a second name. */
export function rawPathOf(
  request: Request,
  options?: { env?: HttpEnv['Bindings'] | undefined },
): string {
  return pathOfTarget(options?.env?.incoming?.url ?? request.url);
}

/** The request of a Hono context, from the socket where there is one. */
export function requestOf(c: Context<HttpEnv>): HttpRequest {
  const bindings: HttpEnv['Bindings'] | undefined = c.env;
  const incoming = bindings?.incoming;
  return incoming === undefined ? requestOfFetch(c.req.raw) : requestOfNode(incoming);
}

function methodsOf(app: Hono<HttpEnv>, path: string): readonly string[] {
  return ['GET', 'POST']
    .filter((method) => app.router.match(method, path)[0].length > 0)
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
