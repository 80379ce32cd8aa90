import { type BodyMaker, eventBodies, linesOf, opaqueBodies } from './bodies.ts';
import { LINES_PER_REQUEST, type LoadOrder, OPAQUE_BYTES, type RequestKind } from './order.ts';

/** Makes the requests of a load, as bytes. */
export interface RequestMaker {
  readonly bodyBytes: number;
  /** Room for one request of a connection. */
  allocate(): Buffer;
  /** The next request, in that room where it has a body. */
  next(room: Buffer): { readonly bytes: Buffer; readonly path: string };
  /** The body of the request that stands there. */
  bodyOf(room: Buffer): Buffer;
}

export function requestMakerOf(order: LoadOrder): RequestMaker {
  const { request } = order;
  const { host } = new URL(order.url);
  return request.method === 'GET' ? getter(request.paths, host) : poster(request, host, order);
}

function getter(paths: readonly string[], host: string): RequestMaker {
  const requests = paths.map((path) => ({ path, bytes: getRequest(path, host) }));
  const none = { path: '', bytes: NOTHING };
  return {
    bodyBytes: 0,
    allocate: () => NOTHING,
    next: () => requests[Math.floor(Math.random() * requests.length)] ?? none,
    bodyOf: () => NOTHING,
  };
}

function poster(
  request: Extract<RequestKind, { method: 'POST' }>,
  host: string,
  order: LoadOrder,
): RequestMaker {
  const body = bodyMakerOf(request.body, order.tenant);
  const head = Buffer.from(
    `POST ${request.path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${request.contentType}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`,
  );
  return {
    bodyBytes: body.length,
    allocate() {
      const room = Buffer.alloc(head.length + body.length);
      head.copy(room);
      return room;
    },
    next(room) {
      body.write(room, head.length);
      return { bytes: room, path: '' };
    },
    bodyOf: (room) => room.subarray(head.length),
  };
}

function bodyMakerOf(body: 'event' | 'lines' | 'opaque', tenant: string): BodyMaker {
  if (body === 'opaque') return opaqueBodies(OPAQUE_BYTES);
  const events = eventBodies(tenant);
  return body === 'event' ? events : linesOf(events, LINES_PER_REQUEST);
}

function getRequest(path: string, host: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}

const NOTHING = Buffer.alloc(0);
