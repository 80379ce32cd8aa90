import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { listen, stop } from './lying-proxy.ts';

/** Serves the files of a made log on loopback, with the types that tlog-tiles names. */
export async function staticServer(
  folder: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = normalize(request.url ?? '/');
    readFile(join(folder, path)).then(
      (body) => {
        const type =
          path === '/checkpoint' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
        response.writeHead(200, { 'content-type': type }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  return { url: await listen(server), close: () => stop(server) };
}
