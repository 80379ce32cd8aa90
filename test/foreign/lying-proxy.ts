import { createServer, type Server } from 'node:http';

/** One bit of one resource. */
export interface Lie {
  /** Path below the log's base: `tile/0/000`. */
  readonly path: string;
  /** Bit counted from the first of the body, 0 the highest of the first byte. */
  readonly bit: number;
}

/** A server that repeats another one, but for one bit. */
export interface LyingProxy {
  readonly url: string;
  /** The bit to change from now on; null: none. */
  lie: Lie | null;
  /** Times that a changed body was sent since `lie` was set last by a caller that also set this to 0. */
  told: number;
  close(): Promise<void>;
}

/** Starts a proxy on loopback in front of a log's base URL. */
export async function lyingProxy(upstream: string): Promise<LyingProxy> {
  const server: Server = createServer((request, response) => {
    void answer(request.url ?? '/')
      .then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type, 'content-length': body.length });
        response.end(body);
      })
      .catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
  });
  async function answer(path: string): Promise<{ status: number; type: string; body: Uint8Array }> {
    const reply = await fetch(upstream + path);
    const body = new Uint8Array(await reply.arrayBuffer());
    if (proxy.lie !== null && path === `/${proxy.lie.path}` && reply.status === 200) {
      flipBit(body, proxy.lie.bit);
      proxy.told += 1;
    }
    return { status: reply.status, type: reply.headers.get('content-type') ?? '', body };
  }
  const proxy: LyingProxy = {
    url: await listen(server),
    lie: null,
    told: 0,
    close: () => stop(server),
  };
  return proxy;
}

/** Changes one bit in place. */
export function flipBit(bytes: Uint8Array, bit: number): void {
  const at = Math.floor(bit / 8);
  if (at >= bytes.length) throw new Error(`no bit ${bit} in ${bytes.length} bytes`);
  bytes[at] = (bytes[at] as number) ^ (0x80 >> (bit % 8));
}

/** Listens on a free port of loopback; the base URL. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Closes a server and the connections that it still holds. */
export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
