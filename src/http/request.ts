import type { IncomingMessage } from 'node:http';
import { TransparencyError } from '../core/error.ts';

/** One request as handlers see it: nothing decoded, nothing read yet. */
export interface HttpRequest {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  /** Its path, without query: `%78001` stays what it is. */
  readonly path: string;
  /** Value of a header, its name in lower case; several joined with commas. */
  header(name: string): string | undefined;
  /** Names of the headers, in lower case. */
  headerNames(): readonly string[];
  /** The stream of the body, where there is a socket. */
  readonly incoming: IncomingMessage | undefined;
  /** The whole body, where the app is called as a function. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The request of Node's server, which has parsed the header already. */
export function requestOfNode(incoming: IncomingMessage): HttpRequest {
  return new NodeRequest(incoming);
}

/** The request of a call of the app as a function. Its URL lost dot segments, and nothing else, on the way. */
export function requestOfFetch(request: Request): HttpRequest {
  return {
    method: request.method,
    target: request.url,
    path: pathOfTarget(request.url),
    header(name) {
      const value = request.headers.get(name);
      return value ?? (name === 'host' ? new URL(request.url).host : undefined);
    },
    headerNames: () => [...request.headers.keys()],
    incoming: undefined,
    arrayBuffer: () => request.arrayBuffer(),
  };
}

/** The path of a target. The absolute form loses its scheme and authority. (RFC 9112 §3.2.2) */
export function pathOfTarget(target: string): string {
  let start = 0;
  if (target.charCodeAt(0) !== 0x2f) {
    const authority = target.indexOf('://');
    start = authority < 0 ? -1 : target.indexOf('/', authority + 3);
    if (start < 0) return '/';
  }
  const query = target.indexOf('?', start);
  return query < 0 ? (start === 0 ? target : target.slice(start)) : target.slice(start, query);
}

/** Segment of a path, not decoded: of `/main/entries/7` segment 0 is `main`; '' where there is none. */
export function pathSegment(request: HttpRequest, n: number): string {
  return request.path.split('/')[n + 1] ?? '';
}

/**
 * Value of a query parameter, decoded; undefined where it is absent.
 *
 * @throws {TransparencyError} request.bad-parameter if it is there twice: two readers could take two values
 */
export function queryParameter(request: HttpRequest, name: string): string | undefined {
  const query = request.target.indexOf('?');
  if (query < 0) return undefined;
  const values = new URLSearchParams(request.target.slice(query + 1)).getAll(name);
  if (values.length > 1) throw new TransparencyError('request.bad-parameter', `${name}: twice`);
  return values[0];
}

/** A class, so that the path every event takes makes no closures. */
class NodeRequest implements HttpRequest {
  readonly incoming: IncomingMessage;
  readonly method: string;
  readonly target: string;
  readonly path: string;

  constructor(incoming: IncomingMessage) {
    this.incoming = incoming;
    this.method = incoming.method ?? 'GET';
    this.target = incoming.url ?? '/';
    this.path = pathOfTarget(this.target);
  }

  header(name: string): string | undefined {
    const value = this.incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  headerNames(): readonly string[] {
    return Object.keys(this.incoming.headers);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('bug: a body on a socket is read from its stream');
  }
}
